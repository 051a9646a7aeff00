"""KeyframeRequests: when to ask a source for a key frame (PLI, RFC 4585 section 6.3.1).

A key frame costs its source many times an ordinary picture, and 64 slots that opened asked 82
times in a second (measured).  So the wishes of all watchers of one layer become one:

1. A first wish goes out at once: a floor change waits for one round trip and no longer.
2. At most one request per 0.5 s (LiveKit and Galene have the same); a wish that comes sooner
   waits for the end of that time and is not lost.
3. A key frame answers all wishes so far.  One that is not answered is repeated every 0.5 s, for
   at most 5 s after the last wish: then nobody is known to wait, and the source may be off.

States: idle (nobody waits), waiting.  ``ask`` leads to waiting, ``arrived`` and the end of the 5 s
to idle.  The contract is that of every core object: `now` comes in, ``next_deadline`` says when
``due`` has work.
"""

from __future__ import annotations

from typing import Final

INTERVAL_S: Final = 0.5
GIVE_UP_AFTER_S: Final = 5.0


class KeyframeRequests:
    """The requests to one layer of one source."""

    __slots__ = ("_give_up_at_s", "_next_at_s", "sent")

    def __init__(self) -> None:
        self._next_at_s = float("-inf")  # no request before
        self._give_up_at_s: float | None = None  # None: idle
        self.sent = 0
        """Requests so far."""

    def ask(self, now_s: float) -> bool:
        """Somebody needs a key frame.  True: send a PLI now."""
        self._give_up_at_s = now_s + GIVE_UP_AFTER_S
        return self.due(now_s)

    def due(self, now_s: float) -> bool:
        """Let time pass.  True: send a PLI now."""
        if self._give_up_at_s is None or now_s < self._next_at_s:
            return False
        if now_s > self._give_up_at_s:
            self._give_up_at_s = None
            return False
        self._next_at_s = now_s + INTERVAL_S
        self.sent += 1
        return True

    def arrived(self) -> None:
        """A key frame came: nobody waits any more."""
        self._give_up_at_s = None

    def next_deadline(self) -> float | None:
        """When ``due`` has work next; None while nobody waits."""
        return None if self._give_up_at_s is None else self._next_at_s
