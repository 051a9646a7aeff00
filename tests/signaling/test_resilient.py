"""A client that comes back, against a door that goes away."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp.test_utils import TestServer

from bridge.answers import Accepted, RoomClosed
from bridge.conference.commands import Actor, PersonCommand
from bridge.conference.words import Refusal
from bridge.media.slots import SessionKind
from bridge.outgoing import Bye, MediaReset
from bridge.outgoing import Change as Told
from signaling.app import make_app
from signaling.channel import Disconnected
from signaling.client import CommandRefused
from signaling.messages import ChairRevoke
from signaling.notices import Bye as ByeMessage
from signaling.notices import Change, HelloOk
from signaling.resilient import ResilientClient
from tests.signaling.conftest import Service
from tests.support.fake_bridge import FakeBridge


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signaling.resilient.BACKOFF_S", (0.01, 0.05))


def client(service: Service, *, token: str | None = None) -> ResilientClient:
    return ResilientClient(service.url, token or service.token("chair"), SessionKind.CONSOLE)


async def restart(service: Service, boot: str) -> None:
    """The same service again, on the same port."""
    port = service.server.port
    await service.server.close()
    service.bridge.boot = boot
    service.server = TestServer(make_app(service.bridge, service.keyring), port=port)
    await service.server.start_server()


class Forgetful(FakeBridge):
    """Does the first command and loses its line before it answers."""

    async def submit(
        self,
        command: PersonCommand,
        actor: Actor,
        command_id: str | None,
        *,
        seen_rev: int | None = None,
    ) -> Accepted | Refusal:
        first = not self.done
        answer = await super().submit(command, actor, command_id, seen_rev=seen_rev)
        if first:
            self.outboxes["s-1"].put(Bye(reason="too_slow"))
        return answer


async def test_it_comes_back_and_sends_the_unanswered_once_more(service: Service) -> None:
    bridge = service.bridge = Forgetful()
    await service.stop()
    await service.start()
    async with client(service) as chair:
        ok = await chair.command(ChairRevoke(type="chair.revoke", id="k1"))
    # then it was answered, over a second connection, and done once
    assert (ok.re, ok.rev) == ("k1", 413)
    assert [call[0] for call in bridge.told].count("join") == 2
    assert [call[0] for call in bridge.told].count("submit") == 1


class GoingDown(FakeBridge):
    """Refuses the first command since it is going down, and says bye."""

    async def submit(
        self,
        command: PersonCommand,
        actor: Actor,
        command_id: str | None,
        *,
        seen_rev: int | None = None,
    ) -> Accepted | Refusal:
        if "s-1" in self.outboxes:
            asyncio.get_running_loop().call_soon(self.outboxes["s-1"].put, Bye(reason="shutdown"))
            raise RoomClosed
        return await super().submit(command, actor, command_id, seen_rev=seen_rev)


async def test_a_service_going_down_is_asked_again_when_it_is_back(service: Service) -> None:
    service.bridge = GoingDown()
    await service.stop()
    await service.start()
    async with client(service) as chair, asyncio.timeout(5):
        assert (await chair.command(ChairRevoke(type="chair.revoke", id="k1"))).re == "k1"


async def test_every_lost_line_is_waited_for_from_the_beginning(service: Service) -> None:
    attempts: list[int] = []

    class Recording(ResilientClient):
        def _backoff_s(self, attempt: int) -> float:
            attempts.append(attempt)
            return 0.0

    token = service.token("chair")
    async with Recording(service.url, token, SessionKind.CONSOLE) as chair:
        greetings = (m async for m in chair if isinstance(m, HelloOk))
        for number in (1, 2):
            await anext(greetings)
            service.bridge.outboxes[f"s-{number}"].put(Bye(reason="too_slow"))
        await anext(greetings)
    assert attempts == [0, 0]


async def test_a_restart_is_a_new_hello_and_a_media_reset(service: Service) -> None:
    async with client(service) as chair:
        greetings = (m async for m in chair if isinstance(m, HelloOk))
        assert (await anext(greetings)).boot == "boot-1"
        await restart(service, "boot-2")
        assert (await anext(greetings)).boot == "boot-2"
        assert chair.hello_ok.boot == "boot-2"
        assert await chair.media.receive() == {
            "type": "media.reset",
            "reason": "service_restarted",
        }


async def test_it_resumes_from_the_revision_it_saw_last(service: Service) -> None:
    bridge = service.bridge
    bridge.since[413] = Told(rev=415, now_s=2.0, events=({"type": "x"},), set={"next": "14"})
    async with client(service) as chair:
        messages = aiter(chair)
        await anext(messages)
        bridge.outboxes["s-1"].put(Told(rev=413, now_s=1.0, events=(), set={"next": "11"}))
        assert await anext(messages) == change(rev=413, now=1.0, set={"next": "11"})
        bridge.outboxes["s-1"].put(Bye(reason="too_slow"))
        assert isinstance(await anext(messages), ByeMessage)
        greeting = await anext(messages)
        assert isinstance(greeting, HelloOk)
        assert greeting.snapshot is None
        # What was missed is a change like any other to whoever follows.
        assert await anext(messages) == change(
            rev=415, now=2467.125, events=[{"type": "x"}], set={"next": "14"}
        )
        bridge.outboxes["s-2"].put(Bye(reason="too_slow"))
        await anext(messages)
        greeting = await anext(messages)
        # That was more than is known: here is the whole, and it goes on from there.
        assert isinstance(greeting, HelloOk)
        assert greeting.snapshot is not None
        assert [call[3] for call in bridge.told if call[0] == "join" and call[3:]] == [413, 415]


def change(*, rev: int, now: float, set: dict[str, Any], events: Any = ()) -> Change:  # noqa: A002
    return Change(type="change", rev=rev, now=now, events=list(events), set=set)


async def test_a_machine_that_was_hung_up_waits_for_a_person(service: Service) -> None:
    async with client(service) as chair:
        service.bridge.outboxes["s-1"].put(Bye(reason="dropped"))
        async with asyncio.timeout(5):
            async for _ in chair:
                pass
        assert chair.gave_up == "dropped"


async def test_it_says_which_machine_it_is(service: Service) -> None:
    token = service.token("site", site="11")
    async with ResilientClient(
        service.url, token, SessionKind.ROOM, device="agent-1", standby=True
    ):
        assert service.bridge.told[0][3:] == (None, "agent-1", True)


async def test_media_that_was_reset_is_of_the_next_boot_and_not_made_twice(
    service: Service,
) -> None:
    async with client(service) as chair:
        messages = aiter(chair)
        await anext(messages)
        service.bridge.outboxes["s-1"].put(MediaReset(reason="worker_lost"))
        assert (await chair.media.receive())["reason"] == "worker_lost"
        await restart(service, "boot-2")
        while chair.hello_ok.boot != "boot-2":
            await anext(messages)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await chair.media.receive()


async def test_media_that_was_reset_for_its_line_is_still_of_the_plane_that_dies(
    service: Service,
) -> None:
    async with client(service) as chair:
        messages = aiter(chair)
        await anext(messages)
        service.bridge.outboxes["s-1"].put(MediaReset(reason="lost"))
        assert (await chair.media.receive())["reason"] == "lost"
        await restart(service, "boot-2")
        assert (await chair.media.receive())["reason"] == "service_restarted"


async def test_a_line_that_was_only_lost_resets_no_media(service: Service) -> None:
    async with client(service) as chair:
        greetings = (m async for m in chair if isinstance(m, HelloOk))
        await anext(greetings)
        service.bridge.outboxes["s-1"].put(Bye(reason="too_slow"))
        await anext(greetings)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await chair.media.receive()


async def test_it_gives_up_when_the_service_does_not_want_it_back(service: Service) -> None:
    async with client(service) as chair:
        service.bridge.outboxes["s-1"].put(Bye(reason="replaced"))
        async with asyncio.timeout(5):
            last = [message async for message in chair][-1]
        assert last.model_dump() == {"type": "bye", "reason": "replaced"}
        assert chair.gave_up == "replaced"
        with pytest.raises(Disconnected, match="replaced"):
            await chair.command(ChairRevoke(type="chair.revoke", id="k1"))


async def test_a_refused_hello_is_raised_at_once(service: Service) -> None:
    with pytest.raises(CommandRefused, match="token_invalid"):
        async with client(service, token="nonsense"):
            pass


async def test_a_conference_that_is_over_ends_it(service: Service) -> None:
    async with client(service) as chair:
        service.bridge.conference = "c-2"
        service.bridge.outboxes["s-1"].put(Bye(reason="shutdown"))
        async with asyncio.timeout(5):
            async for _ in chair:
                pass
        assert chair.gave_up == "token_wrong_conference"


@pytest.mark.parametrize(
    ("attempt", "chance", "delay_s"),
    [(0, 0.0, 0.2), (0, 1.0, 0.3), (1, 0.0, 0.4), (4, 0.0, 2.0), (1000, 1.0, 3.0)],
)
def test_it_waits_longer_each_time_up_to_a_bound(
    attempt: int, chance: float, delay_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signaling.resilient.BACKOFF_S", (0.2, 2.0))
    resilient = ResilientClient("ws://x", "t", SessionKind.ROOM, jitter=lambda: chance)
    assert resilient._backoff_s(attempt) == pytest.approx(delay_s)
