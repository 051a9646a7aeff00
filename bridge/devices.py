"""Devices: which machine of a site is carried, and which one waits.

A site has one active room device and at most one standby (practice.md A12).  Opening the link
again never interrupts: a second machine waits, and is told so.  It takes over

* by command (``site.switch``), of the site while it is not on the stage, else of a technician;
* by itself when the active one's media is lost: the line was silent for 5 s.

A machine that comes back takes its own place at once.  It knows itself by ``device`` in its
hello; one that does not say is taken for the machine that was there, as is one that finds the
active device without control.  Slides and film have one device too, the newest.

The newcomer inherits the media of the old one, which goes on until it offers its own.
"""

from __future__ import annotations

from bridge.conference import commands
from bridge.conference.words import SiteCode
from bridge.media.slots import SessionKind
from bridge.outgoing import Bye, Device, JoinRefused, MediaReset
from bridge.room import Room
from bridge.sessions import Session, Sessions


class Devices:
    def __init__(self, sessions: Sessions, room: Room) -> None:
        self._sessions = sessions
        self._room = room

    def enter(self, session: Session, *, wants_standby: bool) -> None:
        """Take a machine in, in its place.  Raises :class:`JoinRefused` (``locked``)."""
        site = session.site or ""
        match session.kind:
            case SessionKind.ROOM:
                self._enter_room(session, site, wants_standby=wants_standby)
            case SessionKind.CONTENT:
                older = self._sessions.content(site)
                if older is None:
                    self._sessions.add(session)
                else:
                    older.tell(Bye(reason="replaced"))
                    self._sessions.inherit(session, older)
            case _:
                self._sessions.add(session)

    def leave(self, session: Session) -> None:
        """A machine is gone for good; what waited beside it is the site's device now."""
        site = session.site
        if session.kind is not SessionKind.ROOM or site is None:
            return
        if session.standby:
            self._say(site)
        elif self._sessions.standby(site) is not None:
            self.take_over(site)

    def switch(self, site: SiteCode) -> None:
        """The standby becomes the active one, and the other way round."""
        active, waiting = self._sessions.room(site), self._sessions.standby(site)
        if waiting is None:
            return
        waiting.standby = False
        if active is not None:
            active.standby = True
            self._sessions.hand_on(active, waiting)
            active.tell(Device(role="standby"))
        waiting.tell(Device(role="active"))
        waiting.tell(MediaReset(reason="switched"))
        self._say(site)

    def take_over(self, site: SiteCode) -> None:
        """The active device is silent or gone: the one that waits takes its place."""
        if self._sessions.standby(site) is not None:
            self.switch(site)
            self._room.post(commands.StandbyTook(site=site))

    def _enter_room(self, session: Session, site: SiteCode, *, wants_standby: bool) -> None:
        active, waiting = self._sessions.room(site), self._sessions.standby(site)
        if active is None:
            self._sessions.add(session)
        elif not _is_another(session, active) and not wants_standby:
            active.tell(Bye(reason="replaced"))
            self._sessions.inherit(session, active)
        elif self._room.conference.locked and waiting is None:
            raise JoinRefused("locked", "the conference takes no further device")
        else:
            if waiting is not None:
                waiting.tell(Bye(reason="replaced"))
                self._sessions.remove(waiting)
            session.standby = True
            self._sessions.add(session)
            session.tell(Device(role="standby"))
            self._say(site)

    def _say(self, site: SiteCode) -> None:
        on = self._sessions.standby(site) is not None
        self._room.post(commands.StandbySeen(site=site, on=on))


def _is_another(session: Session, active: Session) -> bool:
    if active.outbox is None or session.device is None or active.device is None:
        return False
    return session.device != active.device
