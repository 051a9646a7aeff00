"""RemotePlane: the media plane in the worker process, as control sees it.

Whoever uses it need not know that it may be away.  A plan is remembered and given to whichever
worker comes; a session that is closed meanwhile is closed there when it is back.  While the
worker is away the greeting has no candidates: nothing can be offered to.

Three ends, told apart by who comes back:

* *Another worker* (another certificate): all its sessions are gone.  It is given the plan, and only
  then is :class:`SessionEnded` (``worker_lost``) said of each, so that what follows from it, a
  new offer, is answered at once.
* *The same worker*, which had cut us off: what ended meanwhile is said, what we do not know is closed.
* *None* within :data:`PATIENCE_S`: the links count as lost as they would without a packet.

:meth:`meet` is for control's own start: the sessions that a control before us left behind are the
caller's to adopt (:meth:`adopt`); the others are closed.

Totals go on when a worker does not: what those before have carried is added.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import structlog

from bridge.media.connection import Connection, WorkerAway, meet
from bridge.media.plane import (
    Greeting,
    LayerDemand,
    LinkLost,
    LinkUp,
    Plan,
    PlaneEvent,
    PlaneStats,
    SessionEnded,
    SessionId,
    SessionSpec,
)
from bridge.media.slots import MIC
from bridge.media.totals import NOTHING, plus
from bridge.media.tried import LineTried, TrialOrder, TrialStop
from bridge.media.wire import (
    Alive,
    Close,
    Fault,
    FromControl,
    Open,
    Restart,
    SetPlan,
    Welcome,
)
from bridge.origin import origin

log = structlog.get_logger(__name__)

PATIENCE_S: Final = 5.0
"""A link without a packet for so long is lost (DESIGN section 2)."""

WORKER_LOST: Final = "worker_lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A worker that was there before us."""

    plan: Plan
    alive: tuple[Alive, ...]

    def rooms(self) -> dict[str, SessionId]:
        """Site -> the media of its room device, if its link is up: only a room has a microphone.
        Of two the newer is meant; the older was about to be closed."""
        return {
            one.spec.site: one.spec.session
            for one in self.alive
            if one.link_up and any(uplink.slot == MIC.name for uplink in one.spec.uplinks)
        }


class RemotePlane:
    """:meth:`run` keeps the connection until cancelled."""

    def __init__(self, path: Path) -> None:
        self.worker: Welcome | None = None
        """The present one, or the last."""
        self._path = path
        self._connection: Connection | None = None
        self._plan: Plan | None = None
        self._links: dict[SessionId, bool] = {}
        """What control has opened or adopted -> whether its link is up."""
        self._demanded: set[str] = set()
        self._stats = NOTHING
        self._past = NOTHING
        """Totals of the workers before this one."""
        self._listener: Callable[[PlaneEvent], None] | None = None
        self._on_worker: Callable[[], None] | None = None

    @property
    def connected(self) -> bool:
        return self._connection is not None

    def on_worker(self, listener: Callable[[], None]) -> None:
        """The one listener for another worker having come."""
        self._on_worker = listener

    # MediaPlane.

    def greeting(self) -> Greeting:
        if self.worker is None:
            return Greeting(fingerprint="", candidates=())
        greeting = self.worker.greeting
        return greeting if self.connected else replace(greeting, candidates=())

    def open(self, spec: SessionSpec) -> None:
        self._links[spec.session] = False
        self._send(Open(spec=spec))

    def close(self, session: SessionId) -> None:
        if self._links.pop(session, None) is not None:
            self._send(Close(session=session, command_id=origin()))

    def restart(
        self, session: SessionId, *, local_ufrag: str, local_pwd: str, remote_ufrag: str
    ) -> None:
        self._send(
            Restart(
                session=session,
                local_ufrag=local_ufrag,
                local_pwd=local_pwd,
                remote_ufrag=remote_ufrag,
            )
        )

    def set_plan(self, plan: Plan) -> None:
        self._plan = plan
        self._send(SetPlan(plan=plan, command_id=origin()))

    def try_line(self, order: TrialOrder) -> None:
        if self._connection is None:
            absent = LineTried(trial=order.trial, session=order.session, outcome="absent")
            self._say(absent)
        self._send(order)

    def stop_trial(self, trial: str) -> None:
        self._send(TrialStop(trial=trial))

    def snapshot(self) -> PlaneStats:
        """As the worker last said; of one that is away no session is carried."""
        stats = self._stats if self.connected else replace(self._stats, sessions=())
        return plus(stats, self._past)

    def on_event(self, listener: Callable[[PlaneEvent], None]) -> None:
        self._listener = listener

    # Life.

    async def meet(self, timeout_s: float) -> Found:
        """Before :meth:`run`: the worker, and what it carries; nothing when none comes in time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                found = await meet(self._path)
                self._connection, self.worker = found.connection, found.welcome
                return Found(plan=found.welcome.plan, alive=found.alive)
        return Found(plan=Plan(), alive=())

    def adopt(self, found: Found, sessions: Collection[SessionId]) -> None:
        """Go on with *sessions* of what was found and its plan; close the others."""
        self._plan = found.plan
        for alive in found.alive:
            session = alive.spec.session
            if session in sessions:
                self._links[session] = alive.link_up
            else:
                self._send(Close(session=session))

    async def run(self) -> None:
        """Follow the worker, and every next one, until cancelled."""
        try:
            while True:
                if self._connection is None:
                    await self._find()
                assert self._connection is not None
                try:
                    await self._follow(self._connection)
                except WorkerAway as away:
                    log.warning("media.worker_away", reason=str(away))
                self._drop()
        finally:
            self._drop()

    async def _follow(self, connection: Connection) -> None:
        while True:
            message = await connection.read()
            match message:
                case PlaneStats():
                    self._stats = message
                case LinkUp(session=session) | LinkLost(session=session):
                    if session in self._links:
                        self._links[session] = isinstance(message, LinkUp)
                        self._say(message)
                case SessionEnded(session=session):
                    if self._links.pop(session, None) is not None:
                        self._say(message)
                case LineTried():
                    self._say(message)
                case LayerDemand():
                    self._demand(message)
                case _:
                    raise WorkerAway(Fault.UNKNOWN)

    async def _find(self) -> None:
        """Until there is a worker; after a while nobody waits for it with us."""
        finding = asyncio.ensure_future(meet(self._path))
        try:
            done, _ = await asyncio.wait({finding}, timeout=PATIENCE_S)
            if not done:
                self._end(tuple(self._links))
            met = await finding
        finally:
            finding.cancel()
        self._connection = met.connection
        self._meet_again(met.welcome, {one.spec.session: one.link_up for one in met.alive})

    def _meet_again(self, welcome: Welcome, here: dict[SessionId, bool]) -> None:
        before, self.worker = self.worker, welcome
        if before is not None and before.greeting.fingerprint != welcome.greeting.fingerprint:
            self._past, self._stats = plus(self._stats, self._past), NOTHING
        for session in here.keys() - self._links.keys():
            self._send(Close(session=session))
        if self._plan is not None:
            self._send(SetPlan(plan=self._plan))
        log.info("media.worker_came", worker=welcome.pid, sessions=len(here))
        if self._on_worker is not None:
            self._on_worker()
        for site in tuple(self._demanded):
            # The worker's own follow at once, if it has any.
            self._demand(LayerDemand(site=site, layers=frozenset()))
        for session, up in here.items():
            if self._links.get(session, up) is not up:
                self._links[session] = up
                self._say(LinkUp(session=session) if up else LinkLost(session=session))
        self._end([session for session in self._links if session not in here])

    # Small steps.

    def _send(self, message: FromControl) -> None:
        if self._connection is not None:
            self._connection.write(message)

    def _say(self, event: PlaneEvent) -> None:
        if self._listener is not None:
            self._listener(event)

    def _demand(self, demand: LayerDemand) -> None:
        self._demanded.discard(demand.site)
        if demand.layers:
            self._demanded.add(demand.site)
        self._say(demand)

    def _end(self, sessions: Collection[SessionId]) -> None:
        for session in sessions:
            # Whoever hears of one may close another.
            if self._links.pop(session, None) is not None:
                self._say(SessionEnded(session=session, reason=WORKER_LOST))

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.abort()
