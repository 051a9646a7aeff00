"""Presence: what the sessions tell the conference of people and microphones.

A person is at a console while any console session of that name is connected.  A speaker's time
begins with a live microphone, so the room is told of one as soon as there is both: a floor whose
clock has not begun, and a device that says its microphone is on.
"""

from __future__ import annotations

from bridge.conference import commands
from bridge.media.slots import SessionKind
from bridge.room import Room
from bridge.sessions import Session, Sessions

LIVE = "on"


class Presence:
    def __init__(self, sessions: Sessions, room: Room) -> None:
        self._sessions = sessions
        self._room = room

    def came(self, session: Session) -> None:
        """After it was taken in."""
        if session.kind is SessionKind.CONSOLE:
            who = session.identity
            self._room.post(commands.ConsoleCame(user=who.user, roles=who.roles))

    def went(self, session: Session) -> None:
        """After its control was lost or it left."""
        if session.kind is not SessionKind.CONSOLE:
            return
        user = session.identity.user
        if not any(other.identity.user == user for other in self._consoles()):
            self._room.post(commands.ConsoleWent(user=user))

    def all_come(self) -> None:
        """Another conference: it knows nobody yet."""
        for console in self._consoles():
            self.came(console)

    def listen(self) -> None:
        """After a change: whose microphone is on already."""
        rooms = self._sessions.rooms()
        for request in self._room.conference.granted:
            if not request.started and request.site in rooms:
                self.heard(rooms[request.site])

    def heard(self, session: Session) -> None:
        """A device has said how its microphone is."""
        site = session.site
        if session.mic != LIVE or session.standby or site is None:
            return
        if any(r.site == site and not r.started for r in self._room.conference.granted):
            self._room.post(commands.MicLive(site=site))

    def _consoles(self) -> list[Session]:
        return [
            session
            for session in self._sessions
            if session.kind is SessionKind.CONSOLE and session.outbox is not None
        ]
