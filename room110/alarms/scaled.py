"""Scaled: the rules of Prometheus with their durations divided, for who cannot wait for the real ones.

Divided are ``for`` and ``keep_firing_for``, range selectors (``[1m]``) with ``offset``, and the ages
that an expression waits for: ``time() - some_timestamp_seconds > 15``, up to ``LONGEST_AGE_S``.

What cannot be divided stays as it is, or is divided down to a floor:

* **What the service measures with its own clock.**  It looks once a second at numbers that are up to
  0.9 s old and gives a page again for a second, so nothing is scraped oftener than every ``SCRAPE_S``,
  and no range below ``RANGE_S`` has enough of them.  The loudest level is of the last five looks.
* **What the service decides by itself**: a line is lost after 5 s without a packet, better again after
  5 s, a site expected ten minutes after the opening.  No age is divided below ``AGE_S``: who is gone
  must be lost before a packet of his is missed.
* **What takes its time**: a connection that comes back, a process that starts.  With divided durations
  an alert may ring for what is over before the real one would have (15 s) - so after a killed media
  worker.
* **Times of the calendar** (30 minutes before the planned opening, 14 days of a certificate) and
  amounts (15 minutes late): those are thresholds and no durations.

With a divisor of 1 the rules are those of the file, in other brackets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

RULES: Final = Path(__file__).parents[2] / "deploy/prometheus/rules/room110.rules.yml"
REAL_SCRAPE_S: Final = 5.0
"""As deploy/prometheus/prometheus.yml has it."""
SCRAPE_S: Final = 1.0
AGE_S: Final = 6
RANGE_S: Final = 4
LONGEST_AGE_S: Final = 60

_UNIT_S: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_PART: Final = re.compile(r"(\d+)(ms|[smhd])")
_RANGE: Final = re.compile(r"\[([0-9smhd]+)\]")
_OFFSET: Final = re.compile(r"\boffset\s+([0-9smhd]+)")
_AGE: Final = re.compile(r"(time\(\)\s*-\s*\w+(?:\{[^}]*\})?\s*[<>]=?\s*)(\d+)\b")

Rules = dict[str, Any]


def read(path: Path = RULES) -> Rules:
    """A rule file as it is."""
    loaded: Rules = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return loaded


def scaled(rules: Mapping[str, Any], divisor: float) -> Rules:
    """The same rules, *divisor* times as quick where that is possible."""
    groups = [
        {**group, "rules": [_rule(rule, divisor) for rule in group["rules"]]}
        for group in rules["groups"]
    ]
    return {**rules, "groups": groups}


def scrape_s(divisor: float) -> float:
    """How often to scrape, and to judge."""
    return max(SCRAPE_S, REAL_SCRAPE_S / divisor)


def alerts(rules: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Rules that alert."""
    for group in rules["groups"]:
        yield from (rule for rule in group["rules"] if "alert" in rule)


def seconds(text: str) -> float:
    """Of a duration as Prometheus writes it: ``1m30s``.  Raises ValueError."""
    if not text or _PART.sub("", text):
        raise ValueError(f"{text!r} is no duration")
    return sum(int(number) * _UNIT_S[unit] for number, unit in _PART.findall(text))


def duration(length_s: float) -> str:
    """As Prometheus writes it, to the millisecond."""
    milliseconds = round(length_s * 1000)
    whole, rest = divmod(milliseconds, 1000)
    return f"{milliseconds}ms" if rest else f"{whole}s"


def expression(text: str, divisor: float) -> str:
    """PromQL with its ranges, offsets and ages divided."""

    def in_range(found: re.Match[str]) -> str:
        return f"[{duration(_divided(seconds(found[1]), divisor, least_s=RANGE_S))}]"

    def in_offset(found: re.Match[str]) -> str:
        return f"offset {duration(_divided(seconds(found[1]), divisor, least_s=RANGE_S))}"

    def in_age(found: re.Match[str]) -> str:
        age_s = int(found[2])
        if age_s > LONGEST_AGE_S:
            return found[0]
        return f"{found[1]}{_divided(age_s, divisor, least_s=AGE_S):g}"

    text = _RANGE.sub(in_range, text)
    text = _OFFSET.sub(in_offset, text)
    return _AGE.sub(in_age, text)


def _rule(rule: Mapping[str, Any], divisor: float) -> dict[str, Any]:
    made = {**rule, "expr": expression(rule["expr"], divisor)}
    for wait in ("for", "keep_firing_for"):
        if wait in rule:
            made[wait] = duration(seconds(rule[wait]) / divisor)
    return made


def _divided(length_s: float, divisor: float, *, least_s: float) -> float:
    """Never below *least_s*, and never longer than it was."""
    return min(length_s, max(least_s, length_s / divisor))
