"""Carriage: what becomes of a session when its media comes, goes, or is replaced.

A session whose control is gone is kept while its media lives and closed with it; one whose media is
gone is told ``media.reset`` and may offer again.  A replaced device's media ends when the newcomer
offers, or by the device's own hand before that: neither is a loss of the line, which counts as up
until the newcomer's own media is late.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import structlog

from bridge.conference import commands
from bridge.conference.words import SiteCode
from bridge.media.plane import LinkLost, LinkUp, MediaPlane, SessionEnded, SessionSpec
from bridge.media.slots import SessionKind
from bridge.outgoing import MediaReset
from bridge.room import Room
from bridge.sessions import Session, Sessions
from bridge.watch import Watch

log = structlog.get_logger(__name__)

REPLACED_S: Final = 5.0
"""A replaced device's link counts as up for as long as a packet would be young enough."""
WORKER_LOST: Final = "worker_lost"
"""The media plane itself has died and another is there: a room is told so at once, whatever else
it waits for."""


class Carriage:
    def __init__(
        self,
        *,
        plane: MediaPlane,
        sessions: Sessions,
        room: Room,
        watch: Watch,
        on_silent: Callable[[SiteCode], None],
    ) -> None:
        """*on_silent*: the media of a site's active device is lost, and the conference knows."""
        self._plane = plane
        self._sessions = sessions
        self._room = room
        self._watch = watch
        self._on_silent = on_silent
        self._due: dict[SiteCode, asyncio.TimerHandle] = {}
        """Sites whose media is being replaced: then the link is lost unless it is back."""

    def begin(self, session: Session, spec: SessionSpec) -> None:
        """*session* has offered; what it had before ends."""
        if session.link_up:
            self._await_link(session)
        self.end(session)
        self._sessions.set_media(session, spec.session)
        self._plane.open(spec)

    def end(self, session: Session) -> None:
        """Close without a word to the conference: the caller knows whether the link is lost."""
        if session.media is not None:
            self._plane.close(session.media)
            self._watch.arrivals.closed(session.media)
            self._sessions.set_media(session, None)

    def hear(self, event: LinkUp | LinkLost | SessionEnded) -> None:
        """What the plane says of a session."""
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
                replaced = session.link_up and session.inherited and reason != WORKER_LOST
                self._lost(session, reason, awaited=replaced)

    def _lost(self, session: Session, reason: str, *, awaited: bool) -> None:
        log.info("media.lost", session=session.id, site=session.site, reason=reason)
        self._watch.lost(reason)
        if awaited:
            self._await_link(session)
        self.end(session)
        if not awaited:
            self._say_link(session)
        if session.outbox is None:
            self._sessions.remove(session)
        elif not awaited:
            session.tell(MediaReset(reason=reason))
        if not awaited and session.kind is SessionKind.ROOM and session.site is not None:
            self._on_silent(session.site)

    def _say_link(self, session: Session) -> None:
        if session.kind is SessionKind.ROOM and session.site is not None:
            say = commands.LinkUp if session.link_up else commands.LinkLost
            self._room.post(say(site=session.site))

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
