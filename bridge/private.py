"""Private lines: which sessions hear what behind a shut gate, while a probe goes on.

Technicians' consoles hear the site in a sound slot that the stage leaves free: the last speaker's
first, that of slides and film if four speak.  In talk the site hears room 110 as the chair it will
be.  Whether somebody may be probed is the conference's to say
(:func:`bridge.conference.gate.private`); here it is only made of sessions.
"""

from __future__ import annotations

from collections.abc import Mapping

from bridge.conference.gate import private
from bridge.conference.state import Conference
from bridge.conference.words import Role, SiteCode
from bridge.media.plane import SessionId
from bridge.media.slots import CONTENT, MAX_SPEAKERS, SessionKind
from bridge.sessions import Sessions

Private = Mapping[SessionId, Mapping[str, SiteCode]]
CHAIR = "chair"
_EARS = (*(f"speaker.{n}" for n in range(MAX_SPEAKERS, 0, -1)), CONTENT)


def private_lines(
    conference: Conference, sessions: Sessions, stage: Mapping[str, SiteCode]
) -> Private:
    """By the plane's session: sound slot -> site.  *stage* is who stands in which slot."""
    lines: dict[SessionId, Mapping[str, SiteCode]] = {}
    for site, listener in private(conference).items():
        if listener is None:
            slot = next((place for place in _EARS if place not in stage), None)
            if slot is not None:
                lines |= {media: {slot: site} for media in _technicians(sessions)}
        elif CHAIR not in stage:
            room = sessions.room(listener)
            if room is not None and room.media is not None:
                lines[room.media] = {CHAIR: site}
    return lines


def _technicians(sessions: Sessions) -> list[SessionId]:
    return [
        session.media
        for session in sessions
        if session.kind is SessionKind.CONSOLE
        and Role.TECHNICIAN in session.identity.roles
        and session.media is not None
    ]
