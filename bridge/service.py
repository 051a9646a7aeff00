"""Bridge: the conference, its sessions and its media as one thing for the doors.

It decides nothing of its own: the room decides what happens, the stage what is shown, the plane
carries it.  This module joins their ends:

* a change of the conference -> the plan of the plane first (gates shut, gates open, slots moved),
  then what the rooms are asked (``media.set``, ``media.want``), then what everybody is told;
* a fact of the plane (link up, lost, ended) -> a command of the house (:mod:`bridge.carriage`,
  which also says who closes whom);
* an offer -> a media session.

A control that was killed leaves its media sessions in the worker.  :meth:`Bridge.adopt` takes those
of rooms: they become sessions whose control is lost, and the room that says hello inherits them as
a device that replaces another does.  ``boot`` names the life of the media plane and not ours, so
that it need not begin anew.  The consoles' media ends; theirs always ends with their WebSocket.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Collection, Mapping
from typing import Any

import structlog

from bridge.answers import Accepted
from bridge.carriage import Carriage
from bridge.check.measure import Measurer
from bridge.check.round import Rounds
from bridge.clients import Said
from bridge.conference import commands
from bridge.conference.commands import Actor, PersonCommand
from bridge.conference.projection import Audience
from bridge.conference.words import Refusal, Role, SiteCode
from bridge.devices import Devices
from bridge.draw import Draw
from bridge.events import Change
from bridge.identity import Identity
from bridge.media.plane import LayerDemand, MediaPlane, Plan, PlaneEvent, SessionId
from bridge.media.slots import SessionKind, slots_for
from bridge.media.tried import LineTried
from bridge.negotiator import Negotiator
from bridge.orders import Orders
from bridge.outgoing import Bye, Joined, JoinRefused, MediaRejected, Outbox
from bridge.outgoing import Change as Told
from bridge.presence import Presence
from bridge.room import Room
from bridge.sessions import GALLERY_ROLES, Session, Sessions
from bridge.staging import Staging
from bridge.survey import media_totals
from bridge.views import Views, audience_of_session
from bridge.watch import Figures, Watch

log = structlog.get_logger(__name__)


class Bridge:
    """The facade of everything below the doors.  One per service; every call is from the loop."""

    def __init__(
        self,
        *,
        room: Room,
        plane: MediaPlane,
        titles: Mapping[SiteCode, str],
        names: Mapping[SiteCode, str],
        chance: random.Random,
        bandwidths_bps: Mapping[SiteCode, int] | None = None,
        consents: Collection[SiteCode] = (),
    ) -> None:
        """*bandwidths_bps* and *consents* are what the roster says of lines and microphones.  *chance* makes ids, SSRCs and ICE passwords: a ``SystemRandom`` in service."""
        self._draw = Draw(chance)
        self._room = room
        self._plane = plane
        self._titles = titles
        self._sessions = Sessions()
        self._negotiator = Negotiator(
            plane, self._draw, bandwidths_bps or {}, alive=self._sessions.by_media
        )
        self._staging = Staging(plane=plane, sessions=self._sessions, room=room, consents=consents)
        self._watch = Watch(titles, plane)
        self._devices = Devices(self._sessions, room)
        self._presence = Presence(self._sessions, room)
        self._carriage = Carriage(
            plane=plane,
            sessions=self._sessions,
            room=room,
            watch=self._watch,
            on_silent=self._devices.take_over,
        )
        self._orders = Orders(
            sessions=self._sessions, devices=self._devices, carriage=self._carriage, room=room
        )
        self.measurer = Measurer(plane=plane, sessions=self._sessions, light=self._staging.light)
        self._rounds = Rounds(
            room=room, watch=self._watch, measuring=self.measurer, number=self._draw.number
        )
        self._views = Views(titles, names, room.conference, room.rev)
        plane.on_event(self._on_plane)
        room.emitter.on_changed(self._on_change)
        room.emitter.on_begun(self._on_begun)

    def adopt(self, rooms: Mapping[SiteCode, SessionId], plan: Plan) -> None:
        """Before anybody joins: go on with the media of *rooms*, which this plane still carries
        by *plan*.  Whoever stood in a speaker's place keeps it."""
        for site, media in rooms.items():
            self._sessions.adopt(self._draw.name(), site, media, conference=self.conference_id())
        self._staging.adopt(plan)
        self._staging.set()

    @property
    def boot(self) -> str:  # each plane makes its own certificate, so that names its life
        return self._plane.greeting().fingerprint.replace(":", "")[:16].lower()

    def conference_id(self) -> str:
        return self._room.conference.id

    def rev(self) -> int:
        return self._room.rev

    def now_s(self) -> float:
        return self._room.now_s

    def join(
        self,
        *,
        identity: Identity,
        kind: SessionKind,
        outbox: Outbox,
        resume: int | None = None,
        device: str | None = None,
        standby: bool = False,
    ) -> Joined:
        """Take a machine in; the caller has checked that it may be of this kind.

        *resume* is the revision it saw last, *device* what it calls itself, *standby* that it
        wants to wait beside the active one.  Raises :class:`JoinRefused`.
        """
        watches = kind is SessionKind.CONSOLE and bool(identity.roles & GALLERY_ROLES)
        viewer = identity.roles <= {Role.VIEWER}
        session = Session(
            id=self._draw.name(),
            identity=identity,
            kind=kind,
            slots=slots_for(kind, gallery_size=len(self._titles) if watches else 0),
            outbox=outbox,
            device=device,
        )
        with self._watch.arrivals.judged():
            if self._room.conference.locked and kind is SessionKind.WALL and viewer:
                raise JoinRefused("locked", "the conference takes no further viewer")
            self._devices.enter(session, wants_standby=standby)
        self._watch.arrivals.hello(session.id, now_s=_now_s())
        self._presence.came(session)
        log.info("session.joined", session=session.id, site=identity.site, kind=kind)
        if kind is SessionKind.CONSOLE:
            session.tell(self._watch.lines(self._room, self._sessions))
        self._staging.set()
        audience = audience_of_session(session)
        missed = None if resume is None else self.missed(audience, resume)
        return Joined(
            session=session.id,
            slots=session.slots,
            snapshot=self._views.snapshot(audience) if missed is None else None,
            missed=missed,
        )

    def missed(self, audience: Audience, rev: int) -> Told | None:
        """What *audience* has not been told since *rev*; None: too much."""
        changes = self._room.history.since(rev)
        if changes is None:
            return None
        return self._views.missed(audience, changes, now_s=self._room.now_s)

    def offer(
        self, session_id: str, sdp: str, slots: Mapping[str, str], *, restart: bool = False
    ) -> str:
        """The answer to an offer; the session's media begins, or with *restart* its ICE does.

        Raises :class:`MediaRejected`, and then what was there before goes on.
        """
        session = self._sessions.get(session_id)
        if session is None or session.outbox is None:
            raise MediaRejected("the session is over")
        with self._watch.arrivals.judged():
            if session.standby:
                raise MediaRejected("another device of the site is the active one")
            if restart:
                answer = self._negotiator.restart(session, sdp, slots)
                session.offers += 1
                self._watch.restarted(session)
                return answer
            session.offers += 1
            name = f"{session.id}.{session.offers}"
            answer, spec = self._negotiator.begin(session, name, sdp, slots)
        self._carriage.begin(session, spec)
        self._watch.arrivals.offered(session.id, name, now_s=_now_s())
        self._staging.set()
        return answer

    def report(self, session_id: str, *, mic: str, level: int | None, stats: Said = None) -> None:
        session = self._sessions.get(session_id)
        if session is not None:
            session.mic, session.level_dbov = mic, level
            self._presence.heard(session)
            self._watch.hear(session, stats, now_s=self._room.now_s)

    def leave(self, session_id: str, *, said_goodbye: bool) -> None:
        """The WebSocket is gone.  Without a goodbye the media of a room goes on."""
        session = self._sessions.get(session_id)
        if session is None:
            return
        session.outbox = None
        self._watch.arrivals.left(session.id)
        self._presence.went(session)
        log.info("session.left", session=session.id, site=session.site, goodbye=said_goodbye)
        if session.kind is SessionKind.ROOM and session.media is not None and not said_goodbye:
            return
        self._carriage.end(session)
        self._sessions.remove(session)
        is_active = session.kind is SessionKind.ROOM and not session.standby
        if is_active and session.site is not None and said_goodbye:
            self._room.post(commands.SiteLeft(site=session.site))
        self._devices.leave(session)
        self._staging.set()

    async def submit(
        self,
        command: PersonCommand,
        actor: Actor,
        command_id: str | None,
        *,
        seen_rev: int | None = None,
    ) -> Accepted | Refusal:
        """See :meth:`bridge.room.Room.submit`."""
        return await self._watch.asked.answer(
            self._room.submit(command, actor, command_id, seen_rev=seen_rev)
        )

    async def begin_next(self, title: str, *, rehearsal: bool, actor: Actor) -> Accepted | Refusal:
        return await self._room.begin_next(title, rehearsal=rehearsal, actor=actor)

    def view(self, audience: Audience) -> Mapping[str, Any]:
        return self._views.snapshot(audience)

    def sites(self) -> list[dict[str, Any]]:
        """All sites in roster order with their three facts, for desk, board and operators."""
        return self._watch.sites(self._room, self._sessions)

    def figures(self) -> Figures:
        return self._watch.figures(self._room, self._sessions, self._staging.plan)

    def media(self) -> dict[str, Any]:
        return media_totals(self._plane.snapshot())

    # What happens.

    def _on_change(self, change: Change) -> None:
        self._orders.carry_out(change)
        self._rounds.hear(change)
        self._presence.listen()
        self._staging.set()
        seats = [(session, audience_of_session(session)) for session in self._sessions]
        told = self._views.show(change, (seat[1] for seat in seats), now_s=self._room.now_s)
        for session, audience in seats:
            session.tell(told[audience])

    def _on_begun(self) -> None:
        for session in self._sessions:
            session.tell(Bye(reason="conference_over"))
            self._watch.arrivals.left(session.id)
            self._carriage.end(session)
            self._sessions.remove(session)
        self._views.begin(self._room.conference, self._room.rev)
        self._watch.begin()
        self._rounds.begin()
        self._staging.set()

    def _on_plane(self, event: PlaneEvent) -> None:
        if isinstance(event, LayerDemand):
            self._staging.hear(event)
        elif isinstance(event, LineTried):
            self.measurer.hear(event)
        else:
            silent = self._watch.is_silent(event.session)
            self._watch.arrivals.hear(event, silent=silent, now_s=_now_s())
            self._carriage.hear(event)

    async def run(self) -> None:
        """Judge the lines once a second, and check them where that is wished, until cancelled."""
        async with asyncio.TaskGroup() as parts:
            parts.create_task(self._rounds.run(), name="line checks")
            while True:
                await asyncio.sleep(1.0)
                self._watch.look(self._room, self._sessions, self._staging.plan)


def _now_s() -> float:
    return asyncio.get_running_loop().time()
