"""Every socket of the plane, on loopback: what is bound, what is offered, and what is let go."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bridge.media.core.drops import DropReason
from bridge.media.core.framing import frame
from bridge.media.plane import Candidate
from bridge.media.ports import Ports
from bridge.media.tcp import CONFIRM_S
from bridge.media.told import Load
from bridge.media.udp import Address, Port
from tests.bridge.endpoint.responder import until


@dataclass
class Here:
    ports: Ports = field(init=False)
    got: list[tuple[bytes, Address, Port]] = field(default_factory=list)
    drained: int = 0
    drops: Counter[DropReason] = field(default_factory=Counter)
    lost: list[Address] = field(default_factory=list)

    def drain(self) -> None:
        self.drained += 1

    def where(self, transport: str) -> int:
        return next(c.port for c in self.ports.candidates(("x",)) if c.transport == transport)


def bound(hosts: tuple[str, ...] = ("127.0.0.1",), port: int = 0, tcp: int | None = 0) -> Here:
    it = Here()
    it.ports = Ports(
        hosts,
        port,
        tcp,
        on_datagram=lambda data, address, by, _: it.got.append((data, address, by)),
        on_drained=it.drain,
        on_drop=lambda reason: it.drops.update((reason,)),
        on_lost=it.lost.append,
    )
    return it


@asynccontextmanager
async def open_ports(**how: Any) -> AsyncIterator[Here]:
    it = bound(**how)
    it.ports.start(asyncio.get_running_loop())
    try:
        yield it
    finally:
        it.ports.close()


def free_port() -> int:
    """A number that both families have free at this moment."""
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as it:
        it.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        it.bind(("::", 0))
        return it.getsockname()[1]


@pytest.mark.parametrize(
    ("host", "family"), [("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)]
)
async def test_a_datagram_is_answered_from_the_socket_it_came_to(host, family):
    async with open_ports(hosts=("127.0.0.1", "::1"), port=free_port(), tcp=None) as here:
        with socket.socket(family, socket.SOCK_DGRAM) as peer:
            peer.bind((host, 0))
            peer.setblocking(False)
            peer.sendto(b"hello", (host, here.where("udp")))
            await until(lambda: here.got)
            [(data, address, port)] = here.got
            assert (data, address[:2], here.drained) == (b"hello", peer.getsockname()[:2], 1)

            assert port.send(b"one", address)
            assert port.send_all([b"aa", b"b"], 2, address) == 2

            got = [peer.recvfrom(100) for _ in range(3)]
        assert [data for data, _ in got] == [b"one", b"aa", b"b"]
        assert {sender[:2] for _, sender in got} == {(host, here.where("udp"))}


@pytest.mark.parametrize(
    ("host", "family"), [("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)]
)
async def test_a_frame_of_a_connection_is_as_good_as_a_datagram(host, family):
    async with open_ports(hosts=("127.0.0.1", "::1"), port=free_port()) as here:
        with socket.socket(family) as peer:
            peer.connect((host, here.where("tcp")))
            peer.setblocking(False)
            peer.send(frame(b"hello"))
            await until(lambda: here.got)
            [(data, address, port)] = here.got
            assert (data, address[:3]) == (b"hello", (*peer.getsockname()[:2], "tcp"))
            assert here.drained >= 1

            assert port.send_all([b"aa", b"b"], 2, address) == 2

            await until(lambda: readable(peer))
            assert peer.recv(100) == frame(b"aa") + frame(b"b")


def readable(peer: socket.socket) -> bool:
    try:
        return bool(peer.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return False


@asynccontextmanager
async def connected(here: Here) -> AsyncIterator[tuple[socket.socket, Address, Port]]:
    with socket.socket() as peer:
        peer.connect(("127.0.0.1", here.where("tcp")))
        peer.setblocking(False)
        peer.send(frame(b"hello"))
        await until(lambda: here.got)
        _, address, port = here.got.pop()
        yield peer, address, port


def closed(peer: socket.socket) -> Callable[[], bool]:
    def is_so() -> bool:
        try:
            return peer.recv(100) == b""
        except BlockingIOError:
            return False
        except ConnectionResetError:
            return True

    return is_so


async def test_a_connection_that_ends_is_told():
    async with open_ports() as here, connected(here) as (peer, address, _):
        peer.close()
        await until(lambda: here.lost)
        assert here.lost == [address]


async def test_a_confirmed_connection_may_stay_and_another_may_not():
    async with open_ports() as here, connected(here) as (kept, address, port):
        async with connected(here) as (dropped, other, _):
            here.ports.confirm(address, port)
            now_s = asyncio.get_running_loop().time()
            here.ports.advance(now_s + CONFIRM_S + 1)
            await until(closed(dropped))
            assert here.lost == [other]
        assert port.send(b"x", address)
        await until(lambda: readable(kept))


async def test_to_confirm_a_datagrams_sender_is_nothing_to_the_connections():
    async with open_ports() as here, connected(here) as (_, address, _port):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.sendto(b"x", ("127.0.0.1", here.where("udp")))
            await until(lambda: here.got)
            udp = here.got[0][2]
        here.ports.confirm(address, udp)
        here.ports.advance(asyncio.get_running_loop().time() + CONFIRM_S + 1)

        assert here.lost == [address]


async def test_the_connections_of_a_session_end_with_it_and_datagrams_need_no_end():
    async with open_ports() as here, connected(here) as (peer, address, _):
        here.ports.hang_up([("127.0.0.1", 9), ("::1", 9, 0, 0), address])
        await until(closed(peer))
        assert here.lost == [], "whoever asked for it is not told"


def test_udp_is_offered_before_tcp_under_each_address_the_world_knows():
    here = bound()
    udp, tcp = here.where("udp"), here.where("tcp")
    told = here.ports.candidates(("203.0.113.7", "2001:db8::7"))
    here.ports.close()

    assert told == (
        Candidate(address="203.0.113.7", port=udp),
        Candidate(address="2001:db8::7", port=udp),
        Candidate(address="203.0.113.7", port=tcp, transport="tcp"),
        Candidate(address="2001:db8::7", port=tcp, transport="tcp"),
    )


async def test_without_tcp_none_is_offered_and_nothing_of_it_is_missed():
    async with open_ports(tcp=None) as here:
        told = here.ports.candidates(("203.0.113.7",))
        here.ports.advance(1e9)
        here.ports.hang_up([("127.0.0.1", 1, "tcp", 1)])

        assert [candidate.transport for candidate in told] == ["udp"]


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.parametrize("taken", ["udp", "tcp"])
def test_a_port_that_is_taken_is_an_error_and_leaves_nothing_open(taken):
    here = bound()
    before = open_files()
    with pytest.raises(OSError, match="in use"):
        bound(
            port=here.where("udp") if taken == "udp" else 0,
            tcp=here.where("tcp") if taken == "tcp" else 0,
        )

    assert open_files() == before
    here.ports.close()


async def test_closed_ports_are_free_again():
    before = open_files()
    async with open_ports() as here, connected(here):
        udp, tcp = here.where("udp"), here.where("tcp")
    assert open_files() == before

    async with open_ports(port=udp, tcp=tcp) as again:
        assert (again.where("udp"), again.where("tcp")) == (udp, tcp)


async def test_what_stands_at_the_sockets_is_told():
    async with open_ports() as here:
        assert here.ports.load() == Load(
            datagrams_refused=0, tcp_connections=0, tcp_waiting_bytes=0
        )
        async with connected(here):
            assert here.ports.load().tcp_connections == 1


async def test_without_tcp_nothing_stands_there():
    async with open_ports(tcp=None) as here:
        assert here.ports.load() == Load(datagrams_refused=0)
