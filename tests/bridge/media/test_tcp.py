"""The passive port on loopback: who comes in, who stays, and what is sent to whom."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bridge.media import tcp
from bridge.media.core.drops import DropReason
from bridge.media.core.framing import frame
from bridge.media.framed import STUCK_S, Ending
from bridge.media.tcp import (
    ACCEPT_PAUSE_S,
    CONFIRM_AGAIN_S,
    CONFIRM_S,
    TcpAddress,
    TcpPort,
)
from tests.support.eventually import eventually

HOSTS = ("127.0.0.1", "::1")


@dataclass
class Here:
    """A port, what came of it, and the peers that a test connected."""

    got: list[tuple[bytes, TcpAddress]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    drops: Counter[DropReason] = field(default_factory=Counter)
    closed: list[tuple[int, Ending]] = field(default_factory=list)
    peers: list[socket.socket] = field(default_factory=list)
    port: TcpPort = field(init=False)

    def take(self, data: bytes, address: TcpAddress, now_s: float) -> None:
        self.got.append((data, address))
        self.times.append(now_s)

    def call(self, host: str = "127.0.0.1", *, say: bytes = b"") -> socket.socket:
        peer = socket.create_connection((host, self.port.port))
        peer.setblocking(False)
        self.peers.append(peer)
        if say:
            peer.send(frame(say))
        return peer

    async def joined(self, host: str = "127.0.0.1") -> tuple[socket.socket, TcpAddress]:
        """A peer whose first datagram has come."""
        before = len(self.got)
        peer = self.call(host, say=b"\x00\x01check")
        await eventually(lambda: len(self.got) > before)
        return peer, self.got[-1][1]

    def numbers(self) -> list[int]:
        return [address.number for address in self.port._connections]


@pytest.fixture
def here() -> Iterator[Here]:
    it = Here()
    it.port = TcpPort(
        HOSTS,
        0,
        on_datagram=it.take,
        on_drop=lambda reason: it.drops.update((reason,)),
        on_closed=lambda address, ending: it.closed.append((address.number, ending)),
    )
    yield it
    it.port.close()
    for peer in it.peers:
        peer.close()


@pytest.fixture
async def open_port(here: Here) -> Here:
    here.port.start(asyncio.get_running_loop())
    return here


def is_over(peer: socket.socket) -> bool:
    try:
        return peer.recv(100) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


@pytest.mark.parametrize("host", HOSTS)
async def test_frames_are_handed_on_as_datagrams_and_answered(open_port, host):
    peer, address = await open_port.joined(host)

    assert address[:3] == (host, peer.getsockname()[1], "tcp")
    assert open_port.port.send(b"answer", address)
    await eventually(lambda: peer.recv(100) == frame(b"answer"))
    assert abs(open_port.times[0] - asyncio.get_running_loop().time()) < 5
    assert (open_port.drops, open_port.closed) == ({}, [])


async def test_an_address_is_that_of_one_connection_and_of_no_udp_socket(open_port):
    peer, address = await open_port.joined()
    source = peer.getsockname()
    # a reset, after which the kernel gives the same source port again at once
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    peer.close()
    await eventually(lambda: open_port.closed)
    assert open_port.closed == [(address.number, Ending.ERROR)]
    with closing(socket.socket()) as again:
        again.bind(source)
        again.connect(("127.0.0.1", open_port.port.port))
        again.send(frame(b"again"))
        await eventually(lambda: len(open_port.got) == 2)
        other = open_port.got[1][1]

        assert other[:2] == address[:2] == source
        assert len({address, other, source, (*source, 0, 0)}) == 4
        assert not open_port.port.send(b"late", address)
        assert open_port.drops == {DropReason.SEND_ERROR: 1}


async def test_whoever_proves_nothing_in_time_is_closed(open_port):
    _, proved = await open_port.joined()
    peer, idle = await open_port.joined("::1")
    open_port.port.confirm(proved)
    now_s = asyncio.get_running_loop().time()

    open_port.port.advance(now_s + CONFIRM_S - 1)
    assert open_port.closed == []
    open_port.port.advance(now_s + CONFIRM_S + 0.1)

    assert open_port.closed == [(idle.number, Ending.UNCONFIRMED)]
    assert open_port.numbers() == [proved.number]
    await eventually(lambda: is_over(peer))


async def test_who_proved_himself_has_to_do_so_again(open_port):
    _, address = await open_port.joined()
    open_port.port.confirm(address)
    now_s = asyncio.get_running_loop().time()
    open_port.port._connections[address].since_s = now_s - CONFIRM_AGAIN_S - 1
    open_port.port.confirm(address)
    open_port.port.advance(now_s + CONFIRM_AGAIN_S - 1)
    assert open_port.closed == []
    open_port.port.advance(now_s + CONFIRM_AGAIN_S + 1)

    assert open_port.closed == [(address.number, Ending.UNCONFIRMED)]


async def test_a_batch_is_sent_whole_or_from_the_first_on(open_port):
    peer, address = await open_port.joined()
    batch = [b"\x80" + bytes([n]) * 1199 for n in range(16)]
    assert open_port.port.send_all(batch[:3], 1200, address) == 3
    await eventually(lambda: peer.recv(1 << 16) == b"".join(map(frame, batch[:3])))
    while (taken := open_port.port.send_all(batch, 1200, address)) == 16:
        pass
    assert 0 <= taken < 16
    assert open_port.drops == {DropReason.SEND_BUFFER: 16 - taken}
    assert open_port.port.send_all(batch[:2], 1200, TcpAddress("::1", 9, "tcp", 999)) == 0
    assert open_port.drops[DropReason.SEND_ERROR] == 2


@pytest.mark.parametrize(
    ("limit", "callers", "goes"),
    [
        ("MAX_UNCONFIRMED", ["127.0.0.1", "::1", "::1", "127.0.0.1"], 1),
        ("MAX_UNCONFIRMED_PER_NETWORK", ["::1", "127.0.0.1", "127.0.0.2", *["127.0.0.1"] * 3], 2),
    ],
)
async def test_of_too_many_strangers_the_oldest_goes(open_port, monkeypatch, limit, callers, goes):
    monkeypatch.setattr(tcp, limit, 3)
    for source in callers:
        peer = socket.socket(socket.AF_INET6 if ":" in source else socket.AF_INET)
        open_port.peers.append(peer)
        peer.bind((source, 0))
        # 127.0.0.2 is another network than 127.0.0.1
        peer.connect(("::1" if ":" in source else "127.0.0.1", open_port.port.port))
        peer.send(frame(b"stranger"))
        before = len(open_port.got)
        await eventually(lambda: len(open_port.got) > before)  # noqa: B023 - awaited at once

    assert open_port.closed == [(goes, Ending.CROWDED)]
    assert open_port.drops == {DropReason.TCP_REFUSED: 1}
    assert goes not in open_port.numbers() and len(open_port.numbers()) == len(callers) - 1


async def test_those_who_proved_themselves_take_nobodys_room(open_port, monkeypatch):
    monkeypatch.setattr(tcp, "MAX_UNCONFIRMED", 1)
    monkeypatch.setattr(tcp, "MAX_UNCONFIRMED_PER_NETWORK", 1)
    for _ in range(4):
        _, address = await open_port.joined()
        open_port.port.confirm(address)

    assert open_port.closed == []
    assert len(open_port.numbers()) == 4


async def test_a_stranger_is_read_in_small_bites(open_port):
    flood = frame(bytes(1400)) * 30
    _, address = await open_port.joined()
    stream = open_port.port._connections[address].stream
    open_port.peers[0].send(flood)
    await asyncio.sleep(0.05)
    before = len(open_port.got)
    stream._read()
    assert len(open_port.got) - before <= 3

    open_port.port.confirm(address)
    await eventually(lambda: len(open_port.got) == 31)


async def test_the_owner_hears_when_all_of_a_turn_has_come(here):
    told: list[object] = []
    with closing(
        TcpPort(
            HOSTS,
            0,
            on_datagram=lambda data, *_: told.append(data),
            on_drop=lambda _: None,
            on_closed=lambda *_: None,
            on_drained=lambda: told.append("drained"),
        )
    ) as port:
        port.start(asyncio.get_running_loop())
        with socket.create_connection(("127.0.0.1", port.port)) as peer:
            peer.send(frame(b"one") + frame(b"two") + b"\x00")
            await eventually(lambda: told)
            peer.send(b"\x00")
            await asyncio.sleep(0.02)

    assert told == [b"one", b"two", "drained"]


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc",
        b"\xff" * 5000,
        frame(b"x")[:2] + b"x\x05\xdd",
    ],
    ids=["HTTP", "TLS", "noise", "a byte too long"],
)
async def test_what_is_not_framed_ends_the_connection_by_name_and_no_other(open_port, data):
    _, good = await open_port.joined()
    peer = open_port.call()
    peer.send(data)
    await eventually(lambda: open_port.closed)

    assert open_port.closed == [(2, Ending.FRAME_TOO_LONG)]
    assert open_port.drops == {DropReason.TCP_FRAME: 1}
    assert open_port.port.send(b"answer", good)
    await eventually(lambda: is_over(peer))


async def test_a_peer_that_does_not_read_loses_media_by_name_and_then_its_connection(open_port):
    _, slow = await open_port.joined()
    peer, good = await open_port.joined()
    for address in (slow, good):
        open_port.port.confirm(address)
    assert (open_port.port.connections, open_port.port.waiting_bytes) == (2, 0)
    while open_port.port.send(b"\x80" + bytes(1199), slow):
        pass
    assert open_port.port.waiting_bytes > 1199
    assert open_port.drops == {DropReason.SEND_BUFFER: 1}
    now_s = asyncio.get_running_loop().time()
    open_port.port.advance(now_s + 1)
    assert open_port.closed == []
    open_port.port.advance(now_s + STUCK_S + 1)

    assert open_port.closed == [(slow.number, Ending.NOT_READING)]
    assert (open_port.port.connections, open_port.port.waiting_bytes) == (1, 0)
    assert open_port.port.send(b"answer", good)
    await eventually(lambda: peer.recv(100) == frame(b"answer"))


async def test_a_connection_its_owner_closes_is_over_and_not_told(open_port):
    peer, address = await open_port.joined()
    open_port.port.hang_up(address)
    open_port.port.hang_up(address)
    open_port.port.confirm(address)
    await eventually(lambda: is_over(peer))

    assert (open_port.closed, open_port.numbers(), open_port.port._unconfirmed) == ([], [], {})


async def test_an_owner_may_close_within_its_call(open_port):
    open_port.port._on_datagram = lambda data, address, now_s: (
        open_port.take(data, address, now_s),
        open_port.port.hang_up(address),
    )
    peer = open_port.call()
    peer.send(frame(b"one") + frame(b"two"))
    await eventually(lambda: open_port.got)
    await asyncio.sleep(0.02)

    assert [data for data, _ in open_port.got] == [b"one"]


class Exhausted:
    """A listening socket as it is when the process has no file descriptor left."""

    def __init__(self, real: socket.socket, error: int) -> None:
        self.real = real
        self.error = error
        self.asked = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def accept(self) -> Any:
        self.asked += 1
        raise OSError(self.error, "no")


async def test_without_file_descriptors_it_pauses_instead_of_asking_for_ever(open_port):
    loop = asyncio.get_running_loop()
    listener = Exhausted(open_port.port._listeners[0], errno.EMFILE)
    open_port.port._accept(listener)
    assert listener.asked == 1
    assert open_port.drops == {DropReason.TCP_REFUSED: 1}
    open_port.call(say=b"waiting")
    await asyncio.sleep(0.02)
    open_port.port.advance(loop.time())
    await asyncio.sleep(0.02)
    assert open_port.got == []

    open_port.port.advance(loop.time() + ACCEPT_PAUSE_S)
    await eventually(lambda: [data for data, _ in open_port.got] == [b"waiting"])


async def test_a_caller_that_is_gone_again_costs_the_others_nothing(open_port):
    listener = Exhausted(open_port.port._listeners[0], errno.ECONNABORTED)
    open_port.port._accept(listener)
    assert listener.asked == tcp.ACCEPT_BATCH
    assert open_port.drops == {}
    await open_port.joined()


def test_a_port_that_is_taken_is_an_error_and_leaves_nothing_open(here):
    before = len(list(Path("/proc/self/fd").iterdir()))
    for hosts in (("127.0.0.1",), ("127.0.0.3", "::1")):
        with pytest.raises(OSError, match="in use"):
            TcpPort(
                hosts,
                here.port.port,
                on_datagram=lambda *_: None,
                on_drop=lambda *_: None,
                on_closed=lambda *_: None,
            )

    assert len(list(Path("/proc/self/fd").iterdir())) == before


async def test_a_closed_port_has_closed_everybody_and_may_be_closed_again(open_port):
    peer, address = await open_port.joined()
    open_port.port.close()
    open_port.port.close()
    open_port.port.advance(asyncio.get_running_loop().time() + 3600)
    await eventually(lambda: is_over(peer))

    assert open_port.closed == []
    assert not open_port.port.send(b"late", address)
    with pytest.raises(ConnectionRefusedError):
        open_port.call()


async def test_a_service_that_comes_back_gets_its_port_at_once(open_port):
    await open_port.joined()
    open_port.port.close()
    again = TcpPort(
        HOSTS,
        open_port.port.port,
        on_datagram=lambda *_: None,
        on_drop=lambda *_: None,
        on_closed=lambda *_: None,
    )
    again.close()
