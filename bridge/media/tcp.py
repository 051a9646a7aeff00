"""TcpPort: the media plane's sessions over TCP, for lines where UDP does not get through.

Passive candidates of RFC 6544: whoever may connect sends the same datagrams as over UDP, framed
(RFC 4571).  They are handed on like datagrams, with a :class:`TcpAddress` that names the
connection and not the peer: two connections never have the same, so what is late for one that is
gone reaches nobody.

A connection costs a file descriptor before anybody has proved anything:

1. One that has shown no authenticated STUN in 10 s is closed; the owner says :meth:`confirm`.
   So is one that shows none for 60 s later on: twice what RFC 7675 gives a client's consent, so
   its session is over, or nobody is there.
2. At most 256 may be unconfirmed, all sites at once four times over, and of these 128 of one
   network (an IPv4 address, an IPv6 /64): a province behind one NAT, or 64 sites on loopback.
   When there are more the oldest of them goes, so a flood cannot keep a new site out.
3. Until confirmed it may send 4 KiB a turn: a check has 150 bytes.

What is sent has its bound and its drops in :mod:`bridge.media.framed`; a peer that does not read
for 10 s is closed.  Nothing here has a timer: the owner's one timer calls :meth:`advance`.
"""

from __future__ import annotations

import asyncio
import errno
import itertools
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final, Literal, NamedTuple

import structlog

from bridge.media.core.drops import DropReason
from bridge.media.framed import READ_BYTES, Ending, FramedSocket
from bridge.media.udp import Address

log = structlog.get_logger(__name__)

UNCONFIRMED_READ_BYTES: Final = 4096
CONFIRM_S: Final = 10.0
CONFIRM_AGAIN_S: Final = 60.0
MAX_UNCONFIRMED: Final = 256
MAX_UNCONFIRMED_PER_NETWORK: Final = 128
ACCEPT_BATCH: Final = 64
ACCEPT_PAUSE_S: Final = 1.0
"""Without file descriptors the listening socket stays readable and would be asked for ever."""

_EXHAUSTED: Final = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}


class TcpAddress(NamedTuple):
    """Begins with host and port as every address does; no other can be equal to it."""

    host: str
    port: int
    transport: Literal["tcp"]
    number: int
    """Of the connection, since the port opened."""


@dataclass(slots=True, kw_only=True)
class _Connection:
    stream: FramedSocket
    network: bytes
    since_s: float
    """When it was accepted or last confirmed."""


class TcpPort:
    """Bound at once; :meth:`start` begins to accept and :meth:`close` ends everything.

    ``on_closed`` hears of every connection that ended by itself; in the loop, never from inside
    another call than :meth:`advance`.
    """

    def __init__(
        self,
        hosts: Sequence[str],
        port: int,
        *,
        on_datagram: Callable[[bytes, TcpAddress, float], object],
        on_drop: Callable[[DropReason], object],
        on_closed: Callable[[TcpAddress, Ending], object],
        on_drained: Callable[[], object] = lambda: None,
    ) -> None:
        """The same *port* on every host, 0 for a free one.  *on_drained* is called after the last
        *on_datagram* of a connection's turn.  Raises OSError when the port is taken."""
        self._on_datagram = on_datagram
        self._on_drained = on_drained
        self._on_drop = on_drop
        self._on_closed = on_closed
        self._listeners: list[socket.socket] = []
        self._connections: dict[Address, _Connection] = {}
        self._unconfirmed: dict[Address, _Connection] = {}
        """Oldest first."""
        self._numbers = itertools.count(1)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._accept_again_s: float | None = None
        self.port = port
        try:
            for host in hosts:
                self._listen(host)
        except OSError:
            self.close()
            raise

    def _listen(self, host: str) -> None:
        is_ipv6 = ":" in host
        listener = socket.socket(socket.AF_INET6 if is_ipv6 else socket.AF_INET)
        self._listeners.append(listener)
        listener.setblocking(False)
        # A service that comes back must not wait for the last connections of the one before.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if is_ipv6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((host, self.port))
        listener.listen(ACCEPT_BATCH)
        self.port = listener.getsockname()[1]

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        for listener in self._listeners:
            loop.add_reader(listener, self._accept, listener)

    def close(self) -> None:
        """Close every connection and listen no more; may be called twice."""
        for listener in self._listeners:
            if self._loop is not None:
                self._loop.remove_reader(listener)
            listener.close()
        self._listeners.clear()
        for address in tuple(self._connections):
            self.hang_up(address)

    def send(self, data: bytes, address: Address) -> bool:
        return self.send_all((data,), len(data), address) == 1

    def send_all(
        self,
        packets: Sequence[bytes],
        size: int,  # noqa: ARG002 - as of every port; a frame has a length of its own
        address: Address,
    ) -> int:
        connection = self._connections.get(address)
        if connection is not None:
            taken, why = connection.stream.send_all(packets)
        else:
            taken, why = 0, DropReason.SEND_ERROR
        if why is not None:
            for _ in packets[taken:]:
                self._on_drop(why)
        return taken

    @property
    def connections(self) -> int:
        return len(self._connections)

    @property
    def waiting_bytes(self) -> int:
        """What peers have not taken yet."""
        return sum(each.stream.waiting_bytes for each in self._connections.values())

    def confirm(self, address: Address) -> None:
        """An authenticated check came from there; to be said of every one."""
        connection = self._connections.get(address)
        if connection is not None and self._loop is not None:
            self._unconfirmed.pop(address, None)
            connection.stream.read_bytes = READ_BYTES
            connection.since_s = self._loop.time()

    def hang_up(self, address: Address) -> None:
        """Close a connection that is nobody's any more; unknown ones are ignored."""
        self._unconfirmed.pop(address, None)
        connection = self._connections.pop(address, None)
        if connection is not None:
            connection.stream.close()

    def advance(self, now_s: float) -> None:
        """Let time pass: close who has not proved itself and who does not read."""
        if self._accept_again_s is not None and now_s >= self._accept_again_s and self._loop:
            self._accept_again_s = None
            self.start(self._loop)
        for address, connection in tuple(self._connections.items()):
            patience_s = CONFIRM_S if address in self._unconfirmed else CONFIRM_AGAIN_S
            if now_s - connection.since_s > patience_s:
                connection.stream.lose(Ending.UNCONFIRMED)
            elif connection.stream.is_stuck(now_s):
                connection.stream.lose(Ending.NOT_READING)

    def _accept(self, listener: socket.socket) -> None:
        for _ in range(ACCEPT_BATCH):
            try:
                connected, remote = listener.accept()
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno in _EXHAUSTED:
                    self._on_drop(DropReason.TCP_REFUSED)
                    self._pause()
                    return
                continue  # this one is gone again already; the next is not to blame
            self._welcome(connected, remote[0], remote[1])

    def _welcome(self, connected: socket.socket, host: str, port: int) -> None:
        assert self._loop is not None
        network = ip_address(host).packed[:8]
        self._make_room(network)
        address = TcpAddress(host, port, "tcp", next(self._numbers))
        stream = FramedSocket(
            connected,
            self._loop,
            on_datagram=lambda data, now_s: self._on_datagram(data, address, now_s),
            on_lost=lambda ending: self._lost(address, ending),
            on_drained=self._on_drained,
            read_bytes=UNCONFIRMED_READ_BYTES,
        )
        connection = _Connection(stream=stream, network=network, since_s=self._loop.time())
        self._connections[address] = self._unconfirmed[address] = connection

    def _make_room(self, network: bytes) -> None:
        unconfirmed = [*self._unconfirmed.values()]
        neighbours = [each for each in unconfirmed if each.network == network]
        if len(neighbours) >= MAX_UNCONFIRMED_PER_NETWORK:
            neighbours[0].stream.lose(Ending.CROWDED)
        elif len(unconfirmed) >= MAX_UNCONFIRMED:
            unconfirmed[0].stream.lose(Ending.CROWDED)

    def _pause(self) -> None:
        assert self._loop is not None
        self._accept_again_s = self._loop.time() + ACCEPT_PAUSE_S
        for listener in self._listeners:
            self._loop.remove_reader(listener)

    def _lost(self, address: TcpAddress, ending: Ending) -> None:
        self.hang_up(address)
        if ending is Ending.CROWDED:
            self._on_drop(DropReason.TCP_REFUSED)
        elif ending is Ending.FRAME_TOO_LONG:
            self._on_drop(DropReason.TCP_FRAME)
        log.debug("media.tcp_closed", host=address.host, number=address.number, reason=ending)
        self._on_closed(address, ending)
