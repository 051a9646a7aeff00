"""Sender: the microphone and the camera of a synthetic site.

Pure.  Three streams: sound, and the picture in two layers told apart by RID.  The microphone
follows ``media.set``, the layers follow ``media.want``.  A layer's clip may come later than the
wish for it (f is encoded on first demand); the layer then begins when the clip is here.

A request for a key frame of one layer restarts only that layer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from bridge.endpoint.clip import Clip, Layer
from bridge.endpoint.player import PicturePlayer, Sent, SoundPlayer, Stream
from bridge.endpoint.tone import LEVEL_DBOV
from bridge.media.core.rtcp import FullIntra, PictureLoss, ReceiverReport, Remb, Rtcp, SenderReport
from bridge.media.core.rtp import write_one_byte_extensions
from bridge.media.core.sdp import LEVEL, MID, RID
from bridge.media.core.sdp_client import AnsweredLine

_SPEECH: Final = 0x80
"""RFC 6464: the bit that says voice; a tone is as good as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What the service last said about one of our streams."""

    lost: int
    """Cumulative, RFC 3550."""
    fraction_lost: float


class Sender:
    """``numbers`` gives the random start values RFC 3550 asks for; tests give a seeded one."""

    def __init__(self, numbers: Random) -> None:
        self._numbers = numbers
        self.mic_ssrc = numbers.getrandbits(32)
        self.allowed_bps: int | None = None
        """From the service's last REMB; the clips have their rate and do not follow it."""
        self.heard: dict[int, Heard] = {}
        """By SSRC."""
        self.sound: SoundPlayer | None = None
        self.layers: dict[Layer, PicturePlayer] = {}
        self._camera: AnsweredLine | None = None
        self._live = False
        self._wanted: frozenset[Layer] = frozenset()

    def start_sound(self, line: AnsweredLine, clip: Clip, now_s: float) -> None:
        """The microphone's m-line was accepted."""
        level = bytes((_SPEECH | -LEVEL_DBOV,))
        stream = self._stream(line, self.mic_ssrc, {MID: line.mid.encode(), LEVEL: level})
        self.sound = SoundPlayer(clip, stream, started_s=now_s, live=self._live)

    def start_camera(self, line: AnsweredLine) -> None:
        """The camera's m-line was accepted; its layers come with :meth:`add_layer`."""
        self._camera = line

    def add_layer(self, layer: Layer, clip: Clip, now_s: float) -> None:
        """The clip of a layer is here; owed once per layer, after :meth:`start_camera`."""
        assert self._camera is not None
        stream = self._stream(
            self._camera,
            self._numbers.getrandbits(32),
            {MID: self._camera.mid.encode(), RID: layer.encode()},
        )
        player = PicturePlayer(clip, stream, started_s=now_s)
        player.want(layer in self._wanted, now_s)
        self.layers[layer] = player

    def set_mic(self, live: bool) -> None:
        self._live = live
        if self.sound is not None:
            self.sound.live = live

    def want(self, layers: frozenset[Layer], now_s: float) -> None:
        self._wanted = layers
        for layer, player in self.layers.items():
            player.want(layer in layers, now_s)

    def missing(self) -> frozenset[Layer]:
        """Layers that are wanted and have no clip yet."""
        return self._wanted - self.layers.keys() if self._camera is not None else frozenset()

    def due(self, now_s: float) -> Iterator[bytes]:
        """RTP packets to send now."""
        if self.sound is not None:
            yield from self.sound.due(now_s)
        for player in self.layers.values():
            yield from player.due(now_s)

    def on_rtcp(self, packets: Iterable[Rtcp]) -> None:
        """What the service says about our streams; the rest is stepped over."""
        for packet in packets:
            match packet:
                case PictureLoss():
                    self._restart((packet.media,))
                case FullIntra():
                    self._restart(packet.media)
                case Remb():
                    self.allowed_bps = packet.bitrate_bps
                case SenderReport() | ReceiverReport():
                    for block in packet.reports:
                        self.heard[block.ssrc] = Heard(
                            lost=block.lost, fraction_lost=block.fraction_lost / 256
                        )

    def sent(self, now_s: float) -> list[Sent]:
        """For the sender reports: streams that have sent."""
        reports = [player.sent(now_s) for player in self._players()]
        return [report for report in reports if report is not None]

    @property
    def packets(self) -> int:
        return sum(player.packets for player in self._players())

    def _players(self) -> Iterator[SoundPlayer | PicturePlayer]:
        if self.sound is not None:
            yield self.sound
        yield from self.layers.values()

    def _restart(self, ssrcs: Iterable[int]) -> None:
        for player in self.layers.values():
            if player.stream.ssrc in ssrcs:
                player.restart()

    def _stream(self, line: AnsweredLine, ssrc: int, values: Mapping[str, bytes]) -> Stream:
        """Extensions the answer did not take are left out (RFC 8285 section 6)."""
        return Stream(
            ssrc=ssrc,
            payload_type=line.payload_type,
            extensions=write_one_byte_extensions(
                {line.extensions[uri]: v for uri, v in values.items() if uri in line.extensions}
            ),
            first_sequence=self._numbers.getrandbits(16),
            first_timestamp=self._numbers.getrandbits(32),
            first_picture_id=self._numbers.getrandbits(15),
        )
