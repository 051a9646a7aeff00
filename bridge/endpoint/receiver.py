"""Receiver: everything that comes down to an endpoint, by SSRC.

Pure.  The answer names one SSRC per receiving slot and they are constant for the session, so a
packet finds its ear by one look-up.  Nothing is decoded: packets are counted, checked (ear.py)
and reported back to the service (RFC 3550 receiver reports).

A key frame is asked for when a picture could not be decoded and somebody stands in the slot, at
most every PATIENCE_S: one request is answered within 50 to 90 ms (measured), and asking again
only costs the publisher.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from bridge.conference.words import SiteCode
from bridge.endpoint.book import PayloadBook
from bridge.endpoint.ear import PictureEar, SoundEar
from bridge.endpoint.library import KEYFRAME_PREFIX_BYTES
from bridge.endpoint.stats import ReceiverTotals
from bridge.media.core import rtp, vp8
from bridge.media.core.drops import DropReason
from bridge.media.core.reception import Reception
from bridge.media.core.rtcp import ReportBlock, Rtcp, SenderReport
from bridge.media.core.rtp import AUDIO_CLOCK_HZ, VIDEO_CLOCK_HZ, RtpMalformed
from bridge.media.core.sdp_client import AnsweredLine
from bridge.media.core.vp8 import Vp8Malformed
from bridge.media.slots import Medium

PATIENCE_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class _Line:
    slot: str
    payload_type: int
    reception: Reception


class Receiver:
    """``lines`` are the answered m-lines this side receives on, with the slots they stand for."""

    def __init__(
        self,
        own: SiteCode,
        lines: Iterable[tuple[str, AnsweredLine]],
        *,
        tones: PayloadBook,
        keyframes: PayloadBook,
    ) -> None:
        self.sounds: dict[str, SoundEar] = {}
        """By slot."""
        self.pictures: dict[str, PictureEar] = {}
        """By slot."""
        self.drops: Counter[DropReason] = Counter()
        self.first_packet_s: float | None = None
        self._own = own
        self._lines: dict[int, _Line] = {}
        self._asked_s: dict[int, float] = {}
        for slot, line in lines:
            assert line.ssrc is not None
            if line.kind == Medium.AUDIO:
                self.sounds[slot] = SoundEar(own, tones)
                clock_hz = AUDIO_CLOCK_HZ
            else:
                self.pictures[slot] = PictureEar(keyframes, prefix_bytes=KEYFRAME_PREFIX_BYTES)
                clock_hz = VIDEO_CLOCK_HZ
            reception = Reception(ssrc=line.ssrc, clock_rate_hz=clock_hz)
            self._lines[line.ssrc] = _Line(slot, line.payload_type, reception)

    def on_rtp(self, packet: bytes, now_s: float) -> None:
        """A decrypted packet came.  What cannot be read is counted in ``drops``."""
        try:
            start, end = rtp.header_length(packet), rtp.payload_end(packet)
        except RtpMalformed:
            self.drops[DropReason.RTP_MALFORMED] += 1
            return
        _, payload_type, sequence, timestamp, ssrc = rtp.fixed_header(packet)
        line = self._lines.get(ssrc)
        if line is None:
            self.drops[DropReason.UNKNOWN_SOURCE] += 1
            return
        if payload_type != line.payload_type:
            self.drops[DropReason.PAYLOAD_TYPE] += 1
            return
        if line.reception.clock_rate_hz == AUDIO_CLOCK_HZ:
            self.sounds[line.slot].hear(sequence, timestamp, packet[start:end], now_s)
        else:
            try:
                data, _, _, opens_keyframe = vp8.parse(packet, start, end)
            except Vp8Malformed:
                self.drops[DropReason.RTP_MALFORMED] += 1
                return
            self.pictures[line.slot].see(
                sequence, timestamp, packet[data:end], now_s, opens_keyframe=opens_keyframe
            )
        line.reception.on_packet(sequence, timestamp, now_s)
        if self.first_packet_s is None:
            self.first_packet_s = now_s

    def on_rtcp(self, packets: Iterable[Rtcp], now_s: float) -> None:
        for packet in packets:
            if isinstance(packet, SenderReport) and packet.ssrc in self._lines:
                self._lines[packet.ssrc].reception.on_sender_report(packet.ntp, now_s)

    def reports(self, now_s: float) -> list[ReportBlock]:
        """A block for every stream that has begun; owed once per interval."""
        return [
            line.reception.report(now_s) for line in self._lines.values() if line.reception.packets
        ]

    def keyframes_needed(self, stage: Mapping[str, SiteCode] | None, now_s: float) -> list[int]:
        """SSRCs to ask for a key frame now.  ``stage`` says who stands in which slot; None when
        the service has not said yet.  Each SSRC comes at most once in PATIENCE_S."""
        needed = [
            ssrc
            for ssrc, line in self._lines.items()
            if line.slot in self.pictures
            and line.reception.clock_rate_hz == VIDEO_CLOCK_HZ
            and self.pictures[line.slot].broken
            and (stage is None or stage.get(line.slot) not in (None, self._own))
            and now_s - self._asked_s.get(ssrc, now_s - PATIENCE_S) >= PATIENCE_S
        ]
        self._asked_s.update(dict.fromkeys(needed, now_s))
        return needed

    @property
    def picture_ssrcs(self) -> tuple[int, ...]:
        return tuple(
            ssrc
            for ssrc, line in self._lines.items()
            if line.reception.clock_rate_hz == VIDEO_CLOCK_HZ
        )

    def last_heard_s(self, site: SiteCode) -> float | None:
        """When the last sound packet of the site came, in whichever slot."""
        times = (ear.last_heard_s.get(site) for ear in self.sounds.values())
        return max((at_s for at_s in times if at_s is not None), default=None)

    def totals(self) -> ReceiverTotals:
        ears: list[SoundEar | PictureEar] = [*self.sounds.values(), *self.pictures.values()]
        return ReceiverTotals(
            packets=sum(ear.continuity.packets for ear in ears),
            bytes=sum(ear.bytes for ear in ears),
            gaps=sum(ear.continuity.gaps for ear in ears),
            skipped=sum(ear.continuity.skipped for ear in ears),
            reordered=sum(ear.continuity.reordered for ear in ears),
            duplicates=sum(ear.continuity.duplicates for ear in ears),
            backward=sum(ear.continuity.backward for ear in ears),
            keyframes=sum(ear.keyframes for ear in self.pictures.values()),
            own_sound=sum(ear.own_sound for ear in self.sounds.values()),
            unknown_sound=sum(ear.unknown for ear in self.sounds.values()),
        )
