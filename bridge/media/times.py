"""Times: how long things took, counted into buckets, as a histogram of the windows shows them."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from operator import add
from typing import Final

SWITCH_BOUNDS_S: Final = (0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0)
"""Around what is promised: all but one in a hundred within 300 ms."""
JOIN_BOUNDS_S: Final = (0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 30.0)
"""Around what is promised: 64 sites at once have media in 3 s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How many took how long, as far as counted."""

    counts: tuple[int, ...]
    """Up to each bound, and above all of them; not cumulative."""
    total_s: float = 0.0

    def __add__(self, other: Spread) -> Spread:
        return Spread(
            counts=tuple(map(add, self.counts, other.counts)), total_s=self.total_s + other.total_s
        )


class Times:
    """Counts on."""

    def __init__(self, bounds_s: tuple[float, ...]) -> None:
        self._bounds_s = bounds_s
        self._counts = [0] * (len(bounds_s) + 1)
        self._total_s = 0.0

    def note(self, seconds: float) -> None:
        self._counts[bisect_left(self._bounds_s, seconds)] += 1
        self._total_s += seconds

    def spread(self) -> Spread:
        return Spread(counts=tuple(self._counts), total_s=self._total_s)


NO_SWITCH: Final = Times(SWITCH_BOUNDS_S).spread()
NO_JOIN: Final = Times(JOIN_BOUNDS_S).spread()
