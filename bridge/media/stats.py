"""Stats: the plane's counters as frozen values, for control and the windows."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from bridge.media.acknowledged import Acknowledged
from bridge.media.beginning import Beginning, Beginnings
from bridge.media.core.drops import DropReason
from bridge.media.core.packets import HEADER_BYTES
from bridge.media.forwarder import Forwarder
from bridge.media.plane import PlaneStats, SessionStats, SourceStats
from bridge.media.session import MediaSession
from bridge.media.streams import Outlet, Source
from bridge.media.tcp import TcpAddress
from bridge.media.told import Acknowledgement, Load, SinkStats

NOTHING: Final = Load()


@dataclass(slots=True)
class Traffic:
    """What the sessions that are over have carried: totals must not fall when one ends."""

    packets_in: int = 0
    packets_out: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    beginnings: Beginnings = field(default_factory=Beginnings, compare=False)
    """Of these and of all others."""

    def open(self, session: MediaSession, now_s: float) -> None:
        """A session begins."""
        session.beginning = Beginning(self.beginnings, now_s)

    def add(self, session: MediaSession) -> None:
        self.packets_in += session.packets_in
        self.packets_out += session.delivery.packets
        self.bytes_in += session.bytes_in
        self.bytes_out += session.delivery.bytes


def plane_stats(
    sessions: Collection[MediaSession],
    forwarder: Forwarder,
    past: Traffic,
    *,
    now_s: float,
    load: Load = NOTHING,
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
        switches=forwarder.switches.count,
        delays=tuple(forwarder.fanout.delays),
        delay_s=forwarder.fanout.delay_s,
        switched=forwarder.switches.times.spread(),
        begun=past.beginnings.spreads(),
        load=load,
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
        packets_out=session.delivery.packets,
        bytes_out=session.delivery.bytes,
        sources=tuple(_source(source, now_s) for source in session.sources.values()),
        sinks=tuple(_sinks(session)),
        allowed_bps=session.upline.allowed_bps if session.sends_picture else None,
        line_bps=session.downline.estimate.bps,
        repeated=session.delivery.repeated,
        padding_bytes=session.delivery.padding_bytes,
        path=_path(session),
        acknowledged=_acknowledged(session.acknowledged, now_s),
        shown={o.slot: what for o in session.outlets.values() if (what := _shown(o)) is not None},
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
        repaired=source.repaired,
        asked_again=source.missing.asked if source.missing is not None else 0,
    )


def _path(session: MediaSession) -> Literal["udp", "tcp", ""]:
    if session.remote is None:
        return ""
    return "tcp" if isinstance(session.remote, TcpAddress) else "udp"


def _acknowledged(what: Acknowledged, now_s: float) -> Acknowledgement:
    return Acknowledgement(
        said=dict(what.said),
        told=dict(what.told),
        reported_age_s=None if what.reported_s is None else now_s - what.reported_s,
        stage_age_s=None if what.stage_s is None else now_s - what.stage_s,
    )


def _sinks(session: MediaSession) -> Iterator[SinkStats]:
    for kind in ("audio", "video"):
        outlets = [outlet for outlet in session.outlets.values() if outlet.kind == kind]
        packets = sum(outlet.packets for outlet in outlets)
        payload_bytes = sum(outlet.bytes for outlet in outlets)
        yield SinkStats(
            kind=kind,
            packets=packets,
            bytes=payload_bytes + packets * HEADER_BYTES,
            lost=sum(max(0, outlet.reported.lost) for outlet in outlets if outlet.reported),
            jitter_s=max((_jitter_s(o) for o in outlets if o.source and o.reported), default=None),
        )


def _shown(outlet: Outlet) -> str | None:
    feed = outlet.feed
    if outlet.kind != "video" or feed is None or not feed.sources:
        return None
    if outlet.source is not None:
        return outlet.source.layer
    if outlet.top is None:
        return DropReason.BANDWIDTH.value
    decodes = any(outlet.decodes(source) for source in feed.sources.values())
    return None if decodes else DropReason.CODEC.value


def _jitter_s(outlet: Outlet) -> float:
    return outlet.reported.jitter / outlet.numbers.clock_rate_hz if outlet.reported else 0.0
