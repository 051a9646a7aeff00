"""The one socket, on loopback; what a kernel rarely says is said by a fake socket."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from bridge.media.core.drops import DropReason
from bridge.media.udp import BATCH, RECEIVE_BYTES, Address, UdpPort


@dataclass
class Here:
    """A port and what came of it."""

    port: UdpPort
    got: list[tuple[bytes, Address, float]] = field(default_factory=list)
    drops: Counter[DropReason] = field(default_factory=Counter)


@pytest.fixture
def here() -> Iterator[Here]:
    it = Here(cast(UdpPort, None))
    it.port = UdpPort(
        "127.0.0.1",
        0,
        on_datagram=lambda *datagram: it.got.append(datagram),
        on_drop=lambda reason: it.drops.update((reason,)),
    )
    yield it
    it.port.close()


@pytest.fixture
def peer() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as it:
        it.bind(("127.0.0.1", 0))
        it.setblocking(False)
        yield it


async def test_datagrams_come_whole_in_order_with_address_and_time(here, peer):
    here.port.start(asyncio.get_running_loop())
    before_s = asyncio.get_running_loop().time()
    for data in (b"one", b"", b"x" * 1472):
        peer.sendto(data, here.port.address)
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert [data for data, _, _ in here.got] == [b"one", b"", b"x" * 1472]
    assert {address for _, address, _ in here.got} == {peer.getsockname()}
    assert all(before_s <= at_s <= before_s + 5 for _, _, at_s in here.got)


async def test_a_turn_takes_no_more_than_a_batch(here, peer):
    for n in range(BATCH + 1):
        peer.sendto(b"%d" % n, here.port.address)
    here.port.start(asyncio.get_running_loop())
    here.port._drain()
    assert len(here.got) == BATCH

    here.port._drain()

    assert len(here.got) == BATCH + 1


async def test_an_over_long_datagram_is_cut_and_stays_over_long(here, peer):
    peer.sendto(bytes(60000), here.port.address)
    here.port.start(asyncio.get_running_loop())
    here.port._drain()

    assert [len(data) for data, _, _ in here.got] == [RECEIVE_BYTES]


async def test_what_is_sent_arrives(here, peer):
    assert here.port.send(b"hello", peer.getsockname())
    assert peer.recvfrom(100) == (b"hello", here.port.address)
    assert here.drops == {}


@pytest.mark.parametrize(
    ("data", "address"), [(bytes(70000), ("127.0.0.1", 9)), (b"x", ("127.0.0.1", 0))]
)
def test_what_the_kernel_refuses_is_dropped_by_name(here, data, address):
    assert not here.port.send(data, address)
    assert here.drops == {DropReason.SEND_ERROR: 1}


class FakeSocket:
    def __init__(self, *says: Any) -> None:
        self.says = list(says)

    def recvfrom(self, _: int) -> tuple[bytes, Address]:
        said = self.says.pop(0)
        if isinstance(said, OSError):
            raise said
        return said, ("127.0.0.1", 1)

    def sendto(self, *_: Any) -> int:
        raise self.says.pop(0)


async def test_a_full_kernel_drops_by_name_and_blocks_nobody(here, monkeypatch):
    monkeypatch.setattr(here.port, "_socket", FakeSocket(BlockingIOError()))

    assert not here.port.send(b"x", ("127.0.0.1", 1))
    assert here.drops == {DropReason.SEND_BUFFER: 1}
    monkeypatch.undo()


async def test_an_error_of_an_earlier_send_does_not_cost_the_next_datagram(here, monkeypatch):
    here.port.start(asyncio.get_running_loop())
    refused = OSError(errno.ECONNREFUSED, "refused")
    with monkeypatch.context() as patch:
        patch.setattr(here.port, "_socket", FakeSocket(refused, b"next", BlockingIOError()))
        here.port._drain()

    assert [data for data, _, _ in here.got] == [b"next"]
    assert here.drops == {DropReason.SEND_ERROR: 1}


def test_a_port_that_is_taken_is_an_error_and_leaves_nothing_open(here):
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(OSError, match="in use"):
        UdpPort(*here.port.address, on_datagram=lambda *_: None, on_drop=lambda *_: None)

    assert len(list(Path("/proc/self/fd").iterdir())) == before


async def test_a_closed_port_hears_nothing_and_may_be_closed_again(here, peer):
    here.port.start(asyncio.get_running_loop())
    address = here.port.address
    here.port.close()
    here.port.close()
    peer.sendto(b"late", address)
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert here.got == []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as next_one:
        next_one.bind(address)
