"""Bridge: the conference, its sessions and its media as one thing for the doors.

It decides nothing of its own: the room decides what happens, the stage what is shown, the plane
carries it.  This module joins their ends:

* a change of the conference -> the plan of the plane first (gates shut, gates open, slots moved),
  then what the rooms are asked (``media.set``, ``media.want``), then what everybody is told;
* a fact of the plane (link up, lost, ended) -> a command of the house;
* an offer -> a media session.

Who closes whom: a session whose control is gone is kept while its media lives and closed with it;
a session whose media is gone is told ``media.reset`` and may offer again; a replaced room
session gets ``bye`` at once, and its media ends when the newcomer offers.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from typing import Any

import structlog

from bridge.answers import Accepted
from bridge.clients import Said
from bridge.conference import commands
from bridge.conference.commands import Actor, PersonCommand
from bridge.conference.projection import Audience
from bridge.conference.words import Refusal, SiteCode
from bridge.draw import Draw
from bridge.events import Change
from bridge.identity import Identity
from bridge.media.core.sdp import SdpRejected, negotiate, parse_offer
from bridge.media.plane import LinkLost, LinkUp, MediaPlane, PlaneEvent, SessionEnded
from bridge.media.slots import SessionKind, slots_for
from bridge.outgoing import (
    Bye,
    Joined,
    MediaRejected,
    MediaReset,
    MediaSet,
    MediaWant,
    Outbox,
    Stage,
)
from bridge.room import Room
from bridge.sessions import GALLERY_ROLES, Session, Sessions
from bridge.stage import Stage as StageState
from bridge.stage import mic_wish, set_stage
from bridge.survey import media_totals
from bridge.views import Views, audience_of_session
from bridge.watch import Figures, Watch

log = structlog.get_logger(__name__)

REPLACED_S = 5.0
"""A replaced device's link counts as up for as long as a packet would be young enough."""


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
    ) -> None:
        """*chance* makes ids, SSRCs and ICE passwords: a ``SystemRandom`` in service."""
        self._draw = Draw(chance)
        self.boot = self._draw.name()
        self._room = room
        self._plane = plane
        self._titles = titles
        self._sessions = Sessions()
        self._due: dict[SiteCode, asyncio.TimerHandle] = {}
        """Sites whose media is being replaced: then the link is lost unless it is back."""
        self._stage = StageState()
        self._watch = Watch(titles, plane)
        self._views = Views(titles, names, room.conference, room.rev)
        plane.on_event(self._on_plane)
        room.emitter.on_changed(self._on_change)
        room.emitter.on_begun(self._on_begun)

    # What doors ask.

    def conference_id(self) -> str:
        return self._room.conference.id

    def rev(self) -> int:
        return self._room.rev

    def now_s(self) -> float:
        return self._room.now_s

    def join(self, *, identity: Identity, kind: SessionKind, outbox: Outbox) -> Joined:
        """Take a machine in; the caller has checked that it may be of this kind.  A room replaces
        the site's present one, whose media goes on until this one offers its own."""
        watches = kind is SessionKind.CONSOLE and bool(identity.roles & GALLERY_ROLES)
        session = Session(
            id=self._draw.name(),
            identity=identity,
            kind=kind,
            slots=slots_for(kind, gallery_size=len(self._titles) if watches else 0),
            outbox=outbox,
        )
        older = self._sessions.room(identity.site or "") if kind is SessionKind.ROOM else None
        if older is None:
            self._sessions.add(session)
        else:
            older.tell(Bye(reason="replaced"))
            self._sessions.inherit(session, older)
        log.info("session.joined", session=session.id, site=identity.site, kind=kind)
        if kind is SessionKind.CONSOLE:
            session.tell(self._watch.lines(self._room, self._sessions))
        self._set_stage()
        return Joined(
            session=session.id,
            slots=session.slots,
            snapshot=self._views.snapshot(audience_of_session(session)),
        )

    def offer(self, session_id: str, sdp: str, slots: Mapping[str, str]) -> str:
        """The answer to an offer; the session's media begins.

        Raises :class:`MediaRejected`, and then what was there before goes on.
        """
        session = self._sessions.get(session_id)
        if session is None or session.outbox is None:
            raise MediaRejected("the session is over")
        session.offers += 1
        name = f"{session.id}.{session.offers}"
        try:
            answer, spec = negotiate(
                parse_offer(sdp),
                session.slots,
                slots,
                session=name,
                site=session.site or "",
                local_ufrag=self._draw.ufrag(),
                local_pwd=self._draw.password(),
                ssrcs=self._draw.ssrcs(),
                greeting=self._plane.greeting(),
            )
        except SdpRejected as error:
            raise MediaRejected(str(error)) from error
        if session.link_up:
            self._await_link(session)
        self._end_media(session)
        self._sessions.set_media(session, name)
        self._plane.open(spec)
        return answer

    def report(self, session_id: str, *, mic: str, level: int | None, stats: Said = None) -> None:
        session = self._sessions.get(session_id)
        if session is not None:
            session.mic, session.level_dbov = mic, level
            self._watch.hear(session, stats, now_s=self._room.now_s)

    def leave(self, session_id: str, *, said_goodbye: bool) -> None:
        """The WebSocket is gone.  Without a goodbye the media of a room goes on."""
        session = self._sessions.get(session_id)
        if session is None:
            return
        session.outbox = None
        log.info("session.left", session=session.id, site=session.site, goodbye=said_goodbye)
        if session.kind is SessionKind.ROOM and session.media is not None and not said_goodbye:
            return
        self._end_media(session)
        self._sessions.remove(session)
        if session.kind is SessionKind.ROOM and session.site is not None and said_goodbye:
            self._room.post(commands.SiteLeft(site=session.site))
        self._set_stage()

    async def submit(
        self, command: PersonCommand, actor: Actor, command_id: str | None
    ) -> Accepted | Refusal:
        return await self._room.submit(command, actor, command_id)

    async def begin_next(self, title: str, *, rehearsal: bool, actor: Actor) -> Accepted | Refusal:
        return await self._room.begin_next(title, rehearsal=rehearsal, actor=actor)

    def view(self, audience: Audience) -> Mapping[str, Any]:
        return self._views.snapshot(audience)

    def sites(self) -> list[dict[str, Any]]:
        """All sites in roster order with their three facts, for desk, board and operators."""
        return self._watch.sites(self._room, self._sessions)

    def figures(self) -> Figures:
        """What the windows show beside the sites."""
        return self._watch.figures(self._room, self._sessions, self._stage.plan)

    def media(self) -> dict[str, Any]:
        return media_totals(self._plane.snapshot())

    # What happens.

    def _on_change(self, change: Change) -> None:
        self._set_stage()
        seats = [(session, audience_of_session(session)) for session in self._sessions]
        told = self._views.show(change, (seat[1] for seat in seats), now_s=self._room.now_s)
        for session, audience in seats:
            session.tell(told[audience])

    def _on_begun(self) -> None:
        for session in self._sessions:
            session.tell(Bye(reason="conference_over"))
            self._end_media(session)
            self._sessions.remove(session)
        self._views.begin(self._room.conference, self._room.rev)
        self._watch.begin()
        self._set_stage()

    def _on_plane(self, event: PlaneEvent) -> None:
        session = self._sessions.by_media(event.session)
        if session is None:
            return
        match event:
            case LinkUp():
                session.link_up = True
                self._say_link(session)
            case LinkLost():
                self._lost(session, "lost", awaited=False)
            case SessionEnded(reason=reason):
                # What a replaced device closes ends nothing: the newer one is on its way.
                self._lost(session, reason, awaited=session.link_up and session.inherited)

    def _lost(self, session: Session, reason: str, *, awaited: bool) -> None:
        log.info("media.lost", session=session.id, site=session.site, reason=reason)
        self._watch.lost(reason)
        if awaited:
            self._await_link(session)
        self._end_media(session)
        if not awaited:
            self._say_link(session)
        if session.outbox is None:
            self._sessions.remove(session)
        elif not awaited:
            session.tell(MediaReset(reason=reason))

    def _say_link(self, session: Session) -> None:
        if session.kind is SessionKind.ROOM and session.site is not None:
            say = commands.LinkUp if session.link_up else commands.LinkLost
            self._room.post(say(site=session.site))

    def _end_media(self, session: Session) -> None:
        """Close without a word to the conference: the caller knows whether the link is lost."""
        if session.media is not None:
            self._plane.close(session.media)
            self._sessions.set_media(session, None)

    def _await_link(self, session: Session) -> None:
        """A room's media ends for another that is to come; its link is up until that is late."""
        site = session.site
        if session.kind is SessionKind.ROOM and site is not None:
            if site in self._due:
                self._due[site].cancel()
            loop = asyncio.get_running_loop()
            self._due[site] = loop.call_later(REPLACED_S, self._link_is_due, site)

    def _link_is_due(self, site: SiteCode) -> None:
        room = self._sessions.room(site)
        if room is None or not room.link_up:
            self._room.post(commands.LinkLost(site=site))
        if room is not None and room.media is None:
            room.tell(MediaReset(reason="lost"))

    def _set_stage(self) -> None:
        """Plan first, then microphones, then layers, then what everybody sees."""
        conference = self._room.conference
        watched = any(session.has_gallery for session in self._sessions)
        stage = set_stage(conference, self._stage, gallery_watched=watched)
        if stage.plan != self._stage.plan:
            self._plane.set_plan(stage.plan)
        self._stage = stage
        rooms = self._sessions.rooms()
        for site, session in rooms.items():
            wish = mic_wish(conference, site)
            session.tell_once(MediaSet(mic=wish.mic, on_air=wish.on_air))
        for site, session in rooms.items():
            session.tell_once(MediaWant(layers=sorted(stage.plan.wants.get(site, ()))))
        for session in self._sessions:
            shown = stage.plan.slots if session.has_gallery else stage.slots
            slots = {slot: site for slot, site in shown.items() if site != session.site}
            session.show(Stage(rev=self._room.rev, slots=slots))

    # Once a second.

    async def run(self) -> None:
        """Judge the lines once a second, and tell the desk what changed, until cancelled."""
        while True:
            await asyncio.sleep(1.0)
            self._watch.look(self._room, self._sessions, self._stage.plan)
