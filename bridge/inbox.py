"""The inbox: what waits for the room, in the order it came, within bounds.

People wait at most :data:`PEOPLE` at a time; one more is told that the room is busy.  Facts of the
house must never be lost, and need no bound beside the roster and the consoles: one of a sort waits
per site or person, the newest.
Only a goodbye stands against a loss of line, which is what follows from it; taken as the newest
it would turn a site that has left into one that is missed.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from bridge.answers import Answer, RoomBusy, RoomError
from bridge.conference.commands import (
    HOUSE,
    Actor,
    Command,
    ConsoleCame,
    ConsoleWent,
    LinkLost,
    LinkUp,
    MicLive,
    SiteLeft,
    SiteMeasured,
    StandbySeen,
    StandbyTook,
)

PEOPLE: Final = 256
"""Commands of people that may wait: 64 rooms with their consoles, four each."""

LinkCommand = LinkUp | LinkLost | SiteLeft
Fact = LinkCommand | MicLive | StandbySeen | StandbyTook | SiteMeasured | ConsoleCame | ConsoleWent
"""What the house tells the room of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConferenceBegin:
    """Begin the next conference: the one wish that no conference can decide."""

    title: str
    rehearsal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    command: Command | ConferenceBegin
    actor: Actor = HOUSE
    command_id: str | None = None
    seen_rev: int | None = None
    """The revision the actor looked at; None: it does not say."""
    answer: asyncio.Future[Answer] | None = None
    """Where somebody waits; None: the house wants no answer."""

    @property
    def name(self) -> str:
        """``chair.call`` for ChairCall: the word of the wire and of the journal."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", ".", type(self.command).__name__).lower()

    def resolve(self, answer: Answer | RoomError) -> None:
        """Tell whoever waits, if he still does.  Only the first answer counts."""
        if self.answer is None or self.answer.done():
            return
        if isinstance(answer, RoomError):
            self.answer.set_exception(answer)
        else:
            self.answer.set_result(answer)


class Inbox:
    def __init__(self) -> None:
        self.bell = asyncio.Event()
        """Rung when something came in; the room silences it."""
        self._wishes: dict[object, Wish] = {}
        self._people = 0

    def __len__(self) -> int:
        return len(self._wishes)

    def ask(self, wish: Wish) -> None:
        """A person's wish.  RoomBusy: too many wait."""
        if self._people >= PEOPLE:
            raise RoomBusy(f"{PEOPLE} commands wait already")
        self._people += 1
        self._wishes[object()] = wish
        self.bell.set()

    def tell(self, command: Fact) -> None:
        """A fact, in the place of an older one about the same thing."""
        key = _key(command)
        waiting = self._wishes.get(key)
        if waiting and isinstance(waiting.command, SiteLeft) and isinstance(command, LinkLost):
            return
        self._wishes.pop(key, None)
        self._wishes[key] = Wish(command=command)
        self.bell.set()

    def take(self) -> list[Wish]:
        """All that wait, oldest first; the inbox is empty."""
        wishes = list(self._wishes.values())
        self._wishes.clear()
        self._people = 0
        return wishes

    def put_back(self, wishes: Iterable[Wish]) -> None:
        """Let the facts among *wishes* wait again, unless newer ones came; rings no bell."""
        newer = self._wishes
        self._wishes = {}
        for wish in wishes:
            if isinstance(wish.command, Fact) and _key(wish.command) not in newer:
                self._wishes[_key(wish.command)] = wish
        self._wishes |= newer


def _key(fact: Fact) -> tuple[str, str]:
    """What a fact is about: a newer one about the same takes its place."""
    match fact:
        case LinkUp(site=site) | LinkLost(site=site) | SiteLeft(site=site):
            return "link", site
        case MicLive(site=site):
            return "mic", site
        case StandbySeen(site=site):
            return "standby", site
        case StandbyTook(site=site):
            return "device", site
        case SiteMeasured(site=site):
            return "measured", site
        case ConsoleCame(user=user) | ConsoleWent(user=user):
            return "console", user
