"""Pump: one timer that serves all raw clients of a process, every ``TICK_S``.

A tick shorter than a burst's distance keeps the shape; a longer one lets the kernel hold what has
come, so that draining 60 sockets is one pass and wakes nobody.  *woken* pumps wait on every socket
as well (epoll), as clients on the server's own machine would: then waking them is part of what the
server's send costs.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from room110.bench.wire import Wire

TICK_S: Final = 0.005


class Pump:
    """Made by :func:`pumping`."""

    def __init__(self, *, woken: bool = False) -> None:
        self.wires: list[Wire] = []
        self._woken = woken
        self.late_s = 0.0
        """The worst a tick came late: a busy machine."""

    def add(self, wire: Wire) -> None:
        """A connected one."""
        self.wires.append(wire)
        if self._woken:
            asyncio.get_running_loop().add_reader(wire.fileno(), wire.drain)

    def remove(self, wire: Wire) -> None:
        """Before it is closed."""
        self.wires.remove(wire)
        if self._woken:
            asyncio.get_running_loop().remove_reader(wire.fileno())

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        next_s = loop.time()
        while True:
            next_s += TICK_S
            await asyncio.sleep(max(0.0, next_s - loop.time()))
            now_s = loop.time()
            self.late_s = max(self.late_s, now_s - next_s)
            if now_s - next_s > TICK_S:
                next_s = now_s
            for wire in tuple(self.wires):
                if wire.connected:
                    wire.serve(now_s)

    def drain(self) -> None:
        """All that has come by now is counted."""
        for wire in self.wires:
            if wire.connected:
                wire.drain()


@asynccontextmanager
async def pumping(*, woken: bool = False) -> AsyncIterator[Pump]:
    pump = Pump(woken=woken)
    running = asyncio.create_task(pump.run())
    try:
        yield pump
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
