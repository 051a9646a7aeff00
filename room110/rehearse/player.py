"""Player: plays a script step by step, whatever it is played on.

What is common stands here: a step's command gets its request, its pace and its id, its answer is held
against the one that must come, and every tenth accepted command is sent again under the same id, which
must change nothing (I20).  The first thing that is not as the script says ends the play: what follows
would be about another conference.
"""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from bridge.conference.commands import PersonCommand
from bridge.conference.words import RefusalCode, Role
from room110.rehearse import steps
from room110.rehearse.pace import Pace
from room110.rehearse.people import Person
from room110.rehearse.screen import Screen
from room110.rehearse.steps import Say, Script, Step

AGAIN: Final = 10
"""Every tenth accepted command is sent twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    rev: int
    code: str | None
    """Of the no; None: yes."""
    text: str = ""


class NotAsWritten(Exception):
    """Something was not as the script says."""


class Player(ABC):
    """*tell* hears the title of each chapter."""

    def __init__(self, pace: Pace, tell: Callable[[str], None]) -> None:
        self.pace = pace
        self.commands = 0
        """Sent by people, the refused too."""
        self.refusals: Counter[str] = Counter()
        self.repeated = 0
        self.answered_s = 0.0
        """Real seconds from the commands to their answers, without ``watched_s``."""
        self.watched_s = 0.0
        """Real seconds spent on looking whether all is right."""
        self.faults: list[str] = []
        self._tell = tell
        self._seen_rev = 0
        """As the last command was sent."""
        self._latest: tuple[Person, PersonCommand, str, Reply] | None = None
        """What was accepted last of a console, and is in the journal."""

    async def play(self, script: Script) -> None:
        for number, step in enumerate(script):
            try:
                await self._do(step)
            except NotAsWritten as fault:
                self.faults.append(f"step {number}, {_named(step)}: {fault}")
                return

    # What a stage must be able to do.

    @property
    @abstractmethod
    def screen(self) -> Screen: ...

    @property
    @abstractmethod
    def rev(self) -> int: ...

    @abstractmethod
    async def send(
        self, person: Person, command: PersonCommand, command_id: str, seen_rev: int | None
    ) -> Reply: ...

    @abstractmethod
    def accepted(self, say: Say, reply: Reply) -> None:
        """See what a yes has led to.  Raises NotAsWritten."""

    @abstractmethod
    async def changed(self) -> None:
        """Until the screen may show something new."""

    @abstractmethod
    async def lines(self, step: steps.Lines) -> None: ...

    @abstractmethod
    async def consoles(self, step: steps.Consoles) -> None: ...

    @abstractmethod
    async def mic(self, step: steps.Mic) -> None: ...

    @abstractmethod
    async def heard(self, step: steps.Heard) -> None:
        """Raises NotAsWritten."""

    @abstractmethod
    async def film(self, step: steps.Film) -> None: ...

    @abstractmethod
    async def restart(self, step: steps.Restart) -> None: ...

    @abstractmethod
    async def standby(self, step: steps.Standby) -> None: ...

    # What is done with it.

    async def _do(self, step: Step) -> None:
        match step:
            case steps.Chapter(title=title):
                self._tell(title)
            case steps.Say():
                await self._say_all(step)
            case steps.Together(says=says):
                await self._say_all(*says)
            case steps.Wait(seconds=seconds, least_s=least_s):
                await asyncio.sleep(max(least_s, self.pace.wait_s(seconds)))
            case steps.Until():
                await self.until(step.what, lambda: step.is_so(self.screen), step.within_s)
            case steps.Lines():
                await self.lines(step)
            case steps.Consoles():
                await self.consoles(step)
            case steps.Mic():
                await self.mic(step)
            case steps.Heard():
                await self.heard(step)
            case steps.Film():
                await self.film(step)
            case steps.Restart():
                await self.restart(step)
                # The journal knows the ids: what was answered before has no effect now.
                if self._latest is not None:
                    await self._again(*self._latest)
            case steps.Standby():
                await self.standby(step)
            case steps.AtLeisure():
                for inner in step.steps if self.pace.is_real else ():
                    await self._do(inner)

    async def until(self, what: str, is_so: Callable[[], bool], within_s: float) -> None:
        """Wait for it; NotAsWritten: it does not come."""
        try:
            async with asyncio.timeout(within_s):
                while not is_so():
                    await self.changed()
        except TimeoutError:
            raise NotAsWritten(f"waited {within_s:g} s for: {what}") from None

    async def _say_all(self, *says: Say) -> None:
        began_s = time.perf_counter() - self.watched_s
        await asyncio.gather(*map(self._say, says))
        self.answered_s += time.perf_counter() - self.watched_s - began_s

    async def _say(self, say: Say) -> None:
        command = self.pace.command(self._about(say), limit_s=say.limit_s)
        self.commands += 1
        command_id = f"r{self.commands}"
        seen_rev = self._seen_rev if say.behind else None
        self._seen_rev = before = self.rev
        reply = await self.send(say.by, command, command_id, seen_rev)
        if reply.code is not None:
            self.refusals[reply.code] += 1
        if say.may_fail:
            return
        wanted = None if say.refused is None else say.refused.value
        if reply.code != wanted:
            raise NotAsWritten(
                f"{reply.code or 'yes'}, not {wanted or 'yes'} {reply.text}".rstrip()
            )
        if reply.code is None:
            self.accepted(say, reply)
            if reply.rev > before and say.by.role is not Role.SITE:
                self._latest = (say.by, command, command_id, reply)
            if self.commands % AGAIN == 0:
                await self._again(say.by, command, command_id, reply)

    async def _again(
        self, person: Person, command: PersonCommand, command_id: str, first: Reply
    ) -> None:
        self.repeated += 1
        second = await self.send(person, command, command_id, None)
        if second.code is not None or second.rev != first.rev:
            raise NotAsWritten(f"sent again it was {second.code or second.rev}, not {first.rev}")

    def _about(self, say: Say) -> PersonCommand:
        if say.of is None:
            return say.command
        number = self.screen.request_of(say.of, say.floor, turn=say.turn)
        if number is None and not say.may_fail:
            raise NotAsWritten(f"site {say.of} asks for nothing")
        return replace(say.command, request=number or 1)  # type: ignore[arg-type]


def never_heard(refusals: Counter[str]) -> list[str]:
    """Codes of the core that nobody was refused with."""
    return [code.value for code in RefusalCode if not refusals[code.value]]


def _named(step: Step) -> str:
    if isinstance(step, steps.Say):
        return f"{step.by.user}: {step.command}"
    return str(step)
