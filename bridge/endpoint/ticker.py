"""Ticker: one timer that paces every endpoint of the process.

63 sites send 3,000 sound and 950 picture frames a second; a task and a timer for each stream would
cost more than the packets.  So each member is asked every TICK_S what is due.  Members stand on
SHELVES shelves, served one after the other within a tick: in one row they would put all their
packets on the wire at the same moment, and the service would have to stand bursts that no
conference makes.
"""

from __future__ import annotations

import asyncio
from itertools import cycle
from typing import Final, NoReturn, Protocol

TICK_S: Final = 0.02
SHELVES: Final = 5


class Member(Protocol):
    def tick(self, now_s: float) -> None:
        """Do what is due.  ``now_s`` is the loop's time.  An exception ends the ticker."""


class Ticker:
    """Members may join and leave at any time, also from inside a tick."""

    def __init__(self) -> None:
        self._shelves: list[list[Member]] = [[] for _ in range(SHELVES)]

    def add(self, member: Member) -> None:
        min(self._shelves, key=len).append(member)

    def remove(self, member: Member) -> None:
        """A member that is not there is ignored."""
        for shelf in self._shelves:
            if member in shelf:
                shelf.remove(member)

    async def run(self) -> NoReturn:
        """Serve for ever; the caller owns the task.  A late tick is not made up for."""
        loop = asyncio.get_running_loop()
        next_s = loop.time()
        for shelf in cycle(self._shelves):
            next_s = max(next_s + TICK_S / SHELVES, loop.time())
            await asyncio.sleep(next_s - loop.time())
            now_s = loop.time()
            for member in tuple(shelf):
                member.tick(now_s)
        raise AssertionError("cycle() never ends")
