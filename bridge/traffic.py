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
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from bridge.conference.words import SiteCode
from bridge.media.plane import PlaneStats, SessionStats, SourceStats
from bridge.media.slots import CONTENT_SOUND, MIC
from bridge.media.told import SinkStats

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


class _Stream:
    """A stream as it had counted itself at the last look."""

    __slots__ = (
        "bytes",
        "keyframe_requests",
        "keyframes",
        "lost",
        "missed",
        "missing",
        "packets",
        "repaired",
    )

    def __init__(self) -> None:
        self.packets = self.bytes = 0
        self.lost = 0
        """The greatest so far."""
        self.missed = 0
        """What was missing then."""
        self.missing = 0
        """What two looks in a row have missed, the greatest so far."""
        self.keyframes = self.keyframe_requests = self.repaired = 0


class _Beside(NamedTuple):
    """What a session had counted that is no stream's."""

    said: Mapping[str, int]
    told: Mapping[str, int]
    repeated: int


_NOTHING: Final = _Beside({}, {}, 0)
_Name = tuple[str, str, str]
"""Session, slot and layer, or session and kind."""


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
        self._streams: dict[_Name, _Stream] = {}
        self._beside: dict[str, _Beside] = {}

    def look(self, stats: PlaneStats, rooms: Mapping[str, SiteCode]) -> None:
        """Take what is new.  *rooms* says which media sessions are a room device, and of whom."""
        for flow in self.flows.values():
            flow.jitter_s = None
        streams, self._streams = self._streams, {}
        beside, self._beside = self._beside, {}
        for session in stats.sessions:
            site = rooms.get(session.session)
            if site is None:
                continue
            for source in session.sources:
                name = (session.session, source.slot, source.layer)
                self._add_source(site, source, self._stream(name, streams, source.packets))
            for sink in session.sinks:
                name = (session.session, sink.kind, "")
                self._add_sink(site, sink, self._stream(name, streams, sink.packets))
            self._add_beside(session, site, beside.get(session.session, _NOTHING))

    def _stream(self, name: _Name, before: Mapping[_Name, _Stream], packets: int) -> _Stream:
        stream = before.get(name)
        if stream is None or packets < stream.packets:
            stream = _Stream()
        self._streams[name] = stream
        return stream

    def _flow(self, name: FlowName) -> Flow:
        flow = self.flows.get(name)
        if flow is None:
            flow = self.flows[name] = Flow()
        return flow

    def _add_source(self, site: SiteCode, now: SourceStats, stream: _Stream) -> None:
        is_sound = now.slot in SOUNDS
        flow = self._flow((site, "uplink", "audio" if is_sound else "video"))
        _count(flow, stream, now.packets, now.bytes, now.lost + now.repaired)
        missing = min(now.lost, stream.missed)
        stream.missed = now.lost
        if missing > stream.missing:
            flow.unrepaired += missing - stream.missing
            stream.missing = missing
        if now.age_s is not None and now.age_s < FRESH_S:
            flow.jitter_s = max(now.jitter_s, flow.jitter_s or 0.0)
        if not is_sound:
            _raise(self.keyframes, site, now.keyframes - stream.keyframes)
            asked = now.keyframe_requests - stream.keyframe_requests
            _raise(self.keyframe_requests, site, asked)
            if now.repaired != stream.repaired:
                self.retransmitted[site, "uplink"] += now.repaired - stream.repaired
            stream.keyframes, stream.keyframe_requests = now.keyframes, now.keyframe_requests
            stream.repaired = now.repaired

    def _add_sink(self, site: SiteCode, now: SinkStats, stream: _Stream) -> None:
        flow = self._flow((site, "downlink", now.kind))
        _count(flow, stream, now.packets, now.bytes, now.lost)
        if now.jitter_s is not None:
            flow.jitter_s = max(now.jitter_s, flow.jitter_s or 0.0)

    def _add_beside(self, session: SessionStats, site: SiteCode, before: _Beside) -> None:
        """What is no stream's: it counts for as long as the session lives."""
        said, told = session.acknowledged.said, session.acknowledged.told
        self._beside[session.session] = _Beside(said, told, session.repeated)
        for name in said:
            self.feedback[site, "uplink", name] += said[name] - before.said.get(name, 0)
        for name in told:
            self.feedback[site, "downlink", name] += told[name] - before.told.get(name, 0)
        self.retransmitted[site, "downlink"] += session.repeated - before.repeated


def _count(flow: Flow, stream: _Stream, packets: int, octets: int, lost: int) -> None:
    flow.packets += packets - stream.packets
    flow.bytes += octets - stream.bytes
    stream.packets, stream.bytes = packets, octets
    if lost > stream.lost:
        flow.lost += lost - stream.lost
        stream.lost = lost


def _raise(counts: dict[SiteCode, int], site: SiteCode, by: int) -> None:
    counts[site] = counts.get(site, 0) + by
