"""A loop that stands still is told from one that is quiet, in virtual time and with a real pipe."""

from __future__ import annotations

import asyncio
import os

import pytest

from room110.pulse import BEAT_S, HUNG_LOOKS, VARIABLE, Pulse, beating
from tests.support.autojump import virtual_time


@pytest.fixture
def pulse():
    made = Pulse()
    yield made
    made.close()


async def hangs_within(pulse: Pulse, looks: float) -> bool:
    stopped = asyncio.ensure_future(pulse.stopped())
    done, _ = await asyncio.wait({stopped}, timeout=BEAT_S * looks)
    stopped.cancel()
    return bool(done)


@virtual_time
async def test_who_beats_does_not_hang_and_who_stops_does_after_ten_looks(pulse, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(pulse.write))
    with beating():
        assert not await hangs_within(pulse, 100)

    os.write(pulse.write, b".")
    assert not await hangs_within(pulse, 1 + HUNG_LOOKS - 0.5)
    os.write(pulse.write, b".")
    assert await hangs_within(pulse, 1 + HUNG_LOOKS + 0.5)


@virtual_time
async def test_a_beat_now_and_then_is_enough(pulse):
    stopped = asyncio.ensure_future(pulse.stopped())
    for _ in range(20):
        os.write(pulse.write, b"..")
        await asyncio.sleep(BEAT_S * (HUNG_LOOKS - 1))
        assert not stopped.done()
    stopped.cancel()


@virtual_time
async def test_who_has_not_begun_is_not_late(pulse):
    assert not await hangs_within(pulse, 1000)


@virtual_time
async def test_a_child_that_ended_does_not_hang(pulse):
    os.write(pulse.write, b".")
    pulse.given()
    assert not await hangs_within(pulse, 1000)


@virtual_time
async def test_a_child_beats_on_for_a_parent_that_does_not_read_and_ends_with_one_that_is_gone(
    monkeypatch,
):
    pulse = Pulse()
    full = 0
    try:
        while True:
            full += os.write(pulse.write, b"." * 4096)
    except BlockingIOError:
        assert full > 0
    own = os.dup(pulse.write)
    monkeypatch.setenv(VARIABLE, str(own))
    try:
        with beating():
            await asyncio.sleep(BEAT_S * 3)
            beats = [task for task in asyncio.all_tasks() if task.get_name() == "pulse"]
            assert len(beats) == 1
            pulse.close()
            await asyncio.sleep(BEAT_S * 3)
            assert beats[0].done()
            assert beats[0].exception() is None
    finally:
        os.close(own)


async def test_without_a_parent_nobody_beats(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    with beating():
        assert [task.get_name() for task in asyncio.all_tasks()].count("pulse") == 0
