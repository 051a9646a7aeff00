"""Peer: one PeerConnection of a synthetic endpoint, from the offer to the close.

Full ICE (aioice) and DTLS as client (aiortc) to the one address of the service; then packets.
There is no RTCRtpReceiver: a datagram is decrypted, counted and checked in the reader's own call,
so that 64 endpoints and their checks fit into one process beside the service they test.

A peer is used once: ``offer``, ``connect``, any number of ``tick``, ``close``.  Between them its
line may change: ``restart`` offers the same under new ICE names, ``move`` takes the answer, and
media goes on meanwhile.  Whatever breaks it ends it, and its owner makes a new one.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from random import SystemRandom
from typing import Final, Literal

from bridge.conference.words import SiteCode
from bridge.endpoint.card import Card
from bridge.endpoint.clip import Clip, Layer
from bridge.endpoint.feedback import Feedback
from bridge.endpoint.library import ClipLibrary
from bridge.endpoint.receiver import Receiver
from bridge.endpoint.sender import Sender
from bridge.media.core import rtcp, rtp
from bridge.media.core.drops import DropReason
from bridge.media.core.ntp import ntp_from_unix, round_trip_s
from bridge.media.core.rtcp import ReceiverReport, Rtcp, RtcpMalformed, SenderReport
from bridge.media.core.rtcp_writer import compound
from bridge.media.core.sdp_client import AnsweredLine, build_offer, mids_of, parse_answer
from bridge.media.core.sdp_text import SdpRejected
from bridge.media.dtls import SRTP_FAILURES, Dtls, certificate, fingerprint
from bridge.media.ice import IceClient
from bridge.media.slots import (
    CAMERA,
    CONTENT_PICTURE,
    CONTENT_SOUND,
    MIC,
    Direction,
    Slot,
)

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
        transport: Literal["udp", "tcp"] | None = None,
    ) -> None:
        """*transport*: this and no other; None: UDP if the service offers it."""
        self.sender = Sender(SystemRandom())
        self.receiver: Receiver | None = None
        """From the answer on."""
        self.drops: Counter[DropReason] = Counter()
        self.connected = False
        self.rtt_s: float | None = None
        """From the service's last receiver report about us."""
        self.stage: Mapping[str, SiteCode] | None = None
        """Who stands in which slot, if the service has said; the owner sets it."""
        self._feedback: Feedback | None = None
        self._card = card
        self._slots = slots
        self._library = library
        self._transport = transport
        self._certificate = certificate()
        self._on_closed = on_closed
        self._now = asyncio.get_running_loop().time
        self._over = False
        self._ice = IceClient(
            local_address=local_address,
            on_datagram=self._on_datagram,
            on_closed=lambda: self._end("consent_lost"),
        )
        self._dtls = Dtls(self._certificate, "client", self._ice.send, on_closed=self._end)

    async def offer(self) -> tuple[str, dict[str, str]]:
        """The SDP, and the map from mid to slot that goes with it.  Raises IceFailed."""
        await self._ice.gather()
        return self._description(), mids_of(self._slots)

    def _description(self) -> str:
        sender = self.sender
        return build_offer(
            self._slots,
            ufrag=self._ice.ufrag,
            pwd=self._ice.pwd,
            fingerprint=fingerprint(self._certificate),
            cname=self._cname,
            ssrcs={
                MIC.name: sender.mic_ssrc,
                CONTENT_PICTURE.name: sender.film_ssrc,
                CONTENT_SOUND.name: sender.film_sound_ssrc,
            },
            rtx_ssrcs={CONTENT_PICTURE.name: sender.film_repair_ssrc},
        )

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
        self._feedback = Feedback(self.sender, self.receiver)
        # Clips first: between the handshake and `connected` no packet may wait for a disk.
        clips = [(slot, line, await self._clip(slot)) for slot, line in lines]
        await self._ice.connect(
            answer.ufrag, answer.pwd, answer.candidates, transport=self._transport
        )
        await self._dtls.handshake(answer.fingerprints)
        now_s = self._now()
        for slot, line, clip in clips:
            self._start(slot, line, clip, now_s)
        self.connected = not self._over

    async def fetch_clips(self) -> None:
        """Begin the pictures that are wanted and have no clip yet."""
        for layer in self.sender.missing():
            clip = await self._library.picture(self._card, layer)
            if layer in self.sender.missing():
                self.sender.add_layer(layer, clip, self._now())
        if self.sender.misses_film:
            clip = await self._library.picture(self._card, Layer.F)
            if self.sender.misses_film:
                self.sender.add_film(clip, self._now())

    async def restart(self, *, local_address: str | None = None) -> tuple[str, dict[str, str]]:
        """Begin an ICE restart, from another address if one is given: what is to be offered.

        Raises IceFailed; what is connected goes on in any case.
        """
        await self._ice.restart(local_address=local_address)
        return self._description(), mids_of(self._slots)

    async def move(self, answer_sdp: str) -> None:
        """Take the answer to :meth:`restart`.  Raises SdpRejected or IceFailed; what was connected
        before goes on then."""
        answer = parse_answer(answer_sdp)
        await self._ice.connect(
            answer.ufrag, answer.pwd, answer.candidates, transport=self._transport
        )

    async def _clip(self, slot: Slot) -> Clip | None:
        """What is needed at once of what the slot sends."""
        if slot in {MIC, CONTENT_SOUND}:
            return await self._library.sound(self._card)
        return await self._library.picture(self._card, Layer.Q) if slot == CAMERA else None

    def _start(self, slot: Slot, line: AnsweredLine, clip: Clip | None, now_s: float) -> None:
        sender = self.sender
        if slot == CONTENT_PICTURE:
            sender.start_film(line)
        elif clip is None:
            return
        elif slot == CAMERA:
            sender.start_camera(line)
            sender.add_layer(Layer.Q, clip, now_s)
        elif slot == MIC:
            sender.start_sound(line, clip, now_s)
        else:
            sender.start_film_sound(line, clip, now_s)

    def tick(self, now_s: float) -> None:
        """Send what is due; called every 20 ms, ignored unless connected."""
        if not self.connected:
            return
        for packet in self.sender.due(now_s):
            self._ice.send(self._dtls.protect(packet))
        assert self._feedback is not None
        due = self._feedback.due(now_s, ntp=_ntp(), rtt_s=self.rtt_s, stage=self.stage)
        for packets in due:
            self._ice.send(self._dtls.protect_rtcp(compound(packets, cname=self._cname)))

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


def _ntp() -> int:
    return ntp_from_unix(time.time())
