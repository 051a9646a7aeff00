from __future__ import annotations

import asyncio

import pytest

from bridge.media.fanout import MANY
from bridge.media.flusher import HOLD_S, Flusher
from tests.support.autojump import virtual_time
from tests.support.media import Table, picture, sound


class Stage:
    """Site 01, and *watchers* of its picture and sound."""

    def __init__(self, watchers: int) -> None:
        self.table = Table()
        self.flusher = Flusher(self.table.forwarder.fanout)
        self.now_s = asyncio.get_running_loop().time
        self.camera = self.table.source("01", "video")
        self.mic = self.table.source("01", "audio")
        self.table.forwarder.set_gates(frozenset({"01"}))
        self.eyes = [
            self.table.eye(f"{n:02}", "speaker.1", "video", at="01") for n in range(2, 2 + watchers)
        ]
        self.ear = self.table.eye("02", "speaker.1", "audio", at="01")

    def see(self, seq: int, *, last: bool = False, key: bool = False) -> None:
        data = picture(seq, 3000, key=key, starts=key, ssrc=self.camera.ssrc, marker=last)
        self.table.put(self.camera, self.now_s(), data)
        self.flusher.on_packet(self.now_s())

    def hear(self, seq: int) -> None:
        self.table.put(self.mic, self.now_s(), sound(seq, 960 * seq, ssrc=self.mic.ssrc))
        self.flusher.on_packet(self.now_s())

    @property
    def seen(self) -> list[int]:
        return self.eyes[0].seqs


@virtual_time
async def test_a_picture_that_many_watch_waits_for_its_end():
    stage = Stage(MANY)
    stage.see(1, key=True)
    stage.flusher.on_drained()
    stage.see(2)
    stage.flusher.on_drained()
    assert stage.seen == []

    stage.see(3, last=True)
    stage.flusher.on_drained()
    assert stage.seen == [0, 1, 2]


@virtual_time
async def test_an_end_that_does_not_come_is_not_waited_for():
    stage = Stage(MANY)
    stage.see(1, key=True)
    stage.flusher.on_drained()
    await asyncio.sleep(HOLD_S)
    assert stage.seen == [0]

    # And the next wait is as long.
    stage.see(2)
    stage.flusher.on_drained()
    assert stage.seen == [0]
    await asyncio.sleep(HOLD_S)
    assert stage.seen == [0, 1]
    assert sum(stage.table.forwarder.fanout.delays) == 2
    assert stage.table.forwarder.fanout.delay_s == pytest.approx(2 * HOLD_S, abs=1e-4)


@virtual_time
async def test_few_do_not_wait():
    stage = Stage(MANY - 1)
    stage.see(1, key=True)
    stage.flusher.on_drained()

    assert stage.seen == [0]


@virtual_time
async def test_sound_does_not_wait_for_itself():
    stage = Stage(MANY)
    stage.hear(1)
    stage.flusher.on_drained()

    assert stage.ear.seqs == [0]


@virtual_time
async def test_nothing_comes_after_the_end():
    stage = Stage(MANY)
    stage.see(1, key=True)
    stage.flusher.on_drained()
    stage.flusher.close()
    await asyncio.sleep(2 * HOLD_S)

    assert stage.seen == []
