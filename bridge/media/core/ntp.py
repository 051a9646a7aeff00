"""NTP time as RTCP carries it (RFC 3550 section 4): seconds since 1900 and their fraction.

A sender report has all 64 bits, a report block the middle 32 of the report it answers to.  From
both a sender learns the round trip without either end knowing the other's clock: the receiver
says how long it kept the report, and the rest of the time was spent on the way.
"""

from __future__ import annotations

from typing import Final

from bridge.media.core.rtcp import ReportBlock

_EPOCH_S: Final = 2_208_988_800
"""Seconds from 1900 to 1970."""


def ntp_from_unix(seconds: float) -> int:
    """64-bit NTP time of a Unix time; in 2036 it wraps, as RFC 3550 section 4 expects."""
    return (int(seconds * 0x100000000) + (_EPOCH_S << 32)) & 0xFFFFFFFFFFFFFFFF


def middle32(ntp: int) -> int:
    """The form of an NTP time that report blocks carry: 65536ths of a second."""
    return ntp >> 16 & 0xFFFFFFFF


def round_trip_s(*, now_ntp: int, block: ReportBlock) -> float | None:
    """Seconds there and back, from a report about our own stream (RFC 3550 section 6.4.1).

    None before the peer has seen a sender report of ours.  Never negative: a peer that claims a
    longer delay than passed is taken as next door.
    """
    if block.last_sr == 0:
        return None
    ticks = (middle32(now_ntp) - block.last_sr - block.delay_since_sr) & 0xFFFFFFFF
    return 0.0 if ticks >= 0x80000000 else ticks / 0x10000
