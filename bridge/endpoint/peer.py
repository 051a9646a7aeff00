"""Peer: one PeerConnection of a synthetic endpoint, from the offer to the close.

Full ICE (aioice) and DTLS as client (aiortc) to the one address of the service; then packets.
There is no RTCRtpReceiver: a datagram is decrypted, counted and checked in the reader's own call,
so that 64 endpoints and their checks fit into one process beside the service they test.

A peer is used once: ``offer``, ``connect``, any number of ``tick``, ``close``.  Whatever breaks it
ends it, and its owner makes a new one.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import SystemRandom
from typing import Final

from bridge.conference.words import SiteCode
from bridge.endpoint.card import Card
from bridge.endpoint.clip import Layer
from bridge.endpoint.library import ClipLibrary
from bridge.endpoint.receiver import Receiver
from bridge.endpoint.sender import Sender
from bridge.media.core import rtcp, rtp
from bridge.media.core.drops import DropReason
from bridge.media.core.ntp import ntp_from_unix, round_trip_s
from bridge.media.core.rtcp import (
    MAX_REPORTS,
    Outgoing,
    PictureLoss,
    ReceiverReport,
    Remb,
    Rtcp,
    RtcpMalformed,
    SenderReport,
)
from bridge.media.core.rtcp_writer import compound
from bridge.media.core.sdp_client import build_offer, mids_of, parse_answer
from bridge.media.core.sdp_text import SdpRejected
from bridge.media.dtls import SRTP_FAILURES, Dtls, certificate, fingerprint
from bridge.media.ice import IceClient
from bridge.media.slots import CAMERA, MIC, Direction, Slot

REPORT_EVERY_S: Final = 1.0
"""At least every second (DESIGN section 2): a link is lost by its silence."""
ALLOWANCE_BPS: Final = 10_000_000
"""REMB to the service: far above what an endpoint is sent, so it never limits on loopback."""
KEYFRAME_CHECK_S: Final = 0.1

_DTLS: Final = range(20, 64)
_MEDIA: Final = range(128, 192)


class Peer:
    """``on_closed`` is called at most once, when the connection ends by itself, with the reason."""

    def __init__(
        self,
        *,
        card: Card,
        slots: Sequence[Slot],
        library: ClipLibrary,
        local_address: str,
        on_closed: Callable[[str], object],
    ) -> None:
        self.sender = Sender(SystemRandom())
        self.receiver: Receiver | None = None
        """From the answer on."""
        self.drops: Counter[DropReason] = Counter()
        self.connected = False
        self.rtt_s: float | None = None
        """From the service's last receiver report about us."""
        self.stage: Mapping[str, SiteCode] | None = None
        """Who stands in which slot, if the service has said; the owner sets it."""
        self._card = card
        self._slots = slots
        self._library = library
        self._certificate = certificate()
        self._on_closed = on_closed
        self._now = asyncio.get_running_loop().time
        self._over = False
        self._next_report_s = 0.0
        self._next_keyframe_check_s = 0.0
        self._ice = IceClient(
            local_address=local_address,
            on_datagram=self._on_datagram,
            on_closed=lambda: self._end("consent_lost"),
        )
        self._dtls = Dtls(self._certificate, "client", self._ice.send, on_closed=self._end)

    async def offer(self) -> tuple[str, dict[str, str]]:
        """The SDP, and the map from mid to slot that goes with it.  Raises IceFailed."""
        await self._ice.gather()
        sdp = build_offer(
            self._slots,
            ufrag=self._ice.ufrag,
            pwd=self._ice.pwd,
            fingerprint=fingerprint(self._certificate),
            cname=self._cname,
            ssrcs={MIC.name: self.sender.mic_ssrc},
        )
        return sdp, mids_of(self._slots)

    async def connect(self, answer_sdp: str) -> None:
        """Take the answer and connect.  Raises SdpRejected, IceFailed or DtlsFailed; the owner
        closes in any case."""
        answer = parse_answer(answer_sdp)
        if answer.lines.keys() != mids_of(self._slots).keys():
            raise SdpRejected("the answer's m-lines are not the offer's")
        lines = [(slot, answer.lines[str(mid)]) for mid, slot in enumerate(self._slots)]
        downlinks = [
            (slot.name, line) for slot, line in lines if slot.direction is Direction.RECEIVE
        ]
        if any(line.ssrc is None for _, line in downlinks):
            raise SdpRejected("a receiving m-line without SSRC")
        self.receiver = Receiver(
            self._card.code,
            downlinks,
            tones=self._library.tones,
            keyframes=self._library.keyframes,
        )
        # Clips first: between the handshake and `connected` no packet may wait for a disk.
        sound = await self._library.sound(self._card) if MIC in self._slots else None
        low = await self._library.picture(self._card, Layer.Q) if CAMERA in self._slots else None
        await self._ice.connect(answer.ufrag, answer.pwd, answer.candidates)
        await self._dtls.handshake(answer.fingerprints)
        now_s = self._now()
        for slot, line in lines:
            if slot == MIC and sound is not None:
                self.sender.start_sound(line, sound, now_s)
            elif slot == CAMERA and low is not None:
                self.sender.start_camera(line)
                self.sender.add_layer(Layer.Q, low, now_s)
        self.connected = not self._over

    def tick(self, now_s: float) -> None:
        """Send what is due; called every 20 ms, ignored unless connected."""
        if not self.connected:
            return
        for packet in self.sender.due(now_s):
            self._ice.send(self._dtls.protect(packet))
        if now_s >= self._next_report_s:
            self._next_report_s = now_s + REPORT_EVERY_S
            self._report(now_s)
        if now_s >= self._next_keyframe_check_s:
            self._next_keyframe_check_s = now_s + KEYFRAME_CHECK_S
            self._ask_for_keyframes(now_s)

    async def close(self) -> None:
        """End it; may be called twice and at any time."""
        self._over = True
        self.connected = False
        await self._dtls.close()
        await self._ice.close()

    @property
    def _cname(self) -> str:
        return f"site-{self._card.code}"

    def _end(self, reason: str) -> None:
        self.connected = False
        if not self._over:
            self._over = True
            self._on_closed(reason)

    def _on_datagram(self, data: bytes) -> None:
        first = data[0]
        if first in _DTLS:
            if not self._dtls.feed(data):
                self.drops[DropReason.DTLS_OVERFLOW] += 1
        elif first not in _MEDIA:
            self.drops[DropReason.FIRST_BYTE] += 1
        elif not self.connected:
            self.drops[DropReason.NOT_READY] += 1
        elif rtp.is_rtcp(data):
            self._on_rtcp(data)
        else:
            try:
                packet = self._dtls.unprotect(data)
            except SRTP_FAILURES:
                self.drops[DropReason.SRTP_UNAUTHENTIC] += 1
                return
            assert self.receiver is not None
            self.receiver.on_rtp(packet, self._now())

    def _on_rtcp(self, data: bytes) -> None:
        try:
            packets = rtcp.parse(self._dtls.unprotect_rtcp(data))
        except RtcpMalformed:
            self.drops[DropReason.RTCP_MALFORMED] += 1
            return
        except SRTP_FAILURES:
            self.drops[DropReason.SRTP_UNAUTHENTIC] += 1
            return
        assert self.receiver is not None
        self.receiver.on_rtcp(packets, self._now())
        self.sender.on_rtcp(packets)
        self._measure_rtt(packets)

    def _measure_rtt(self, packets: Sequence[Rtcp]) -> None:
        for packet in packets:
            if isinstance(packet, SenderReport | ReceiverReport):
                for block in packet.reports:
                    rtt_s = round_trip_s(now_ntp=_ntp(), block=block)
                    self.rtt_s = self.rtt_s if rtt_s is None else rtt_s

    def _report(self, now_s: float) -> None:
        """Sender reports with the first blocks, REMB; blocks that are too many in further RRs."""
        assert self.receiver is not None
        blocks = self.receiver.reports(now_s)
        ntp = _ntp()
        senders = [
            SenderReport(
                ssrc=sent.ssrc,
                ntp=ntp,
                rtp=sent.timestamp,
                packets=sent.packets,
                octets=sent.octets,
            )
            for sent in self.sender.sent(now_s)
        ]
        own = self.sender.mic_ssrc
        head: list[Outgoing] = [*senders] or [ReceiverReport(ssrc=own)]
        first = head[0]
        assert isinstance(first, SenderReport | ReceiverReport)
        head[0] = replace(first, reports=tuple(blocks[:MAX_REPORTS]))
        pictures = self.receiver.picture_ssrcs
        self._send_rtcp(*head, Remb(sender=own, bitrate_bps=ALLOWANCE_BPS, ssrcs=pictures))
        for start in range(MAX_REPORTS, len(blocks), MAX_REPORTS):
            part = tuple(blocks[start : start + MAX_REPORTS])
            self._send_rtcp(ReceiverReport(ssrc=own, reports=part))

    def _ask_for_keyframes(self, now_s: float) -> None:
        assert self.receiver is not None
        own = self.sender.mic_ssrc
        needed = self.receiver.keyframes_needed(self.stage, now_s)
        if needed:
            requests = (PictureLoss(sender=own, media=ssrc) for ssrc in needed)
            self._send_rtcp(ReceiverReport(ssrc=own), *requests)

    def _send_rtcp(self, *packets: Outgoing) -> None:
        self._ice.send(self._dtls.protect_rtcp(compound(packets, cname=self._cname)))


def _ntp() -> int:
    return ntp_from_unix(time.time())
