"""DelayTrend: whether the queue before a bottleneck grows (draft-ietf-rmcat-gcc-02, 4 and 5).

Fed with the draft's inter-group delay variation d(i): how much later a group of packets came after
the group before it than it had left after it.  Their sum is the delay on the way but for a
constant; what it rises by is a queue, or jitter.

Three things differ from the draft, each because a provincial line's jitter (40 ms and more) must
not look like a queue, and because 64 publishers send 80 groups a second each:

1. The delay of a slot of 50 ms is the *least* of its groups.  A queue has no low values, jitter
   always has.  The draft's merging of bursts (4.1) is not needed either: of groups that were held
   up and let out together the last has the true delay.
2. Instead of a Kalman filter a straight line through the last ten slots (least squares), once a
   slot and not once a group: its rise over half a second is the draft's m(i).
3. Overuse must be seen twice: m(i) above the adaptive threshold and not falling, *and* a queue
   that stands: for a quarter of a second nothing came less than 30 ms above the base, the least
   delay of the last half minute.  Jitter of 40 ms hardly ever has a quarter of a second (20 groups
   and more) without one that came sooner.

The threshold is the draft's (5.4): 12.5 ms at first, up with 0.01 and down with 0.00018 a
millisecond, not moved by a rise more than 15 ms above it.  It stays within 6 and 25 ms, not 600:
jitter is answered by the second condition, and a threshold that the draining of one queue had
raised let the next one grow to 250 ms (simulated).  The base is forgotten after 20 to 40 s, for
routes change; two quartz clocks part by 4 ms meanwhile.  After 5 to 10 s a full buffer of 150 ms
had become the base, and nobody saw it any more (simulated).
"""

from __future__ import annotations

from collections import deque
from enum import Enum
from itertools import islice
from typing import Final

SLOT_S: Final = 0.05
SLOTS: Final = 10
"""In the line through the delays."""
WINDOW_S: Final = SLOT_S * SLOTS
STANDING_SLOTS: Final = 5
"""In which a queue must stand, and over which the rate is measured."""
ENOUGH_SLOTS: Final = 6
"""Fewer make no line."""
STANDING_S: Final = 0.03
BASE_S: Final = 20.0

THRESHOLD_S: Final = 0.0125
_THRESHOLD_MIN_S: Final = 0.006
_THRESHOLD_MAX_S: Final = 0.025
_UP_PER_S: Final = 10.0
_DOWN_PER_S: Final = 0.18
_STEP_MAX_S: Final = 0.1
_OUTLIER_S: Final = 0.015
_FALLING_S: Final = 0.001
"""A rise that is this much less than the one before falls; an even one must not flicker."""


class Usage(Enum):
    """The draft's signal (5.4)."""

    UNDERUSE = "underuse"
    """A queue drains."""
    NORMAL = "normal"
    OVERUSE = "overuse"


class DelayTrend:
    """Of one line in one direction.  Times are seconds of any one clock that does not go back."""

    __slots__ = (
        "_base_before_s",
        "_base_now_s",
        "_base_since_s",
        "_bytes",
        "_delay_s",
        "_least_at_s",
        "_least_s",
        "_rise_s",
        "_since_s",
        "_slots",
        "_threshold_s",
        "queue_s",
        "rate_bps",
        "usage",
    )

    def __init__(self) -> None:
        self._threshold_s = THRESHOLD_S
        self._slots: deque[tuple[float, float, int, float]] = deque(maxlen=SLOTS)
        self.usage = Usage.NORMAL
        self.queue_s = 0.0
        """How long the queue is that stands; 0 while it is not known."""
        self.rate_bps = 0
        """What came in the last quarter of a second."""
        self.restart(0.0)

    def restart(self, now_s: float) -> None:
        """Forget what was before: the source paused or its clock was set.  The threshold stays."""
        self._slots.clear()
        self._since_s = now_s
        self._delay_s = 0.0
        self._least_s = float("inf")
        self._least_at_s = now_s
        self._bytes = 0
        self._rise_s = 0.0
        self._base_before_s = float("inf")
        self._base_now_s = 0.0  # the first group's own delay
        self._base_since_s = now_s
        self.usage = Usage.NORMAL
        self.queue_s = 0.0
        self.rate_bps = 0

    def add(self, variation_s: float, size_bytes: int, now_s: float) -> bool:
        """A group came to its end at *now_s*.  True: a slot is full, ``usage`` is new."""
        self._delay_s = delay_s = self._delay_s + variation_s
        if delay_s < self._least_s:
            self._least_s = delay_s
            self._least_at_s = now_s
        self._bytes += size_bytes
        if now_s - self._since_s < SLOT_S:
            return False
        self._close(now_s)
        return True

    def _close(self, now_s: float) -> None:
        lasted_s = now_s - self._since_s
        self._slots.append((self._least_at_s, self._least_s, self._bytes, lasted_s))
        self._remember_base(now_s)
        self._since_s = now_s
        self._least_s = float("inf")
        self._bytes = 0
        newest = list(islice(reversed(self._slots), STANDING_SLOTS))
        self.rate_bps = int(sum(s[2] for s in newest) * 8 / sum(s[3] for s in newest))
        if len(self._slots) < ENOUGH_SLOTS:
            return
        base_s = min(self._base_before_s, self._base_now_s)
        self.queue_s = max(min(s[1] for s in newest) - base_s, 0.0)
        before_s, self._rise_s = self._rise_s, self._slope() * WINDOW_S
        self._judge(before_s)
        self._adapt(lasted_s)

    def _remember_base(self, now_s: float) -> None:
        """The least delay of the last 20 to 40 s, in two halves."""
        if now_s - self._base_since_s > BASE_S:
            self._base_before_s, self._base_now_s = self._base_now_s, self._least_s
            self._base_since_s = now_s
        elif self._least_s < self._base_now_s:
            self._base_now_s = self._least_s

    def _slope(self) -> float:
        count = len(self._slots)
        middle_s = sum(s[0] for s in self._slots) / count
        mean_s = sum(s[1] for s in self._slots) / count
        above = sum((s[0] - middle_s) * (s[1] - mean_s) for s in self._slots)
        return above / sum((s[0] - middle_s) ** 2 for s in self._slots)

    def _judge(self, rise_before_s: float) -> None:
        rise_s = self._rise_s
        if rise_s > self._threshold_s:
            grows = rise_s > rise_before_s - _FALLING_S and self.queue_s > STANDING_S
            self.usage = Usage.OVERUSE if grows else Usage.NORMAL
        else:
            self.usage = Usage.UNDERUSE if rise_s < -self._threshold_s else Usage.NORMAL

    def _adapt(self, lasted_s: float) -> None:
        above_s = abs(self._rise_s) - self._threshold_s
        if above_s > _OUTLIER_S:
            return
        gain_per_s = _UP_PER_S if above_s > 0 else _DOWN_PER_S
        moved_s = self._threshold_s + gain_per_s * above_s * min(lasted_s, _STEP_MAX_S)
        self._threshold_s = min(max(moved_s, _THRESHOLD_MIN_S), _THRESHOLD_MAX_S)
