"""Answers: everything a caller may hear from the room, and the memory of what it heard.

A no of the conference is a value (``Refusal``): nothing has changed and the code says why.  A room
that could not answer raises :class:`RoomError`.

Clients send a command again when they have not heard the answer (a lost WebSocket, a restart), so
the room remembers what it answered: per user the last :data:`REMEMBERED` accepted commands that
had an id.  A refused command is not remembered: it had no effect, and asking again is asking anew.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from bridge.conference.events import Event
from bridge.conference.words import Refusal

REMEMBERED: Final = 256
"""Accepted command ids kept per user (research/floor-control.md 5.10)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """Yes: durable and visible."""

    rev: int
    """The revision this command made; if it had no events, the one it found."""
    events: tuple[Event, ...]
    repeated: bool = False
    """The id was accepted before; this is the answer of then and nothing happened now."""


Answer = Accepted | Refusal


class RoomError(Exception):
    """The room could not answer."""

    code: ClassVar[str]


class RoomBusy(RoomError):
    """Too many commands wait; nothing has changed, try again."""

    code = "busy"


class RoomNotDurable(RoomError):
    """The journal could not write; nothing has changed, try again with the same command id."""

    code = "journal_failed"


class CommandIdReused(RoomError):
    """This user has used this id for another command; nothing has changed."""

    code = "command_id_reused"


class RoomClosed(RoomError):
    """The service is going down; nothing has changed."""

    code = "room_closed"


class RoomFailed(RoomError):
    """A bug has ended the room.  A command that was being written may be in the journal."""

    code = "room_failed"


class Answers:
    """What was accepted, by user and command id.  Of one conference: ids do not outlive it."""

    def __init__(self) -> None:
        self._by_user: dict[str, OrderedDict[str, tuple[str, Accepted]]] = {}

    def remember(self, user: str, command_id: str | None, name: str, accepted: Accepted) -> None:
        """Keep an answer; without an id there is nothing to keep it under."""
        if command_id is None:
            return
        answers = self._by_user.setdefault(user, OrderedDict())
        answers[command_id] = (name, accepted)
        if len(answers) > REMEMBERED:
            answers.popitem(last=False)

    def again(self, user: str, command_id: str | None, name: str) -> Accepted | None:
        """The answer this id had; None: it is new.  CommandIdReused: it named another command."""
        if command_id is None or command_id not in self._by_user.get(user, ()):
            return None
        named, accepted = self._by_user[user][command_id]
        if named != name:
            raise CommandIdReused(f"command id {command_id!r} was used for {named}")
        return replace(accepted, repeated=True)
