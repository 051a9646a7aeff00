"""Private lines: which sessions hear what behind a shut gate, while a probe goes on.

Technicians' consoles hear the site in a speaker's sound slot that the stage leaves free; in talk
the site hears room 110 as the chair it will be.  Whether somebody may be probed is the
conference's to say (:func:`bridge.conference.gate.private`); here it is only made of sessions.
"""

from __future__ import annotations

from collections.abc import Mapping

from bridge.conference.gate import private
from bridge.conference.state import Conference
from bridge.conference.words import Role, SiteCode
from bridge.media.plane import SessionId
from bridge.media.slots import MAX_SPEAKERS, SessionKind
from bridge.sessions import Sessions

Private = Mapping[SessionId, Mapping[str, SiteCode]]
CHAIR = "chair"


def private_lines(
    conference: Conference, sessions: Sessions, stage: Mapping[str, SiteCode]
) -> Private:
    """By the plane's session: sound slot -> site.  *stage* is who stands in which slot."""
    lines: dict[SessionId, Mapping[str, SiteCode]] = {}
    for site, listener in private(conference).items():
        if listener is None:
            free = [n for n in range(1, MAX_SPEAKERS + 1) if f"speaker.{n}" not in stage]
            if free:
                slot = f"speaker.{free[-1]}"
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
