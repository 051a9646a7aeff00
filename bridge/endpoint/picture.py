"""Picture: the moving test card, drawn.

A still of the card at any moment of its loop: the code as large as it fits, the name under it, a
clock with one running hand and a grainy bar that sweeps along the lower edge.  Hand and bar go
round exactly once in LOOP_S, so the last frame joins the first.  A picture that stands still on
the stage is therefore seen to stand still.  The grain is there for the encoder: without it the
card is so plain that a layer comes out at a third of the bit rate a real room would send.

Encoders and tests draw the same card: ``nearest`` tells which of some cards a decoded frame
shows, by the colour of its background, and says None to a black or foreign picture instead of
the least unlikely one.
"""

from __future__ import annotations

import math
import random
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Final

import structlog
from PIL import Image, ImageDraw, ImageFont

from bridge.endpoint.card import Card

LOOP_S: Final = 4
FONT: Final = "DejaVuSans-Bold.ttf"
"""From Debian's fonts-dejavu-core; has every Vietnamese letter."""

_MOST_DIFFERENCE: Final = 24
"""Largest difference in a channel, of 255, at which a frame still is a card's: less than half of
what two cards differ, and less than what the darkest card differs from black."""

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def still(card: Card, width: int, height: int, t: float) -> Image.Image:
    """The uncompressed RGB frame at ``t`` seconds of the loop."""
    return over(plate(card, width, height), card, t)


def plate(card: Card, width: int, height: int) -> Image.Image:
    """What does not move: background, code and name."""
    image = Image.new("RGB", (width, height), card.colour)
    draw = ImageDraw.Draw(image)
    _write(draw, card.code, card.ink, height * 0.34, box=(width * 0.62, width * 0.36, height * 0.3))
    _write(draw, card.name, card.ink, height * 0.2, box=(width * 0.9, width * 0.5, height * 0.68))
    return image


def over(plate: Image.Image, card: Card, t: float) -> Image.Image:
    """The plate with clock hand and bar as they stand at ``t``; the plate is left alone."""
    image = plate.copy()
    width, height = image.size
    draw = ImageDraw.Draw(image)
    turn = t % LOOP_S / LOOP_S
    radius = height * 0.2
    centre_x, centre_y = width - radius * 1.5, radius * 1.5
    draw.ellipse(
        (centre_x - radius, centre_y - radius, centre_x + radius, centre_y + radius),
        outline=card.ink,
        width=max(1, height // 60),
    )
    draw.line(
        (
            (centre_x, centre_y),
            (
                centre_x + radius * 0.85 * math.sin(2 * math.pi * turn),
                centre_y - radius * 0.85 * math.cos(2 * math.pi * turn),
            ),
        ),
        fill=card.ink,
        width=max(2, height // 40),
    )
    bar = _grain(width // 4, height // 12, seed=round(turn * width))
    left = round(turn * width)
    # Pasted twice: the part that leaves on the right enters on the left.
    for start in (left, left - width):
        image.paste(bar, (start, height - bar.height))
    return image


def nearest(frame: Image.Image, cards: Iterable[Card]) -> Card | None:
    """Which of the cards the frame shows; None when it is none of them.

    Looks only at the left edge, where nothing is written and nothing but the bar moves.
    """
    seen = _background(frame)
    distance, card = min(
        ((_difference(seen, card.colour), card) for card in cards),
        key=lambda candidate: candidate[0],
        default=(math.inf, None),
    )
    return card if distance <= _MOST_DIFFERENCE else None


@cache
def can_write_vietnamese() -> bool:
    """Whether the font is installed; asked once, and its absence logged once."""
    try:
        ImageFont.truetype(FONT, 20)
    except OSError:
        structlog.get_logger().warning(
            "picture.no_font",
            font=FONT,
            mend="apt-get install fonts-dejavu-core",
            names="unaccented",
        )
        return False
    return True


def unaccented(text: str) -> str:
    """Vietnamese without its marks: ``Điện Biên`` -> ``Dien Bien``."""
    bare = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


def _write(
    draw: ImageDraw.ImageDraw,
    text: str,
    ink: tuple[int, int, int],
    size: float,
    *,
    box: tuple[float, float, float],
) -> None:
    """Text centred at (x, y), no wider than the box: (width, x, y)."""
    most_width, x, y = box
    if not can_write_vietnamese():
        text = unaccented(text)
    font = _font(round(size))
    if draw.textlength(text, font=font) > most_width:
        font = _font(max(1, int(size * most_width / draw.textlength(text, font=font))))
    draw.text((x, y), text, fill=ink, font=font, anchor="mm")


@cache
def _font(size: int) -> Font:
    if can_write_vietnamese():
        return ImageFont.truetype(FONT, size)
    return ImageFont.load_default(size)


def _grain(width: int, height: int, *, seed: int) -> Image.Image:
    noise = random.Random(seed).randbytes(width * height)  # noqa: S311 - decoration
    return Image.frombytes("L", (width, height), noise).convert("RGB")


def _background(frame: Image.Image) -> tuple[int, ...]:
    width, height = frame.size
    edge = frame.convert("RGB").crop((0, 0, max(1, width // 32), int(height * 0.88)))
    mean = edge.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    assert isinstance(mean, tuple)
    return mean


def _difference(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))
