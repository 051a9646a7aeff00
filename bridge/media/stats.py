"""Stats: the plane's counters as frozen values, for control and the windows."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from bridge.media.forwarder import Forwarder
from bridge.media.plane import PlaneStats, SessionStats, SinkStats, SourceStats
from bridge.media.session import MediaSession
from bridge.media.streams import Outlet, Source

HEADER_BYTES = 12
"""Of what the rewriter writes: neither CSRC list nor extension."""


@dataclass(slots=True)
class Traffic:
    """What the sessions that are over have carried: totals must not fall when one ends."""

    packets_in: int = 0
    packets_out: int = 0
    bytes_in: int = 0
    bytes_out: int = 0

    def add(self, session: MediaSession) -> None:
        self.packets_in += session.packets_in
        self.packets_out += session.packets_out
        self.bytes_in += session.bytes_in
        self.bytes_out += session.bytes_out


def plane_stats(
    sessions: Collection[MediaSession], forwarder: Forwarder, past: Traffic, *, now_s: float
) -> PlaneStats:
    """One look at everything.  *now_s* on the clock the packets were stamped with."""
    total = replace(past)
    for session in sessions:
        total.add(session)
    return PlaneStats(
        sessions=tuple(_session(session, now_s) for session in sessions),
        packets_in=total.packets_in,
        packets_out=total.packets_out,
        bytes_in=total.bytes_in,
        bytes_out=total.bytes_out,
        drops={reason.value: count for reason, count in forwarder.drops.items()},
        keyframe_requests=forwarder.keyframe_requests,
        switches=forwarder.switches,
    )


def _session(session: MediaSession, now_s: float) -> SessionStats:
    heard_s = session.heard_s
    reported = [o.reported for o in session.outlets.values() if o.source and o.reported]
    return SessionStats(
        session=session.spec.session,
        site=session.spec.site,
        connected=session.connected,
        age_s=None if heard_s is None else now_s - heard_s,
        rtt_s=session.rtt_s,
        loss_down=max((block.fraction_lost / 256 for block in reported), default=None),
        packets_out=session.packets_out,
        bytes_out=session.bytes_out,
        sources=tuple(_source(source, now_s) for source in session.sources.values()),
        sinks=tuple(_sinks(session)),
    )


def _source(source: Source, now_s: float) -> SourceStats:
    reception = source.reception
    newest_s = reception.newest_at_s
    return SourceStats(
        slot=source.slot,
        layer=source.layer,
        packets=reception.packets,
        bytes=source.bytes,
        lost=max(0, reception.lost),
        jitter_s=reception.jitter_s,
        keyframes=source.keyframes_seen,
        level_dbov=source.level_dbov,
        age_s=None if newest_s is None else now_s - newest_s,
        keyframe_requests=source.keyframes.sent,
    )


def _sinks(session: MediaSession) -> Iterator[SinkStats]:
    for kind in ("audio", "video"):
        outlets = [outlet for outlet in session.outlets.values() if outlet.kind == kind]
        packets = sum(outlet.rewriter.packets for outlet in outlets)
        payload_bytes = sum(outlet.rewriter.bytes for outlet in outlets)
        yield SinkStats(
            kind=kind,
            packets=packets,
            bytes=payload_bytes + packets * HEADER_BYTES,
            lost=sum(max(0, outlet.reported.lost) for outlet in outlets if outlet.reported),
            jitter_s=max((_jitter_s(o) for o in outlets if o.source and o.reported), default=None),
        )


def _jitter_s(outlet: Outlet) -> float:
    return outlet.reported.jitter / outlet.rewriter.clock_rate_hz if outlet.reported else 0.0
