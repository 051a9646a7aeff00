"""The stream of events over real sockets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from bridge.media.slots import SessionKind
from bridge.outgoing import Bye, Change, Stage
from signaling.conversation import Limits
from signaling.sse import BEAT, event
from tests.signaling.conftest import LIMITS, Service

PATH = "/api/v1/events"


def change(rev: int, **patch: Any) -> Change:
    return Change(rev=rev, now_s=1.5, events=({"type": "next_chosen"},), set=patch)


class Reader:
    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response

    async def next(self) -> tuple[str | None, str | None, Any]:
        """(id, event, data) of the next event; a comment has none of them."""
        id_ = name = data = None
        async with asyncio.timeout(5):
            while (line := (await self.response.content.readline()).decode()) not in {"\n", ""}:
                word, _, value = line.rstrip("\n").partition(": ")
                if word == "id":
                    id_ = value
                elif word == "event":
                    name = value
                elif word == "data":
                    data = json.loads(value)
        return id_, name, data

    async def at_end(self) -> bool:
        async with asyncio.timeout(5):
            return await self.response.content.readline() == b""


@asynccontextmanager
async def listening(
    service: Service, *roles: str, site: str | None = None, query: str = "", **headers: str
) -> AsyncIterator[Reader]:
    token = service.token(*(roles or ("chair",)), site=site)
    url = service.server.make_url(PATH + query)
    headers["Authorization"] = f"Bearer {token}"
    async with service.http.get(url, headers=headers) as response:
        assert response.status == 200, await response.text()
        yield Reader(response)


async def test_it_begins_with_the_snapshot_of_the_reader_s_audience(service: Service) -> None:
    async with listening(service) as desk:
        assert desk.response.content_type == "text/event-stream"
        assert desk.response.headers["Cache-Control"] == "no-store"
        id_, name, data = await desk.next()
        assert (id_, name, data["now"]) == ("412", "snapshot", 2467.125)
        assert data["snapshot"]["queue"] == [12]
    async with listening(service, "site", site="14") as site:
        _, _, data = await site.next()
        assert data["snapshot"]["own"]["site"] == "14"
        assert "queue" not in data["snapshot"]


async def test_then_every_change_comes_with_its_revision(service: Service) -> None:
    async with listening(service) as desk:
        await desk.next()
        outbox = service.bridge.outboxes["s-1"]
        outbox.put(Stage(rev=413, slots={"chair": "110"}))
        outbox.put(change(413, title="Hội nghị"))
        outbox.put(change(414))
        assert await desk.next() == (
            "413",
            "change",
            {
                "type": "change",
                "rev": 413,
                "now": 1.5,
                "events": [{"type": "next_chosen"}],
                "set": {"title": "Hội nghị"},
            },
        )
        assert (await desk.next())[0] == "414"


async def test_a_listener_is_no_console_and_says_goodbye(service: Service) -> None:
    async with listening(service) as desk:
        await desk.next()
        _, _, kind = service.bridge.told[0]
        # Who tails the events does not keep the chair present.
        assert kind is SessionKind.WALL
    await service.bridge.until(lambda: service.bridge.told[-1] == ("leave", "s-1", True))


@pytest.mark.parametrize("how", ["header", "query"])
async def test_it_resumes_with_exactly_what_was_missed(service: Service, how: str) -> None:
    service.bridge.since[410] = change(412, next="14")
    said: dict[str, Any] = {"Last-Event-ID": "410"} if how == "header" else {"query": "?since=410"}
    async with listening(service, **said) as desk:
        id_, name, data = await desk.next()
        assert (id_, name, data["set"]) == ("412", "change", {"next": "14"})


async def test_who_missed_nothing_is_told_nothing(service: Service) -> None:
    service.bridge.since[412] = change(412)
    async with listening(service, query="?since=412") as desk:
        assert await desk.next() == (None, None, None)
        service.bridge.outboxes["s-1"].put(change(413))
        assert (await desk.next())[0] == "413"


async def test_who_missed_too_much_gets_the_whole(service: Service) -> None:
    async with listening(service, query="?since=3") as desk:
        assert (await desk.next())[:2] == ("412", "snapshot")


@pytest.mark.parametrize("since", ["x", "-1", "1.5", "9" * 16, "%D9%A1"])
async def test_a_revision_that_is_none_is_named(service: Service, since: str) -> None:
    token = service.token("chair")
    status, problem = await service.rest("GET", f"{PATH}?since={since}", token)
    assert (status, problem["code"], service.bridge.told) == (422, "malformed", [])


async def test_a_conference_that_takes_nobody_says_so(service: Service) -> None:
    service.bridge.locked = True
    status, problem = await service.rest("GET", PATH, service.token("viewer"))
    assert (status, problem["code"]) == (409, "locked")


async def test_more_streams_than_allowed_are_refused_until_one_ends(service: Service) -> None:
    await service.stop()
    await service.start(Limits(max_streams=1))
    async with listening(service) as first:
        await first.next()
        status, problem = await service.rest("GET", PATH, service.token("chair"))
        assert (status, problem["code"]) == (503, "busy")
    await service.bridge.until(lambda: service.bridge.told[-1][0] == "leave")
    async with listening(service) as second:
        assert (await second.next())[1] == "snapshot"


async def test_a_quiet_stream_is_kept_alive(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signaling.sse.LOOK_S", 0.01)
    monkeypatch.setattr("signaling.sse.HEARTBEAT_S", 0.05)
    async with listening(service) as desk:
        await desk.next()
        for _ in range(2):
            assert await desk.next() == (None, None, None)


async def test_a_reader_that_falls_behind_is_let_go(service: Service) -> None:
    async with listening(service) as desk:
        await desk.next()
        outbox = service.bridge.outboxes["s-1"]
        for rev in range(LIMITS.max_waiting + 1):
            outbox.put(change(413 + rev))
        assert await desk.at_end()
    await service.bridge.until(lambda: service.bridge.told[-1][0] == "leave")


async def test_a_reader_that_reads_nothing_is_cut_off(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signaling.sse.ABORT_S", 0.1)
    reader, writer = await asyncio.open_connection(service.server.host, service.server.port)
    token = service.token("chair")
    writer.write(
        f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    )
    await service.bridge.until(lambda: "s-1" in service.bridge.outboxes)
    reader._transport.pause_reading()  # type: ignore[attr-defined]
    outbox = service.bridge.outboxes["s-1"]
    rev = 413
    async with asyncio.timeout(10):
        while "s-1" in service.bridge.outboxes:
            outbox.put(change(rev, title="x" * 200_000))
            rev += 1
            await asyncio.sleep(0.001)
    writer.close()


async def test_a_conference_that_is_over_is_said(service: Service) -> None:
    async with listening(service) as desk:
        await desk.next()
        outbox = service.bridge.outboxes["s-1"]
        outbox.put(Bye(reason="conference_over"))
        outbox.put(change(1))
        assert await desk.next() == (
            None,
            "bye",
            {"type": "bye", "reason": "conference_over"},
        )
        assert await desk.at_end()


async def test_shutdown_says_bye_and_waits_for_nobody_long(service: Service) -> None:
    async with listening(service) as desk:
        await desk.next()
        stopping = asyncio.create_task(service.server.close())
        assert (await desk.next())[2] == {"type": "bye", "reason": "shutdown"}
        async with asyncio.timeout(5):
            await stopping


def test_an_event_is_one_line_of_data() -> None:
    assert event("change", '{"a":1}', rev=7) == b'id: 7\nevent: change\ndata: {"a":1}\n\n'
    assert event("bye", "{}") == b"event: bye\ndata: {}\n\n"
    assert BEAT.startswith(b":") and BEAT.endswith(b"\n\n")
