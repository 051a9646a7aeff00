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
import itertools
import random
import string
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from bridge.answers import Accepted
from bridge.conference import commands
from bridge.conference.commands import Actor, PersonCommand
from bridge.conference.projection import Audience
from bridge.conference.words import Refusal, SiteCode
from bridge.events import Change
from bridge.identity import Identity
from bridge.media.core.sdp import SdpRejected, negotiate, parse_offer
from bridge.media.plane import LinkLost, LinkUp, MediaPlane, PlaneEvent, SessionEnded
from bridge.media.slots import SessionKind, Slot, slots_for
from bridge.outgoing import (
    Bye,
    Joined,
    Lines,
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
from bridge.survey import Survey, media_totals
from bridge.views import Views, audience_of_session

log = structlog.get_logger(__name__)

_CHARACTERS = string.ascii_letters + string.digits
"""A subset of ice-char (RFC 8839 section 5.4), safe in URLs and logs too; a password of 32 of
them has 190 bits, more than the 128 that RFC 8445 section 5.3 wants."""

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
        self._chance = chance
        self.boot = self._draw(8)
        self._room = room
        self._plane = plane
        self._titles = titles
        self._sessions = Sessions()
        self._due: dict[SiteCode, asyncio.TimerHandle] = {}
        """Sites whose media is being replaced: then the link is lost unless it is back."""
        self._stage = StageState()
        self._survey = Survey(titles)
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
        """Take a machine in.  A room session replaces the site's present one, whose media goes
        on until this one offers its own.  The caller has checked that the identity may have this
        kind."""
        is_room = kind is SessionKind.ROOM
        watches = kind is SessionKind.CONSOLE and bool(identity.roles & GALLERY_ROLES)
        session = Session(
            id=self._draw(12),
            identity=identity,
            kind=kind,
            slots=slots_for(kind, gallery_size=len(self._titles) if watches else 0),
            outbox=outbox,
        )
        older = self._sessions.room(identity.site) if is_room and identity.site else None
        if older is None:
            self._sessions.add(session)
        else:
            older.tell(Bye(reason="replaced"))
            self._sessions.inherit(session, older)
        log.info("session.joined", session=session.id, site=identity.site, kind=kind)
        if kind is SessionKind.CONSOLE:
            session.tell(Lines(sites=self._survey.lines(self._room.conference, self._sessions)))
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
        site = session.identity.site or ""
        try:
            answer, spec = negotiate(
                parse_offer(sdp),
                session.slots,
                slots,
                session=name,
                site=site,
                local_ufrag=self._draw(8),
                local_pwd=self._draw(32),
                ssrcs=self._ssrcs(),
                greeting=self._plane.greeting(),
            )
        except SdpRejected as error:
            raise MediaRejected(str(error)) from error
        if session.link_up:
            self._expect(session)
        self._end_media(session)
        self._sessions.set_media(session, name)
        self._plane.open(spec)
        return answer

    def report(self, session_id: str, *, mic: str, level: int | None) -> None:
        session = self._sessions.get(session_id)
        if session is not None:
            session.mic = mic
            session.level_dbov = level

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
        return self._survey.sites(self._room.conference, self._sessions)

    def media(self) -> dict[str, Any]:
        return media_totals(self._plane.snapshot())

    def _draw(self, length: int) -> str:
        return "".join(self._chance.choices(_CHARACTERS, k=length))

    def _ssrcs(self) -> Callable[[Slot], int]:
        """Consecutive numbers from a random one: different within the session, as they must be."""
        numbers = itertools.count(self._chance.getrandbits(32))
        return lambda _slot: next(numbers) & 0xFFFFFFFF

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
        self._survey = Survey(self._titles)
        self._set_stage()

    def _on_plane(self, event: PlaneEvent) -> None:
        session = self._sessions.by_media(event.session)
        if session is None:
            return
        match event:
            case LinkUp():
                session.link_up = True
                self._say_link(session)
            case LinkLost() | SessionEnded():
                ended = isinstance(event, SessionEnded)
                reason = event.reason if ended else "lost"
                log.info("media.lost", session=session.id, site=session.site, reason=reason)
                if ended and session.link_up and session.inherited:
                    self._expect(session)
                    self._end_media(session)
                else:
                    self._end_media(session)
                    self._say_link(session)
                if session.outbox is None:
                    self._sessions.remove(session)
                else:
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

    def _expect(self, session: Session) -> None:
        """A room's media ends for another that is to come; its link is up until it is late."""
        if session.kind is SessionKind.ROOM and session.site is not None:
            if session.site in self._due:
                self._due.pop(session.site).cancel()
            self._due[session.site] = asyncio.get_running_loop().call_later(
                REPLACED_S, self._link_is_due, session.site
            )

    def _link_is_due(self, site: SiteCode) -> None:
        del self._due[site]
        room = self._sessions.room(site)
        if room is None or not room.link_up:
            self._room.post(commands.LinkLost(site=site))

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
            changed = self._survey.look(
                self._plane.snapshot(),
                self._room.conference,
                self._sessions,
                self._stage.plan,
                now_s=self._room.now_s,
            )
            if changed:
                lines = Lines(sites=changed)
                for session in self._sessions:
                    if session.kind is SessionKind.CONSOLE:
                        session.tell(lines)
