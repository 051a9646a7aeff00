"""A stock connection's offer, and what may come instead of an answer."""

from __future__ import annotations

import pytest

from bridge.endpoint.stock_connection import StockConnection
from bridge.media.ice import gathering_only
from bridge.media.slots import Direction, SessionKind, slots_for
from tests.bridge.endpoint.responder import ScriptedChannel

WALL = slots_for(SessionKind.WALL)


def obey(message: dict[str, object]) -> str:
    return str(message.get("code") or message.get("reason") or "")


@pytest.fixture
async def channel():
    with gathering_only("127.0.0.1"):
        yield ScriptedChannel()


async def test_it_offers_its_slots_in_their_order(channel):
    connection = StockConnection(WALL, channel)
    channel.tell("error", re="offer", code="media_rejected")
    assert await connection.open(obey) == "media_rejected"
    [offer] = channel.of("media.offer")

    assert list(offer["slots"].values()) == [slot.name for slot in WALL]
    assert offer["sdp"].count("a=recvonly") == len(WALL)
    assert "H264" in offer["sdp"]
    assert "VP8" in offer["sdp"]
    assert [slot for slot, _ in connection.tracks] == [
        slot for slot in WALL if slot.direction is Direction.RECEIVE
    ]
    await connection.close()
    await connection.close()
    assert not connection.connected


async def test_a_closed_channel_is_a_goodbye(channel):
    connection = StockConnection(WALL, channel)
    channel.tell("stage", slots={})
    channel.close()
    assert await connection.open(obey) == "channel_closed"
    await connection.close()


async def test_it_is_followed_until_something_means_the_end(channel):
    connection = StockConnection(WALL, channel)
    for message in ("stage", "media.want"):
        channel.tell(message)
    channel.tell("media.reset", reason="lost")
    assert await connection.follow(obey) == "lost"
    await connection.close()
