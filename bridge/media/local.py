"""LocalPlane: the media plane in this process, behind :class:`bridge.media.plane.MediaPlane`.

One UDP port for everybody.  A datagram's first byte says what it is (RFC 7983): STUN finds its
session by the ufrag and, once authenticated, binds its address to it; everything else finds its
session by that address.  Addresses are learnt from nothing else, so whoever does not know a
session's password can neither take it over nor feed its handshake.

One timer drives all deadlines: every ``TURN_S`` it repeats due key-frame requests, looks for
links that fell silent, and sends each session's reports when their half second is over (spread
over the turns, so that 64 sessions do not report in one burst).

A bug met on a session's way ends that session with the reason ``bug`` and is logged with its
traceback; nobody else notices.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Coroutine

import structlog

from bridge.media.core import stun
from bridge.media.core.drops import DropReason
from bridge.media.core.ntp import ntp_from_unix
from bridge.media.dtls import Dtls, DtlsFailed, certificate, fingerprint
from bridge.media.forwarder import Forwarder
from bridge.media.plane import (
    Greeting,
    LinkLost,
    LinkUp,
    Plan,
    PlaneEvent,
    PlaneStats,
    SessionEnded,
    SessionId,
    SessionSpec,
)
from bridge.media.reports import INTERVAL_S, reports
from bridge.media.session import MediaSession
from bridge.media.stats import Traffic, plane_stats
from bridge.media.udp import Address, UdpPort

log = structlog.get_logger(__name__)

TURN_S = 0.1
LINK_S = 5.0
"""The link is lost when the last authenticated packet is older (DESIGN section 2)."""
HANDSHAKE_S = 10.0
MIN_BYTES = 12
MAX_BYTES = 1472
"""What fits an Ethernet frame behind IPv4 and UDP; nothing we negotiate sends more."""


class LocalPlane:
    """Bound when made; :meth:`run` carries until cancelled."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        advertise: tuple[str, ...],
        draw: random.Random,
    ) -> None:
        """*draw* gives first sequence numbers and timestamps: a ``SystemRandom`` in service
        (RFC 3550 section 5.1), a seeded one in tests.  Raises OSError when the port is taken."""
        self._draw = draw
        self._certificate = certificate()
        self._forwarder = Forwarder()
        self._drops: Counter[DropReason] = self._forwarder.drops
        self._sessions: dict[SessionId, MediaSession] = {}
        self._by_ufrag: dict[str, MediaSession] = {}
        self._by_address: dict[Address, MediaSession] = {}
        self._plan = Plan()
        self._listener: Callable[[PlaneEvent], None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = 0
        self._past = Traffic()
        self._port = UdpPort(host, port, on_datagram=self._on_datagram, on_drop=self._drop)
        self._greeting = Greeting(
            fingerprint=fingerprint(self._certificate),
            candidates=tuple((address, self._port.address[1]) for address in advertise),
        )

    # What control asks (MediaPlane).

    def greeting(self) -> Greeting:
        return self._greeting

    def on_event(self, listener: Callable[[PlaneEvent], None]) -> None:
        self._listener = listener

    def open(self, spec: SessionSpec) -> None:
        session = MediaSession(
            spec,
            forwarder=self._forwarder,
            dtls=lambda send: Dtls(
                self._certificate, "server", send, on_closed=lambda why: self._fail(session, why)
            ),
            send=self._port.send,
            draw=self._draw,
            on_bug=self._met_bug,
        )
        self._sessions[spec.session] = session
        self._by_ufrag[spec.local_ufrag] = session
        for outlet in session.outlets.values():
            self._forwarder.add_outlet(outlet)
        self._start(self._shake_hands(session))

    def close(self, session: SessionId) -> None:
        found = self._sessions.get(session)
        if found is not None:
            self._end(found)

    def set_plan(self, plan: Plan) -> None:
        self._plan = plan
        self._forwarder.set_gates(plan.gates)
        for session in self._sessions.values():
            if session.connected:
                self._aim(session)

    def _aim(self, session: MediaSession) -> None:
        now_s = self._now_s()
        for outlet in session.outlets.values():
            self._forwarder.aim(outlet, self._plan.slots.get(outlet.slot), now_s)

    def snapshot(self) -> PlaneStats:
        return plane_stats(
            self._sessions.values(), self._forwarder, self._past, now_s=self._now_s()
        )

    # Life.

    async def run(self) -> None:
        """Carry media until cancelled; then close every session and the port."""
        loop = asyncio.get_running_loop()
        self._port.start(loop)
        try:
            while True:
                await asyncio.sleep(TURN_S)
                self._advance(loop.time())
        finally:
            for session in tuple(self._sessions.values()):
                self._end(session)
            if self._tasks:
                await asyncio.wait(self._tasks)
            self._port.close()

    def _advance(self, now_s: float) -> None:
        self._forwarder.advance(now_s)
        self._turn += 1
        turns = round(INTERVAL_S / TURN_S)
        ntp = ntp_from_unix(time.time())
        for place, session in enumerate(tuple(self._sessions.values())):
            silent = session.heard_s is None or now_s - session.heard_s > LINK_S
            if session.link_up and silent:
                session.link_up = False
                self._say(LinkLost(session=session.spec.session))
            if session.connected and (place + self._turn) % turns == 0:
                try:
                    for packet in reports(session, now_s=now_s, ntp=ntp):
                        session.send_rtcp(packet)
                except Exception as bug:  # noqa: BLE001 - ends this session alone
                    self._met_bug(session, bug)

    async def _shake_hands(self, session: MediaSession) -> None:
        dtls = session.dtls
        try:
            await dtls.handshake(session.spec.remote_fingerprints, timeout_s=HANDSHAKE_S)
        except DtlsFailed as failed:
            log.info("media.handshake_failed", session=session.spec.session, reason=failed.reason)
            is_silent = failed.reason == "handshake_timeout"
            self._fail(session, failed.reason if is_silent else "handshake_failed")
            return
        except Exception as bug:  # noqa: BLE001 - ends this session alone
            self._met_bug(session, bug)
            return
        if not self._carries(session):
            return  # closed in the turn in which the handshake ended
        session.connected = True
        session.heard_s = self._now_s()
        # Not earlier: a key frame asked for before there are keys would be sent to nobody, and
        # the client's own request be taken for a repetition.
        self._aim(session)
        self._heard(session)
        log.debug("media.connected", session=session.spec.session, profile=dtls.profile)

    def _met_bug(self, session: MediaSession, bug: Exception) -> None:
        """Our bug: nobody but this session shall feel it.  It ends in the next turn, since
        whoever met the bug may be going through the forwarding table."""
        log.error("media.bug", session=session.spec.session, exc_info=bug)
        session.connected = False
        asyncio.get_running_loop().call_soon(self._fail, session, "bug")

    def _carries(self, session: MediaSession) -> bool:
        return self._sessions.get(session.spec.session) is session

    def _fail(self, session: MediaSession, reason: str) -> None:
        if self._carries(session):
            self._end(session)
            self._say(SessionEnded(session=session.spec.session, reason=reason))

    def _end(self, session: MediaSession) -> None:
        del self._sessions[session.spec.session]
        del self._by_ufrag[session.spec.local_ufrag]
        self._past.add(session)
        session.close(self._now_s())
        for address in session.addresses:
            self._forget(address, session)
        self._start(session.dtls.close())

    # The way in.

    def _on_datagram(self, data: bytes, address: Address, now_s: float) -> None:
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
                session.receive(data, now_s)
            except Exception as bug:  # noqa: BLE001 - ends this session alone
                self._met_bug(session, bug)
                return
            if session.heard_s == now_s:
                self._heard(session)
        elif first <= 3:
            self._on_stun(data, address, now_s)
        elif 20 <= first <= 63:
            session = self._by_address.get(address)
            if session is None:
                self._drops[DropReason.UNKNOWN_ADDRESS] += 1
            elif not session.dtls.feed(data):
                self._drops[DropReason.DTLS_OVERFLOW] += 1
        else:
            self._drops[DropReason.FIRST_BYTE] += 1

    def _on_stun(self, data: bytes, address: Address, now_s: float) -> None:
        try:
            request = stun.parse_binding_request(data)
        except stun.StunMalformed as malformed:
            self._drops[malformed.drop] += 1
            return
        session = self._by_ufrag.get(request.local_ufrag)
        if session is None or request.remote_ufrag != session.spec.remote_ufrag:
            self._drops[DropReason.STUN_NOT_FOR_US] += 1
            return
        pwd = session.spec.local_pwd
        if not request.authenticate(pwd):
            self._drops[DropReason.STUN_UNAUTHENTIC] += 1
            return
        for forgotten in session.learn(address, nominated=request.use_candidate):
            self._forget(forgotten, session)
        self._by_address[address] = session
        session.heard_s = now_s
        self._port.send(stun.binding_response(request, address, pwd), address)
        self._heard(session)

    def _heard(self, session: MediaSession) -> None:
        """Something authenticated came."""
        if session.connected and not session.link_up:
            session.link_up = True
            self._say(LinkUp(session=session.spec.session))

    def _forget(self, address: Address, session: MediaSession) -> None:
        if self._by_address.get(address) is session:
            del self._by_address[address]

    # Small steps.

    def _say(self, event: PlaneEvent) -> None:
        asyncio.get_running_loop().call_soon(self._deliver, event)

    def _deliver(self, event: PlaneEvent) -> None:
        # Control may have closed the session since: it was promised to hear no more of it.
        is_of_interest = isinstance(event, SessionEnded) or event.session in self._sessions
        if self._listener is not None and is_of_interest:
            self._listener(event)

    def _start(self, coroutine: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _drop(self, reason: DropReason) -> None:
        self._drops[reason] += 1

    def _now_s(self) -> float:
        return asyncio.get_running_loop().time()
