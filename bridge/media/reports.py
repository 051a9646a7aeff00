"""Reports: the RTCP the service itself says to one client, every ``INTERVAL_S``.

* About what the client sends: a report block per stream and REMB, without which Chromium never
  sends its top layer (measured).  What the REMB says is :mod:`bridge.media.upline`.
* About what it is sent: a sender report per outlet that is fed, saying where the present source's
  clock stands on ours, so that sound and picture of one place stay together although the source
  behind them changes (RFC 3550 section 6.4.1).

Half a second: Chromium follows a REMB within 2 s at this rate (measured); RFC 3550's minimum of 5 s
is for multicast groups, and RFC 4585 lets a unicast session report this often.  Who sends nothing
itself is told half as often: its sender reports are for lip sync alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from bridge.media.core import rtcp
from bridge.media.session import MediaSession

INTERVAL_S: Final = 0.5
MAX_PER_COMPOUND: Final = 24
"""Sender reports besides the first, 28 bytes each.  With ``MAX_SOURCES`` blocks, REMB for as many
and the longest CNAME that is 1324 bytes, below ``MAX_PROTECT_RTCP_BYTES``."""


def reports(session: MediaSession, *, now_s: float, ntp: int) -> list[Sequence[rtcp.Outgoing]]:
    """What to say now, a compound each.  *now_s* and *ntp* are the same moment."""
    senders = list(_senders(session, now_s=now_s, ntp=ntp))
    blocks = tuple(source.reception.report(now_s) for source in session.sources.values())
    first = (
        replace(senders[0], reports=blocks)
        if senders
        else rtcp.ReceiverReport(ssrc=session.ssrc, reports=blocks)
    )
    head: list[rtcp.Outgoing] = [first]
    if session.sends_picture:
        head.append(session.remb())
    rest = senders[1:]
    said: list[Sequence[rtcp.Outgoing]] = [[*head, *rest[:MAX_PER_COMPOUND]]]
    said += [
        rest[start : start + MAX_PER_COMPOUND]
        for start in range(MAX_PER_COMPOUND, len(rest), MAX_PER_COMPOUND)
    ]
    return said


def _senders(session: MediaSession, *, now_s: float, ntp: int) -> Iterator[rtcp.SenderReport]:
    for ssrc, outlet in session.outlets.items():
        source, run = outlet.source, outlet.run
        if source is None or run is None:
            continue
        timestamp = source.clock.rtp_at(now_s)
        if timestamp is not None:
            yield rtcp.SenderReport(
                ssrc=ssrc,
                ntp=ntp,
                rtp=timestamp + run.timestamp_delta & 0xFFFFFFFF,
                packets=outlet.packets,
                octets=outlet.bytes,
            )
