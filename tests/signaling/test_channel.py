from __future__ import annotations

import pytest

from bridge.endpoint.channel import Channel, ChannelClosed
from bridge.media.slots import SessionKind
from bridge.outgoing import Bye, MediaSet
from signaling.channel import MAX_WAITING, Waiting
from signaling.client import connect
from tests.signaling.conftest import Service


async def test_an_endpoint_gets_what_concerns_media(service: Service) -> None:
    token = service.token("site", site="11")
    async with connect(service.url, token, SessionKind.ROOM) as client:
        channel: Channel = client.media
        await channel.send({"type": "endpoint.report", "mic": "on", "level": -20})
        await channel.send({"type": "media.offer", "id": "m1", "sdp": "refuse", "slots": {}})
        refused = await channel.receive()
        assert (refused["type"], refused["code"]) == ("error", "media_rejected")
        await channel.send({"type": "media.offer", "id": "m2", "sdp": "v=0", "slots": {}})
        assert await channel.receive() == {
            "type": "media.answer",
            "re": "m2",
            "sdp": "v=0 answer",
        }
        service.bridge.outboxes["s-1"].put(MediaSet(mic="ask", on_air=True))
        assert await channel.receive() == {"type": "media.set", "mic": "ask", "on_air": True}
        service.bridge.outboxes["s-1"].put(Bye(reason="replaced"))
        assert await channel.receive() == {"type": "bye", "reason": "replaced"}
        with pytest.raises(ChannelClosed):
            await channel.receive()
        with pytest.raises(ChannelClosed):
            await channel.send({"type": "endpoint.report", "mic": "on"})
    assert ("report", "s-1", "on", -20) in service.bridge.told
    assert not client.media._offers, "an answered offer is remembered for ever"


async def test_who_does_not_read_loses_the_oldest_and_can_tell() -> None:
    waiting: Waiting[int] = Waiting()
    for number in range(MAX_WAITING + 2):
        waiting.put(number)
    assert (waiting.dropped, await waiting.get()) == (2, 2)
