"""Nagios: what a line check found, as a plugin says it: one line, figures behind a bar, an exit code.

By the guidelines of the Monitoring Plugins (0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN; ``label=value unit;
warning;critical``), which Nagios, Icinga and Naemon read.  A site that has no line is critical; that nothing
can be said, for whatever reason, is unknown, and never anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any, Final


class State(IntEnum):
    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


STATES: Final = {"pass": State.OK, "watch": State.WARNING, "fail": State.CRITICAL}
PERFDATA: Final = (
    # figure, label, times, unit, warning, critical
    ("rtt_s", "rtt", 1000, "ms", "300", "600"),
    ("loss_up", "loss_up", 100, "%", "1", "5"),
    ("loss_down", "loss_down", 100, "%", "1", "5"),
    ("jitter_up_s", "jitter_up", 1000, "ms", "50", "100"),
    ("jitter_down_s", "jitter_down", 1000, "ms", "50", "100"),
    ("up_bps", "up", 1, "", "1000000:", "250000:"),
    ("down_bps", "down", 1, "", "2000000:", "500000:"),
)
"""The limits are those of :mod:`bridge.check.verdict`; ``1:`` is *not below 1*."""


def of_site(site: str, result: Mapping[str, Any]) -> tuple[str, State]:
    """The line for one site, and the code."""
    state = STATES[result["verdict"]]
    why = ", ".join(result["reasons"]) or "passed"
    figures = result.get("figures", {})
    data = " ".join(
        f"{label}={_plain(figures[name] * times)}{unit};{warning};{critical}"
        for name, label, times, unit, warning, critical in PERFDATA
        if name in figures
    )
    return _line(f"SITE {site}", state, why, data), state


def of_all(results: Mapping[str, Mapping[str, Any]]) -> tuple[str, State]:
    """One line for a whole round."""
    counts = dict.fromkeys(STATES, 0)
    for result in results.values():
        counts[result["verdict"]] += 1
    state = max((STATES[result["verdict"]] for result in results.values()), default=State.UNKNOWN)
    bad = [site for site, result in results.items() if result["verdict"] == "fail"]
    said = ", ".join(f"{count} {word}" for word, count in counts.items())
    why = said + (f" ({' '.join(bad)})" if bad else "")
    return _line("SITES", state, why, " ".join(f"{w}={n}" for w, n in counts.items())), state


def unknown(what: str, why: str, *, state: State = State.UNKNOWN) -> tuple[str, State]:
    """Nothing was measured."""
    return _line(what, state, why, ""), state


def _plain(value: float) -> str:
    """Without an exponent, which not every reader knows."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _line(what: str, state: State, why: str, data: str) -> str:
    # A bar would begin the figures, and a second line is another output.
    text = " ".join(f"ROOM110 {what} {state.name} - {why}".replace("|", "/").split())
    return f"{text} | {data}" if data else text
