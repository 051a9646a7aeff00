"""Players: clips become RTP, by the clock.

Pure: a player is asked what is due now and answers with whole packets, headers and all, ready to
be encrypted.  Its numbers are its own and outlive every restart of the loop: sequence number and
picture id go on by one, timestamps go on with real time (RFC 3550 section 5.1), so that nobody
who receives can tell a clip from a camera.

* Sound keeps its place in time.  Frames that fell into a stall of this process longer than
  SOUND_LATE_FRAMES are left out, as a sound card would; the first packet after any silence
  carries the marker (RFC 3551 section 4.1).
* Picture keeps its place in the clip, for a VP8 frame left out would spoil all that follow.  A
  key-frame request goes back to the clip's first frame, at the next frame time and not at once:
  a camera cannot do better.

MID, RID and level stand in every packet.  They are constant, so they cost 12 bytes and no work,
and the service finds the m-line from whichever packet it sees first.  The time it left
(abs-send-time) is the only one that changes.

A picture's packets are kept for a while, and sent again when the service asks (RFC 4585), in a
stream of their own where one was agreed (RFC 4588), else as they were, byte for byte: under the
same number nothing else may be sealed.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from bridge.endpoint.clip import (
    FRAMES_PER_S,
    SOUND_FRAME_S,
    Clip,
)
from bridge.endpoint.extensions import Extensions
from bridge.endpoint.tone import FRAME_SAMPLES
from bridge.media.core import rtp, rtx, vp8
from bridge.media.core.history import PacketHistory
from bridge.media.core.rtp import AUDIO_CLOCK_HZ, VIDEO_CLOCK_HZ

MAX_PAYLOAD_BYTES: Final = 1100
"""Descriptor and data; with header, extensions and SRTP tag still one datagram on any line."""
SOUND_LATE_FRAMES: Final = 10
PICTURE_LATE_S: Final = 0.5
"""A picture that is later than this goes on from now instead of catching up in a burst."""

HISTORY_PACKETS: Final = 128
"""Two seconds of a layer f, and 150 KB."""

_DESCRIPTOR_BYTES: Final = len(vp8.pack_descriptor(starts_frame=True, picture_id=0, tl0=0))
_HEADER: Final = struct.Struct("!BBHII")
_VERSION_AND_EXTENSION: Final = 0x90
_EXTENSION_BIT: Final = 0x10
_MARKER: Final = 0x80


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """What the packets of one stream have in common; the start values should be random."""

    ssrc: int
    payload_type: int
    extensions: Extensions
    first_sequence: int
    first_timestamp: int
    first_picture_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """The stream in which packets of another are repeated."""

    ssrc: int
    payload_type: int
    extensions: Extensions
    first_sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a sender report says."""

    ssrc: int
    timestamp: int
    """On the stream's clock at the moment of the report, also between packets."""
    packets: int
    octets: int


class _Player:
    """Numbers the packets of one stream that began at ``started_s``."""

    def __init__(self, clip: Clip, stream: Stream, *, clock_hz: int, started_s: float) -> None:
        self.stream = stream
        self.packets = 0
        self._octets = 0
        self._clip = clip.frames
        self._clock_hz = clock_hz
        self._started_s = started_s
        self._sequence = stream.first_sequence
        self._extensions = stream.extensions.block

    def sent(self, now_s: float) -> Sent | None:
        """For the sender report; None before the first packet."""
        if not self.packets:
            return None
        return Sent(
            ssrc=self.stream.ssrc,
            timestamp=self._timestamp(now_s),
            packets=self.packets & 0xFFFFFFFF,
            octets=self._octets & 0xFFFFFFFF,
        )

    def _timestamp(self, at_s: float) -> int:
        ticks = round((at_s - self._started_s) * self._clock_hz)
        return (self.stream.first_timestamp + ticks) & 0xFFFFFFFF

    def _packet(self, payload: bytes, *, timestamp: int, marker: bool) -> bytes:
        stream = self.stream
        header = _HEADER.pack(
            _VERSION_AND_EXTENSION,
            stream.payload_type | (_MARKER if marker else 0),
            self._sequence,
            timestamp,
            stream.ssrc,
        )
        self._sequence = (self._sequence + 1) & 0xFFFF
        self.packets += 1
        self._octets += len(payload)
        return header + self._extensions + payload


class SoundPlayer(_Player):
    """Opus, a packet every 20 ms while ``live``."""

    def __init__(self, clip: Clip, stream: Stream, *, started_s: float, live: bool) -> None:
        super().__init__(clip, stream, clock_hz=AUDIO_CLOCK_HZ, started_s=started_s)
        self.live = live
        self._frame = 0
        self._after_silence = True

    def say(self, extensions: Extensions) -> None:
        """What stands in every packet from now on."""
        self.stream = replace(self.stream, extensions=extensions)

    def due(self, now_s: float) -> list[bytes]:
        """Packets to send now, oldest first."""
        newest = int((now_s - self._started_s) / SOUND_FRAME_S)
        if not self.live:
            self._frame = newest + 1
            self._after_silence = True
            return []
        if newest - self._frame >= SOUND_LATE_FRAMES:
            self._frame = newest
            self._after_silence = True
        self._extensions = self.stream.extensions.at(now_s)
        packets = []
        for frame in range(self._frame, newest + 1):
            timestamp = (self.stream.first_timestamp + frame * FRAME_SAMPLES) & 0xFFFFFFFF
            payload = self._clip[frame % len(self._clip)]
            packets.append(self._packet(payload, timestamp=timestamp, marker=self._after_silence))
            self._after_silence = False
        self._frame = newest + 1
        return packets


class PicturePlayer(_Player):
    """One layer of VP8, a frame every 1/15 s while wanted."""

    def __init__(
        self, clip: Clip, stream: Stream, *, started_s: float, repair: Repair | None = None
    ) -> None:
        super().__init__(clip, stream, clock_hz=VIDEO_CLOCK_HZ, started_s=started_s)
        self.keyframes = 0
        self.repaired = 0
        """Packets sent again."""
        self._repair = repair
        self._repair_sequence = repair.first_sequence if repair is not None else 0
        self._history = PacketHistory(HISTORY_PACKETS)
        self._frame = 0
        self._next_s: float | None = None
        self._not_before_s = started_s
        self._picture_id = stream.first_picture_id

    @property
    def wanted(self) -> bool:
        return self._next_s is not None

    def want(self, wanted: bool, now_s: float) -> None:
        """Switch the layer; one switched on begins with its key frame, a frame time after its
        last frame at the earliest."""
        if wanted and self._next_s is None:
            self._next_s = max(now_s, self._not_before_s)
            self._frame = 0
        elif not wanted:
            self._next_s = None

    def restart(self) -> None:
        """Answer a key-frame request: the next frame is the key frame."""
        self._frame = 0

    def due(self, now_s: float) -> list[bytes]:
        """Packets to send now, oldest first."""
        if self._next_s is None:
            return []
        if now_s - self._next_s > PICTURE_LATE_S:
            self._next_s = now_s
        self._extensions = self.stream.extensions.at(now_s)
        packets: list[bytes] = []
        while self._next_s <= now_s:
            packets += self._frame_packets(self._timestamp(self._next_s))
            self._next_s += 1 / FRAMES_PER_S
            self._not_before_s = self._next_s
        return packets

    def _frame_packets(self, timestamp: int) -> list[bytes]:
        frame = self._clip[self._frame]
        if self._frame == 0:
            self.keyframes += 1
        self._frame = (self._frame + 1) % len(self._clip)
        number = self._picture_id  # TL0PICIDX counts the same frames: there is one layer
        self._picture_id = (number + 1) & 0x7FFF
        most = MAX_PAYLOAD_BYTES - _DESCRIPTOR_BYTES
        first = self._sequence
        packets = [
            self._packet(
                vp8.pack_descriptor(starts_frame=start == 0, picture_id=number, tl0=number & 0xFF)
                + frame[start : start + most],
                timestamp=timestamp,
                marker=start + most >= len(frame),
            )
            for start in range(0, len(frame), most)
        ]
        for place, packet in enumerate(packets):
            self._history.put((first + place) & 0xFFFF, packet)
        return packets

    def again(self, sequences: Iterable[int], now_s: float) -> list[bytes]:
        """Packets to send for those that were lost; what is not remembered is left out."""
        kept = (self._history.get(sequence) for sequence in sequences)
        packets = [self._repeated(packet, now_s) for packet in kept if packet is not None]
        self.repaired += len(packets)
        return packets

    def _repeated(self, packet: bytes, now_s: float) -> bytes:
        repair = self._repair
        if repair is None:
            return packet
        bare = rtx.wrap(
            packet,
            start=rtp.FIXED_HEADER_BYTES + len(self.stream.extensions.block),
            ssrc=repair.ssrc,
            payload_type=repair.payload_type,
            seq=self._repair_sequence,
        )
        self._repair_sequence = (self._repair_sequence + 1) & 0xFFFF
        body = rtp.FIXED_HEADER_BYTES
        head = bytes((bare[0] | _EXTENSION_BIT,)) + bare[1:body]
        return head + repair.extensions.at(now_s) + bare[body:]
