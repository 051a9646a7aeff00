"""Echo: does a microphone give back what was played in its room, and how loud?

What was played is known, 20 ms by 20 ms; what the microphone sends is known by its levels.  If the one
is in the other, the two go up and down together, some time apart: the way there, the jitter buffer, the
room and the way back, together less than ``LONGEST_MS``.  So one is shifted over the other and the
shift is taken at which they agree best (Pearson's correlation of the levels in dB, where a pause weighs
as much as a word).

It is an echo if they agree by ``ALIKE`` and if the microphone is louder by ``RISE_DB`` while a word
was played than in the pauses.  Somebody who talks meanwhile agrees with no shift so well, for the clip
has its pauses where nobody else has; if he drowns the echo, none is seen, and the check says so by
saying nothing.

What is returned is how far below what was played it came back, the noise of the pauses taken away.
An echo canceller that works leaves nothing to see; what it leaves, others hear.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean
from typing import Final

from bridge.check.loudness import Levels

FRAME_MS: Final = 20
LONGEST_MS: Final = 1200
ALIKE: Final = 0.7
RISE_DB: Final = 6.0
QUIETEST_DBOV: Final = -60.0
"""What is quieter than this, played or heard, is a pause."""
FEWEST_FRAMES: Final = 25
_LOUD_DB: Final = 12.0
"""A word is what is at most so far below the loudest."""


def echo_db(played: Sequence[float], began_ms: int, levels: Levels) -> float | None:
    """*played*: dBov of each frame, the first at *began_ms*.  None: no echo is seen."""
    if len(played) < FEWEST_FRAMES or not levels:
        return None
    words = max(played) - _LOUD_DB
    clipped = [max(level, QUIETEST_DBOV) for level in played]
    heard = _by_frames(levels, began_ms, len(played) + LONGEST_MS // FRAME_MS)
    best, shift = max(
        (_alike(clipped, heard[shift : shift + len(played)]), -shift)
        for shift in range(LONGEST_MS // FRAME_MS)
    )
    if best < ALIKE:
        return None
    came = heard[-shift : -shift + len(played)]
    loud = [_power(level) for level, was in zip(came, played, strict=False) if was >= words]
    quiet = [
        _power(level) for level, was in zip(came, played, strict=False) if was < words - _LOUD_DB
    ]
    if not loud or not quiet:
        return None
    noise = fmean(quiet)
    if 10 * math.log10(fmean(loud) / noise) < RISE_DB:
        return None
    given = fmean(_power(level) for level in played if level >= words)
    return 10 * math.log10(given / (fmean(loud) - noise))


def _by_frames(levels: Levels, began_ms: int, count: int) -> list[float]:
    """The level of each frame from *began_ms* on; the last that came, where none did."""
    frames: list[float] = []
    at, level = 0, float(levels[0][1])
    for number in range(count):
        until_ms = began_ms + (number + 1) * FRAME_MS
        while at < len(levels) and levels[at][0] < until_ms:
            level = float(levels[at][1])
            at += 1
        frames.append(max(level, QUIETEST_DBOV - 20))
    return frames


def _alike(one: Sequence[float], other: Sequence[float]) -> float:
    """Pearson's correlation; 0 where one of them does not change."""
    pairs = list(zip(one, other, strict=False))
    mean_one, mean_other = fmean(a for a, _ in pairs), fmean(b for _, b in pairs)
    both = sum((a - mean_one) * (b - mean_other) for a, b in pairs)
    spread = math.sqrt(
        sum((a - mean_one) ** 2 for a, _ in pairs) * sum((b - mean_other) ** 2 for _, b in pairs)
    )
    return float(both / spread) if spread else 0.0


def _power(dbov: float) -> float:
    return math.exp(dbov / 10 * math.log(10))
