"""Relay: a loopback UDP relay with a simulated line in each direction.

A client that is given the relay's address as the service's only candidate sends all its media
through it; the service sees a socket of the relay's own for each of the client's.  What comes in goes
into :class:`~room110.bench.line.SimulatedLine`, what is due comes out, by a timer at its next
deadline.  The event loop's timers are right to a millisecond, and so is the line.

Lines carry datagrams without knowing whose they are.  So each goes in with ``HEADER_BYTES`` before it,
which tell the socket and weigh what the headers of IPv4 and UDP weigh on a real line.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from room110.bench.line import SimulatedLine

HOST: Final = "127.0.0.1"
HEADER_BYTES: Final = 28
LONGEST_BYTES: Final = 2048
BUFFER_BYTES: Final = 1 << 20
"""Of each socket: what is lost shall be lost by the line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """What a datagram found before the bottleneck when it was sent."""

    at_s: float
    queue_s: float


class Way:
    """One direction: a line and the timer that empties it."""

    def __init__(self, line: SimulatedLine, deliver: Callable[[int, bytes], None]) -> None:
        """*deliver* is given the number of the client's socket and the datagram."""
        self.line = line
        self.queued: list[Queued] = []
        """Of every datagram, while there is a limit."""
        self.bytes = 0
        """That came out, with headers."""
        self._deliver = deliver
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None

    def send(self, number: int, data: bytes) -> None:
        now_s = self._loop.time()
        self.line.send(number.to_bytes(HEADER_BYTES, "big") + data, now_s)
        if self.line.limit_bps is not None:
            self.queued.append(Queued(at_s=now_s, queue_s=self.line.queue_s))
        self.turn()

    def limit(self, bps: int | None) -> None:
        """The bottleneck carries *bps* from now on; None: there is none."""
        self.line.limit(bps, self._loop.time())
        self.turn()

    def turn(self) -> None:
        """Let out what is due; owed after the line's attributes were changed."""
        for data in self.line.due(self._loop.time()):
            self.bytes += len(data)
            self._deliver(int.from_bytes(data[:HEADER_BYTES], "big"), data[HEADER_BYTES:])
        if self._timer is not None:
            self._timer.cancel()
        deadline_s = self.line.next_deadline()
        self._timer = None if deadline_s is None else self._loop.call_at(deadline_s, self.turn)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


class Relay:
    """Made by :func:`relay`."""

    def __init__(self, service: tuple[str, int], up: SimulatedLine, down: SimulatedLine) -> None:
        """*up* is from the clients to *service*."""
        self.up = Way(up, self._to_service)
        self.down = Way(down, self._to_client)
        self._service = service
        self._loop = asyncio.get_running_loop()
        self._door = self._opened()
        self._numbers: dict[tuple[str, int], int] = {}
        """Client's address -> its place in the two lists."""
        self._clients: list[tuple[str, int]] = []
        self._sockets: list[socket.socket] = []
        self._loop.add_reader(self._door, self._on_client)

    @property
    def port(self) -> int:
        port: int = self._door.getsockname()[1]
        return port

    @property
    def clients(self) -> int:
        """Sockets of clients that have sent something."""
        return len(self._clients)

    def close(self) -> None:
        for way in (self.up, self.down):
            way.close()
        for each in (self._door, *self._sockets):
            self._loop.remove_reader(each)
            each.close()

    def _opened(self) -> socket.socket:
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.setblocking(False)
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            made.setsockopt(socket.SOL_SOCKET, option, BUFFER_BYTES)
        made.bind((HOST, 0))
        return made

    def _on_client(self) -> None:
        while True:
            try:
                data, address = self._door.recvfrom(LONGEST_BYTES)
            except (BlockingIOError, ConnectionRefusedError):
                return
            number = self._numbers.get(address)
            if number is None:
                number = self._numbers[address] = len(self._clients)
                own = self._opened()
                own.connect(self._service)
                self._clients.append(address)
                self._sockets.append(own)
                self._loop.add_reader(own, self._on_service, number)
            self.up.send(number, data)

    def _on_service(self, number: int) -> None:
        while True:
            try:
                data = self._sockets[number].recv(LONGEST_BYTES)
            except (BlockingIOError, ConnectionRefusedError):
                return
            self.down.send(number, data)

    def _to_service(self, number: int, data: bytes) -> None:
        _put(self._sockets[number], data, None)

    def _to_client(self, number: int, data: bytes) -> None:
        _put(self._door, data, self._clients[number])


def _put(way_out: socket.socket, data: bytes, address: tuple[str, int] | None) -> None:
    """Send, or lose it: nobody may be there any more, and a full socket is a lossy one."""
    try:
        if address is None:
            way_out.send(data)
        else:
            way_out.sendto(data, address)
    except (BlockingIOError, ConnectionRefusedError):
        return


@asynccontextmanager
async def relay(
    service: tuple[str, int],
    *,
    up: SimulatedLine | None = None,
    down: SimulatedLine | None = None,
) -> AsyncIterator[Relay]:
    """A relay to *service* while inside; a line that is not given loses nothing and is at once."""
    made = Relay(service, up or SimulatedLine(delay_s=0.0), down or SimulatedLine(delay_s=0.0))
    try:
        yield made
    finally:
        made.close()
