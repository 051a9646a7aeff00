"""Tone: the sound of a site as samples, and which tone some samples are."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Sequence
from typing import Final

from bridge.endpoint.card import Card

RATE_HZ: Final = 48_000
FRAME_SAMPLES: Final = 960
"""20 ms, as in one Opus packet."""
LEVEL_DBOV: Final = -20
PERIOD_SAMPLES: Final = 4_800
"""100 ms: a whole number of cycles of every tone that is a multiple of 10 Hz."""

_PEAK: Final = 32767 * 10 ** (LEVEL_DBOV / 20) * math.sqrt(2)
"""Of a sine whose RMS is LEVEL_DBOV below full scale."""
_CLEAR: Final = 0.5
"""Share of the power a tone must have to be heard as that tone."""


def period(card: Card) -> bytes:
    """100 ms of the site's tone, signed 16-bit mono; repeats without a seam."""
    turn = 2 * math.pi * card.tone_hz / RATE_HZ
    return array("h", (round(_PEAK * math.sin(turn * n)) for n in range(PERIOD_SAMPLES))).tobytes()


def frame(period: bytes, number: int) -> bytes:
    """The 20 ms frame of that number, counted from the beginning of time."""
    start = number * FRAME_SAMPLES * 2 % len(period)
    return period[start : start + FRAME_SAMPLES * 2]


def strongest(samples: Sequence[int], candidates_hz: Iterable[int]) -> int | None:
    """Which of the tones is heard in mono samples; None when none of them clearly is.

    Goertzel's algorithm, one pass per candidate.  Tones 20 Hz apart need 50 ms at least; 100 ms
    tell them cleanly.
    """
    power = sum(sample * sample for sample in samples)
    if not power:
        return None
    loudest, tone_hz = max((_power(samples, hz), hz) for hz in candidates_hz)
    return tone_hz if loudest > _CLEAR * power else None


def _power(samples: Sequence[int], hz: int) -> float:
    """Of the part of the samples that is this tone, on the scale of a sum of squares."""
    factor = 2 * math.cos(2 * math.pi * hz / RATE_HZ)
    last = before = 0.0
    for sample in samples:
        last, before = sample + factor * last - before, last
    return (last * last + before * before - factor * last * before) * 2 / len(samples)
