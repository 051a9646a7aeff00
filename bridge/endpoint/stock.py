"""StockClient: a room on aiortc's own RTCPeerConnection, encoding and decoding.

The proof that the service speaks WebRTC and not only with our own endpoints.  It costs a tenth of a core for each decoded picture (measured), so it is for tests
with a few sites.  It sends one picture encoding and no layers, in the codec its owner names; it
receives in both.  It sends no film, and offers once: a ``media.reset`` ends it.

Gathering on loopback needs ``bridge.media.ice.gathering_only`` around it.
"""

from __future__ import annotations

import asyncio
from array import array
from collections import deque
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

import av
from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError
from PIL import Image

from bridge.endpoint import picture, tone
from bridge.endpoint.card import Card
from bridge.endpoint.channel import Channel, Message
from bridge.endpoint.stock_connection import StockConnection
from bridge.media.plane import Codec
from bridge.media.slots import CAMERA, MIC, Slot

SOUND_KEPT: Final = tone.PERIOD_SAMPLES
FRAMES_PER_S: Final = 15
WIDTH, HEIGHT = 320, 180

_VIDEO_CLOCK_HZ: Final = 90_000


class _Paced(MediaStreamTrack):
    """A track that gives its frames in real time."""

    def __init__(self, frame_s: float) -> None:
        super().__init__()
        self._frame_s = frame_s
        self._began_s: float | None = None
        self._number = -1

    async def _next(self) -> int:
        """Wait for the next frame's time; its number."""
        now_s = asyncio.get_running_loop().time()
        if self._began_s is None:
            self._began_s = now_s
        self._number += 1
        await asyncio.sleep(self._began_s + self._number * self._frame_s - now_s)
        return self._number


class ToneTrack(_Paced):
    """The site's tone while ``live``, else silence: an open connection with a muted microphone."""

    kind = "audio"

    def __init__(self, card: Card) -> None:
        super().__init__(tone.FRAME_SAMPLES / tone.RATE_HZ)
        self.live = False
        self._period = tone.period(card)

    async def recv(self) -> av.AudioFrame:
        number = await self._next()
        data = tone.frame(self._period, number)
        frame = av.AudioFrame(format="s16", layout="mono", samples=tone.FRAME_SAMPLES)
        frame.planes[0].update(data if self.live else bytes(len(data)))
        frame.sample_rate = tone.RATE_HZ
        frame.time_base = Fraction(1, tone.RATE_HZ)
        frame.pts = number * tone.FRAME_SAMPLES
        return frame


class CardTrack(_Paced):
    """The site's moving test card."""

    kind = "video"

    def __init__(self, card: Card) -> None:
        super().__init__(1 / FRAMES_PER_S)
        self._card = card
        self._plate = picture.plate(card, WIDTH, HEIGHT)

    async def recv(self) -> av.VideoFrame:
        number = await self._next()
        image = picture.over(self._plate, self._card, number / FRAMES_PER_S)
        rgb = av.VideoFrame.from_image(image)  # type: ignore[no-untyped-call]
        frame: av.VideoFrame = rgb.reformat(format="yuv420p")
        frame.time_base = Fraction(1, _VIDEO_CLOCK_HZ)
        frame.pts = number * _VIDEO_CLOCK_HZ // FRAMES_PER_S
        return frame


class StockClient:
    """``slots`` as for any endpoint.  Run once; what it sees and hears may be asked at any time."""

    def __init__(
        self,
        *,
        card: Card,
        slots: Sequence[Slot],
        channel: Channel,
        codec: Codec = Codec.VP8,
    ) -> None:
        """*codec* is that of its camera."""
        self.card = card
        self.frames_decoded: dict[str, int] = {}
        """By picture slot."""
        self._tone = ToneTrack(card)
        sources: dict[Slot, MediaStreamTrack] = {MIC: self._tone, CAMERA: CardTrack(card)}
        self._connection = StockConnection(slots, channel, sources=sources, codec=codec)
        self._pictures: dict[str, av.VideoFrame] = {}
        self._sounds: dict[str, deque[int]] = {}

    def seen(self, slot: str) -> Image.Image | None:
        """The last decoded frame of a picture slot."""
        frame = self._pictures.get(slot)
        return frame.to_image() if frame is not None else None  # type: ignore[no-untyped-call]

    def heard(self, slot: str) -> list[int]:
        """The last 100 ms decoded of a sound slot, mono, 48 kHz; fewer samples at first."""
        return list(self._sounds.get(slot, ()))

    async def run(self) -> str:
        """Take part until the service says bye or resets media, and give the reason."""
        connection = self._connection
        try:
            async with asyncio.TaskGroup() as group:
                reason = await connection.open(self._obey)
                if reason:
                    return reason
                takers = [group.create_task(self._take(s, t)) for s, t in connection.tracks]
                reason = await connection.follow(self._obey)
                for taker in takers:
                    taker.cancel()
        finally:
            await connection.close()
        return reason

    def _obey(self, message: Message) -> str:
        """What the message says; a reason when it says that this is over."""
        match message:
            case {"type": "media.set", "mic": mic}:
                self._tone.live = mic in ("live", "ask")
            case {"type": "bye" | "media.reset", "reason": reason}:
                return str(reason)
            case {"type": "error", "code": code}:
                return str(code)
        return ""

    async def _take(self, slot: Slot, track: MediaStreamTrack) -> None:
        try:
            while True:
                frame = await track.recv()
                if isinstance(frame, av.VideoFrame):
                    self._pictures[slot.name] = frame
                    self.frames_decoded[slot.name] = self.frames_decoded.get(slot.name, 0) + 1
                elif isinstance(frame, av.AudioFrame):
                    kept = self._sounds.setdefault(slot.name, deque(maxlen=SOUND_KEPT))
                    kept.extend(first_channel(frame))
        except MediaStreamError:
            return  # the connection is closed


def first_channel(frame: av.AudioFrame) -> array[int]:
    """Aiortc decodes Opus to packed 16-bit stereo."""
    channels = frame.layout.nb_channels
    samples = array("h")
    samples.frombytes(bytes(frame.planes[0])[: frame.samples * channels * 2])
    return samples[::channels]
