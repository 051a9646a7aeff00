"""Clients: what a room's page says of its own sight and hearing (getStats), with suspicion.

A page is the only one that knows whether its pictures freeze and its sound is patched, and it is a
program on somebody else's machine.  So of what it says:

* only the keys of :data:`GREATEST` are known, each a number of at least 0; what is greater than a
  conference can make it is taken for the greatest;
* one statement in :data:`INTERVAL_S` of a session is taken; more are counted, not read;
* it is about the site of the session's token and nobody else.

Some keys count since the page's connection began, and begin anew with the next: for them each
statement adds what is new to the site's total, which never falls.  The others are as of now and go
with the session.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from bridge.conference.words import SiteCode

INTERVAL_S: Final = 4.0
"""Pages send every 5 s; timers of a busy page come early and late."""

_DAY_S: Final = 24 * 3600.0
_PICTURES: Final = 8
"""More than a room is sent at once."""

COUNTERS: Final[Mapping[str, float]] = {
    "frames_decoded": _PICTURES * 60 * _DAY_S,
    "frames_dropped": _PICTURES * 60 * _DAY_S,
    "freeze_count": _PICTURES * _DAY_S,
    "freeze_s": _PICTURES * _DAY_S,
    "quality_limited_cpu_s": _DAY_S,
    "quality_limited_bandwidth_s": _DAY_S,
}
"""What counts since the connection began, and the greatest: a whole day of it."""

GAUGES: Final[Mapping[str, float]] = {
    "concealed_ratio": 1.0,
    "jitter_buffer_s": 10.0,
    "available_outgoing_bps": 1e9,
    "rtt_s": 60.0,
    "relayed": 1.0,
}
"""What is as of now, and the greatest."""

GREATEST: Final[Mapping[str, float]] = {**COUNTERS, **GAUGES}


Way = Literal["udp", "tcp", "relay", ""]
"""Empty: none is known."""

Said = Mapping[str, float] | None
"""What an ``endpoint.report`` may carry; its keys are of :data:`GREATEST`, its values finite."""


def way_of(path: Literal["udp", "tcp", ""], stats: Mapping[str, float]) -> Way:
    """How media comes: the plane's *path*, or through a TURN server when the page says so in its
    *stats*, for from here that looks like any peer."""
    return "relay" if path and stats.get("relayed", 0.0) > 0 else path


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """The last that was taken of a session."""

    at_s: float
    """Conference seconds."""
    stats: Mapping[str, float]
    counted: Mapping[str, float]
    """The newest value of each counter, also of one that this statement did not name."""


class Clients:
    """Of all sites, as long as the service runs."""

    def __init__(self) -> None:
        self.totals: dict[tuple[SiteCode, str], float] = {}
        """By site and key of :data:`COUNTERS`."""
        self.taken: Counter[SiteCode] = Counter()
        self.ignored: Counter[SiteCode] = Counter()
        """Statements that came too soon."""

    def hear(
        self,
        before: Statement | None,
        site: SiteCode,
        stats: Mapping[str, float],
        *,
        now_s: float,
    ) -> Statement:
        """The session's last statement from now on; *before* is what this returned last for it.

        *stats* has keys of :data:`GREATEST` only and finite numbers: the door sees to it.
        """
        if before is not None and now_s - before.at_s < INTERVAL_S:
            self.ignored[site] += 1
            return before
        self.taken[site] += 1
        said = {key: min(max(0.0, value), GREATEST[key]) for key, value in stats.items()}
        counted = dict(before.counted) if before else {}
        for key in COUNTERS.keys() & said.keys():
            known = counted.get(key, 0.0)
            new = said[key] - known if said[key] >= known else said[key]
            self.totals[site, key] = self.totals.get((site, key), 0.0) + new
            counted[key] = said[key]
        return Statement(at_s=now_s, stats=said, counted=counted)
