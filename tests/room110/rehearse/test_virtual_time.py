"""Virtual time has to be exact, or nothing that is tested in it is."""

from __future__ import annotations

import asyncio
import time

import pytest

from room110.rehearse import virtual_time as module
from room110.rehearse.virtual_time import StuckError, run_autojump
from tests.support.autojump import virtual_time


@virtual_time
async def test_an_hour_of_sleep_takes_no_time_and_is_an_hour():
    loop, began = asyncio.get_running_loop(), time.monotonic()
    await asyncio.sleep(3600)
    assert loop.time() == 3600
    assert time.monotonic() - began < 1


@virtual_time
async def test_timers_come_in_the_order_of_their_time():
    came = []

    async def sleeper(seconds):
        await asyncio.sleep(seconds)
        came.append(seconds)

    await asyncio.gather(sleeper(3), sleeper(1), sleeper(2))
    assert came == [1, 2, 3]


@virtual_time
async def test_a_timeout_is_virtual_too():
    with pytest.raises(TimeoutError):
        async with asyncio.timeout_at(20.0):
            await asyncio.Event().wait()
    assert asyncio.get_running_loop().time() == 20.0


@virtual_time
async def test_the_clock_stands_while_a_thread_works():
    loop = asyncio.get_running_loop()
    timer = asyncio.ensure_future(asyncio.sleep(1))
    await loop.run_in_executor(None, time.sleep, 0.02)
    assert loop.time() == 0
    await timer
    assert loop.time() == 1


@virtual_time
async def test_a_thread_that_fails_lets_the_clock_go_on():
    loop = asyncio.get_running_loop()
    with pytest.raises(ZeroDivisionError):
        await loop.run_in_executor(None, lambda: 1 / 0)
    await asyncio.sleep(5)
    assert loop.time() == 5


def test_waiting_for_nothing_is_an_error_and_no_hang(monkeypatch):
    monkeypatch.setattr(module, "PATIENCE_S", 0.01)

    async def wait_for_ever():
        await asyncio.Event().wait()

    with pytest.raises(StuckError):
        run_autojump(wait_for_ever())


@virtual_time
async def test_a_decorated_test_still_gets_its_fixtures(tmp_path):
    assert tmp_path.is_dir()
