"""Both ends of one TCP connection on loopback; what a kernel rarely says is said by a fake socket."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from bridge.media.core.drops import DropReason
from bridge.media.core.framing import Deframer, frame
from bridge.media.framed import (
    CONTROL_RESERVE_BYTES,
    MAX_UNSENT_BYTES,
    READ_BYTES,
    STUCK_S,
    Ending,
    FramedSocket,
)
from tests.support.eventually import eventually

MEDIA = b"\x80" + bytes(1199)
CONTROL = b"\x16" + bytes(1199)


@dataclass
class Line:
    """Our end, the plain socket at the other, and what came of it."""

    far: socket.socket
    got: list[bytes] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    lost: list[Ending] = field(default_factory=list)
    ours: FramedSocket = field(init=False)

    def take(self, data: bytes, now_s: float) -> None:
        self.got.append(data)
        self.times.append(now_s)

    def fill(self, data: bytes = MEDIA) -> tuple[int, DropReason]:
        """Send until something is dropped: how many went before, and why not that."""
        for count in range(100000):
            dropped = self.ours.send(data)
            if dropped is not None:
                return count, dropped
        raise AssertionError("no bound")

    async def drain(self, deframer: Deframer) -> list[bytes]:
        """Read at the far end until there is no more."""
        frames: list[bytes] = []
        quiet = 0
        while quiet < 5:
            await asyncio.sleep(0.01)
            try:
                frames += deframer.feed(self.far.recv(1 << 20))
                quiet = 0
            except BlockingIOError:
                quiet += 1
        return frames


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        far = socket.create_connection(listener.getsockname())
        near, _ = listener.accept()
    far.setblocking(False)
    it = Line(far)
    it.ours = FramedSocket(
        near, asyncio.get_running_loop(), on_datagram=it.take, on_lost=it.lost.append
    )
    yield it
    it.ours.close()
    far.close()


async def test_datagrams_come_whole_in_order_with_the_time(line):
    before_s = asyncio.get_running_loop().time()
    line.far.send(frame(b"one") + frame(b"") + frame(b"two") + frame(MEDIA)[:600])
    await eventually(lambda: len(line.got) == 2)
    line.far.send(frame(MEDIA)[600:])
    await eventually(lambda: len(line.got) == 3)

    assert line.got == [b"one", b"two", MEDIA]
    assert all(before_s <= at_s <= before_s + 5 for at_s in line.times)


async def test_a_turn_reads_no_more_than_its_bound(line):
    line.far.setblocking(True)
    stream = frame(MEDIA) * 100
    line.far.sendall(stream)
    line.ours._read()

    assert 0 < len(line.got) <= READ_BYTES // len(frame(MEDIA))

    line.got.clear()
    line.ours.read_bytes = 2 * len(frame(MEDIA))
    line.ours._read()
    assert len(line.got) <= 3


async def test_what_is_sent_arrives_framed_and_at_once(line):
    assert line.ours.send(b"hello") is None
    assert line.ours.send(b"again") is None
    await eventually(
        lambda: line.far.recv(100, socket.MSG_PEEK) == frame(b"hello") + frame(b"again")
    )
    assert line.ours._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def test_what_is_too_long_for_any_peer_is_dropped_by_name(line):
    assert line.ours.send(bytes(1501)) is DropReason.SEND_ERROR
    assert line.lost == []


async def test_a_peer_that_reads_late_gets_whole_frames_and_media_never_takes_all(line):
    sent = []
    while line.ours.send(picture := MEDIA + len(sent).to_bytes(4, "big")) is None:
        sent.append(picture)
    assert MAX_UNSENT_BYTES - 1300 < line.ours.waiting_bytes <= MAX_UNSENT_BYTES

    controls, dropped = line.fill(CONTROL)
    assert dropped is DropReason.SEND_BUFFER
    assert controls >= CONTROL_RESERVE_BYTES // len(frame(CONTROL))
    assert line.ours.waiting_bytes <= MAX_UNSENT_BYTES + CONTROL_RESERVE_BYTES

    deframer = Deframer()
    assert await line.drain(deframer) == sent + [CONTROL] * controls
    # the queue is empty again, and the next one needs none
    assert line.ours.send(b"\x80next") is None
    assert line.ours.waiting_bytes == 0
    assert await line.drain(deframer) == [b"\x80next"]
    assert line.lost == []


async def test_a_peer_that_does_not_read_is_stuck_and_one_that_does_is_not(line):
    now_s = asyncio.get_running_loop().time()
    assert not line.ours.is_stuck(now_s + 1000)
    line.fill()
    assert not line.ours.is_stuck(now_s + STUCK_S - 0.1)
    assert line.ours.is_stuck(now_s + STUCK_S + 5)

    line.ours._moved_s = now_s - 100
    assert await line.drain(Deframer())
    assert not line.ours.is_stuck(now_s + 1000)


@pytest.mark.parametrize(
    ("data", "ending"),
    [(b"GET / HTTP/1.1\r\n\r\n", Ending.FRAME_TOO_LONG), (None, Ending.PEER_CLOSED)],
    ids=["not framed", "closed"],
)
async def test_a_peer_that_ends_it_is_told_once(line, data, ending):
    if data is None:
        line.far.close()
    else:
        line.far.send(data)
    await eventually(lambda: line.lost)

    line.ours.lose(Ending.ERROR)
    line.ours.close()

    assert line.lost == [ending]
    assert line.ours.send(b"late") is DropReason.SEND_ERROR
    assert line.got == []


async def test_a_reset_is_an_error_not_a_crash(line):
    line.far.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    line.far.close()
    await eventually(lambda: line.lost)

    assert line.lost == [Ending.ERROR]


async def test_whoever_closes_it_himself_hears_nothing(line):
    line.far.send(frame(b"one") + frame(b"two"))
    line.ours._on_datagram = lambda data, _: (line.got.append(data), line.ours.close())
    await eventually(lambda: line.got)
    line.ours.close()
    await asyncio.sleep(0)

    # not the second: it was closed before it
    assert line.got == [b"one"]
    assert line.lost == []


class FakeSocket:
    """Says what it is told; readers and writers stay those of the real one."""

    def __init__(self, real: socket.socket, *says: Any) -> None:
        self.real = real
        self.says = list(says)

    def fileno(self) -> int:
        return self.real.fileno()

    def close(self) -> None:
        self.real.close()

    def _say(self) -> Any:
        said = self.says.pop(0)
        if isinstance(said, OSError):
            raise said
        return said

    def send(self, _: bytes) -> int:
        return self._say()

    def recv(self, _: int) -> bytes:
        return self._say()


async def test_a_frame_the_kernel_takes_in_part_is_finished_later(line):
    line.ours._socket = FakeSocket(line.ours._socket, 3, BlockingIOError(), 2, 4)
    assert line.ours.send(b"\x80abcdef") is None
    assert line.ours._unsent == b"abcdef"
    line.ours._write()
    line.ours._write()
    assert line.ours._unsent == b"cdef"
    line.ours._write()
    assert line.ours.waiting_bytes == 0


async def test_a_batch_is_one_call_and_what_does_not_fit_is_left_out(line):
    line.ours._socket = FakeSocket(line.ours._socket, 1000)
    count = MAX_UNSENT_BYTES // len(frame(MEDIA))
    assert line.ours.send_all([MEDIA] * (count + 3)) == (count, DropReason.SEND_BUFFER)
    assert line.ours.waiting_bytes == count * len(frame(MEDIA)) - 1000
    assert line.ours._socket.says == []


async def test_an_error_of_the_kernel_ends_it_but_not_inside_send(line):
    broken = OSError(errno.EPIPE, "broken")
    line.ours._socket = FakeSocket(line.ours._socket, broken, broken)
    assert line.ours.send(b"one") is DropReason.SEND_ERROR
    assert line.ours.send(b"two") is DropReason.SEND_ERROR
    assert line.lost == []
    await asyncio.sleep(0)
    assert line.lost == [Ending.ERROR]


async def test_an_error_while_the_rest_is_written_ends_it(line):
    line.ours._socket = FakeSocket(
        line.ours._socket, BlockingIOError(), OSError(errno.ETIMEDOUT, "timed out")
    )
    assert line.ours.send(b"one") is None
    line.ours._write()
    assert line.lost == [Ending.ERROR]


async def test_a_false_alarm_reads_nothing(line):
    line.ours._socket = FakeSocket(line.ours._socket, BlockingIOError())
    line.ours._read()
    assert (line.got, line.lost) == ([], [])
