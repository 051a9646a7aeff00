"""Clip: the encoded loops a synthetic site sends, made once and kept on disk.

Encoding 63 pictures live would take more than this machine has; so each site's loop is encoded
once, and players only write headers in front of the same bytes.

* Picture: VP8, 15 frames/s, LOOP_S seconds, opening with the only key frame, so that a player
  answers a key-frame request by going back to the beginning.
* Sound: Opus, 48 kHz mono, 20 ms frames, 2 s cut from an encoder that has run for 2 s already.
  By then its packets repeat with the tone's own 100 ms, so the loop closes without a click.

A clip file is the frames with their lengths, closed by a CRC.  Its name is a digest of everything
the bytes depend on; change the recipe and RECIPE must change with it.  A damaged file is made
again.
"""

from __future__ import annotations

import hashlib
import os
import struct
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
from av.video.codeccontext import VideoCodecContext

from bridge.endpoint import opus, picture, tone
from bridge.endpoint.card import Card

RECIPE: Final = 1
"""Part of every file's name: raise it when these bytes would come out differently."""

SOUND_FRAME_S: Final = 0.02
_SOUND_LOOP_FRAMES: Final = 100
_WARM_UP_FRAMES: Final = 100

FRAMES_PER_S: Final = 15

_HEAD: Final = struct.Struct("!4sI")
_MAGIC: Final = b"R110"
_LENGTH: Final = struct.Struct("!I")


class Layer(StrEnum):
    """A simulcast encoding; the value is its RID."""

    Q = "q"
    H = "h"
    F = "f"


@dataclass(frozen=True, slots=True)
class Encoding:
    width: int
    height: int
    bit_rate: int


ENCODINGS: Final = {
    Layer.Q: Encoding(320, 180, 100_000),
    Layer.H: Encoding(480, 270, 250_000),
    Layer.F: Encoding(640, 360, 500_000),
}
"""As of a camera of 640 pixels: a large crowd of 1280 would need a machine of its own."""


class ClipDamaged(Exception):
    """The file is not a whole clip."""


@dataclass(frozen=True, slots=True)
class Clip:
    """Encoded frames, to be played round and round."""

    frames: tuple[bytes, ...]


def encode_sound(card: Card) -> Clip:
    """The site's tone.  Blocks for about 50 ms."""
    period = tone.period(card)
    frames = (tone.frame(period, number) for number in range(_WARM_UP_FRAMES + _SOUND_LOOP_FRAMES))
    return Clip(tuple(opus.packets(frames)[_WARM_UP_FRAMES:]))


def encode_picture(card: Card, layer: Layer) -> Clip:
    """The site's test card in motion.  Blocks for a good part of a second."""
    encoding = ENCODINGS[layer]
    plate = picture.plate(card, encoding.width, encoding.height)
    encoder = _vp8_encoder(encoding)
    frames: list[bytes] = []
    for number in range(picture.LOOP_S * FRAMES_PER_S):
        image = picture.over(plate, card, number / FRAMES_PER_S)
        rgb = av.VideoFrame.from_image(image)  # type: ignore[no-untyped-call]
        frame = rgb.reformat(format="yuv420p")
        frame.pts = number
        frame.time_base = Fraction(1, FRAMES_PER_S)
        frames += (bytes(packet) for packet in encoder.encode(frame))
    frames += (bytes(packet) for packet in encoder.encode(None))
    return Clip(tuple(frames))


def _vp8_encoder(encoding: Encoding) -> VideoCodecContext:
    encoder = av.VideoCodecContext.create("libvpx", "w")
    encoder.width = encoding.width
    encoder.height = encoding.height
    encoder.pix_fmt = "yuv420p"
    encoder.bit_rate = encoding.bit_rate
    encoder.time_base = Fraction(1, FRAMES_PER_S)
    encoder.framerate = Fraction(FRAMES_PER_S)
    encoder.gop_size = 10 * picture.LOOP_S * FRAMES_PER_S
    encoder.thread_count = 1
    encoder.options = {
        "deadline": "realtime",
        "cpu-used": "8",
        "lag-in-frames": "0",
        "minrate": str(encoding.bit_rate),
        "maxrate": str(encoding.bit_rate),
        "bufsize": str(encoding.bit_rate),
        # The one key frame may take no more than a quarter of a second's bits: it must not burst.
        "max-intra-rate": "400",
        "qmin": "0",
    }
    return encoder


def file_name(card: Card, layer: Layer | None) -> str:
    """Of a picture's layer, or of the sound when None."""
    recipe = (RECIPE, card.code, card.name, card.position, layer, picture.can_write_vietnamese())
    digest = hashlib.sha256(repr(recipe).encode()).hexdigest()[:20]
    return f"{layer or 'sound'}-{digest}.clip"


def read(path: Path) -> Clip:
    """The clip in the file.  Raises ClipDamaged, or OSError when it cannot be read."""
    return Clip(tuple(_frames(path.read_bytes())))


def write(path: Path, clip: Clip) -> None:
    """Replaces the file in one step: another process that reads sees all of it or none."""
    body = b"".join(_LENGTH.pack(len(frame)) + frame for frame in clip.frames)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_HEAD.pack(_MAGIC, zlib.crc32(body)) + body)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _frames(data: bytes) -> Iterator[bytes]:
    if len(data) <= _HEAD.size:
        raise ClipDamaged("too short")
    magic, checksum = _HEAD.unpack_from(data)
    if magic != _MAGIC or checksum != zlib.crc32(data[_HEAD.size :]):
        raise ClipDamaged("wrong checksum")
    at = _HEAD.size
    while at < len(data):
        (length,) = _LENGTH.unpack_from(data, at)
        at += _LENGTH.size
        yield data[at : at + length]
        at += length
