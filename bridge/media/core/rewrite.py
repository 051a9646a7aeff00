"""Rewriter: many sources become one stream that never tears (DESIGN section 5).

A subscriber's slot has one SSRC for the whole session while the source behind it changes with
the floor.  A decoder must not notice, so what every source counts for itself is moved onto one
line of outgoing numbers:

* **Sequence numbers** go on without a gap at a switch.  Losses upstream stay gaps and reordered
  packets keep their place, so the subscriber's loss report is about its own line and the source's.
* **Timestamps** go on with real time and at least one tick.  A step back would be taken for a
  wrap (13 hours forward in aiortc's receiver), and a jump of half the circle or more would look
  like a step back: the step is bounded below that (6.6 hours of picture, 12.4 of sound).
* **VP8 picture id and TL0PICIDX** go on at plus one.
* **Marker**: sound has it on the first packet after a switch or a silence (RFC 3551 section 4.1:
  the jitter buffer may adapt there); picture keeps its own, they end frames.

Packets older than the one a source began with are refused: they would fall on numbers that the
source before has used.  Under AES-GCM that is worse than a picture fault, because a number sent
twice with different bytes gives the key stream away (RFC 7714 section 8.4).  For the same reason
the outcome for a packet does not depend on how often it comes.

Jumps of more than a few thousand packets must not come here: they could lead the SRTP rollover
counter of the subscriber astray (RFC 3711 section 3.3.1).  ``Reception`` finds them; the
forwarder then begins anew.
"""

from __future__ import annotations

from struct import Struct
from typing import Final

from bridge.media.core.rtp import AUDIO_CLOCK_HZ, VIDEO_CLOCK_HZ
from bridge.media.core.vp8 import patched_descriptor

_HEADER: Final = Struct("!BBHII")
_LARGEST_STEP_TICKS: Final = 0x7FFFFFFF


class Rewriter:
    """One outgoing stream.

    Before a source's first packet, and again after its gate was shut or its numbers jumped, the
    owner calls :meth:`begin` with that packet (for picture: the first packet of a key frame),
    then :meth:`prefix` with it and all that follow.
    """

    __slots__ = (
        "_audio",
        "_begin_seq",
        "_payload_type",
        "_picture_id_delta",
        "_reach",
        "_source_seq",
        "_ssrc",
        "_timestamp_delta",
        "_tl0_delta",
        "_top_at_s",
        "_top_picture_id",
        "_top_timestamp",
        "_top_tl0",
        "bytes",
        "clock_rate_hz",
        "packets",
    )

    def __init__(
        self,
        *,
        ssrc: int,
        payload_type: int,
        audio: bool,
        seq: int,
        timestamp: int,
        picture_id: int = 0,
        tl0: int = 0,
    ) -> None:
        """*seq*, *timestamp* (RFC 3550 section 5.1: random), *picture_id* and *tl0* are what the
        first packet of all will carry."""
        self._ssrc = ssrc
        self._payload_type = payload_type
        self._audio = audio
        self.clock_rate_hz = AUDIO_CLOCK_HZ if audio else VIDEO_CLOCK_HZ
        self.packets = 0
        """Sent so far, for sender reports."""
        self.bytes = 0
        """Payload bytes sent so far (descriptor included, header not), for sender reports."""
        self._begin_seq = seq  # outgoing number of the packet begun with
        self._reach = -1  # how far behind it the newest one is; -1: not even it was sent
        # Newest is what has the highest sequence number: a packet that comes late, and nothing
        # else, has older values.
        self._source_seq = 0
        self._timestamp_delta = 0
        self._picture_id_delta = 0
        self._tl0_delta = 0
        self._top_timestamp = (timestamp - 1) & 0xFFFFFFFF
        self._top_at_s = 0.0
        self._top_picture_id = (picture_id - 1) & 0x7FFF
        self._top_tl0 = (tl0 - 1) & 0xFF

    def begin(self, *, seq: int, timestamp: int, picture_id: int, tl0: int, now_s: float) -> None:
        """The next packet sent is this one of a new source: go on from the highest ones sent.

        *picture_id* and *tl0* are as ``vp8.parse`` gives them, -1 for sound.
        """
        self._begin_seq = (self._begin_seq + self._reach + 1) & 0xFFFF
        self._reach = -1
        self._source_seq = (seq - 1) & 0xFFFF
        elapsed = round((now_s - self._top_at_s) * self.clock_rate_hz) if self.packets else 1
        step = min(max(elapsed, 1), _LARGEST_STEP_TICKS)
        self._timestamp_delta = self._top_timestamp + step - timestamp
        if picture_id >= 0:
            self._picture_id_delta = self._top_picture_id + 1 - picture_id
        if tl0 >= 0:
            self._tl0_delta = self._top_tl0 + 1 - tl0

    def prefix(
        self,
        data: bytes,
        header_end: int,
        descriptor_end: int,
        payload_end: int,
        seq: int,
        timestamp: int,
        picture_id: int,
        tl0: int,
        now_s: float,
    ) -> bytes | None:
        """What goes out before ``data[descriptor_end:payload_end]``: RTP header and descriptor.

        The header has neither CSRC list, extension nor padding.  For sound, and for a picture
        packet without payload, *descriptor_end* is *header_end* and both ids are -1.
        None for a packet older than the one begun with (``BEFORE_SWITCH``).
        """
        step = ((seq - self._source_seq + 0x8000) & 0xFFFF) - 0x8000
        place = self._reach + step
        if place < 0:
            return None
        out_timestamp = (timestamp + self._timestamp_delta) & 0xFFFFFFFF
        if step > 0:
            self._source_seq = seq
            self._reach = place
            if out_timestamp != self._top_timestamp:
                self._top_timestamp = out_timestamp
                self._top_at_s = now_s
        marker = 0x80 if place == 0 and self._audio else data[1] & 0x80
        self.packets += 1
        self.bytes += payload_end - descriptor_end
        header = _HEADER.pack(
            0x80,
            marker | self._payload_type,
            (self._begin_seq + place) & 0xFFFF,
            out_timestamp,
            self._ssrc,
        )
        if descriptor_end == header_end:
            return header
        if picture_id >= 0:
            if not data[header_end + 2] & 0x80:
                # Seven bits: the nearest number to the newest one of this source.
                newest = self._top_picture_id - self._picture_id_delta
                picture_id = newest + ((picture_id - newest + 64) & 127) - 64
            picture_id = (picture_id + self._picture_id_delta) & 0x7FFF
            if step > 0:
                self._top_picture_id = picture_id
        if tl0 >= 0:
            tl0 = (tl0 + self._tl0_delta) & 0xFF
            if step > 0:
                self._top_tl0 = tl0
        descriptor = patched_descriptor(data, header_end, descriptor_end, picture_id, tl0)
        self.bytes += len(descriptor)
        return header + descriptor

    def source_timestamp_to_out(self, timestamp: int) -> int:
        """Where a timestamp of the present source lies on the outgoing line (sender reports)."""
        return (timestamp + self._timestamp_delta) & 0xFFFFFFFF
