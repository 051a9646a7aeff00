"""Loudness: what the levels of a microphone say of its room (RFC 6464, one per packet, dBov).

* **Spoken** is the level that one packet in twenty exceeds: vowels of whoever spoke, not a knock.
* **Noise** is the level that one in ten stays below: between words, and with nobody speaking.

Who is measured may be silent all the while; then both are the room's noise.  A switched-off microphone
is digital silence, ``SILENT_DBOV``; the silence before one is opened is not the room's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

SPOKEN: Final = 0.95
NOISE: Final = 0.10
SILENT_DBOV: Final = -127
FEWEST: Final = 5
"""Packets that say anything: a browser that hears nothing sends two or three a second."""

Levels = Sequence[tuple[int, int]]
"""Milliseconds and dBov."""


def spoken_dbov(levels: Levels) -> float | None:
    """None: there are too few to tell."""
    return _quantile((level for _, level in levels), SPOKEN)


def noise_dbov(levels: Levels) -> float | None:
    """As :func:`spoken_dbov`."""
    return _quantile((level for _, level in levels), NOISE)


def since_open(levels: Levels) -> Levels:
    """Those from the first that is no digital silence; all, if there is none."""
    first = next((at for at, (_, level) in enumerate(levels) if level > SILENT_DBOV), 0)
    return levels[first:]


def is_silent(levels: Levels) -> bool:
    """Whether nothing but digital silence came."""
    return bool(levels) and all(level <= SILENT_DBOV for _, level in levels)


def outside(levels: Levels, start_ms: float, stop_ms: float) -> Levels:
    """Those that are not of the time between."""
    return [one for one in levels if not start_ms <= one[0] < stop_ms]


def _quantile(levels: Iterable[int], share: float) -> float | None:
    ordered = sorted(levels)
    if len(ordered) < FEWEST:
        return None
    return float(ordered[min(int(share * len(ordered)), len(ordered) - 1)])
