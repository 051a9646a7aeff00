"""Drowning: a line that carries far less than it is sent, known before its rate is.

A receiver's REMB is 0.85 of what came in the last *second*, so when a line narrows it falls too slowly:
0.4 s after 2.2 Mbit/s met 400 kbit/s Chromium still said 1.2, and each step down on the way is a layer
that drowns as well.  Two signs are quicker:

* The *step*.  Chromium may see the queue of such a line after 0.15 s, and says so at once.  A mean of a
  second that falls to 0.8 in so short a time was of hardly anything in the end: a REMB that was about
  what is sent and is below ``SUDDEN`` of it within ``STEP_S``.  But a buffer that is full after one frame
  does not grow any more, and Chromium, which looks at growth, may say nothing for half a second.
* The *holes*.  Its NACKs come as soon as anything comes behind a hole, and name what is missing: half of
  the last ``SPAN`` numbers of one picture, of which the newest was sent a round trip and ``QUEUE_S`` ago.
  That is a full buffer.  A radio that is gone for a moment loses as much, but what came after the hole
  came at once.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

ABOUT: Final = 0.8
SUDDEN: Final = 0.7
STEP_S: Final = 0.5
SPAN: Final = 10
MISSING: Final = SPAN // 2
QUEUE_S: Final = 0.15
"""More than the time between two frames, which is between a hole and what comes after it."""


class Drowning:
    """Of one line.  Times are seconds of one monotonic clock."""

    __slots__ = ("_asked", "_share", "_share_s")

    def __init__(self) -> None:
        self._asked: dict[int, set[int]] = {}
        """Stream -> what was asked of its last ``SPAN`` numbers."""
        self._share = 0.0
        self._share_s = float("-inf")

    def on_asked(self, stream: int, indices: Collection[int], late_s: float) -> bool:
        """Packets of *stream*, by their numbers without wraps, are asked for; the newest
        was sent *late_s* and a round trip ago.  True: it drowns."""
        before = self._asked.get(stream, set())
        newest = max(indices, default=0)
        if newest <= max(before, default=-1):
            return False  # asked again, or in pieces: when it was sent says nothing
        recent = {index for index in before.union(indices) if index > newest - SPAN}
        self._asked[stream] = recent
        if len(recent) < MISSING or late_s < QUEUE_S:
            return False
        self._asked.clear()
        return True

    def on_remb(self, share: float, now_s: float) -> bool:
        """The receiver says that its line carries *share* of what it is sent.  True: it drowns."""
        before, before_s = self._share, self._share_s
        self._share, self._share_s = share, now_s
        return before >= ABOUT and share < SUDDEN and now_s - before_s < STEP_S
