"""Virtual: the script in virtual time, through the real room and the real journal.

Nothing is simulated but the clock and the lines: the room is the task that runs in service, its
journal a file that is flushed to the disk for every batch, and a restart closes and resumes them.
After every change the checker looks, and the desk's screen is the one that the checker keeps.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from random import Random
from typing import Final

from bridge.conference.commands import (
    ConsoleCame,
    ConsoleWent,
    LinkLost,
    LinkUp,
    MicLive,
    PersonCommand,
    SiteLeft,
    StandbySeen,
)
from bridge.conference.decide import begin
from bridge.conference.events import Policy, RequestGranted
from bridge.conference.evolve import fold
from bridge.conference.gate import open_gates, private
from bridge.conference.words import CENTRE, Link, Refusal, SiteCode
from bridge.events import Change, Emitter
from bridge.inbox import Fact
from bridge.journal import Journals
from bridge.records import Record, read_only
from bridge.room import Room
from config.roster import Roster
from room110.rehearse import steps
from room110.rehearse.invariants import Checker
from room110.rehearse.pace import Pace
from room110.rehearse.people import TECHNICIAN, Person
from room110.rehearse.player import NotAsWritten, Player, Reply
from room110.rehearse.screen import Screen

BEGINS: Final = datetime(2026, 11, 26, 7, 0, tzinfo=timezone(timedelta(hours=7)))
MOMENT_S: Final = 0.01
"""Conference seconds in which a fact is taken in."""
_LINES: Final[Mapping[str, type[LinkUp | LinkLost | SiteLeft]]] = {
    "up": LinkUp,
    "lost": LinkLost,
    "left": SiteLeft,
}
OUTAGE_S: Final = 4.0
"""Wall seconds between two lives of control."""


class VirtualPlayer(Player):
    """Made by :func:`virtual_player`."""

    def __init__(
        self, directory: Path, roster: Roster, title: str, *, seed: int, tell: Callable[[str], None]
    ) -> None:
        super().__init__(Pace(), tell)
        self.checker: Checker
        self.journal: Path
        self._room: Room
        self._directory = directory
        self._roster = roster
        self._title = title
        self._chance = Random(seed)  # noqa: S311  # a rehearsal is the same each time
        self._journals: Journals
        self._running: asyncio.Task[None]
        self._changed = asyncio.Event()
        self._screen = Screen({})
        self._people: dict[str, Person] = {}
        self._written: Counter[str] = Counter()
        """Changes by who made them."""
        self._change: Change | None = None

    async def begin(self) -> None:
        """A conference in its lobby, with a journal of its own."""
        self._journals = Journals(self._directory)
        first = await self._first()
        self.checker = Checker(first)
        self._screen.snapshot = self.checker.screens.desk
        await self._resume(frozenset())

    async def end(self) -> None:
        """The room ends, and its journal must tell what it was."""
        self._compare_the_journal()
        await self._room.close()
        await self._running
        self._journals.close()

    # What a player does.

    @property
    def screen(self) -> Screen:
        return self._screen

    @property
    def rev(self) -> int:
        return self._room.rev

    async def send(
        self, person: Person, command: PersonCommand, command_id: str, seen_rev: int | None
    ) -> Reply:
        before = self._written[person.user]
        answer = await self._room.submit(command, person.actor, command_id, seen_rev=seen_rev)
        written = self._written[person.user] - before
        if isinstance(answer, Refusal):
            self.checker.expect("I8", written == 0, f"{command} was refused and written down")
            return Reply(rev=self._room.rev, code=answer.code.value, text=answer.text)
        has_effect = bool(answer.events) and not answer.repeated
        self.checker.expect(
            "I20" if answer.repeated else "I13",
            written == has_effect,
            f"{command} was written down {written} times",
        )
        return Reply(rev=answer.rev, code=None)

    def accepted(self, say: steps.Say, reply: Reply) -> None:
        change = self._change
        if say.limit_s is None or change is None or change.rev != reply.rev:
            return
        granted = [e.limit_s for e in change.events if isinstance(e, RequestGranted)]
        if granted != [say.limit_s]:
            raise NotAsWritten(f"{granted} s are bound, not {say.limit_s}")

    async def changed(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    async def lines(self, step: steps.Lines) -> None:
        await self._tell_room(*(_LINES[step.to](site=site) for site in step.sites))

    async def consoles(self, step: steps.Consoles) -> None:
        for person in step.people:
            if step.on:
                self._people[person.user] = person
            else:
                del self._people[person.user]
        await self._tell_room(
            *(_came(p) if step.on else ConsoleWent(user=p.user) for p in step.people)
        )

    async def mic(self, step: steps.Mic) -> None:
        await self._tell_room(MicLive(site=step.site))

    async def standby(self, step: steps.Standby) -> None:
        await self._tell_room(StandbySeen(site=step.site, on=step.on))

    async def film(self, step: steps.Film) -> None:
        """Nothing is shown here; that it may be is the floor's to say."""

    async def heard(self, step: steps.Heard) -> None:
        conference = self._room.conference
        wanted = {*step.sites, *(CENTRE,) * step.centre}
        if open_gates(conference) != wanted:
            raise NotAsWritten(f"{sorted(open_gates(conference))} are heard")
        lines: dict[SiteCode, SiteCode | None] = {}
        if step.probed is not None:
            lines[step.probed] = None
            if step.talks:
                lines[CENTRE] = step.probed
        if private(conference) != lines:
            raise NotAsWritten(f"{private(conference)} is heard in private")

    async def restart(self, step: steps.Restart) -> None:
        up = frozenset(code for code, s in self._room.conference.sites.items() if s.link is Link.UP)
        self._compare_the_journal()
        await self._room.close()
        await self._running
        self._journals.close()
        await asyncio.sleep(OUTAGE_S)
        self._journals = Journals(self._directory)
        await self._resume(frozenset() if step.whole else up)
        await self._tell_room(*map(_came, self._people.values()))
        if step.whole:
            await asyncio.sleep(OUTAGE_S)
            await self._tell_room(*(LinkUp(site=site) for site in sorted(up)))

    async def _tell_room(self, *facts: Fact) -> None:
        for fact in facts:
            self._room.post(fact)
        await asyncio.sleep(MOMENT_S)

    # The room.

    async def _first(self) -> Record:
        event = begin(
            conference=self._journals.next_id(self._wall(), self._chance.randrange),
            title=self._title,
            rehearsal=True,
            sites=self._roster.codes,
            titles=tuple(site.title for site in self._roster),
            names=tuple(site.name for site in self._roster),
            policy=Policy(),
        )
        record = Record(
            rev=1,
            at_s=event.at_s,
            wall=self._wall().isoformat(timespec="milliseconds"),
            actor=TECHNICIAN.user,
            authority=TECHNICIAN.role,
            command_id=None,
            command="conference.begin",
            events=(event,),
        )
        journal = await self._journals.create(event.conference)
        self.journal = journal.path
        await journal.append([record])
        await journal.close()
        return record

    async def _resume(self, alive: frozenset[SiteCode]) -> None:
        emitter = Emitter()
        emitter.on_changed(self._on_change)
        self._room = await Room.resume(
            self._journals,
            emitter=emitter,
            sites=self._roster.codes,
            title=self._title,
            alive=alive,
            wall=self._wall,
            chance=self._chance.randrange,
        )
        self._running = asyncio.create_task(self._room.run())

    def _wall(self) -> datetime:
        return BEGINS + timedelta(seconds=asyncio.get_running_loop().time())

    def _on_change(self, change: Change) -> None:
        began_s = time.perf_counter()
        record = Record(
            rev=change.rev,
            at_s=change.at_s,
            wall=change.wall,
            actor=change.actor,
            authority=change.authority,
            command_id=None,
            command=change.command,
            events=change.events,
        )
        self.checker.follow(record, change.after)
        self._screen.snapshot = self.checker.screens.desk
        self._written[change.actor] += 1
        self._change = change
        self._changed.set()
        self.watched_s += time.perf_counter() - began_s

    def _compare_the_journal(self) -> None:
        records = read_only(self.journal).records
        told = fold(event for record in records for event in record.events)
        self.checker.expect("I14", told == self._room.conference, "the journal tells another state")
        self.checker.expect("I13", len(records) == self._room.rev, "the journal has a hole")


def _came(person: Person) -> ConsoleCame:
    return ConsoleCame(user=person.user, roles=person.actor.roles)


@asynccontextmanager
async def virtual_player(
    directory: Path, roster: Roster, title: str, *, seed: int, tell: Callable[[str], None]
) -> AsyncIterator[VirtualPlayer]:
    """A conference whose journal is in *directory*; owed a loop in virtual time."""
    player = VirtualPlayer(directory, roster, title, seed=seed, tell=tell)
    await player.begin()
    try:
        yield player
    finally:
        await player.end()
