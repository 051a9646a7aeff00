"""Full ICE for one endpoint, borrowed from aioice, and datagrams from asyncio.

Every private name of theirs that the project touches is touched here and held by
``tests/bridge/media/test_ice.py`` against the pinned version.  The reasons for the adapter
(measured, aioice 0.13.0): aioice learns that a packet is not STUN from an exception and puts it
into an unbounded queue, from whatever address; asyncio allocates 256 KiB for each datagram
(29 us against 8); and loopback is never gathered.
"""
# ruff: noqa: SLF001 - private names are what this file is for

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final, cast

from aioice import Candidate, Connection, ice, stun
from aioice.candidate import candidate_priority

from bridge.media.dtls import Sink
from bridge.media.udp import Address

_LAST_STUN_BYTE: Final = 3
_RECEIVE_BYTES: Final = 2048
_KERNEL_BUFFER_BYTES: Final = 4 << 20
"""A console's 63 thumbnails begin with 63 key frames at once, half a megabyte; Linux's default of
208 KiB overflowed (measured: RcvbufErrors in /proc/net/snmp)."""
_MAX_UNSENT_BYTES: Final = 65536


class IceFailed(Exception):
    """No candidate pair worked, in time or at all."""


class IceClient:
    """A full, controlling ICE agent for one endpoint that talks to an ICE-lite server.

    ``on_datagram`` gets what comes from the chosen server address and is not STUN, directly in the
    reader.  ``on_closed`` is called once, in the loop, if the server stops answering consent
    checks (aioice needs about 30 s to say so).
    """

    def __init__(
        self, *, local_address: str, on_datagram: Sink, on_closed: Callable[[], object]
    ) -> None:
        self._local_address = local_address
        self._on_datagram = on_datagram
        self._on_closed = on_closed
        self._connection = Connection(ice_controlling=True, use_ipv6=False)
        self._connection.remote_is_lite = True
        self.ufrag = self._connection.local_username
        self.pwd = self._connection.local_password
        self._transport: asyncio.DatagramTransport | None = None
        self._remote: Address | None = None

    async def gather(self) -> None:
        """Open the socket, on ``local_address`` and no other.  Raises :class:`IceFailed`."""
        connection = self._connection
        # gather_candidates() would ask the machine for its addresses and leave loopback out
        connection._local_candidates_start = True
        found = await connection.get_component_candidates(1, [self._local_address])
        connection._local_candidates = found
        connection._local_candidates_end = True
        if not found:
            raise IceFailed(f"cannot bind {self._local_address}")
        for protocol in connection._protocols:
            bound = protocol.transport.get_extra_info("socket")
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _KERNEL_BUFFER_BYTES)
            cast(Any, protocol.transport).max_size = _RECEIVE_BYTES
            stock = protocol.datagram_received
            cast(Any, protocol).datagram_received = partial(self._received, stock)

    async def connect(
        self, ufrag: str, pwd: str, candidates: Iterable[Address], *, timeout_s: float = 10.0
    ) -> None:
        """Find and nominate a way to the server, best candidate first, once.

        Raises :class:`IceFailed`.  The caller owes a :meth:`close` in any case.
        """
        connection = self._connection
        connection.remote_username, connection.remote_password = ufrag, pwd
        for preference, (address, port) in enumerate(candidates):
            priority = candidate_priority(1, "host", 65535 - preference)
            await connection.add_remote_candidate(
                Candidate(str(preference + 1), 1, "udp", priority, address, port, "host")
            )
        await connection.add_remote_candidate(None)
        try:
            async with asyncio.timeout(timeout_s):
                await connection.connect()
        except (ConnectionError, TimeoutError) as error:
            raise IceFailed(str(error) or "timeout") from error
        chosen = connection._nominated[1]
        self._transport, self._remote = chosen.protocol.transport, chosen.remote_addr
        cast("asyncio.Task[None]", connection._query_consent_task).add_done_callback(self._ended)

    def send(self, datagram: bytes) -> bool:
        """Hand a datagram to the kernel; False when dropped (not connected, or it takes no more)."""
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
        """Close the socket and end all checks; may be called twice and at any time."""
        self._transport = self._remote = None
        await self._connection.close()

    def _received(self, stock: Callable[..., None], data: bytes, addr: Address) -> None:
        if data and data[0] > _LAST_STUN_BYTE:
            if addr == self._remote:
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
