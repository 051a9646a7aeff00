"""Repairs: the clock by which missing packets are asked for and lines that are probed are padded.

It is wound when some picture has a hole or some line is probed, and runs every ``REPAIR_S`` until no
session has anything to do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection

from bridge.media.session import MediaSession
from bridge.media.steering import REPAIR_S, Steering


class Repairs:
    def __init__(
        self,
        sessions: Callable[[], Collection[MediaSession]],
        steering: Steering,
        on_bug: Callable[[MediaSession, Exception], None],
    ) -> None:
        """*sessions*: those there are now.  A bug ends the session that *on_bug* is told, alone."""
        self._sessions = sessions
        self._steering = steering
        self._on_bug = on_bug
        self._timer: asyncio.TimerHandle | None = None

    def soon(self) -> None:
        """There may be something to do."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(REPAIR_S, self._repair)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _repair(self) -> None:
        self._timer = None
        now_s = asyncio.get_running_loop().time()
        is_busy = False
        for session in tuple(self._sessions()):
            try:
                is_busy = self._steering.repair(session, now_s) or is_busy
            except Exception as bug:  # noqa: BLE001 - ends this session alone
                self._on_bug(session, bug)
        if is_busy:
            self.soon()
