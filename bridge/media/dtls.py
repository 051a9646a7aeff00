"""DTLS and SRTP keys, borrowed from aiortc.

Every private name of aiortc that the project touches is touched here and held by
``tests/bridge/media/test_dtls.py`` against the pinned version.  Two of its habits are the reason
for the adapter (measured, aiortc 1.16.0):

* Its transport ends on one empty or one over-long datagram from anybody.  It is fed nothing but
  DTLS (first byte 20 to 63), from a bounded inbox; media never enters its loop, the SRTP sessions
  are called directly.
* A handshake that OpenSSL gives up raises out of ``start``, one that the peer refuses returns with
  a state, one that hears nothing goes on for ever.  Here each is :class:`DtlsFailed`.
"""
# ruff: noqa: SLF001 - private names are what this file is for

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from typing import Final, Literal, cast

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


_EXPORTER: Final = b"EXTRACTOR-dtls_srtp"
_GCM_PROFILE: Final = "SRTP_AEAD_AES_128_GCM"
_GCM_KEY_BYTES: Final = 16
_GCM_SALT_BYTES: Final = 12

SrtpCall = Callable[[bytes], bytes]
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

    def sealing_keys(self) -> tuple[bytes, bytes] | None:
        """Master key and salt for what we send (RFC 5764 section 4.2), for whoever seals RTP without
        libsrtp; None when the profile is not AEAD_AES_128_GCM.  After the handshake.

        Who takes them owes: not one SSRC is sealed both with them and by :attr:`protect`.
        """
        if self.profile != _GCM_PROFILE:
            return None
        tls = cast(SSL.Connection, self._association._ssl)
        size = _GCM_KEY_BYTES + _GCM_SALT_BYTES
        material = tls.export_keying_material(_EXPORTER, 2 * size)
        client_key, server_key, client_salt, server_salt = (
            material[:_GCM_KEY_BYTES],
            material[_GCM_KEY_BYTES : 2 * _GCM_KEY_BYTES],
            material[2 * _GCM_KEY_BYTES : -_GCM_SALT_BYTES],
            material[-_GCM_SALT_BYTES:],
        )
        is_server = self._association._role == "server"
        return (server_key, server_salt) if is_server else (client_key, client_salt)

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
