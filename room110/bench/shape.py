"""Shape: what a publisher of the benches sends, packet by packet (research/scale.md section 4).

100 video packets a second of 1100 bytes and 50 sound packets of 80, both as RTP before SRTP.  Video
comes in bursts, as an encoder gives it: a burst is a frame, four packets every 40 ms unless told
otherwise, so the packet rate is the same at every burst.  No header extensions: SSRCs are named in
the offer.

Each video packet carries its number behind ``MARK``, in the clear once decrypted, so that whoever
receives it can tell which it is whatever header was put in front of it; sound is the same bytes
always.  A key frame is sent once a second and when one is asked for; it is not larger than the
others, for it is counted, not seen.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

from bridge.media.core import rtp, vp8
from bridge.media.core.rtp import AUDIO_CLOCK_HZ, FIXED_HEADER_BYTES, VIDEO_CLOCK_HZ

MARK: Final = b"\x0bRoom110"
FILL: Final = bytes(range(256)) * 6
KEYFRAME_S: Final = 1.0
LATE_S: Final = 0.1
"""What fell into a longer stall of this process is not sent any more: made up for, it would be
another shape."""

_NUMBER: Final = struct.Struct("!Q")
_KEY: Final = (
    b"\x10\x00\x00\x9d\x01\x2a" + (1280).to_bytes(2, "little") + (720).to_bytes(2, "little")
)
_DELTA: Final = b"\x11" + _KEY[1:]
"""RFC 6386 section 9.1: the lowest bit is 0 in a key frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    burst: int = 4
    """Video packets of a frame."""
    video_pps: float = 100.0
    video_bytes: int = 1100
    audio_pps: float = 50.0
    audio_bytes: int = 80

    @property
    def pps(self) -> float:
        return self.video_pps + self.audio_pps


class Stream:
    """The numbers of one outgoing stream."""

    def __init__(self, numbers: Random, clock_hz: int) -> None:
        self.ssrc = numbers.getrandbits(32)
        self.payload_type = 0
        """From the answer."""
        self.packets = 0
        self.octets = 0
        # Half the range: a receiver that joins before or after the first wrap must not guess the
        # rollover counter wrong (RFC 3711 appendix A).
        self._sequence = numbers.getrandbits(15)
        self._first_timestamp = numbers.getrandbits(32)
        self._clock_hz = clock_hz

    def timestamp(self, at_s: float) -> int:
        return (self._first_timestamp + int(at_s * self._clock_hz)) & 0xFFFFFFFF

    def packet(self, payload: bytes, timestamp: int, *, marker: bool) -> bytes:
        header = rtp.pack_header(marker, self.payload_type, self._sequence, timestamp, self.ssrc)
        self._sequence = (self._sequence + 1) & 0xFFFF
        self.packets += 1
        self.octets += len(payload)
        return header + payload


class Publisher:
    """Says what is due.  Pure: the owner gives the time and sends."""

    def __init__(self, shape: Shape, numbers: Random) -> None:
        self.audio = Stream(numbers, AUDIO_CLOCK_HZ)
        self.video = Stream(numbers, VIDEO_CLOCK_HZ)
        self.keyframes = 0
        self.wanted = True
        """A key frame is: from the beginning, and when one is asked for."""
        self._shape = shape
        self._next_audio_s = self._next_video_s = self._next_keyframe_s = 0.0
        self._picture_id = numbers.getrandbits(15)

    @property
    def shape(self) -> Shape:
        return self._shape

    @shape.setter
    def shape(self, shape: Shape) -> None:
        """From the next frame on."""
        self._shape = shape

    @property
    def packets(self) -> int:
        return self.audio.packets + self.video.packets

    def due(self, now_s: float) -> Iterator[bytes]:
        shape = self._shape
        if now_s - self._next_audio_s > LATE_S:
            self._next_audio_s = now_s
        if now_s - self._next_video_s > LATE_S:
            self._next_video_s = now_s
        while shape.audio_pps and self._next_audio_s <= now_s:
            yield self._sound(self._next_audio_s)
            self._next_audio_s += 1 / shape.audio_pps
        while shape.video_pps and self._next_video_s <= now_s:
            yield from self._frame(self._next_video_s)
            self._next_video_s += shape.burst / shape.video_pps

    def _sound(self, at_s: float) -> bytes:
        timestamp = self.audio.timestamp(at_s)
        return self.audio.packet(sound(self._shape), timestamp, marker=False)

    def _frame(self, at_s: float) -> Iterator[bytes]:
        key = self.wanted or at_s >= self._next_keyframe_s
        if key:
            self.wanted = False
            self.keyframes += 1
            self._next_keyframe_s = at_s + KEYFRAME_S
        timestamp = self.video.timestamp(at_s)
        self._picture_id = (self._picture_id + 1) & 0x7FFF
        room = self._shape.video_bytes - FIXED_HEADER_BYTES
        for place in range(self._shape.burst):
            descriptor = vp8.pack_descriptor(
                starts_frame=place == 0, picture_id=self._picture_id, tl0=self._picture_id & 0xFF
            )
            head = (_KEY if key else _DELTA) if place == 0 else b""
            payload = descriptor + head + MARK + _NUMBER.pack(self.video.packets) + FILL
            last = place == self._shape.burst - 1
            yield self.video.packet(payload[:room], timestamp, marker=last)


def sound(shape: Shape) -> bytes:
    """The payload of every sound packet."""
    return (MARK + FILL)[: shape.audio_bytes - FIXED_HEADER_BYTES]


def number_of(packet: bytes) -> int | None:
    """Which packet of its stream this one was when it was published; None: not one of ours.
    Of sound it says nothing."""
    at = packet.find(MARK)
    if at < 0 or at + len(MARK) + _NUMBER.size > len(packet):
        return None
    number: int = _NUMBER.unpack_from(packet, at + len(MARK))[0]
    return number
