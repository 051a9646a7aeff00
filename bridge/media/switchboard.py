"""Switchboard: which session a datagram is for.

Its first byte says what it is (RFC 7983): STUN finds its session by the ufrag and, once
authenticated, binds its address to it; everything else finds its session by that address.
Addresses are learnt from nothing else, so whoever does not know a session's password can neither
take it over nor feed its handshake.

Transport does not matter here: a TCP connection is an address like another, and a client may be
checked on both and move from one to the other, by a check that it authenticates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final

from bridge.media.beginning import ICE
from bridge.media.core import stun
from bridge.media.core.drops import DropReason
from bridge.media.core.rtcp import Rtcp
from bridge.media.session import Credentials, MediaSession
from bridge.media.udp import Address, Port

MIN_BYTES: Final = 12
MAX_BYTES: Final = 1472
"""What fits an Ethernet frame behind IPv4 and UDP; nothing we negotiate sends more."""


class Switchboard:
    """Addresses and names of all sessions."""

    def __init__(
        self,
        drops: Counter[DropReason],
        *,
        on_heard: Callable[[MediaSession], None],
        on_rtcp: Callable[[MediaSession, Iterable[Rtcp], float], None],
        on_bug: Callable[[MediaSession, Exception], None],
        confirm: Callable[[Address, Port], None],
    ) -> None:
        """*on_heard*: something authenticated came.  *confirm*: this address belongs to a session
        now, whatever its port may do with those that do not."""
        self._drops = drops
        self._on_heard = on_heard
        self._on_rtcp = on_rtcp
        self._on_bug = on_bug
        self._confirm = confirm
        self._by_ufrag: dict[str, MediaSession] = {}
        self._by_address: dict[Address, MediaSession] = {}

    def add(self, session: MediaSession) -> None:
        self._by_ufrag[session.credentials.local_ufrag] = session

    def rename(self, session: MediaSession, credentials: Credentials) -> None:
        """ICE restart: only the new names and password are taken from now on."""
        del self._by_ufrag[session.credentials.local_ufrag]
        session.credentials = credentials
        self.add(session)

    def remove(self, session: MediaSession) -> None:
        self._by_ufrag.pop(session.credentials.local_ufrag, None)
        for address in session.addresses:
            self._forget(address, session)

    def forget(self, address: Address) -> MediaSession | None:
        """An address that is no more; whose it was."""
        session = self._by_address.pop(address, None)
        if session is not None:
            session.unlearn(address)
        return session

    def take(self, data: bytes, address: Address, port: Port, now_s: float) -> None:
        """One datagram, or one frame of a TCP connection."""
        if not MIN_BYTES <= len(data) <= MAX_BYTES:
            self._drops[DropReason.SIZE] += 1
            return
        first = data[0]
        if 128 <= first <= 191:
            session = self._by_address.get(address)
            if session is None:
                self._drops[DropReason.UNKNOWN_ADDRESS] += 1
                return
            try:
                said = session.receive(data, now_s)
                if said:
                    self._on_rtcp(session, said, now_s)
            except Exception as bug:  # noqa: BLE001 - ends this session alone
                self._on_bug(session, bug)
                return
            if session.heard_s == now_s:
                self._on_heard(session)
        elif first <= 3:
            self._take_stun(data, address, port, now_s)
        elif 20 <= first <= 63:
            session = self._by_address.get(address)
            if session is None:
                self._drops[DropReason.UNKNOWN_ADDRESS] += 1
            elif not session.dtls.feed(data):
                self._drops[DropReason.DTLS_OVERFLOW] += 1
        else:
            self._drops[DropReason.FIRST_BYTE] += 1

    def _take_stun(self, data: bytes, address: Address, port: Port, now_s: float) -> None:
        try:
            request = stun.parse_binding_request(data)
        except stun.StunMalformed as malformed:
            self._drops[malformed.drop] += 1
            return
        session = self._by_ufrag.get(request.local_ufrag)
        if session is None or request.remote_ufrag != session.credentials.remote_ufrag:
            self._drops[DropReason.STUN_NOT_FOR_US] += 1
            return
        pwd = session.credentials.local_pwd
        if not request.authenticate(pwd):
            self._drops[DropReason.STUN_UNAUTHENTIC] += 1
            return
        known = self._by_address.get(address)
        if known is not None and known is not session:
            known.unlearn(address)
        self._confirm(address, port)
        for forgotten in session.learn(address, port, nominated=request.use_candidate):
            self._forget(forgotten, session)
        self._by_address[address] = session
        session.heard_s = now_s
        session.reach(ICE, now_s)
        port.send(stun.binding_response(request, address, pwd), address)
        self._on_heard(session)

    def _forget(self, address: Address, session: MediaSession) -> None:
        if self._by_address.get(address) is session:
            del self._by_address[address]
