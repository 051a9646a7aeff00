"""Full ICE for one endpoint, borrowed from aioice, and datagrams from asyncio.

Every private name of theirs that the project touches is touched here and held by
``tests/bridge/media/test_ice.py`` against the pinned version.  The reasons for the adapter
(measured, aioice 0.13.0): aioice learns that a packet is not STUN from an exception and puts it
into an unbounded queue, from whatever address; asyncio allocates 256 KiB for each datagram
(29 us against 8); and loopback is never gathered.

aioice connects once and knows no ICE restart.  What a restart means (RFC 8445 section 9), new
credentials and new candidates while the old pair goes on until a new one is nominated, is a
second connection of aioice beside the first; browsers do it with new sockets too.
"""
# ruff: noqa: SLF001 - private names are what this file is for

from __future__ import annotations

import asyncio
import secrets
import socket
import string
import struct
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final, Literal, cast

import aioice
from aioice import Connection, ice, stun
from aioice.candidate import candidate_priority

from bridge.media.dtls import Sink
from bridge.media.ice_tcp import TcpWay
from bridge.media.plane import Candidate

_LAST_STUN_BYTE: Final = 3
_RECEIVE_BYTES: Final = 2048
_KERNEL_BUFFER_BYTES: Final = 4 << 20
"""A console's 63 thumbnails begin with 63 key frames at once, half a megabyte; Linux's default of
208 KiB overflowed (measured: RcvbufErrors in /proc/net/snmp)."""
_MAX_UNSENT_BYTES: Final = 65536
_ICE_CHARS: Final = string.ascii_letters + string.digits
_UFRAG_CHARS: Final = 8
_PWD_CHARS: Final = 24
"""RFC 8445 section 5.3: at least 24 bits of chance in a ufrag, 128 in a password."""


class IceFailed(Exception):
    """No candidate pair worked, in time or at all."""


class UdpWay:
    """One connection of aioice on one socket: gathered, connected, closed, each once."""

    def __init__(
        self,
        *,
        local_address: str,
        ufrag: str,
        pwd: str,
        on_datagram: Sink,
        on_closed: Callable[[], object],
    ) -> None:
        self._local_address = local_address
        self._on_datagram = on_datagram
        self._on_closed = on_closed
        self._connection = Connection(
            ice_controlling=True, local_username=ufrag, local_password=pwd
        )
        self._connection.remote_is_lite = True
        self._transport: asyncio.DatagramTransport | None = None
        self._remote: tuple[str, int] | None = None

    async def gather(self) -> None:
        """Open the socket, on ``local_address`` and no other.  Raises OSError."""
        connection = self._connection
        # gather_candidates() would ask the machine for its addresses and leave loopback out
        connection._local_candidates_start = True
        found = await connection.get_component_candidates(1, [self._local_address])
        connection._local_candidates = found
        connection._local_candidates_end = True
        if not found:
            raise OSError(f"cannot bind {self._local_address}")
        for protocol in connection._protocols:
            bound = protocol.transport.get_extra_info("socket")
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _KERNEL_BUFFER_BYTES)
            cast(Any, protocol.transport).max_size = _RECEIVE_BYTES
            stock = protocol.datagram_received
            cast(Any, protocol).datagram_received = partial(self._received, stock)

    async def connect(self, ufrag: str, pwd: str, candidates: Iterable[Candidate]) -> None:
        """Find and nominate a pair, best candidate first.  Raises OSError."""
        connection = self._connection
        connection.remote_username, connection.remote_password = ufrag, pwd
        for preference, candidate in enumerate(candidates):
            await connection.add_remote_candidate(
                aioice.Candidate(
                    foundation=str(preference + 1),
                    component=1,
                    transport="udp",
                    priority=candidate_priority(1, "host", 65535 - preference),
                    host=candidate.address,
                    port=candidate.port,
                    type="host",
                )
            )
        await connection.add_remote_candidate(None)
        await connection.connect()
        chosen = connection._nominated[1]
        self._transport, self._remote = chosen.protocol.transport, chosen.remote_addr
        cast("asyncio.Task[None]", connection._query_consent_task).add_done_callback(self._ended)

    def send(self, datagram: bytes) -> bool:
        transport = self._transport
        # aioice closes it when consent is lost, a moment before we hear of that; sendto on a closed
        # transport is an AttributeError in somebody else's timer.
        if transport is None or transport.is_closing():
            return False
        if cast(Any, transport).get_write_buffer_size() > _MAX_UNSENT_BYTES:
            return False
        transport.sendto(datagram, self._remote)
        return True

    async def close(self) -> None:
        self._transport = self._remote = None
        await self._connection.close()

    def _received(
        self, stock: Callable[..., None], data: bytes, addr: tuple[str, int, *tuple[int, ...]]
    ) -> None:
        if data and data[0] > _LAST_STUN_BYTE:
            if addr[:2] == self._remote:  # of IPv6 asyncio tells flow and scope too
                self._on_datagram(data)
            return
        try:
            stun.parse_message(data)
        except (ValueError, struct.error):
            return
        stock(data, addr)

    def _ended(self, consent: asyncio.Task[None]) -> None:
        self._transport = self._remote = None
        if not consent.cancelled():
            consent.result()
            self._on_closed()


class IceClient:
    """A full, controlling ICE agent for one endpoint that talks to an ICE-lite server.

    ``on_datagram`` gets what comes from the chosen server address and is not STUN, directly in the
    reader.  ``on_closed`` is called once, in the loop, if the server stops answering consent
    checks (about 30 s until that is known) or ends the TCP connection.
    """

    def __init__(
        self, *, local_address: str, on_datagram: Sink, on_closed: Callable[[], object]
    ) -> None:
        self._local_address = local_address
        self._on_datagram = on_datagram
        self._on_closed = on_closed
        self._gathered: UdpWay | TcpWay | None = None
        self._discarding: asyncio.Task[None] | None = None
        """What shall carry."""
        self._way: UdpWay | TcpWay | None = None
        """What carries."""
        self.ufrag, self.pwd = _credentials()

    async def gather(self) -> None:
        """Open the socket, on ``local_address`` and no other.  Raises :class:`IceFailed`."""
        self._gathered = way = UdpWay(
            local_address=self._local_address,
            ufrag=self.ufrag,
            pwd=self.pwd,
            on_datagram=self._on_datagram,
            on_closed=lambda: self._lost(way),
        )
        try:
            await way.gather()
        except OSError as error:
            raise IceFailed(str(error)) from error

    async def restart(self, *, local_address: str | None = None) -> tuple[str, str]:
        """Begin an ICE restart: new ufrag and password for the offer, on a new socket.

        What was connected goes on until :meth:`connect`, with the answer, has found the new way;
        *local_address* moves the client to another.  Raises :class:`IceFailed`.
        """
        self._local_address = local_address or self._local_address
        await self._discard_gathered()
        self.ufrag, self.pwd = _credentials()
        await self.gather()
        return self.ufrag, self.pwd

    async def connect(
        self,
        ufrag: str,
        pwd: str,
        candidates: Iterable[Candidate],
        *,
        transport: Literal["udp", "tcp"] | None = None,
        timeout_s: float = 10.0,
    ) -> None:
        """Find and nominate a way to the server, once after each gathering.

        Over UDP; over TCP if no UDP candidate of our address family is offered or *transport*
        says so.  Best candidate first.  Raises :class:`IceFailed`; what was connected before goes
        on then.  The caller owes a :meth:`close` in any case.
        """
        is_ipv6 = ":" in self._local_address
        usable = [each for each in candidates if (":" in each.address) == is_ipv6]
        if transport is None:
            transport = "udp" if any(each.transport == "udp" for each in usable) else "tcp"
        if transport == "tcp":
            await self._discard_gathered()
            self._gathered = self._new_tcp_way()
        way = self._gathered
        assert way is not None
        try:
            async with asyncio.timeout(timeout_s):
                await way.connect(ufrag, pwd, [c for c in usable if c.transport == transport])
        except OSError as error:
            await self._discard_gathered()
            raise IceFailed(str(error) or "timeout") from error
        old, self._way, self._gathered = self._way, way, None
        if old is not None:
            await old.close()

    def send(self, datagram: bytes) -> bool:
        """Hand a datagram to the kernel; False when dropped (not connected, or it takes no more)."""
        return self._way is not None and self._way.send(datagram)

    async def close(self) -> None:
        """Close the sockets and end all checks; may be called twice and at any time."""
        way, self._way = self._way, None
        if way is not None:
            await way.close()
        await self._discard_gathered()

    def _new_tcp_way(self) -> TcpWay:
        way = TcpWay(
            local_address=self._local_address,
            ufrag=self.ufrag,
            on_datagram=self._on_datagram,
            on_closed=lambda: self._lost(way),
        )
        return way

    async def _discard_gathered(self) -> None:
        # Whoever waits may be cancelled; a close that is broken off would leave its socket open.
        while self._discarding is not None or self._gathered is not None:
            if self._discarding is None:
                assert self._gathered is not None
                self._discarding = asyncio.create_task(self._gathered.close())
                self._gathered = None
            await asyncio.shield(self._discarding)
            self._discarding = None

    def _lost(self, way: UdpWay | TcpWay) -> None:
        # A restart that has begun is the answer to a loss; if it fails, connect() says so.
        if way is self._way and self._gathered is None:
            self._on_closed()


def _credentials() -> tuple[str, str]:
    ufrag, pwd = (
        "".join(secrets.choice(_ICE_CHARS) for _ in range(count))
        for count in (_UFRAG_CHARS, _PWD_CHARS)
    )
    return ufrag, pwd


@contextmanager
def gathering_only(address: str) -> Iterator[None]:
    """Let stock aiortc clients of this process gather on ``address`` alone, loopback too.

    It replaces a function of aioice for everybody while it is entered: for tests, not nested over
    tasks.
    """
    stock = ice.get_host_addresses
    ice.get_host_addresses = lambda use_ipv4, use_ipv6: [address]  # noqa: ARG005
    try:
        yield
    finally:
        ice.get_host_addresses = stock


@contextmanager
def asking_every(interval_s: int) -> Iterator[None]:
    """Let stock aiortc clients of this process ask for consent (RFC 7675) this often, not every 5 s.

    Who receives only and is sent nothing says nothing else, and the service takes 5 s of silence for
    a lost line.  For everybody while it is entered, as :func:`gathering_only`.
    """
    stock = ice.CONSENT_INTERVAL
    ice.CONSENT_INTERVAL = interval_s
    try:
        yield
    finally:
        ice.CONSENT_INTERVAL = stock
