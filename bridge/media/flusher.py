"""Flusher: when what waits is sent.

At the end of what the sockets held.  But a picture arrives as a burst, and whoever is woken by its
first packet finds the others a moment later: sent one by one to many they would cost twice as much
as together.  So while a picture that many watch has begun and not ended, its packets wait for the
end (its marker), for ``HOLD_S`` and no longer; a timer of asyncio may add a millisecond.
"""

from __future__ import annotations

import asyncio
from typing import Final

from bridge.media.fanout import Fanout

HOLD_S: Final = 0.001


class Flusher:
    def __init__(self, fanout: Fanout) -> None:
        self._fanout = fanout
        self._timer: asyncio.TimerHandle | None = None

    def on_packet(self, now_s: float) -> None:
        """A packet came: what waits for too long already goes."""
        since_s = self._fanout.since_s
        if since_s is not None and now_s - since_s > HOLD_S:
            self.flush()

    def on_drained(self) -> None:
        """The sockets are empty."""
        if not self._fanout.awaits_more:
            self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(HOLD_S, self._on_time)

    def flush(self) -> None:
        """Send what waits, and note how long it took from its first packet to its last."""
        since_s = self._fanout.since_s
        if since_s is not None:
            self._fanout.flush()
            self._fanout.note(asyncio.get_running_loop().time() - since_s)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _on_time(self) -> None:
        self._timer = None
        self.flush()
