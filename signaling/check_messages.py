"""Check messages: line checks and the walk.

One for each command of :mod:`bridge.conference.check_commands`; what each means stands there.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from bridge.conference import commands
from bridge.conference.check_words import WalkPicture, WalkSound
from signaling.terms import Code, Codes, Command, Words

AnySound = Annotated[WalkSound, Field(strict=False)]
AnyPicture = Annotated[WalkPicture, Field(strict=False)]
TwoDigits = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")]


class CheckRun(Command):
    makes = commands.CheckRun

    type: Literal["check.run"]
    sites: Annotated[Codes, Field(min_length=1)] | Literal["all"]


class CheckStop(Command):
    makes = commands.CheckStop

    type: Literal["check.stop"]


class CheckHeard(Command):
    makes = commands.CheckHeard

    type: Literal["check.heard"]
    number: TwoDigits
    site: Code | None = None


class WalkBegin(Command):
    makes = commands.WalkBegin

    type: Literal["walk.begin"]
    anew: bool = False


class WalkNext(Command):
    makes = commands.WalkNext

    type: Literal["walk.next"]


class WalkSkip(Command):
    makes = commands.WalkSkip

    type: Literal["walk.skip"]


class WalkGo(Command):
    makes = commands.WalkGo

    type: Literal["walk.go"]
    site: Code


class WalkJudge(Command):
    makes = commands.WalkJudge

    type: Literal["walk.judge"]
    site: Code
    sound: AnySound | None = None
    picture: AnyPicture | None = None
    note: Words | None = None


class WalkEnd(Command):
    makes = commands.WalkEnd

    type: Literal["walk.end"]


CHECK_MESSAGES: Final[tuple[type[Command], ...]] = (
    *(CheckRun, CheckStop, CheckHeard),
    *(WalkBegin, WalkNext, WalkSkip, WalkGo, WalkJudge, WalkEnd),
)
