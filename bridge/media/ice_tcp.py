"""TcpWay: the client's half of ICE over TCP (RFC 6544), which aioice has not.

The client is active and the server passive and lite: we connect, show one check that nominates
(there is one pair, and nothing to choose), and then carry datagrams over the same connection,
framed (RFC 4571).  No check is repeated to get through, TCP does that; one is sent every 5 s to
keep consent (RFC 7675), which ends 30 s after the last answer.  The end of the connection is known
at once.
"""

from __future__ import annotations

import asyncio
import random
import secrets
import socket
import struct
from collections.abc import Callable, Iterable
from typing import Any, Final

from aioice import stun
from aioice.candidate import candidate_priority

from bridge.media.dtls import Sink
from bridge.media.framed import FramedSocket
from bridge.media.plane import Candidate

CANDIDATE_S: Final = 3.0
"""For one candidate: a firewall that swallows everything must not cost the next its try."""
CONSENT_INTERVAL_S: Final = 5.0
CONSENT_S: Final = 30.0

_LAST_STUN_BYTE: Final = 3
_PRIORITY: Final = candidate_priority(1, "prflx", (6 << 13) + 8191)
"""RFC 6544 section 4.2: direction preference 6, active, and one interface."""


class TcpWay:
    """One connection of one endpoint; used once.

    ``on_datagram`` gets what is not STUN.  ``on_closed`` is called once, in the loop, if after
    :meth:`connect` the connection ends, or consent does.
    """

    def __init__(
        self,
        *,
        local_address: str,
        ufrag: str,
        on_datagram: Sink,
        on_closed: Callable[[], object],
    ) -> None:
        self._local_address = local_address
        self._ufrag = ufrag
        self._on_datagram = on_datagram
        self._on_closed = on_closed
        self._tie_breaker = secrets.randbits(64)
        self._username = self._pwd = ""
        self._asked = b""
        self._consent_s = 0.0
        self._settled = asyncio.Event()
        """The check was answered, or the connection ended."""
        self._stream: FramedSocket | None = None
        self._consent: asyncio.Task[None] | None = None
        self._is_over = False

    async def connect(self, ufrag: str, pwd: str, candidates: Iterable[Candidate]) -> None:
        """Be nominated on the first candidate that answers.  Raises OSError."""
        self._username, self._pwd = f"{ufrag}:{self._ufrag}", pwd
        failure = OSError("no candidate of our address family")
        for candidate in candidates:
            if self._is_over:
                break
            try:
                async with asyncio.timeout(CANDIDATE_S):
                    await self._try(candidate)
            except OSError as error:
                failure = error
            else:
                return
        raise failure

    def send(self, datagram: bytes) -> bool:
        """Hand a datagram on; False when dropped."""
        return self._stream is not None and self._stream.send(datagram) is None

    async def close(self) -> None:
        """May be called twice and at any time; a :meth:`connect` in another task fails then."""
        self._is_over = True
        self._close_stream()
        self._settled.set()
        if self._consent is not None:
            self._consent.cancel()
            await asyncio.wait([self._consent])

    async def _try(self, candidate: Candidate) -> None:
        loop = asyncio.get_running_loop()
        connecting = socket.socket(socket.AF_INET6 if ":" in candidate.address else socket.AF_INET)
        try:
            connecting.setblocking(False)
            connecting.bind((self._local_address, 0))
            await loop.sock_connect(connecting, (candidate.address, candidate.port))
        except BaseException:
            connecting.close()
            raise
        if self._is_over:
            connecting.close()
            raise ConnectionAbortedError("closed meanwhile")
        self._settled.clear()
        stream = self._stream = FramedSocket(
            connecting, loop, on_datagram=self._received, on_lost=lambda _: self._lost()
        )
        try:
            self._check(stream, nominate=True)
            await self._settled.wait()
        except BaseException:
            self._close_stream()
            raise
        if self._stream is None:
            raise ConnectionError("the connection was closed")
        self._consent = loop.create_task(self._keep_consent(stream))

    def _check(self, stream: FramedSocket, *, nominate: bool) -> None:
        attributes: dict[str, Any] = {
            "USERNAME": self._username,
            "PRIORITY": _PRIORITY,
            "ICE-CONTROLLING": self._tie_breaker,
        }
        if nominate:
            attributes["USE-CANDIDATE"] = None
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, attributes=attributes)
        request.add_message_integrity(self._pwd.encode())
        self._asked = request.transaction_id
        stream.send(bytes(request))

    def _received(self, data: bytes, now_s: float) -> None:
        if data[0] > _LAST_STUN_BYTE:
            if self._settled.is_set():
                self._on_datagram(data)
            return
        try:
            message = stun.parse_message(data)
        except (ValueError, struct.error):
            return
        if (
            message.transaction_id == self._asked
            and message.message_class == stun.Class.RESPONSE
            and message.check_message_integrity(self._pwd.encode())
        ):
            self._consent_s = now_s
            self._settled.set()

    async def _keep_consent(self, stream: FramedSocket) -> None:
        now_s = asyncio.get_running_loop().time
        while now_s() - self._consent_s <= CONSENT_S:
            # RFC 7675 section 5.1: spread, or 64 sites would check in step
            await asyncio.sleep(CONSENT_INTERVAL_S * random.uniform(0.8, 1.2))  # noqa: S311
            self._check(stream, nominate=False)
        self._lost()

    def _lost(self) -> None:
        self._close_stream()
        self._settled.set()
        if self._consent is not None:
            self._on_closed()

    def _close_stream(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()
