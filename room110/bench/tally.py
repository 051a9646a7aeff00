"""Tally: what came to one raw client, counted from the headers alone.

SRTP leaves the RTP header in the clear, so that numbers can be followed without a key: a stream is
whole when as many packets came as there are numbers between its first and its last.  Every
``SAMPLE``-th packet is handed back to be decrypted and looked at.
"""

from __future__ import annotations

import struct
from typing import Final

from bridge.media.core.rtcp import ReportBlock

SAMPLE: Final = 64

_NUMBERS: Final = struct.Struct("!xxHII")


class Heard:
    """One SSRC."""

    __slots__ = ("bytes", "first", "highest", "packets")

    def __init__(self, sequence: int) -> None:
        self.first = self.highest = sequence
        """Extended by the times the number has wrapped."""
        self.packets = 0
        self.bytes = 0

    @property
    def lost(self) -> int:
        """Numbers that did not come; below zero when some came twice."""
        return self.highest - self.first + 1 - self.packets


class Tally:
    def __init__(self) -> None:
        self.packets = 0
        self.bytes = 0
        self.streams: dict[int, Heard] = {}
        """By SSRC."""
        self.samples = 0
        self.bad_samples = 0
        """Samples that could not be decrypted, or were not what the publisher sent."""

    def take(self, buffer: bytes | bytearray, size: int) -> bool:
        """Count the packet in *buffer*; whether it is one to look at."""
        sequence, _, ssrc = _NUMBERS.unpack_from(buffer)
        heard = self.streams.get(ssrc)
        if heard is None:
            heard = self.streams[ssrc] = Heard(sequence)
        step = (sequence - heard.highest) & 0xFFFF
        if step < 0x8000:  # noqa: PLR2004 - half the range: ahead, not behind (RFC 3550 A.1)
            heard.highest += step
        heard.packets += 1
        heard.bytes += size
        self.packets += 1
        self.bytes += size
        return self.packets % SAMPLE == 0

    @property
    def lost(self) -> int:
        return sum(heard.lost for heard in self.streams.values())

    def blocks(self) -> tuple[ReportBlock, ...]:
        """For a receiver report: no loss but what there is, no jitter."""
        return tuple(
            ReportBlock(
                ssrc=ssrc,
                fraction_lost=0,
                lost=max(0, heard.lost),
                highest=heard.highest & 0xFFFFFFFF,
                jitter=0,
                last_sr=0,
                delay_since_sr=0,
            )
            for ssrc, heard in self.streams.items()
        )
