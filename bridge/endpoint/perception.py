"""Perception: what somebody in a room would have heard and seen of one slot.

*Sound*: how loud it was, as RFC 6464 counts: dB below the loudest there can be, of the mean power.
What is quieter than -60 is a room in which nobody speaks, or noise of the line.

*Picture*: frames, and freezes as W3C counts them (webrtc-stats): a frame that comes after three times
the mean interval of the last thirty, or 150 ms later than that, whichever is later.  A slot that was
given to somebody else, or was empty, has not frozen; its intervals begin anew.

Pure: what was decoded comes in with the time it was.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from operator import mul
from typing import Final

SILENT_DBOV: Final = -60
NOTHING_DBOV: Final = -127
"""RFC 6464's own word for it."""
WINDOW_S: Final = 1.0

_FULL_SCALE: Final = 32767.0
_INTERVALS: Final = 30
_LATE_S: Final = 0.150


class SoundMeter:
    """One sound slot."""

    def __init__(self) -> None:
        self.heard_s: float | None = None
        """When it was last louder than silence."""
        self._recent: deque[tuple[float, int, int]] = deque()
        """When, sum of squares, samples."""

    def hear(self, samples: Sequence[int], now_s: float) -> None:
        """Some samples of 16 bits, one channel."""
        if not samples:
            return
        power = sum(map(mul, samples, samples))
        self._forget(now_s)
        self._recent.append((now_s, power, len(samples)))
        if _dbov(power, len(samples)) > SILENT_DBOV:
            self.heard_s = now_s

    def dbov(self, now_s: float) -> int:
        """Of the last second; :data:`NOTHING_DBOV` when nothing was decoded in it."""
        self._forget(now_s)
        samples = sum(n for _, _, n in self._recent)
        return _dbov(sum(power for _, power, _ in self._recent), samples)

    def _forget(self, now_s: float) -> None:
        while self._recent and now_s - self._recent[0][0] >= WINDOW_S:
            self._recent.popleft()


class PictureMeter:
    """One picture slot."""

    def __init__(self) -> None:
        self.frames = 0
        self.freezes = 0
        self.frozen_s = 0.0
        self.seen_s: float | None = None
        """When the last frame was decoded."""
        self._before_s: float | None = None
        self._intervals: deque[float] = deque(maxlen=_INTERVALS)

    def see(self, now_s: float) -> None:
        """A frame."""
        self.frames += 1
        self.seen_s = now_s
        if self._before_s is not None:
            interval_s = now_s - self._before_s
            if self._is_late(interval_s):
                self.freezes += 1
                self.frozen_s += interval_s
            self._intervals.append(interval_s)
        self._before_s = now_s

    def switched(self) -> None:
        """Somebody else is shown, or nobody."""
        self._before_s = None
        self._intervals.clear()

    def _is_late(self, interval_s: float) -> bool:
        if not self._intervals:
            return False
        mean_s = sum(self._intervals) / len(self._intervals)
        return interval_s >= max(3 * mean_s, mean_s + _LATE_S)


def _dbov(power: int, samples: int) -> int:
    if power == 0:
        return NOTHING_DBOV
    dbov = 10 * math.log10(power / samples / _FULL_SCALE**2)
    return max(NOTHING_DBOV, min(0, round(dbov)))
