"""Session messages: everything a person wants around the floor.

One for each command of :mod:`bridge.conference.session_commands`; what each means stands there.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from bridge.conference import commands
from bridge.conference.agenda import Draft
from bridge.conference.words import ProbeKind
from signaling.terms import (
    AnyItemKind,
    AnyLadder,
    AnyMark,
    AnyProbe,
    AnySlate,
    Code,
    Codes,
    Command,
    Headcount,
    Message,
    Moment,
    Name,
    Number,
    Passage,
    Remark,
    Words,
)

MAX_ITEMS: Final = 500
MAX_MINUTES: Final = 600
"""As :mod:`config.agenda_entries` has it."""
CodeList = Annotated[Codes, Field(min_length=1)]


class AgendaItem(Message):
    kind: AnyItemKind
    title: Words
    minutes: Annotated[int, Field(ge=1, le=MAX_MINUTES)]
    site: Code | None = None
    speaker: Name | None = None
    position: Name | None = None
    group: Words | None = None

    def draft(self) -> Draft:
        return Draft(**{name: getattr(self, name) for name in type(self).model_fields})


class AgendaLoad(Command):
    makes = commands.AgendaLoad

    type: Literal["agenda.load"]
    items: Annotated[tuple[AgendaItem, ...], Field(strict=False, max_length=MAX_ITEMS)]
    append: bool = False

    def command(self) -> commands.AgendaLoad:
        items = tuple(item.draft() for item in self.items)
        return commands.AgendaLoad(items=items, append=self.append)


class AgendaNext(Command):
    makes = commands.AgendaNext

    type: Literal["agenda.next"]
    item: Number | None = None


class AgendaFinish(Command):
    makes = commands.AgendaFinish

    type: Literal["agenda.finish"]


class AgendaSkip(Command):
    makes = commands.AgendaSkip

    type: Literal["agenda.skip"]
    item: Number


class AgendaDefer(Command):
    makes = commands.AgendaDefer

    type: Literal["agenda.defer"]
    item: Number
    after: Number | None = None


class AgendaReturn(Command):
    makes = commands.AgendaReturn

    type: Literal["agenda.return"]
    item: Number


class RollcallOpen(Command):
    makes = commands.RollcallOpen

    type: Literal["rollcall.open"]


class RollcallAnswer(Command):
    makes = commands.RollcallAnswer

    type: Literal["rollcall.answer"]
    head: Name
    title: Name | None = None
    count: Headcount | None = None


class RollcallMark(Command):
    makes = commands.RollcallMark

    type: Literal["rollcall.mark"]
    site: Code
    mark: AnyMark | None
    reason: Remark | None = None
    head: Name | None = None
    title: Name | None = None
    count: Headcount | None = None


class RollcallClose(Command):
    makes = commands.RollcallClose

    type: Literal["rollcall.close"]


class ViewBroadcast(Command):
    makes = commands.ViewBroadcast

    type: Literal["view.broadcast"]
    site: Code | None


class ViewWatch(Command):
    makes = commands.ViewWatch

    type: Literal["view.watch"]
    site: Code | None


class ViewCarousel(Command):
    makes = commands.ViewCarousel

    type: Literal["view.carousel"]
    sites: CodeList | Literal["online"] | None
    every_s: Annotated[int, Field(ge=2, le=3600)] = 8


class ProgrammeSlate(Command):
    makes = commands.ProgrammeSlate

    type: Literal["programme.slate"]
    slate: AnySlate
    text: Words | None = None
    until: Moment | None = None


class SiteCut(Command):
    makes = commands.SiteCut

    type: Literal["site.cut"]
    site: Code
    on: bool


class SiteProbe(Command):
    makes = commands.SiteProbe

    type: Literal["site.probe"]
    site: Code | None
    kind: AnyProbe = ProbeKind.LISTEN


class SiteSwitch(Command):
    makes = commands.SiteSwitch

    type: Literal["site.switch"]
    site: Code | None = None


class SiteRestart(Command):
    makes = commands.SiteRestart

    type: Literal["site.restart"]
    site: Code
    force: bool = False


class SiteDrop(Command):
    makes = commands.SiteDrop

    type: Literal["site.drop"]
    site: Code


class SiteLadder(Command):
    makes = commands.SiteLadder

    type: Literal["site.ladder"]
    site: Code
    to: AnyLadder


class HelpRaise(Command):
    makes = commands.HelpRaise

    type: Literal["help.raise"]
    site: Code | None = None


class HelpAck(Command):
    makes = commands.HelpAck

    type: Literal["help.ack"]
    site: Code


class HelpClose(Command):
    makes = commands.HelpClose

    type: Literal["help.close"]
    site: Code | None = None


class NoteSend(Command):
    makes = commands.NoteSend

    type: Literal["note.send"]
    to: Code | Literal["desk", "technicians"]
    text: Words


class MinutesNote(Command):
    makes = commands.MinutesNote

    type: Literal["minutes.note"]
    text: Passage


class ConferenceLock(Command):
    makes = commands.ConferenceLock

    type: Literal["conference.lock"]
    on: bool


class ConferenceDescribe(Command):
    makes = commands.ConferenceDescribe

    type: Literal["conference.describe"]
    place: Words | None = None
    chair: Words | None = None
    secretary: Words | None = None
    organizer: Words | None = None
    starts: Moment | None = None


SESSION_MESSAGES: Final[tuple[type[Command], ...]] = (
    *(AgendaLoad, AgendaNext, AgendaFinish, AgendaSkip, AgendaDefer, AgendaReturn),
    *(RollcallOpen, RollcallAnswer, RollcallMark, RollcallClose),
    *(ViewBroadcast, ViewWatch, ViewCarousel, ProgrammeSlate),
    *(SiteCut, SiteProbe, SiteSwitch, SiteRestart, SiteDrop, SiteLadder),
    *(HelpRaise, HelpAck, HelpClose, NoteSend, MinutesNote),
    *(ConferenceLock, ConferenceDescribe),
)
