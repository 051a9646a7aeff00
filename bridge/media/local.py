"""LocalPlane: the media plane in this process, behind :class:`bridge.media.plane.MediaPlane`.

Three clocks drive it.  The sockets: what they held is forwarded, and sent when they are drained or
a moment later.  Every ``TURN_S`` what is not urgent: key-frame requests, links that fell silent, old
pictures, layers, and each session's reports when their half second is over (spread over the turns,
so that 64 sessions do not report in one burst).  Every ``REPAIR_S``, while packets are missing, they
are asked for.

A bug met on a session's way ends that session with the reason ``bug`` and is logged with its
traceback; nobody else notices.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Final

from bridge.media.beginning import DTLS
from bridge.media.core.drops import DropReason
from bridge.media.core.ntp import ntp_from_unix
from bridge.media.core.rtcp import Rtcp
from bridge.media.dtls import Dtls, DtlsFailed, certificate, fingerprint
from bridge.media.feedback import hear
from bridge.media.flusher import Flusher
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
from bridge.media.ports import Ports
from bridge.media.repairs import Repairs
from bridge.media.reports import INTERVAL_S, reports
from bridge.media.session import Credentials, MediaSession
from bridge.media.stats import Traffic, plane_stats
from bridge.media.steering import TURN_S, Steering
from bridge.media.switchboard import Switchboard
from bridge.media.trials import Trials
from bridge.media.tried import TrialOrder
from bridge.media.udp import Address, Port

LINK_S: Final = 5.0
"""The link is lost when the last authenticated packet is older (DESIGN section 2)."""
HANDSHAKE_S: Final = 10.0


class LocalPlane:
    """Bound when made; :meth:`run` carries until cancelled."""

    def __init__(
        self,
        *,
        hosts: Sequence[str],
        port: int,
        tcp_port: int | None = None,
        advertise: tuple[str, ...],
        draw: random.Random,
    ) -> None:
        """*tcp_port*: None for no TCP, 0 for a free one.  *draw* gives first sequence numbers and
        timestamps: a ``SystemRandom`` in service (RFC 3550 section 5.1), a seeded one in tests.
        Raises OSError when a port is taken."""
        self._draw = draw
        self._certificate = certificate()
        self._forwarder = Forwarder()
        self._flusher = Flusher(self._forwarder.fanout)
        self._drops: Counter[DropReason] = self._forwarder.drops
        self._sessions: dict[SessionId, MediaSession] = {}
        self._steering = Steering(self._forwarder, self._say)
        self._repairs = Repairs(self._sessions.values, self._steering, self._met_bug)
        self._forwarder.on_hole = self._repairs.soon
        self._trials = Trials(self._forwarder, self._steering.lent, self._say)
        self._switchboard = Switchboard(
            self._drops,
            on_heard=self._heard,
            on_rtcp=self._hear,
            on_bug=self._met_bug,
            confirm=lambda *told: self._ports.confirm(*told),  # noqa: PLW0108 - they come later
        )
        self._listener: Callable[[PlaneEvent], None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = 0
        self._past = Traffic()
        self._ports = Ports(
            hosts,
            port,
            tcp_port,
            on_datagram=self._take,
            on_drained=self._flusher.on_drained,
            on_drop=self._drop,
            on_lost=self._switchboard.forget,
        )
        self._greeting = Greeting(
            fingerprint=fingerprint(self._certificate), candidates=self._ports.candidates(advertise)
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
            draw=self._draw,
            on_bug=self._met_bug,
        )
        self._sessions[spec.session] = session
        self._past.open(session, self._now_s())
        self._switchboard.add(session)
        for outlet in session.outlets.values():
            self._forwarder.add_outlet(outlet)
        self._start(self._shake_hands(session))

    def restart(
        self, session: SessionId, *, local_ufrag: str, local_pwd: str, remote_ufrag: str
    ) -> None:
        found = self._sessions.get(session)
        if found is not None:
            renewed = Credentials(
                local_ufrag=local_ufrag, local_pwd=local_pwd, remote_ufrag=remote_ufrag
            )
            self._switchboard.rename(found, renewed)

    def close(self, session: SessionId) -> None:
        found = self._sessions.get(session)
        if found is not None:
            self._end(found)

    def set_plan(self, plan: Plan) -> None:
        self._steering.set_plan(plan)
        for session in self._sessions.values():
            if session.connected:
                self._steering.aim(session, self._now_s())

    def try_line(self, order: TrialOrder) -> None:
        self._trials.begin(order, self._sessions.get(order.session))

    def stop_trial(self, trial: str) -> None:
        self._trials.stop(trial)

    def snapshot(self) -> PlaneStats:
        sessions, load = self._sessions.values(), self._ports.load()
        return plane_stats(sessions, self._forwarder, self._past, now_s=self._now_s(), load=load)

    # Life.

    async def run(self) -> None:
        """Carry media until cancelled; then close every session and the ports."""
        loop = asyncio.get_running_loop()
        self._ports.start(loop)
        try:
            while True:
                await asyncio.sleep(TURN_S)
                self._advance(self._now_s())
        finally:
            self._flusher.close()
            self._trials.close()
            self._repairs.close()
            for session in tuple(self._sessions.values()):
                self._end(session)
            if self._tasks:
                await asyncio.wait(self._tasks)
            self._ports.close()

    def _advance(self, now_s: float) -> None:
        self._forwarder.advance(now_s)
        self._ports.advance(now_s)
        self._turn += 1
        turns = round(INTERVAL_S / TURN_S)
        ntp = ntp_from_unix(time.time())
        for place, session in enumerate(tuple(self._sessions.values())):
            silent = session.heard_s is None or now_s - session.heard_s > LINK_S
            if session.link_up and silent:
                session.link_up = False
                self._say(LinkLost(session=session.spec.session))
            if not session.connected:
                continue
            try:
                self._steering.advance(session, place, now_s)
                if (place + self._turn) % (turns if session.sources else 2 * turns) == 0:
                    for packets in reports(session, now_s=now_s, ntp=ntp):
                        session.send_rtcp(*packets)
            except Exception as bug:  # noqa: BLE001 - ends this session alone
                self._met_bug(session, bug)
        self._steering.end_turn()
        self._repairs.soon()

    async def _shake_hands(self, session: MediaSession) -> None:
        try:
            await session.dtls.handshake(session.spec.remote_fingerprints, timeout_s=HANDSHAKE_S)
            if self._carries(session):  # else closed in the turn in which the handshake ended
                self._begin(session)
        except DtlsFailed as failed:
            session.log.info("media.handshake_failed", reason=failed.reason)
            is_silent = failed.reason == "handshake_timeout"
            self._fail(session, failed.reason if is_silent else "handshake_failed")
        except Exception as bug:  # noqa: BLE001 - ends this session alone
            self._met_bug(session, bug)

    def _begin(self, session: MediaSession) -> None:
        session.begin()
        session.heard_s = self._now_s()
        session.reach(DTLS, session.heard_s)
        # Not earlier: a key frame asked for before there are keys would be sent to nobody, and
        # the client's own request be taken for a repetition.
        self._steering.aim(session, session.heard_s)
        self._forwarder.switches.newcomer(session.outlets.values())
        self._heard(session)
        session.log.debug("media.connected", profile=session.dtls.profile)

    def _met_bug(self, session: MediaSession, bug: Exception) -> None:
        """Our bug: nobody but this session shall feel it.  It ends in the next turn, since
        whoever met the bug may be going through the forwarding table."""
        session.log.error("media.bug", exc_info=bug)
        session.end()
        asyncio.get_running_loop().call_soon(self._fail, session, "bug")

    def _carries(self, session: MediaSession) -> bool:
        return self._sessions.get(session.spec.session) is session

    def _fail(self, session: MediaSession, reason: str) -> None:
        if self._carries(session):
            self._end(session)
            self._say(SessionEnded(session=session.spec.session, reason=reason))

    def _end(self, session: MediaSession) -> None:
        del self._sessions[session.spec.session]
        self._trials.over(session)
        self._switchboard.remove(session)
        self._past.add(session)
        session.close(self._now_s())
        self._start(self._part(session))

    async def _part(self, session: MediaSession) -> None:
        await session.dtls.close()  # its goodbye goes over the connection
        self._ports.hang_up(tuple(session.addresses))

    # The way in.

    def _take(self, data: bytes, address: Address, port: Port, now_s: float) -> None:
        self._switchboard.take(data, address, port, now_s)
        self._flusher.on_packet(now_s)

    def _hear(self, session: MediaSession, said: Iterable[Rtcp], now_s: float) -> None:
        hear(session, said, self._forwarder, now_s=now_s, ntp=ntp_from_unix(time.time()))
        self._steering.heard(session, now_s)
        self._trials.hear(session, said, now_s)

    def _heard(self, session: MediaSession) -> None:
        if session.connected and not session.link_up:
            session.link_up = True
            self._say(LinkUp(session=session.spec.session))

    def _say(self, event: PlaneEvent) -> None:
        asyncio.get_running_loop().call_soon(self._deliver, event)

    def _deliver(self, event: PlaneEvent) -> None:
        # Control may have closed the session since: it was promised to hear no more of it.
        is_of_interest = not isinstance(event, LinkUp | LinkLost) or event.session in self._sessions
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
