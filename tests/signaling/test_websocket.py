"""The WebSocket door over real sockets: what is wrong is named, and changes nothing."""

from __future__ import annotations

import asyncio
import json
import socket

import aiohttp
import pytest

from bridge.outgoing import Change, MediaWant, Stage
from signaling.conversation import Limits
from signaling.messages import SUBPROTOCOL
from tests.signaling.conftest import LIMITS, Service, hello, the_end


async def test_who_says_nothing_is_let_go(service: Service) -> None:
    ws = await service.open()
    assert await ws.receive_json() == {"type": "bye", "reason": "hello_timeout"}
    assert await the_end(ws) == 1008


async def test_the_subprotocol_is_needed(service: Service) -> None:
    for protocols in ([], ["room110.v2.json"]):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await service.http.ws_connect(service.url, protocols=protocols)
        assert refused.value.status == 400
    status, body = await service.rest("GET", "/ws")
    assert (status, body["code"]) == (400, "bad_handshake")


async def test_more_connections_than_allowed_are_refused(service: Service) -> None:
    await service.stop()
    await service.start(Limits(max_connections=1))
    first = await service.open()
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await service.open()
    assert refused.value.status == 503
    await first.close()


async def test_a_frame_nobody_may_send_closes_at_once(service: Service) -> None:
    ws = await service.chair()
    await ws.send_str("x" * 1_100_000)
    assert await the_end(ws) == 1009
    await service.bridge.until(lambda: service.bridge.told[-1] == ("leave", "s-1", False))


async def test_everything_is_sent_in_the_order_it_was_put(service: Service) -> None:
    ws = await service.site()
    outbox = service.bridge.outboxes["s-1"]
    outbox.put(Stage(rev=413, slots={"chair": "110"}))
    outbox.put(Change(rev=413, now_s=1.5, events=[{"event": "x"}], set={"next": None}))
    outbox.put(MediaWant(layers=[]))
    assert [await ws.receive_json() for _ in range(3)] == [
        {"type": "stage", "rev": 413, "slots": {"chair": "110"}},
        {
            "type": "change",
            "rev": 413,
            "now": 1.5,
            "events": [{"event": "x"}],
            "set": {"next": None},
        },
        {"type": "media.want", "layers": []},
    ]


async def test_a_second_room_device_replaces_the_first(service: Service) -> None:
    first = await service.site("11")
    second = await service.site("11")
    assert await first.receive_json() == {"type": "bye", "reason": "replaced"}
    assert await the_end(first) == 1008
    await service.bridge.until(lambda: ("leave", "s-1", False) in service.bridge.told)
    await second.send_json({"type": "floor.request", "id": "k"})
    assert (await second.receive_json())["type"] == "ok"


async def test_goodbye_and_a_lost_line_are_told_apart(service: Service) -> None:
    leaving, lost = await service.site("11"), await service.site("14")
    await leaving.send_json({"type": "bye"})
    assert await the_end(leaving) == 1000
    await service.bridge.until(lambda: ("leave", "s-1", True) in service.bridge.told)
    lost._response.connection.transport.abort()  # type: ignore[union-attr]
    await service.bridge.until(lambda: ("leave", "s-2", False) in service.bridge.told)


async def test_a_reader_that_falls_behind_is_told_and_let_go(service: Service) -> None:
    ws = await service.site()
    outbox = service.bridge.outboxes["s-1"]
    # given more than may wait, put in one go while the writer cannot run
    for rev in range(LIMITS.max_waiting + 1):
        outbox.put(Stage(rev=rev, slots={}))
    assert await ws.receive_json() == {"type": "bye", "reason": "too_slow"}
    assert await the_end(ws) == 1008


async def test_a_reader_that_reads_nothing_is_cut_off_and_harms_nobody(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signaling.websocket.ABORT_S", 0.1)
    # given a client that says hello and never reads again
    reader, writer = await _raw_handshake(service)
    writer.write(_frame(json.dumps(hello(service.token("site", site="11")))))
    await service.bridge.until(lambda: "s-1" in service.bridge.outboxes)
    reader._transport.pause_reading()  # type: ignore[attr-defined]
    other = await service.site("14")
    # when more is said than its socket and its outbox hold
    outbox = service.bridge.outboxes["s-1"]
    rev = 0
    async with asyncio.timeout(10):
        while not outbox.ended:  # type: ignore[attr-defined]
            outbox.put(
                Change(rev=rev, now_s=0.0, events=[], set={"title": "x" * 200_000}),
            )
            rev += 1
            await asyncio.sleep(0)
    # then its session ends, and the other goes on
    await service.bridge.until(lambda: ("leave", "s-1", False) in service.bridge.told)
    await other.send_json({"type": "floor.request", "id": "k"})
    assert (await other.receive_json())["type"] == "ok"
    writer.close()


async def test_shutdown_says_bye_to_everybody(service: Service) -> None:
    joined, waiting = await service.site(), await service.open()
    stopping = asyncio.create_task(service.server.close())
    for ws in (joined, waiting):
        assert await ws.receive_json() == {"type": "bye", "reason": "shutdown"}
        assert await the_end(ws) == 1001
    await stopping
    assert ("leave", "s-1", False) in service.bridge.told


async def _raw_handshake(service: Service) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    small = socket.socket()
    small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    small.setblocking(False)
    host, port = service.server.host, service.server.port
    await asyncio.get_running_loop().sock_connect(small, (host, port))
    reader, writer = await asyncio.open_connection(sock=small)
    writer.write(
        f"GET /ws HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"
        f"Sec-WebSocket-Protocol: {SUBPROTOCOL}\r\n\r\n".encode()
    )
    await reader.readuntil(b"\r\n\r\n")
    return reader, writer


def _frame(text: str) -> bytes:
    """A masked text frame with a mask of zeros."""
    data = text.encode()
    return b"\x81\xfe" + len(data).to_bytes(2, "big") + b"\0\0\0\0" + data
