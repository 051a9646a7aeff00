"""StockConnection: one RTCPeerConnection of aiortc as an endpoint of ours, from the offer to the close.

Nothing of its media code is ours: it encodes and decodes.  It offers once and is used once; its owner
says what the service's other messages mean.

Gathering on loopback needs ``bridge.media.ice.gathering_only`` around it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpSender,
    RTCRtpTransceiver,
    RTCSessionDescription,
)

from bridge.endpoint.channel import Channel, ChannelClosed, Message
from bridge.media.plane import Codec
from bridge.media.slots import Direction, Medium, Slot

Obey = Callable[[Message], str]
"""What a message means; a reason when it means that this is over, else nothing."""

_OPUS: Final = "audio/opus"
_RTX: Final = "video/rtx"
_PICTURE: Final = {Codec.VP8: "video/VP8", Codec.H264: "video/H264"}
_LOST: Final = frozenset({"failed", "closed"})


class StockConnection:
    def __init__(
        self,
        slots: Sequence[Slot],
        channel: Channel,
        *,
        sources: Mapping[Slot, MediaStreamTrack] | None = None,
        codec: Codec = Codec.VP8,
    ) -> None:
        """*sources*: what is sent in which slot, pictures in *codec*; it receives in both."""
        self.lost = asyncio.Event()
        """The connection ended by itself, or never came to be."""
        self._slots = tuple(slots)
        self._channel = channel
        self._sources = sources or {}
        self._codec = codec
        self._connection = RTCPeerConnection(
            RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        )
        self._transceivers = [self._transceiver(slot) for slot in self._slots]
        self._connection.on("connectionstatechange", self._on_state)

    @property
    def connected(self) -> bool:
        return bool(self._connection.connectionState == "connected")

    @property
    def tracks(self) -> list[tuple[Slot, MediaStreamTrack]]:
        """What comes, and in which slot."""
        pairs = zip(self._slots, self._transceivers, strict=True)
        return [(s, t.receiver.track) for s, t in pairs if s.direction is Direction.RECEIVE]

    async def open(self, obey: Obey) -> str:
        """Offer, and take the answer; nothing when that is done, else why it will not be."""
        await self._connection.setLocalDescription(await self._connection.createOffer())
        pairs = zip(self._transceivers, self._slots, strict=True)
        offer: Message = {
            "type": "media.offer",
            "id": "offer",
            "sdp": self._connection.localDescription.sdp,
            "slots": {transceiver.mid: slot.name for transceiver, slot in pairs},
        }
        try:
            await self._channel.send(offer)
        except ChannelClosed:
            return "channel_closed"
        while True:
            message = await self._receive()
            if message["type"] == "media.answer":
                answer = RTCSessionDescription(sdp=message["sdp"], type="answer")
                await self._connection.setRemoteDescription(answer)
                return ""
            if reason := obey(message):
                return reason

    async def follow(self, obey: Obey) -> str:
        """Until a message means the end: the reason."""
        reason = ""
        while not reason:
            reason = obey(await self._receive())
        return reason

    async def close(self) -> None:
        """May be called twice."""
        await self._connection.close()

    def _on_state(self) -> None:
        if self._connection.connectionState in _LOST:
            self.lost.set()

    async def _receive(self) -> Message:
        try:
            return await self._channel.receive()
        except ChannelClosed:
            return {"type": "bye", "reason": "channel_closed"}

    def _transceiver(self, slot: Slot) -> RTCRtpTransceiver:
        sends = slot.direction is Direction.SEND
        transceiver = self._connection.addTransceiver(
            self._sources.get(slot, slot.kind.value), direction="sendonly" if sends else "recvonly"
        )
        wanted = self._types(slot)
        capabilities = RTCRtpSender.getCapabilities(slot.kind.value).codecs
        transceiver.setCodecPreferences(
            sorted(
                (codec for codec in capabilities if codec.mimeType in wanted),
                key=lambda codec: wanted.index(codec.mimeType),
            )
        )
        return transceiver

    def _types(self, slot: Slot) -> list[str]:
        """What the slot is negotiated in, most wanted first."""
        if slot.kind is Medium.AUDIO:
            return [_OPUS]
        others = [] if slot.direction is Direction.SEND else list(_PICTURE.values())
        return list(dict.fromkeys([_PICTURE[self._codec], *others, _RTX]))
