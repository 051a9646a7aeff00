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

from bridge.media import udp
from bridge.media.core.drops import DropReason
from bridge.media.core.packets import MAX_GROUP
from bridge.media.udp import BATCH, RECEIVE_BYTES, Address, UdpPort


@dataclass
class Here:
    """A port and what came of it."""

    port: UdpPort
    got: list[tuple[bytes, Address, float]] = field(default_factory=list)
    drops: Counter[DropReason] = field(default_factory=Counter)
    drained: list[int] = field(default_factory=list)
    """How many datagrams had come each time the socket was said to be drained."""


def bound(host: str = "127.0.0.1") -> Here:
    it = Here(cast(UdpPort, None))
    it.port = UdpPort(
        host,
        0,
        on_datagram=lambda *datagram: it.got.append(datagram),
        on_drained=lambda: it.drained.append(len(it.got)),
        on_drop=lambda reason: it.drops.update((reason,)),
    )
    return it


@pytest.fixture
def here() -> Iterator[Here]:
    it = bound()
    yield it
    it.port.close()


@pytest.fixture
def peer() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as it:
        it.bind(("127.0.0.1", 0))
        it.setblocking(False)
        yield it


def received(peer: socket.socket) -> list[bytes]:
    got = []
    try:
        while True:
            got.append(peer.recv(4096))
    except BlockingIOError:
        return got


# The way in.


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


async def test_the_owner_is_told_when_what_was_there_has_been_taken(here, peer):
    for data in (b"one", b"two", b"three"):
        peer.sendto(data, here.port.address)
    here.port.start(asyncio.get_running_loop())
    here.port._drain()

    assert here.drained == [3]


async def test_a_turn_takes_no_more_than_a_batch_and_ends_it(here, peer):
    for n in range(BATCH + 1):
        peer.sendto(b"%d" % n, here.port.address)
    here.port.start(asyncio.get_running_loop())
    here.port._drain()
    assert len(here.got) == BATCH

    here.port._drain()

    assert here.drained == [BATCH, BATCH + 1]


async def test_an_over_long_datagram_is_cut_and_stays_over_long(here, peer):
    peer.sendto(bytes(60000), here.port.address)
    here.port.start(asyncio.get_running_loop())
    here.port._drain()

    assert [len(data) for data, _, _ in here.got] == [RECEIVE_BYTES]


# The way out, one by one.


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


# Several in one call.


SIZES = {
    "two": [100, 100],
    "the last is shorter": [900, 900, 900, 7],
    "as many as go": [1200] * MAX_GROUP,
    "one alone": [50],
}


@pytest.mark.parametrize("knows_segments", [True, False])
@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
def test_a_group_arrives_as_the_datagrams_it_was_whole_and_in_order(
    here, peer, knows_segments, sizes
):
    here.port._segments = here.port._segments and knows_segments
    packets = [bytes((n,)) * size for n, size in enumerate(sizes)]

    assert here.port.send_all(packets, sizes[0], peer.getsockname()) == len(packets)

    assert received(peer) == packets
    assert here.drops == {}


def test_this_kernel_cuts_groups_itself(here, monkeypatch):
    # Linux 4.18 (2018) and later: where it is not so the tests below would prove nothing.
    assert here.port._segments


class FakeSocket:
    """Says what it is told, call by call, and keeps what was sent."""

    def __init__(self, *says: Any) -> None:
        self.says = list(says)
        self.sent: list[bytes] = []
        self.groups: list[list[bytes]] = []

    def recvfrom(self, _: int) -> tuple[bytes, Address]:
        return self._next(), ("127.0.0.1", 1)

    def sendto(self, data: bytes, _: Address) -> int:
        self._next()
        self.sent.append(data)
        return len(data)

    def sendmsg(self, packets: list[bytes], control: Any, flags: int, _: Address) -> int:
        [(level, kind, value)] = control
        assert (level, kind, flags) == (socket.IPPROTO_UDP, 103, 0)
        assert int.from_bytes(value, "little") == len(packets[0])
        self._next()
        self.groups.append(packets)
        return sum(map(len, packets))

    def _next(self) -> Any:
        said = self.says.pop(0) if self.says else None
        if isinstance(said, OSError):
            raise said
        return said


THREE = [b"aaa", b"bbb", b"c"]
THERE = ("127.0.0.1", 1)


@pytest.fixture
def fake(here, monkeypatch):
    def put(*says: Any) -> FakeSocket:
        it = FakeSocket(*says)
        monkeypatch.setattr(here.port, "_socket", it)
        return it

    yield put
    monkeypatch.undo()


@pytest.mark.parametrize("code", [errno.EIO, errno.EOPNOTSUPP, errno.ENOPROTOOPT])
def test_a_kernel_that_cannot_is_asked_once_and_nothing_is_lost(here, fake, code):
    kernel = fake(OSError(code, "cannot"))

    assert here.port.send_all(THREE, 3, THERE) == 3
    assert here.port.send_all(THREE, 3, THERE) == 3

    assert kernel.groups == []
    assert kernel.sent == [*THREE, *THREE]
    assert here.drops == {}


@pytest.mark.parametrize("code", [errno.EINVAL, errno.EMSGSIZE])
def test_one_way_that_does_not_take_groups_does_not_spoil_the_others(here, fake, code):
    kernel = fake(OSError(code, "not there"))
    assert here.port.send_all(THREE, 3, THERE) == 3
    assert kernel.sent == THREE

    assert here.port.send_all(THREE, 3, ("127.0.0.1", 2)) == 3

    assert kernel.groups == [THREE]
    assert here.drops == {}


def test_a_full_kernel_takes_no_group_and_each_packet_has_its_name(here, fake):
    kernel = fake(BlockingIOError(errno.EAGAIN, "full"))

    assert here.port.send_all(THREE, 3, THERE) == 0

    assert (kernel.sent, kernel.groups) == ([], [])
    assert here.drops == {DropReason.SEND_BUFFER: 3}
    assert here.port.send_all(THREE, 3, THERE) == 3, "full is not for ever"


def test_an_unreachable_peer_is_an_error_of_each_packet(here, fake):
    kernel = fake(OSError(errno.ENETUNREACH, "unreachable"))

    assert here.port.send_all(THREE, 3, THERE) == 0

    assert (kernel.sent, kernel.groups) == ([], [])
    assert here.drops == {DropReason.SEND_ERROR: 3}


@pytest.mark.parametrize(
    ("refusal", "reason"),
    [
        (BlockingIOError(errno.EAGAIN, "full"), DropReason.SEND_BUFFER),
        (OSError(errno.EPERM, "a firewall"), DropReason.SEND_ERROR),
    ],
)
def test_one_by_one_the_first_refusal_ends_the_group(here, fake, refusal, reason):
    here.port._segments = False
    kernel = fake(None, refusal)

    assert here.port.send_all(THREE, 3, THERE) == 1

    assert kernel.sent == THREE[:1]
    assert here.drops == {reason: 2}


def test_an_older_kernel_is_never_asked_for_groups(monkeypatch, peer):
    monkeypatch.setattr(udp, "_UDP_SEGMENT", 9999)
    it = bound()
    try:
        assert not it.port._segments
        assert it.port.send_all(THREE, 3, peer.getsockname()) == 3
        assert received(peer) == THREE
    finally:
        it.port.close()


def test_a_full_kernel_drops_by_name_and_blocks_nobody(here, fake):
    fake(BlockingIOError())

    assert not here.port.send(b"x", THERE)
    assert here.drops == {DropReason.SEND_BUFFER: 1}


async def test_an_error_of_an_earlier_send_does_not_cost_the_next_datagram(here, monkeypatch):
    here.port.start(asyncio.get_running_loop())
    refused = OSError(errno.ECONNREFUSED, "refused")
    with monkeypatch.context() as patch:
        patch.setattr(here.port, "_socket", FakeSocket(refused, b"next", BlockingIOError()))
        here.port._drain()

    assert [data for data, _, _ in here.got] == [b"next"]
    assert here.drops == {DropReason.SEND_ERROR: 1}
    assert here.drained == [1]


# IPv6, and life.


async def test_ipv6_has_a_socket_of_its_own():
    here = bound("::1")
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as peer:
            peer.bind(("::1", 0))
            peer.setblocking(False)
            here.port.start(asyncio.get_running_loop())
            peer.sendto(b"six", ("::1", here.port.address[1]))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            [(data, address, _)] = here.got
            assert (data, address) == (b"six", peer.getsockname())

            assert here.port.send_all(THREE, 3, address) == 3

            assert received(peer) == THREE
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as four:
            four.bind(("0.0.0.0", here.port.address[1]))
    finally:
        here.port.close()


def test_a_port_that_is_taken_is_an_error_and_leaves_nothing_open(here):
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(OSError, match="in use"):
        UdpPort(
            *here.port.address,
            on_datagram=lambda *_: None,
            on_drained=lambda: None,
            on_drop=lambda *_: None,
        )

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


def test_what_the_kernel_throws_away_is_counted_by_it(here, peer):
    assert here.port.refused == 0
    here.port._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    for _ in range(40):
        peer.sendto(bytes(1000), here.port.address)

    assert 20 < here.port.refused < 40


@pytest.mark.parametrize("option", [9999, socket.SO_RCVBUF], ids=["unknown", "another length"])
def test_a_kernel_that_does_not_count_is_no_error(here, monkeypatch, option):
    monkeypatch.setattr(udp, "_SO_MEMINFO", option)
    assert here.port.refused is None
