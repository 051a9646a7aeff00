"""The client against the real door and a fake bridge."""

from __future__ import annotations

import pytest

from bridge.conference.words import Refusal, RefusalCode
from bridge.media.slots import SessionKind
from bridge.outgoing import Bye, Stage
from signaling.channel import Disconnected
from signaling.client import CommandRefused, connect, new_id
from signaling.messages import ChairRevoke, FloorRequest
from signaling.notices import Bye as ByeMessage
from signaling.notices import Stage as StageMessage
from tests.signaling.conftest import Service


def revoke(command_id: str = "k1") -> ChairRevoke:
    return ChairRevoke(type="chair.revoke", id=command_id)


async def test_a_client_joins_commands_and_says_goodbye(service: Service) -> None:
    token = service.token("site", site="11")
    async with connect(service.url, token, SessionKind.ROOM) as client:
        assert client.hello_ok.you.site == "11"
        assert client.hello_ok.slots[0].slot == "mic"
        ok = await client.command(FloorRequest(type="floor.request", id=new_id()))
        assert (ok.rev, ok.request) == (413, 13)
    await service.bridge.until(lambda: service.bridge.told[-1] == ("leave", "s-1", True))


async def test_a_client_may_leave_without_a_goodbye(service: Service) -> None:
    token = service.token("site", site="11")
    async with connect(service.url, token, SessionKind.ROOM, goodbye=False):
        pass
    await service.bridge.until(lambda: service.bridge.told[-1] == ("leave", "s-1", False))


async def test_a_refused_hello_raises_its_code(service: Service) -> None:
    with pytest.raises(CommandRefused) as refused:
        async with connect(service.url, "nonsense", SessionKind.ROOM):
            pass
    assert refused.value.code == "token_invalid"


async def test_where_nobody_listens_a_client_is_disconnected(service: Service) -> None:
    url = service.url
    await service.server.close()
    with pytest.raises(Disconnected):
        async with connect(url, "x", SessionKind.ROOM):
            pass


async def test_a_refused_command_raises_its_code(service: Service) -> None:
    service.bridge.answer = Refusal(
        code=RefusalCode.FLOOR_FULL, text="full", detail={"holders": [8]}
    )
    async with connect(service.url, service.token("chair"), SessionKind.CONSOLE) as client:
        with pytest.raises(CommandRefused) as refused:
            await client.command(revoke())
    assert (refused.value.code, refused.value.detail) == ("floor_full", {"holders": [8]})


async def test_what_comes_is_iterated_until_the_end(service: Service) -> None:
    async with connect(service.url, service.token("chair"), SessionKind.CONSOLE) as client:
        outbox = service.bridge.outboxes["s-1"]
        outbox.put(Stage(rev=413, slots={"chair": "110"}))
        outbox.put(Bye(reason="conference_over"))
        assert [message async for message in client] == [
            StageMessage(type="stage", rev=413, slots={"chair": "110"}),
            ByeMessage(type="bye", reason="conference_over"),
        ]
        assert client.bye == "conference_over"
        with pytest.raises(Disconnected, match="conference_over"):
            await client.command(revoke())


async def test_a_command_under_way_hears_that_the_line_is_lost(service: Service) -> None:
    token = service.token("chair")
    async with connect(service.url, token, SessionKind.CONSOLE) as client:
        service.bridge.outboxes["s-1"].put(Bye(reason="shutdown"))
        with pytest.raises(Disconnected):
            await client.command(revoke())
