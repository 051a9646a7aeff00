"""Reports: the RTCP the service itself says to one client, every ``INTERVAL_S``.

* About what the client sends: a report block per stream and REMB, without which Chromium never
  sends its top layer (measured).  What the REMB says is :func:`bridge.media.core.layers.remb_bps`.
* About what it is sent: a sender report per outlet that is fed, saying where the present source's
  clock stands on ours, so that sound and picture of one place stay together although the source
  behind them changes (RFC 3550 section 6.4.1).

Half a second: Chromium follows a REMB within 2 s at this rate (measured); RFC 3550's minimum of 5 s
is for multicast groups, and RFC 4585 lets a unicast session report this often.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bridge.media.core import rtcp
from bridge.media.core.layers import remb_bps
from bridge.media.core.rtcp_writer import compound
from bridge.media.session import MediaSession

INTERVAL_S = 0.5
MAX_PER_COMPOUND = 28
"""Sender reports besides the first, 28 bytes each.  With ``MAX_SOURCES`` blocks, REMB for as many
and the longest CNAME that is 1324 bytes, below ``MAX_PROTECT_RTCP_BYTES``."""


def reports(session: MediaSession, *, now_s: float, ntp: int) -> list[bytes]:
    """Compounds to send now, each not yet encrypted.  *now_s* and *ntp* are the same moment."""
    senders = list(_senders(session, now_s=now_s, ntp=ntp))
    blocks = tuple(source.reception.report(now_s) for source in session.sources.values())
    first = (
        replace(senders[0], reports=blocks)
        if senders
        else rtcp.ReceiverReport(ssrc=session.ssrc, reports=blocks)
    )
    head: list[rtcp.Outgoing] = [first]
    ssrcs = tuple(s.ssrc for s in session.sources.values() if s.feed.kind == "video")
    if session.layers:
        bitrate_bps = remb_bps(session.layers)
        head.append(rtcp.Remb(sender=session.ssrc, bitrate_bps=bitrate_bps, ssrcs=ssrcs))
    rest = senders[1:]
    packets = [compound([*head, *rest[:MAX_PER_COMPOUND]], cname=session.spec.cname)]
    for start in range(MAX_PER_COMPOUND, len(rest), MAX_PER_COMPOUND):
        part = rest[start : start + MAX_PER_COMPOUND]
        packets.append(compound(part, cname=session.spec.cname))
    return packets


def _senders(session: MediaSession, *, now_s: float, ntp: int) -> Iterator[rtcp.SenderReport]:
    for ssrc, outlet in session.outlets.items():
        source, rewriter = outlet.source, outlet.rewriter
        if source is None or outlet.fresh:
            continue
        timestamp = source.clock.rtp_at(now_s)
        if timestamp is not None:
            yield rtcp.SenderReport(
                ssrc=ssrc,
                ntp=ntp,
                rtp=rewriter.source_timestamp_to_out(timestamp),
                packets=rewriter.packets,
                octets=rewriter.bytes,
            )
