"""Sender: what a synthetic site sends.

Pure.  Sound; the picture in three layers told apart by RID; and film, one picture with its sound.
The microphone follows ``media.set``, the layers follow ``media.want``, film the owner's word.  A
clip may come later than the wish for it (h, f and film are encoded on first demand); the picture
then begins when it is here.

A request for a key frame of one picture restarts only that picture.  Packets the service asks for
again leave with the next tick, before what is new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from bridge.endpoint.clip import Clip, Layer
from bridge.endpoint.extensions import Extensions
from bridge.endpoint.player import PicturePlayer, Repair, Sent, SoundPlayer, Stream
from bridge.endpoint.tone import LEVEL_DBOV
from bridge.media.core.rtcp import (
    FullIntra,
    Nack,
    PictureLoss,
    ReceiverReport,
    Remb,
    Rtcp,
    SenderReport,
)
from bridge.media.core.sdp_client import AnsweredLine
from bridge.media.core.sdp_terms import LEVEL, MID, REPAIRED_RID, RID, SEND_TIME

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
        self.film_ssrc = numbers.getrandbits(32)
        self.film_repair_ssrc = numbers.getrandbits(32)
        self.film_sound_ssrc = numbers.getrandbits(32)
        self.allowed_bps: int | None = None
        """From the service's last REMB; the clips have their rate and do not follow it."""
        self.heard: dict[int, Heard] = {}
        """By SSRC."""
        self.sound: SoundPlayer | None = None
        self.layers: dict[Layer, PicturePlayer] = {}
        self.film: PicturePlayer | None = None
        self.film_sound: SoundPlayer | None = None
        self._camera: AnsweredLine | None = None
        self._film_line: AnsweredLine | None = None
        self._mic_line: AnsweredLine | None = None
        self._level_dbov = LEVEL_DBOV
        self._live = False
        self._wanted: frozenset[Layer] = frozenset()
        self._shows_film = False
        self._asked: list[tuple[PicturePlayer, tuple[int, ...]]] = []

    def start_sound(self, line: AnsweredLine, clip: Clip, now_s: float) -> None:
        """The microphone's m-line was accepted."""
        self._mic_line = line
        stream = self._stream(line, self.mic_ssrc, _of_sound(line, self._level_dbov))
        self.sound = SoundPlayer(clip, stream, started_s=now_s, live=self._live)

    def say_level(self, dbov: int) -> None:
        """What the packets of the microphone say of its loudness, 0 to -127; the tone stays."""
        self._level_dbov = dbov
        if self.sound is not None and self._mic_line is not None:
            line = self._mic_line
            self.sound.say(_extensions(line, _of_sound(line, dbov)))

    def start_camera(self, line: AnsweredLine) -> None:
        """The camera's m-line was accepted; its layers come with :meth:`add_layer`."""
        self._camera = line

    def add_layer(self, layer: Layer, clip: Clip, now_s: float) -> None:
        """The clip of a layer is here; owed once per layer, after :meth:`start_camera`."""
        assert self._camera is not None
        line = self._camera
        stream = self._stream(
            line,
            self._numbers.getrandbits(32),
            {MID: line.mid.encode(), RID: layer.encode()},
        )
        repair = self._repair(
            line,
            self._numbers.getrandbits(32),
            {MID: line.mid.encode(), REPAIRED_RID: layer.encode()},
        )
        player = PicturePlayer(clip, stream, started_s=now_s, repair=repair)
        player.want(layer in self._wanted, now_s)
        self.layers[layer] = player

    def start_film(self, line: AnsweredLine) -> None:
        """The m-line of ``content.picture`` was accepted; its clip comes with :meth:`add_film`."""
        self._film_line = line

    def add_film(self, clip: Clip, now_s: float) -> None:
        """The clip is here; owed once, after :meth:`start_film`."""
        assert self._film_line is not None
        line = self._film_line
        extensions = {MID: line.mid.encode()}
        self.film = PicturePlayer(
            clip,
            self._stream(line, self.film_ssrc, extensions),
            started_s=now_s,
            repair=self._repair(line, self.film_repair_ssrc, extensions),
        )
        self.film.want(self._shows_film, now_s)

    def start_film_sound(self, line: AnsweredLine, clip: Clip, now_s: float) -> None:
        """The m-line of ``content.sound`` was accepted."""
        stream = self._stream(line, self.film_sound_ssrc, {MID: line.mid.encode()})
        self.film_sound = SoundPlayer(clip, stream, started_s=now_s, live=self._shows_film)

    def set_mic(self, live: bool) -> None:
        self._live = live
        if self.sound is not None:
            self.sound.live = live

    def show_film(self, on: bool, now_s: float) -> None:
        self._shows_film = on
        if self.film is not None:
            self.film.want(on, now_s)
        if self.film_sound is not None:
            self.film_sound.live = on

    def want(self, layers: frozenset[Layer], now_s: float) -> None:
        self._wanted = layers
        for layer, player in self.layers.items():
            player.want(layer in layers, now_s)

    def missing(self) -> frozenset[Layer]:
        """Layers that are wanted and have no clip yet."""
        return self._wanted - self.layers.keys() if self._camera is not None else frozenset()

    @property
    def misses_film(self) -> bool:
        """Film is to be shown and has no clip yet."""
        return self._shows_film and self._film_line is not None and self.film is None

    def due(self, now_s: float) -> Iterator[bytes]:
        """RTP packets to send now."""
        asked, self._asked = self._asked, []
        for picture, sequences in asked:
            yield from picture.again(sequences, now_s)
        for player in self._players():
            yield from player.due(now_s)

    def on_rtcp(self, packets: Iterable[Rtcp]) -> None:
        """What the service says about our streams; the rest is stepped over."""
        for packet in packets:
            match packet:
                case PictureLoss():
                    for player in self._pictures((packet.media,)):
                        player.restart()
                case FullIntra():
                    for player in self._pictures(packet.media):
                        player.restart()
                case Nack():
                    for player in self._pictures((packet.media,)):
                        self._asked.append((player, packet.seqs))
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
        """Without those sent again."""
        return sum(player.packets for player in self._players())

    @property
    def repaired(self) -> int:
        """Packets sent again."""
        return sum(player.repaired for player in self._players_of_picture())

    def _players(self) -> Iterator[SoundPlayer | PicturePlayer]:
        for sound in (self.sound, self.film_sound):
            if sound is not None:
                yield sound
        yield from self._players_of_picture()

    def _players_of_picture(self) -> Iterator[PicturePlayer]:
        yield from self.layers.values()
        if self.film is not None:
            yield self.film

    def _pictures(self, ssrcs: Iterable[int]) -> list[PicturePlayer]:
        return [player for player in self._players_of_picture() if player.stream.ssrc in ssrcs]

    def _stream(self, line: AnsweredLine, ssrc: int, values: Mapping[str, bytes]) -> Stream:
        return Stream(
            ssrc=ssrc,
            payload_type=line.payload_type,
            extensions=_extensions(line, values),
            first_sequence=self._numbers.getrandbits(16),
            first_timestamp=self._numbers.getrandbits(32),
            first_picture_id=self._numbers.getrandbits(15),
        )

    def _repair(self, line: AnsweredLine, ssrc: int, values: Mapping[str, bytes]) -> Repair | None:
        if line.rtx_payload_type is None:
            return None
        return Repair(
            ssrc=ssrc,
            payload_type=line.rtx_payload_type,
            extensions=_extensions(line, values),
            first_sequence=self._numbers.getrandbits(16),
        )


def _of_sound(line: AnsweredLine, level_dbov: int) -> dict[str, bytes]:
    return {MID: line.mid.encode(), LEVEL: bytes((_SPEECH | -level_dbov,))}


def _extensions(line: AnsweredLine, values: Mapping[str, bytes]) -> Extensions:
    """Those the answer did not take are left out (RFC 8285 section 6)."""
    return Extensions.of(
        {line.extensions[uri]: value for uri, value in values.items() if uri in line.extensions},
        send_time=line.extensions.get(SEND_TIME),
    )
