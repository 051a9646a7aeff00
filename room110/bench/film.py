"""Film: a picture that costs its encoder all the bits it is allowed, as a Y4M file.

Chromium's own fake camera is nearly still: its large layer needs less than a line that is to be too
narrow for it.  Here blocks of chance move across the whole picture, and a band of them is new in every
frame, which no motion vector foretells.  Drawn with the standard library alone, so that a bench needs
no test tools.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Final

BLOCK: Final = 16
FRAMES: Final = 30
STEP: Final = 4
"""Pixels to the left from one frame to the next."""
_GREY: Final = 128
_DIM: Final = bytes(64 + value // 2 for value in range(256))
"""The contrast of a room, not of a test card."""


def write_film(path: Path, *, width: int, height: int, rate: int) -> Path:
    """A loop of ``FRAMES`` frames; *width* and *height* are even."""
    chance = Random(110)  # noqa: S311 - the same film in every run
    wide = width + FRAMES * STEP
    rows = [_blocks(chance, wide) for _ in range(-(-height // BLOCK))]
    chroma = bytes([_GREY]) * (width // 2 * (height // 2) * 2)
    band = len(rows) // 4
    with path.open("wb") as film:
        film.write(f"YUV4MPEG2 W{width} H{height} F{rate}:1 Ip A1:1 C420jpeg\n".encode())
        for frame in range(FRAMES):
            left = frame * STEP
            rows[-band:] = [_blocks(chance, wide) for _ in range(band)]
            luma = b"".join(row[left : left + width] * BLOCK for row in rows)
            film.write(b"FRAME\n" + luma[: width * height] + chroma)
    return path


def _blocks(chance: Random, width: int) -> bytes:
    """One line of pixels through a row of blocks."""
    shades = chance.randbytes(-(-width // BLOCK)).translate(_DIM)
    return b"".join(bytes([shade]) * BLOCK for shade in shades)
