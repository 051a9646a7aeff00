"""Expressions: everything that the dashboards ask of Prometheus, ready to be asked.

Read from the files and not from the code, so that what is tried is what Grafana loads.  Grafana's
variables stand for what it would put there: a site, a rate interval of four scrapes, the range.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parents[2] / "deploy/grafana/dashboards"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """One question of one panel."""

    board: str
    """File name without its end: ``wall``."""
    panel: str
    """Its title; of a mark over all panels, the mark's name."""
    text: str
    """PromQL, nothing left to be put in."""
    written: str
    """As it stands in the file."""
    legend: str
    instant: bool
    """Asked as of now; else over the range."""
    mark: bool = False
    """An annotation: mostly empty, for it is there only when something happens."""


def expressions(
    folder: Path = FOLDER, *, site: str = "110", rate_interval: str = "1m", span: str = "30m"
) -> Iterator[Expression]:
    """Of all dashboards in *folder*, in the order of their names and panels."""
    values = {"site": site, "__rate_interval": rate_interval, "__range": span, "__interval": "5s"}
    for path in sorted(folder.glob("*.json")):
        board = json.loads(path.read_text(encoding="utf-8"))
        for panel in board["panels"]:
            for target in panel["targets"]:
                yield _expression(path.stem, panel["title"], target, values)
        for mark in board["annotations"]["list"]:
            yield _expression(path.stem, mark["name"], mark["target"], values, mark=True)


def _expression(
    board: str,
    panel: str,
    target: Mapping[str, Any],
    values: Mapping[str, str],
    *,
    mark: bool = False,
) -> Expression:
    text = target["expr"]
    # The longer names first: one may be the beginning of another.
    for name in sorted(values, key=len, reverse=True):
        text = text.replace(f"${{{name}}}", values[name]).replace(f"${name}", values[name])
    return Expression(
        board=board,
        panel=panel,
        text=text,
        written=target["expr"],
        legend=target.get("legendFormat", ""),
        instant=bool(target.get("instant")),
        mark=mark,
    )
