"""Traffic: what every site has sent and been sent since the service began.

What is *lost* did not come at first, *unrepaired* is what did not come by retransmission either; of
the downlink only the first is known, for a subscriber counts what is repeated in a stream of its own.
A packet that is missing at one look may be on its way again: unrepaired is what two looks in a row
have missed.

A media session counts from nothing and takes its counters along when it ends, and so does a stream
in it when its encoder begins anew.  A technician's graph must not fall with them: here each look
adds what is new since the last.  A counter that is smaller than before has begun anew.  A loss that
is smaller than before is a packet that came late after all; it takes nothing back, and only a loss
beyond the greatest so far is new.

What flows between the last look at a session and its end is not counted: a second at most.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from bridge.conference.words import SiteCode
from bridge.media.plane import PlaneStats, SessionStats
from bridge.media.slots import CONTENT_SOUND, MIC

Direction = Literal["uplink", "downlink"]
"""Seen from the site."""

SOUNDS: Final = frozenset({MIC.name, CONTENT_SOUND.name})
FRESH_S = 2.0
"""A stream without a packet for longer has no jitter to speak of."""


@dataclass(slots=True)
class Flow:
    """One medium in one direction, all sessions of the site's room device together."""

    packets: int = 0
    bytes: int = 0
    """RTP header and payload, without SRTP, UDP and IP."""
    lost: int = 0
    jitter_s: float | None = None
    """The worst of what flows now; None: nothing does, or the peer has not reported."""
    unrepaired: int = 0


FlowName = tuple[SiteCode, Direction, str]
"""Site, direction, ``audio`` or ``video``."""


class _Counted(NamedTuple):
    """A stream as it counts itself, of a session and under a name within it."""

    name: tuple[str, str]
    flow: FlowName
    packets: int
    bytes: int
    lost: int
    jitter_s: float | None
    missing: int = 0
    """Not here now, of what was lost; later what two looks have missed, and never less."""
    keyframes: int = 0
    keyframe_requests: int = 0
    repaired: int = 0
    missed: int = 0
    """What was missing at the last look."""


_NOTHING = _Counted(("", ""), ("", "uplink", ""), 0, 0, 0, None)


class SiteTraffic:
    def __init__(self) -> None:
        self.flows: dict[FlowName, Flow] = {}
        self.keyframes: dict[SiteCode, int] = {}
        """Received from the site."""
        self.keyframe_requests: dict[SiteCode, int] = {}
        """Sent to the site, after coalescing."""
        self.feedback: Counter[tuple[SiteCode, Direction, str]] = Counter()
        """Feedback messages by kind: ``uplink`` said by the site, ``downlink`` said to it."""
        self.retransmitted: Counter[tuple[SiteCode, Direction]] = Counter()
        """Packets that came or went by retransmission."""
        self._last: dict[tuple[str, str], _Counted] = {}
        self._tallied: dict[tuple[str, str], int] = {}
        """Media session and name of a counter in it -> its last value."""

    def look(self, stats: PlaneStats, rooms: Mapping[str, SiteCode]) -> None:
        """Take what is new.  *rooms* says which media sessions are a room device, and of whom."""
        for flow in self.flows.values():
            flow.jitter_s = None
        last, self._last = self._last, {}
        tallied, self._tallied = self._tallied, {}
        for session in stats.sessions:
            site = rooms.get(session.session)
            if site is not None:
                for counted in _streams(session, site):
                    self._add(counted, last.get(counted.name, _NOTHING))
                self._take_beside(session, site, tallied)

    def _add(self, now: _Counted, before: _Counted) -> None:
        if now.packets < before.packets:
            before = _NOTHING
        site = now.flow[0]
        flow = self.flows.setdefault(now.flow, Flow())
        flow.packets += now.packets - before.packets
        flow.bytes += now.bytes - before.bytes
        lost = max(now.lost, before.lost)
        flow.lost += lost - before.lost
        missing = max(before.missing, min(now.missing, before.missed))
        flow.unrepaired += missing - before.missing
        if now.jitter_s is not None:
            flow.jitter_s = max(now.jitter_s, flow.jitter_s or 0.0)
        if now.flow[1:] == ("uplink", "video"):
            self.retransmitted[site, "uplink"] += now.repaired - before.repaired
            seen, asked = self.keyframes, self.keyframe_requests
            seen[site] = seen.get(site, 0) + now.keyframes - before.keyframes
            asked[site] = asked.get(site, 0) + now.keyframe_requests - before.keyframe_requests
        self._last[now.name] = now._replace(lost=lost, missing=missing, missed=now.missing)

    def _take_beside(
        self, session: SessionStats, site: SiteCode, last: Mapping[tuple[str, str], int]
    ) -> None:
        """What is no stream's."""
        said, told = session.acknowledged.said, session.acknowledged.told
        for name, value in said.items():
            self.feedback[site, "uplink", name] += self._new(session, f"said {name}", value, last)
        for name, value in told.items():
            self.feedback[site, "downlink", name] += self._new(session, f"told {name}", value, last)
        self.retransmitted[site, "downlink"] += self._new(
            session, "repeated", session.repeated, last
        )

    def _new(
        self, session: SessionStats, name: str, value: int, last: Mapping[tuple[str, str], int]
    ) -> int:
        key = session.session, name
        self._tallied[key] = value
        before = last.get(key, 0)
        return value - before if value >= before else value


def _streams(session: SessionStats, site: SiteCode) -> Iterator[_Counted]:
    for source in session.sources:
        fresh = source.age_s is not None and source.age_s < FRESH_S
        yield _Counted(
            (session.session, f"{source.slot} {source.layer}"),
            (site, "uplink", "audio" if source.slot in SOUNDS else "video"),
            source.packets,
            source.bytes,
            source.lost + source.repaired,
            source.jitter_s if fresh else None,
            source.lost,
            source.keyframes,
            source.keyframe_requests,
            source.repaired,
        )
    for sink in session.sinks:
        yield _Counted(
            (session.session, sink.kind),
            (site, "downlink", sink.kind),
            sink.packets,
            sink.bytes,
            sink.lost,
            sink.jitter_s,
        )
