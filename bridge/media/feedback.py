"""Feedback: what a client says by RTCP, and what becomes of it.

| it says | it means | here |
|---|---|---|
| SR | where its clock stands | the source's clock, for lip sync |
| report blocks | how it receives us | loss and round trip; its line's estimate |
| PLI, FIR | it needs a key frame | asked of the source, coalesced |
| NACK | it lost packets | sent again; if it is most of them, its line drowns |
| REMB | what its line may carry | its line's estimate |
| BYE, SDES, others | nothing to us | end with this hop |
"""

from __future__ import annotations

from collections.abc import Iterable

from bridge.media.core import rtcp
from bridge.media.core.drops import DropReason
from bridge.media.core.ntp import round_trip_s
from bridge.media.core.rtp import fixed_header
from bridge.media.core.serial import distance32, latest16
from bridge.media.forwarder import Forwarder
from bridge.media.session import MediaSession
from bridge.media.streams import CLOCK_HZ, Outlet


def hear(
    session: MediaSession,
    packets: Iterable[rtcp.Rtcp],
    forwarder: Forwarder,
    *,
    now_s: float,
    ntp: int,
) -> None:
    """Act on one compound of *session*.  *now_s* and *ntp* are the same moment."""
    for packet in packets:
        match packet:
            case rtcp.SenderReport():
                source = session.sources.get(packet.ssrc)
                if source is not None:
                    source.on_sender_report(packet.ntp, packet.rtp, now_s)
                _take_reports(session, packet.reports, now_s=now_s, ntp=ntp)
            case rtcp.ReceiverReport():
                _take_reports(session, packet.reports, now_s=now_s, ntp=ntp)
            case rtcp.PictureLoss():
                _ask_keyframe(session, packet.media, forwarder, now_s)
            case rtcp.FullIntra():
                for ssrc in packet.media:
                    _ask_keyframe(session, ssrc, forwarder, now_s)
            case rtcp.Nack():
                _repeat(session, packet, forwarder, now_s)
            case rtcp.Remb():
                session.downline.on_remb(packet.bitrate_bps, now_s)
            case _:
                pass


def _take_reports(
    session: MediaSession, blocks: Iterable[rtcp.ReportBlock], *, now_s: float, ntp: int
) -> None:
    ours = [block for block in blocks if block.ssrc in session.outlets]
    for block in ours:
        session.outlets[block.ssrc].reported = block
        rtt_s = round_trip_s(now_ntp=ntp, block=block)
        session.rtt_s = session.rtt_s if rtt_s is None else rtt_s
    for kind in ("video", "audio"):  # pictures first: beside them sound does not count
        told = [block for block in ours if session.outlets[block.ssrc].kind == kind]
        session.downline.on_reports(told, now_s, sound=kind == "audio")


def _ask_keyframe(session: MediaSession, ssrc: int, forwarder: Forwarder, now_s: float) -> None:
    outlet = session.outlets.get(ssrc)
    if outlet is not None and outlet.source is not None and outlet.kind == "video":
        forwarder.ask_keyframe(outlet.source, now_s)


def _repeat(session: MediaSession, nack: rtcp.Nack, forwarder: Forwarder, now_s: float) -> None:
    outlet, repeats = session.outlets.get(nack.media), session.repeats.get(nack.media)
    if outlet is None or repeats is None:
        return
    # What waits has a number already, and may be the answer.
    forwarder.fanout.flush()
    rtt_s = session.rtt_s or 0.0
    newest, _ = outlet.newest()
    indices = [latest16(seq, newest) for seq in nack.seqs]
    sent_s = _sent_s(outlet, max(indices, default=newest))
    if sent_s is not None:
        session.downline.estimate.on_asked(nack.media, indices, now_s - sent_s - rtt_s, now_s)
    if session.downline.drowns:  # more of it would only keep the queue full
        forwarder.drops[DropReason.REPEAT_LIMIT] += len(nack.seqs)
    else:
        session.delivery.repeat(outlet, repeats, nack.seqs, rtt_s, now_s)


def _sent_s(outlet: Outlet, index: int) -> float | None:
    """About when the packet that went out under *index* did; None: it is not of what is shown now."""
    run, source = outlet.run, outlet.source
    if run is None or source is None:
        return None
    then = run.source_index(index)
    data = source.remembered(then) if then is not None else None
    newest_s = source.reception.newest_at_s
    if data is None or newest_s is None:
        return None
    _, _, _, timestamp, _ = fixed_header(data)
    ticks = distance32(source.reception.newest_timestamp, timestamp)
    return newest_s - ticks / CLOCK_HZ[outlet.kind]
