"""Wire: the leanest client that a media server takes for one: a socket, ICE, DTLS, SRTP, a count.

It must not be what is measured.  Once connected nothing waits on its socket: whoever owns it calls
:meth:`Wire.drain` every few milliseconds, so that a server's send wakes nobody, as a network card's
would not, and 60 clients cost their process a tenth of a core.  What comes is counted by its header
(:mod:`room110.bench.tally`); a sample is decrypted.

It serves Room 110 and Janus alike: it answers checks as it makes them, and is DTLS client or server.
Once a second it reports what it received and allows ``ALLOWANCE_BPS``, or a server with an estimate
of its line would rightly send less.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
import time
from collections import deque
from collections.abc import Callable, Iterable
from random import SystemRandom
from typing import Final, Literal

from bridge.media.core import rtcp
from bridge.media.core.ntp import ntp_from_unix
from bridge.media.core.rtcp import (
    MAX_REPORTS,
    FullIntra,
    Outgoing,
    PictureLoss,
    ReceiverReport,
    Remb,
    RtcpMalformed,
    SenderReport,
)
from bridge.media.core.rtcp_writer import compound
from bridge.media.core.stun import StunMalformed, binding_response, parse_binding_request
from bridge.media.dtls import SRTP_FAILURES, Dtls, certificate, fingerprint
from room110.bench.checks import TRANSACTION_BYTES, binding_request, is_answer
from room110.bench.shape import Publisher, Shape, number_of
from room110.bench.tally import Tally

Address = tuple[str, int]

ALLOWANCE_BPS: Final = 20_000_000
CONNECT_S: Final = 10.0
CHECK_AGAIN_S: Final = 0.05
CHECKS_REMEMBERED: Final = 32
"""On a busy machine the answer to one comes after the next was sent."""
ALIVE_S: Final = 2.0
KERNEL_BUFFER_BYTES: Final = 4 << 20
"""A second and more of what one client is sent."""

_STUN: Final = range(4)
_DTLS: Final = range(20, 64)
_MEDIA: Final = range(128, 192)
_RTCP: Final = range(192, 224)


class WireFailed(Exception):
    """No connection came about."""


def udp_socket(address: str) -> socket.socket:
    """Not read by anybody until drained."""
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.setblocking(False)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, KERNEL_BUFFER_BYTES)
    made.bind((address, 0))
    return made


class Wire:
    """Connect once, then be served by a :class:`room110.bench.pump.Pump`; the owner closes it."""

    def __init__(
        self,
        opened: socket.socket,
        *,
        name: str,
        shape: Shape | None = None,
        controlling: bool = True,
    ) -> None:
        """*shape*: what it publishes, if anything, once connected."""
        self.name = name
        self.tally = Tally()
        self.publisher = Publisher(shape, SystemRandom()) if shape is not None else None
        self.ufrag = secrets.token_hex(4)
        self.pwd = secrets.token_hex(12)
        self.connected = False
        self.on_sent: Callable[[bytes], object] | None = None
        """Hears each packet that is published, just before it is."""
        self._certificate = certificate()
        self._socket = opened
        self._buffer = bytearray(2048)
        self._controlling = controlling
        self._tie_breaker = secrets.randbits(63)
        self._asked: deque[bytes] = deque(maxlen=CHECKS_REMEMBERED)
        self._answered = asyncio.Event()
        self._nominated = asyncio.Event()
        self._remote_ufrag = self._remote_pwd = ""
        self._next_check_s = self._next_report_s = 0.0
        self._own_ssrc = self.publisher.audio.ssrc if self.publisher else secrets.randbits(32)
        self._dtls: Dtls | None = None

    @property
    def address(self) -> Address:
        host, port = self._socket.getsockname()
        return host, port

    def fileno(self) -> int:
        return self._socket.fileno()

    @property
    def fingerprint(self) -> str:
        return fingerprint(self._certificate)

    @property
    def profile(self) -> str:
        """The SRTP profile in force."""
        return self._dtls.profile if self._dtls is not None else ""

    async def connect(
        self,
        address: Address,
        *,
        ufrag: str,
        pwd: str,
        fingerprints: Iterable[tuple[str, str]],
        role: Literal["client", "server"] = "client",
    ) -> None:
        """ICE and DTLS to the one *address*.  Raises WireFailed or DtlsFailed."""
        loop = asyncio.get_running_loop()
        self._remote_ufrag, self._remote_pwd = ufrag, pwd
        self._socket.connect(address)
        self._dtls = Dtls(self._certificate, role, self._send, on_closed=self._closed)
        loop.add_reader(self._socket, self.drain)
        try:
            async with asyncio.timeout(CONNECT_S):
                while not self._answered.is_set():
                    self._check()
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._answered.wait(), CHECK_AGAIN_S)
                if not self._controlling:
                    # Janus takes no DTLS before, and what it drops is sent again only after 1 s.
                    await self._nominated.wait()
            await self._dtls.handshake(fingerprints, timeout_s=CONNECT_S)
        except TimeoutError:
            raise WireFailed(f"{self.name}: no answer from {address}") from None
        finally:
            loop.remove_reader(self._socket)
        self.connected = True

    def serve(self, now_s: float) -> None:
        """Send and receive what is due."""
        if self.publisher is not None and self.connected:
            assert self._dtls is not None
            protect, send = self._dtls.protect, self._send
            for packet in self.publisher.due(now_s):
                sealed = protect(packet)
                if self.on_sent is not None:
                    self.on_sent(packet)
                send(sealed)
        self.drain()
        if now_s >= self._next_check_s:
            self._next_check_s = now_s + ALIVE_S
            self._check()
        if now_s >= self._next_report_s and self.connected:
            self._next_report_s = now_s + 1.0
            self._report(now_s)

    def drain(self) -> None:
        """Take all that has come."""
        receive, buffer, take = self._socket.recv_into, self._buffer, self.tally.take
        while True:
            try:
                size = receive(buffer)
            except (BlockingIOError, ConnectionError):
                return
            if buffer[0] in _MEDIA and buffer[1] not in _RTCP:
                if take(buffer, size):
                    self._look(bytes(buffer[:size]))
            elif size:
                self._other(bytes(buffer[:size]))

    async def close(self, *, silently: bool = False) -> None:
        """May be called at any time; *silently* the other side hears nothing of it."""
        self.connected = False
        if silently:
            self._socket.close()
        if self._dtls is not None:
            await self._dtls.close()
        self._socket.close()

    def _closed(self, reason: str) -> None:
        self.connected = False
        del reason

    def _send(self, data: bytes) -> bool:
        try:
            self._socket.send(data)
        except OSError:
            # Full, refused, or closed: the counts will show it.
            return False
        return True

    def _check(self) -> None:
        transaction = secrets.token_bytes(TRANSACTION_BYTES)
        self._asked.append(transaction)
        request = binding_request(
            transaction=transaction,
            username=f"{self._remote_ufrag}:{self.ufrag}",
            pwd=self._remote_pwd,
            controlling=self._controlling,
            tie_breaker=self._tie_breaker,
        )
        self._send(request)

    def _look(self, data: bytes) -> None:
        if self.connected:
            self.tally.samples += 1
            self.tally.bad_samples += self._number(data) is None

    def _number(self, data: bytes) -> int | None:
        assert self._dtls is not None
        try:
            return number_of(self._dtls.unprotect(data))
        except SRTP_FAILURES:
            return None

    def _other(self, data: bytes) -> None:
        if data[0] in _STUN:
            self._on_stun(data)
        elif data[0] in _DTLS:
            assert self._dtls is not None
            self._dtls.feed(data)
        elif self.connected:
            self._on_rtcp(data)

    def _on_stun(self, data: bytes) -> None:
        if any(is_answer(data, transaction) for transaction in self._asked):
            self._answered.set()
            return
        with contextlib.suppress(StunMalformed):
            request = parse_binding_request(data)
            self._send(binding_response(request, self._socket.getpeername(), self.pwd))
            if request.use_candidate:
                self._nominated.set()

    def _on_rtcp(self, data: bytes) -> None:
        if self.publisher is None:
            return
        assert self._dtls is not None
        try:
            packets = rtcp.parse(self._dtls.unprotect_rtcp(data))
        except (RtcpMalformed, *SRTP_FAILURES):
            return
        if any(isinstance(packet, PictureLoss | FullIntra) for packet in packets):
            self.publisher.wanted = True

    def _report(self, now_s: float) -> None:
        blocks = self.tally.blocks()[:MAX_REPORTS]
        head: list[Outgoing] = [ReceiverReport(ssrc=self._own_ssrc, reports=blocks)]
        if self.publisher is not None:
            ntp = ntp_from_unix(time.time())
            streams = (self.publisher.audio, self.publisher.video)
            head = [
                SenderReport(
                    ssrc=stream.ssrc,
                    ntp=ntp,
                    rtp=stream.timestamp(now_s),
                    packets=stream.packets,
                    octets=stream.octets,
                    reports=blocks if stream is self.publisher.audio else (),
                )
                for stream in streams
                if stream.packets
            ] or head
        allowed = Remb(
            sender=self._own_ssrc, bitrate_bps=ALLOWANCE_BPS, ssrcs=tuple(self.tally.streams)[:16]
        )
        assert self._dtls is not None
        self._send(self._dtls.protect_rtcp(compound((*head, allowed), cname=self.name)))
