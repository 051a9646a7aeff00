"""PromQL as far as tests need it: which series an expression names, with which labels; promtool."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitoring.canary import CANARY
from monitoring.catalogue import FAMILIES

OURS = {family.name: family for family in (*FAMILIES, *CANARY)}
SUFFIXES = {
    "histogram": ("_bucket", "_sum", "_count"),
    "summary": ("_sum", "_count"),
}
PROMETHEUS = {"up", "scrape_duration_seconds", "ALERTS"}
PROCESS = {"process_cpu_seconds_total", "process_resident_memory_bytes"}
ALWAYS = {"job", "instance"}

_NAME = re.compile(r"(?<![\w:$\"'])([a-zA-Z_][\w:]*)\s*(\{[^}]*\}|\[|)")
_MATCHER = re.compile(r"(\w+)\s*(=~|!=|!~|=)\s*(\"[^\"]*\"|'[^']*')")
_GROUPING = re.compile(r"\b(?:by|on|ignoring|group_left|group_right|without)\s*\(([^)]*)\)")
_KEYWORDS = {"and", "or", "unless", "by", "on", "ignoring", "group_left", "group_right", "offset"}


def series() -> dict[str, tuple[str, set[str], tuple[str, ...]]]:
    """Every name a query may use -> its metric, its labels, the words of the last label."""
    known = {}
    for family in OURS.values():
        for suffix in SUFFIXES.get(family.kind, ("",)):
            labels = {*family.labels, *(["le"] if suffix == "_bucket" else [])}
            known[family.name + suffix] = (family.name, labels, family.words)
    return known


def selectors(expr: str) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """Name of a series, and its matchers: label, operator, value."""
    text = _GROUPING.sub("", expr)
    for name, braces in _NAME.findall(text):
        if name in _KEYWORDS or re.search(rf"\b{re.escape(name)}\s*\(", text):
            continue
        matchers = _MATCHER.findall(braces) if braces.startswith("{") else []
        yield name, [(label, how, value[1:-1]) for label, how, value in matchers]


def grouped(expr: str) -> set[str]:
    """Labels by which the expression groups or joins."""
    return {label.strip() for inside in _GROUPING.findall(expr) for label in inside.split(",")} - {
        ""
    }


def strange(expr: str, recorded: set[str]) -> list[str]:
    """What the expression names that nobody writes."""
    known, found = series(), []
    written = ALWAYS.union(*(labels for _, labels, _ in known.values()))
    found += [f"by {label}" for label in sorted(grouped(expr) - written)]
    for name, matchers in selectors(_without_strings_outside_braces(expr)):
        if name in PROMETHEUS | PROCESS | recorded:
            continue
        if name not in known:
            found.append(name)
            continue
        _metric, labels, words = known[name]
        last = OURS[_metric].labels[-1:] or ("",)
        for label, how, value in matchers:
            if label not in labels | ALWAYS:
                found.append(f"{name}{{{label}}}")
            elif words and label == last[0] and how in {"=", "=~", "!=", "!~"}:
                found += [f"{name}{{{label}={v}}}" for v in value.split("|") if v not in words]
    return found


def _without_strings_outside_braces(expr: str) -> str:
    """label_replace's words are no names."""
    return re.sub(r",\s*\"[^\"]*\"", "", expr)


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not here: make debian-packages (Debian's prometheus brings it)")
    return found


def run(*words: str, cwd: Path | None = None) -> str:
    """Run one of the tools; what it said, when it was content."""
    done = subprocess.run(
        [tool(words[0]), *words[1:]], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr
