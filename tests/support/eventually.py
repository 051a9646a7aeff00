"""Eventually: wait for a fact, in tests that run in real time because sockets do."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable

LOOK_AGAIN_S = 0.02


async def eventually(
    condition: Callable[[], object | Awaitable[object]], *, timeout_s: float = 15.0
) -> None:
    """Until *condition*, plain or asynchronous, is true; TimeoutError when it does not come."""
    async with asyncio.timeout(timeout_s):
        while True:
            answer = condition()
            if inspect.isawaitable(answer):
                answer = await answer
            if answer:
                return
            await asyncio.sleep(LOOK_AGAIN_S)
