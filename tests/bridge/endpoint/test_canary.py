"""A canary decodes what the service sends it, and says when that is over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bridge.endpoint.canary import Canary, Ending, Senses
from bridge.endpoint.card import Card
from bridge.endpoint.perception import NOTHING_DBOV
from bridge.endpoint.stock import StockClient
from bridge.endpoint.tone import LEVEL_DBOV
from bridge.media.ice import gathering_only
from bridge.media.plane import Plan
from bridge.media.slots import SessionKind, slots_for
from tests.bridge.endpoint.responder import Responder, ScriptedChannel, running_plane, until

WALL, ROOM = slots_for(SessionKind.WALL), slots_for(SessionKind.ROOM)
HANOI = Card(code="01", name="Hà Nội", position=0)
LOST_DB = 4
"""aiortc makes stereo of a tone in one channel, at half the power."""
SPEAKING = Plan(gates=frozenset({"01"}), slots={"speaker.1": "01"}, wants={"01": frozenset("qf")})


def now_s() -> float:
    return asyncio.get_running_loop().time()


@asynccontextmanager
async def speaking(channel: ScriptedChannel) -> AsyncIterator[None]:
    """A room of Hà Nội, on the same stock code."""
    speaker = StockClient(card=HANOI, slots=ROOM, channel=channel)
    running = asyncio.create_task(speaker.run())
    try:
        yield
    finally:
        running.cancel()
        await asyncio.wait([running])


@asynccontextmanager
async def listening(
    channel: ScriptedChannel, senses: Senses
) -> AsyncIterator[asyncio.Task[Ending]]:
    canary = Canary(slots=WALL, channel=channel, senses=senses, clock=now_s)
    running = asyncio.create_task(canary.run())
    try:
        yield running
    finally:
        running.cancel()
        await asyncio.wait([running])


async def test_it_hears_and_sees_the_speaker_and_hears_him_no_more_when_his_gate_is_shut():
    with gathering_only("127.0.0.1"):
        async with running_plane() as plane:
            room = Responder(plane, "01", ROOM, number=1)
            wall = Responder(plane, "", WALL, number=2)
            senses = Senses()
            async with speaking(room), listening(wall, senses) as running:
                plane.set_plan(SPEAKING)
                room.tell("media.set", mic="live", on_air=True)
                wall.tell("stage", rev=1, slots={"speaker.1": "01"})
                sound, picture = senses.sounds["speaker.1"], senses.pictures["speaker.1"]
                await until(lambda: picture.frames > 5, timeout_s=15)
                await until(lambda: abs(sound.dbov(now_s()) - LEVEL_DBOV) <= LOST_DB, timeout_s=10)
                assert senses.connected
                assert senses.connects == 1
                assert senses.stage == {"speaker.1": "01"}
                assert senses.sounds["chair"].dbov(now_s()) == NOTHING_DBOV

                plane.set_plan(Plan(slots={"speaker.1": "01"}))
                await until(lambda: sound.dbov(now_s()) < -60, timeout_s=5)
                heard_s = sound.heard_s
                assert heard_s is not None
                wall.tell("media.reset", reason="worker_lost")
                assert await running is Ending.LOST
            assert not senses.connected


@pytest.fixture
async def channel():
    with gathering_only("127.0.0.1"):
        yield ScriptedChannel()


async def test_an_offer_that_is_not_taken_is_a_refusal(channel):
    channel.tell("error", re="offer", code="media_rejected")
    async with listening(channel, Senses()) as running:
        assert await running is Ending.REFUSED


async def test_a_goodbye_empties_the_stage(channel):
    senses = Senses()
    channel.tell("stage", rev=1, slots={"chair": "110"})
    async with listening(channel, senses) as running:
        await until(lambda: senses.stage == {"chair": "110"})
        channel.tell("bye", reason="conference_over")
        assert await running is Ending.BYE
    assert senses.stage == {}


async def test_a_channel_that_closes_is_one_too(channel):
    channel.close()
    async with listening(channel, Senses()) as running:
        assert await running is Ending.BYE


async def test_an_answer_without_a_service_behind_it_is_no_media(monkeypatch):
    monkeypatch.setattr("bridge.endpoint.canary.CONNECT_S", 0.3)
    with gathering_only("127.0.0.1"):
        async with running_plane() as plane:
            wall = Responder(plane, "", WALL)
            monkeypatch.setattr(plane, "open", lambda _: None)
            senses = Senses()
            async with listening(wall, senses) as running:
                assert await running is Ending.MEDIA
            assert senses.connects == 0


def test_a_stage_that_changes_has_not_frozen():
    senses = Senses()
    picture = senses.pictures["speaker.1"]
    senses.show({"speaker.1": "01"})
    for second in (0.0, 0.04, 0.08):
        picture.see(second)
    senses.show({"speaker.1": "02"})
    for second in (9.0, 9.04):
        picture.see(second)
    senses.show({"speaker.1": "02", "chair": "110"})
    picture.see(19.0)

    assert picture.freezes == 1
    senses.pause()
    picture.see(99.0)
    assert picture.freezes == 1
