"""The client's half of ICE over TCP against a server that answers as a test says."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest
from aioice import stun

from bridge.media import ice_tcp
from bridge.media.core.framing import Deframer, frame
from bridge.media.core.stun import (
    BindingRequest,
    binding_response,
    error_response,
    parse_binding_request,
)
from bridge.media.ice_tcp import TcpWay
from bridge.media.plane import Candidate
from tests.support.eventually import eventually

PWD = "serverserverserverserver"


def right(request: BindingRequest) -> bytes:
    return binding_response(request, ("127.0.0.1", 1), PWD)


def unasked(request: BindingRequest) -> bytes:
    request.message.transaction_id = b"another one!"
    return right(request)


def unsigned(request: BindingRequest) -> bytes:
    message = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, request.message.transaction_id)
    return bytes(message)


def broken(_: BindingRequest) -> bytes:
    return struct.pack("!HHI12sHHB3x", 1, 8, 0x2112A442, b"transaction!", 0x24, 1, 7)


def forged(request: BindingRequest) -> bytes:
    return binding_response(request, ("127.0.0.1", 1), "another" * 4)


@dataclass
class Server:
    answer: Callable[[BindingRequest], bytes] | None = right
    requests: list[BindingRequest] = field(default_factory=list)
    media: list[bytes] = field(default_factory=list)
    writers: list[asyncio.StreamWriter] = field(default_factory=list)
    candidate: Candidate = field(init=False)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        deframer = Deframer()
        while data := await reader.read(65536):
            for datagram in deframer.feed(data):
                if datagram[0] > 3:
                    self.media.append(datagram)
                    continue
                request = parse_binding_request(datagram)
                assert request.authenticate(PWD)
                self.requests.append(request)
                if self.answer is not None:
                    writer.write(frame(self.answer(request)))
        writer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    it = Server()
    listening = await asyncio.start_server(it.serve, "127.0.0.1", 0)
    host, port = listening.sockets[0].getsockname()
    it.candidate = Candidate(address=host, port=port, transport="tcp")
    yield it
    listening.close()
    for writer in it.writers:
        writer.close()
    await asyncio.sleep(0.01)


@dataclass
class Site:
    heard: list[bytes] = field(default_factory=list)
    closed: int = 0
    way: TcpWay = field(init=False)

    def close(self) -> None:
        self.closed += 1

    async def connect(self, *candidates: Candidate) -> None:
        await self.way.connect("srv1", PWD, candidates)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    it = Site()
    it.way = TcpWay(
        local_address="127.0.0.1",
        ufrag="cli1",
        on_datagram=it.heard.append,
        on_closed=it.close,
    )
    yield it
    await it.way.close()
    await it.way.close()
    await asyncio.sleep(0)
    assert not it.way.send(b"\x80late")


async def test_it_nominates_with_one_check_and_then_carries_datagrams(server, site):
    assert not site.way.send(b"\x80early")
    await site.connect(server.candidate)
    (request,) = server.requests
    assert (request.local_ufrag, request.remote_ufrag) == ("srv1", "cli1")
    assert request.use_candidate and request.ice_controlling
    # type preference 110 of a peer-reflexive candidate; direction preference 6: active
    assert request.message.attributes["PRIORITY"] >> 24 == 110
    assert request.message.attributes["PRIORITY"] >> 21 & 7 == 6
    assert site.way.send(b"\x80one")
    server.writers[0].write(frame(b"\x80two") + frame(b"\x16three"))
    await eventually(lambda: len(site.heard) == 2 and server.media)
    assert (server.media, site.heard) == ([b"\x80one"], [b"\x80two", b"\x16three"])
    assert site.closed == 0


async def test_consent_is_asked_for_again_without_nominating(server, site, monkeypatch):
    monkeypatch.setattr(ice_tcp, "CONSENT_INTERVAL_S", 0.01)
    await site.connect(server.candidate)
    await eventually(lambda: len(server.requests) >= 4)
    assert not any(request.use_candidate for request in server.requests[1:])
    tie_breakers = {each.message.attributes["ICE-CONTROLLING"] for each in server.requests}
    assert len(tie_breakers) == 1
    assert site.closed == 0


async def test_a_server_that_no_longer_answers_has_withdrawn_consent(server, site, monkeypatch):
    monkeypatch.setattr(ice_tcp, "CONSENT_INTERVAL_S", 0.01)
    monkeypatch.setattr(ice_tcp, "CONSENT_S", 0.05)
    await site.connect(server.candidate)
    server.answer = None
    await eventually(lambda: site.closed)
    assert not site.way.send(b"\x80late")
    assert site.closed == 1


@pytest.mark.parametrize("answer", [unasked, unsigned, broken, forged, error_response])
async def test_an_answer_that_proves_nothing_is_none(server, site, monkeypatch, answer):
    monkeypatch.setattr(ice_tcp, "CANDIDATE_S", 0.1)
    server.answer = answer
    with pytest.raises(TimeoutError):
        await site.connect(server.candidate)
    assert not site.way.send(b"\x80x")
    await eventually(server.writers[0].is_closing)


async def test_what_comes_before_the_answer_is_not_heard(server, site):
    server.answer = lambda request: b"\x80early" + bytes(20)
    connecting = asyncio.create_task(site.connect(server.candidate))
    await eventually(lambda: server.requests)
    server.writers[0].write(frame(b"\x16early") + frame(right(server.requests[0])))
    await connecting
    assert site.heard == []


async def test_a_connection_that_ends_is_told_once_and_at_once(server, site):
    await site.connect(server.candidate)
    server.writers[0].close()
    await eventually(lambda: site.closed)
    await asyncio.sleep(0.02)
    assert not site.way.send(b"\x80late")
    assert site.closed == 1


async def test_a_server_that_hangs_up_on_the_check_is_no_way(server, site):
    def hang_up(_: BindingRequest) -> bytes:
        server.writers[0].close()
        return b""

    server.answer = hang_up
    with pytest.raises(ConnectionError, match="was closed"):
        await site.connect(server.candidate)
    assert site.closed == 0


async def test_the_next_candidate_is_tried_when_one_refuses_or_swallows(server, site, monkeypatch):
    monkeypatch.setattr(ice_tcp, "CANDIDATE_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as mute, socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        others = [
            Candidate(address="127.0.0.1", port=each.getsockname()[1], transport="tcp")
            for each in (nobody, mute)
        ]
        await site.connect(*others, server.candidate)
    assert site.way.send(b"\x80x")
    await eventually(lambda: server.media)


async def test_without_a_candidate_there_is_no_way(site):
    with pytest.raises(OSError, match="no candidate"):
        await site.connect()


async def test_an_address_that_is_not_ours_is_refused(server, site):
    site.way._local_address = "192.0.2.222"
    with pytest.raises(OSError, match="assign"):
        await site.connect(server.candidate)


@pytest.mark.parametrize("turns", [0, 1, 2, 3, 200])
async def test_closing_ends_a_connect_in_another_task(server, site, turns):
    server.answer = None
    connecting = asyncio.create_task(site.connect(server.candidate, server.candidate))
    for _ in range(turns):
        await asyncio.sleep(0)
    await site.way.close()
    with pytest.raises(OSError):
        await connecting
    assert site.closed == 0


async def test_a_connect_that_is_cancelled_leaves_nothing_open(server, site):
    server.answer = None
    connecting = asyncio.create_task(site.connect(server.candidate))
    await eventually(lambda: server.requests)
    connecting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await connecting
    await eventually(server.writers[0].is_closing)
