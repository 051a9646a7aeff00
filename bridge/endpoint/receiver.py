"""Receiver: everything that comes down to an endpoint, by SSRC.

Pure.  The answer names one SSRC per receiving slot and they are constant for the session, so a
packet finds its ear by one look-up.  Nothing is decoded: packets are counted, checked (ear.py)
and reported back to the service (RFC 3550 receiver reports).

Lost packets of a picture are asked for again (``nack.Missing`` decides when), where the service
answers that.  A key frame is asked for when a picture could not be decoded, nothing of it is
awaited any more, and somebody stands in the slot; at most every PATIENCE_S: one request is answered
within 50 to 90 ms (measured), and asking again only costs the publisher.

What comes again is no packet of the stream for its receiver report: that counts what the line
lost (RFC 4588 section 7).  The stream in which it comes has a report of its own, padding and all, as
browsers give it: what the service tries a line with is found there.
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
from bridge.media.core import rtp, rtx, vp8
from bridge.media.core.drops import DropReason
from bridge.media.core.nack import Missing
from bridge.media.core.reception import IN_STREAM, RESTARTED, Reception
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
    rtx_payload_type: int | None
    reception: Reception
    repeats: Reception | None
    """Of the stream in which its packets come again."""
    missing: Missing | None
    """None where nothing is asked for again."""

    @property
    def receptions(self) -> tuple[Reception, ...]:
        return (self.reception,) if self.repeats is None else (self.reception, self.repeats)

    @property
    def awaits(self) -> bool:
        return self.missing is not None and self.missing.next_deadline() is not None


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
        self.repaired = 0
        """Packets that came again."""
        self._own = own
        self._lines: dict[int, _Line] = {}
        self._repairs: dict[int, _Line] = {}
        """By the SSRC in which its packets come again."""
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
            missing = Missing() if line.nack else None
            repeats = None
            if line.rtx_ssrc is not None:
                repeats = Reception(ssrc=line.rtx_ssrc, clock_rate_hz=clock_hz)
            self._lines[line.ssrc] = one = _Line(
                slot, line.payload_type, line.rtx_payload_type, reception, repeats, missing
            )
            if line.rtx_ssrc is not None:
                self._repairs[line.rtx_ssrc] = one

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
            self._on_repair(packet, start, end, now_s)
        elif payload_type != line.payload_type:
            self.drops[DropReason.PAYLOAD_TYPE] += 1
        else:
            opens_keyframe = self._give(line, packet, start, end, now_s)
            if opens_keyframe is None:
                return
            verdict = line.reception.on_packet(sequence, timestamp, now_s)
            if line.missing is not None:
                if verdict == RESTARTED:
                    line.missing.restart(sequence)
                elif verdict == IN_STREAM:
                    line.missing.on_packet(sequence, now_s)
                    if opens_keyframe:
                        line.missing.keyframe(sequence)
            if self.first_packet_s is None:
                self.first_packet_s = now_s

    def _on_repair(self, packet: bytes, start: int, end: int, now_s: float) -> None:
        """A packet that came again, or padding in its place."""
        _, payload_type, number, timestamp, ssrc = rtp.fixed_header(packet)
        line = self._repairs.get(ssrc)
        if line is None or line.missing is None:
            self.drops[DropReason.UNKNOWN_SOURCE] += 1
            return
        if payload_type != line.rtx_payload_type:
            self.drops[DropReason.PAYLOAD_TYPE] += 1
            return
        assert line.repeats is not None
        line.repeats.on_packet(number, timestamp, now_s)
        original = rtx.unwrap(
            packet, start, end, ssrc=line.reception.ssrc, payload_type=line.payload_type
        )
        if original is None:
            return
        opens_keyframe = self._give(line, original, start, len(original), now_s)
        if opens_keyframe is None:
            return
        self.repaired += 1
        sequence = rtp.fixed_header(original)[2]
        line.missing.on_packet(sequence, now_s)
        if opens_keyframe:
            line.missing.keyframe(sequence)

    def _give(self, line: _Line, packet: bytes, start: int, end: int, now_s: float) -> bool | None:
        """To the slot's ear.  Whether it opens a key frame; None when it cannot be read."""
        _, _, sequence, timestamp, _ = rtp.fixed_header(packet)
        if line.reception.clock_rate_hz == AUDIO_CLOCK_HZ:
            self.sounds[line.slot].hear(sequence, timestamp, packet[start:end], now_s)
            return False
        try:
            data, _, _, opens_keyframe, _, _ = vp8.parse(packet, start, end)
        except Vp8Malformed:
            self.drops[DropReason.RTP_MALFORMED] += 1
            return None
        self.pictures[line.slot].see(
            sequence, timestamp, packet[data:end], now_s, opens_keyframe=opens_keyframe
        )
        return opens_keyframe

    def on_rtcp(self, packets: Iterable[Rtcp], now_s: float) -> None:
        for packet in packets:
            if isinstance(packet, SenderReport) and packet.ssrc in self._lines:
                for reception in self._lines[packet.ssrc].receptions:
                    reception.on_sender_report(packet.ntp, now_s)

    def reports(self, now_s: float) -> list[ReportBlock]:
        """A block for every stream that has begun; owed once per interval."""
        return [
            reception.report(now_s)
            for line in self._lines.values()
            for reception in line.receptions
            if reception.packets
        ]

    def missing(self, now_s: float, rtt_s: float | None) -> list[tuple[int, tuple[int, ...]]]:
        """SSRCs with the sequence numbers to ask for again now."""
        asked = []
        for ssrc, line in self._lines.items():
            if line.missing is not None and (numbers := line.missing.due(now_s, rtt_s)):
                asked.append((ssrc, numbers))
        return asked

    def keyframes_needed(self, stage: Mapping[str, SiteCode] | None, now_s: float) -> list[int]:
        """SSRCs to ask for a key frame now.  ``stage`` says who stands in which slot; None when
        the service has not said yet.  Each SSRC comes at most once in PATIENCE_S."""
        needed = [
            ssrc
            for ssrc, line in self._lines.items()
            if line.slot in self.pictures
            and line.reception.clock_rate_hz == VIDEO_CLOCK_HZ
            and self.pictures[line.slot].broken
            and not line.awaits
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
