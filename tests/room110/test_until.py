from __future__ import annotations

import asyncio
import os
import signal

import pytest

from room110.until import until_told


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_cancels_what_is_inside_and_nothing_after(number):
    async def program() -> str:
        try:
            with until_told() as told:
                os.kill(os.getpid(), number)
                await told
        except asyncio.CancelledError:
            return "stopped"
        return "went on"

    assert await asyncio.create_task(program()) == "stopped"
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


async def test_what_ends_by_itself_leaves_no_handler_behind():
    with until_told():
        pass
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
