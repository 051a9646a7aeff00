"""What we borrow: DTLS and SRTP keys from aiortc, full ICE from aioice, datagrams from asyncio.

Every private name of these libraries that the project touches is touched here and held by
``tests/bridge/media/test_borrowed.py`` against the pinned versions.  Three of their habits are the
reason for the adapters (measured, aiortc 1.16.0 and aioice 0.13.0):

* aiortc's transport ends on one empty or one over-long datagram from anybody.  It is fed nothing
  but DTLS (first byte 20 to 63), from a bounded inbox; media never enters its loop, the SRTP
  sessions are called directly.
* A handshake that OpenSSL gives up raises out of ``start``, one that the peer refuses returns with
  a state, one that hears nothing goes on for ever.  Here each is :class:`DtlsFailed`.
* aioice learns that a packet is not STUN from an exception and puts it into an unbounded queue,
  from whatever address; asyncio allocates 256 KiB for each datagram (29 us against 8).
"""
# ruff: noqa: SLF001 - private names are what this file is for

from __future__ import annotations

import asyncio
import socket
import struct
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final, Literal, cast

from aioice import Candidate, Connection, ice, stun
from aioice.candidate import candidate_priority
from aiortc import (
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
    RTCIceTransport,
)
from aiortc.rtcdtlstransport import SRTP_AEAD_AES_128_GCM, SRTP_AES128_CM_SHA1_80
from OpenSSL import SSL
from pylibsrtp import Error as SrtpError

MAX_INBOX: Final = 64
"""Datagrams of a handshake that may wait; a flight is at most four."""

SRTP_FAILURES: Final = (SrtpError, ValueError)
"""All that the four SRTP calls raise for bytes: refused by libsrtp, and longer than their buffer.

``SrtpError``: wrong key, changed bytes, a replay, too short to be a packet.
``ValueError``: longer than the limits below.
"""
MAX_UNPROTECT_BYTES: Final = 1500
MAX_PROTECT_BYTES: Final = 1356
MAX_PROTECT_RTCP_BYTES: Final = 1352

_SRTP_PROFILES: Final = [SRTP_AEAD_AES_128_GCM, SRTP_AES128_CM_SHA1_80]
_DTLS_FIRST_BYTES: Final = range(20, 64)

_LAST_STUN_BYTE: Final = 3
_RECEIVE_BYTES: Final = 2048
_KERNEL_BUFFER_BYTES: Final = 4 << 20
"""A console's 63 thumbnails begin with 63 key frames at once, half a megabyte; Linux's default of
208 KiB overflowed (measured: RcvbufErrors in /proc/net/snmp)."""
_MAX_UNSENT_BYTES: Final = 65536

SrtpCall = Callable[[bytes], bytes]
Address = tuple[str, int]
Sink = Callable[[bytes], object]


def certificate() -> RTCCertificate:
    """A new self-signed P-256 certificate; aiortc makes it valid for 30 days."""
    return RTCCertificate.generateCertificate()


def fingerprint(certificate: RTCCertificate) -> str:
    """The SHA-256 fingerprint as ``AA:BB:...``."""
    digests = {found.algorithm: found.value for found in certificate.getFingerprints()}
    return digests["sha-256"]


class DtlsFailed(Exception):
    """No keys came of the handshake.

    ``reason`` is ``handshake_timeout``, ``handshake_failed`` (refused by either side),
    ``fingerprint_mismatch``, ``no_srtp_profile`` or ``closed`` (by ourselves, meanwhile).
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Inbox:
    """What aiortc takes for its ICE transport: a bounded queue in, a plain call out."""

    def __init__(self, send: Sink) -> None:
        self._out = send
        self._waiting: deque[bytes] = deque()
        self._woken = asyncio.Event()
        self.is_shut = False

    def put(self, datagram: bytes) -> bool:
        if self.is_shut or len(self._waiting) >= MAX_INBOX:
            return False
        self._waiting.append(datagram)
        self._woken.set()
        return True

    def shut(self) -> None:
        """End every wait, now and later, with ConnectionError: aiortc's word for it is over.

        Not by cancelling: in Python 3.11 wait_for swallows a cancellation that meets a datagram.
        """
        self.is_shut = True
        self._woken.set()

    async def _recv(self) -> bytes:
        while not (self._waiting or self.is_shut):
            self._woken.clear()
            await self._woken.wait()
        if self.is_shut:
            raise ConnectionError
        return self._waiting.popleft()

    async def _send(self, data: bytes) -> None:
        self._out(data)


class Dtls:
    """One DTLS association and the SRTP keys that come of it.

    ``send`` takes each datagram to the peer and must not raise.  ``on_closed`` is called once, in
    the loop, if the association ends after a successful handshake without :meth:`close`: with
    ``peer_closed`` (close_notify) or with ``bug`` (the error also goes to the loop's handler).
    """

    protect: SrtpCall
    """RTP to SRTP; at most ``MAX_PROTECT_BYTES``.  All four exist after the handshake, are bound
    to libsrtp without a frame between, and raise ``SRTP_FAILURES``."""
    unprotect: SrtpCall
    protect_rtcp: SrtpCall
    unprotect_rtcp: SrtpCall
    profile: str
    """The SRTP profile in force, e.g. ``SRTP_AEAD_AES_128_GCM``."""

    def __init__(
        self,
        certificate: RTCCertificate,
        role: Literal["server", "client"],
        send: Sink,
        *,
        on_closed: Callable[[str], object],
    ) -> None:
        self._inbox = _Inbox(send)
        self._on_closed = on_closed
        self._closing = False
        self._association = RTCDtlsTransport(cast(RTCIceTransport, self._inbox), [certificate])
        self._association._set_role(role)
        self._association._srtp_profiles = _SRTP_PROFILES

    def feed(self, datagram: bytes) -> bool:
        """Take a datagram whose first byte is 20 to 63; others are the caller's bug.

        False when it was dropped: the inbox is full, or the association is over.
        """
        if not datagram or datagram[0] not in _DTLS_FIRST_BYTES:
            raise ValueError("not DTLS by its first byte")
        return self._inbox.put(datagram)

    async def handshake(
        self, remote_fingerprints: Iterable[tuple[str, str]], *, timeout_s: float = 10.0
    ) -> None:
        """Shake hands, once, and set the SRTP calls, or raise :class:`DtlsFailed`.

        Of ``remote_fingerprints`` those of a hash aiortc knows (SHA-256, -384, -512) must all
        match, and there must be one.  Datagrams may be fed before.  The caller owes a
        :meth:`close` in any case.
        """
        parameters = RTCDtlsParameters([RTCDtlsFingerprint(*each) for each in remote_fingerprints])
        deadline = asyncio.get_running_loop().call_later(timeout_s, self._inbox.shut)
        try:
            await self._association.start(parameters)
        except SSL.Error as error:
            raise DtlsFailed("handshake_failed") from error
        finally:
            deadline.cancel()
        tls = cast(SSL.Connection, self._association._ssl)
        self.profile = tls.get_selected_srtp_profile().decode()
        if self._closing or self._association.state != "connected":
            raise DtlsFailed(self._failure())
        cast("asyncio.Task[None]", self._association._task).add_done_callback(self._ended)
        inbound, outbound = self._association._rx_srtp, self._association._tx_srtp
        self.protect, self.protect_rtcp = outbound.protect, outbound.protect_rtcp
        self.unprotect, self.unprotect_rtcp = inbound.unprotect, inbound.unprotect_rtcp

    async def close(self) -> None:
        """Say goodbye to the peer and end everything; may be called twice and at any time."""
        self._closing = True
        pump = self._association._task
        await self._association.stop()
        self._inbox.shut()
        if pump is not None:
            await asyncio.wait([pump])

    def _failure(self) -> str:
        if self._closing:
            return "closed"
        if not self._association.encrypted:
            return "handshake_timeout" if self._inbox.is_shut else "handshake_failed"
        return "fingerprint_mismatch" if self.profile else "no_srtp_profile"

    def _ended(self, pump: asyncio.Task[None]) -> None:
        self._inbox.shut()
        error = None if pump.cancelled() else pump.exception()
        if self._closing or pump.cancelled():
            return
        if error is not None:
            context = {"message": "DTLS association ended by a bug", "exception": error}
            pump.get_loop().call_exception_handler(context)
        self._on_closed("bug" if error else "peer_closed")


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
