"""Wishes: every command of a person, and who decides it, once the authority table has let it.

One table (:data:`FULFIL`).  What a wish means stands in the module of its subject: ``asking``,
``calling`` and ``giving`` for the floor, ``mutes``, ``phases``, ``chair``, ``schedule``,
``attendance``, ``programme`` and ``care``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from bridge.conference import (
    asking,
    attendance,
    calling,
    care,
    chair,
    giving,
    mutes,
    phases,
    programme,
    schedule,
)
from bridge.conference.commands import (
    AgendaDefer,
    AgendaFinish,
    AgendaLoad,
    AgendaNext,
    AgendaReturn,
    AgendaSkip,
    ChairAccept,
    ChairAssume,
    ChairCall,
    ChairDeny,
    ChairExtend,
    ChairGrant,
    ChairHandover,
    ChairHold,
    ChairLimit,
    ChairMute,
    ChairNext,
    ChairPhase,
    ChairPolicy,
    ChairResume,
    ChairRevoke,
    ChairSilence,
    ConferenceDescribe,
    ConferenceLock,
    FloorRelease,
    FloorRequest,
    HelpAck,
    HelpClose,
    HelpRaise,
    MinutesNote,
    NoteSend,
    PersonCommand,
    ProgrammeSlate,
    RollcallAnswer,
    RollcallClose,
    RollcallMark,
    RollcallOpen,
    SiteCut,
    SiteDrop,
    SiteLadder,
    SiteProbe,
    SiteRestart,
    SiteSwitch,
    ViewBroadcast,
    ViewCarousel,
    ViewWatch,
)
from bridge.conference.course import Course
from bridge.conference.floor import Action
from bridge.conference.words import EndReason, Help

FULFIL: Final[Mapping[type[PersonCommand], Callable[[Course, Any], None]]] = {
    FloorRequest: asking.request,
    FloorRelease: lambda c, w: giving.end(c, w.request, Action.RELEASE, EndReason.OWN),
    ChairAccept: asking.accept,
    ChairGrant: giving.grant,
    ChairCall: calling.call,
    ChairDeny: lambda c, w: giving.end(c, w.request, Action.DENY, EndReason.CHAIR, w.text),
    ChairRevoke: lambda c, w: giving.revoke(c, w.request, w.text),
    ChairNext: giving.prepare,
    ChairHold: lambda c, w: giving.hold(c, w.request, on=True),
    ChairResume: lambda c, w: giving.hold(c, w.request, on=False),
    ChairExtend: giving.extend,
    ChairLimit: mutes.limit,
    ChairMute: mutes.mute,
    ChairSilence: lambda c, _w: mutes.silence(c),
    ChairPolicy: mutes.policy,
    ChairPhase: lambda c, w: phases.change(c, w.to),
    ChairHandover: lambda c, w: c.add_all(chair.hand_over(c.conference, w, now_s=c.now_s)),
    ChairAssume: lambda c, w: c.add_all(chair.assume(c.conference, w, c.actor, now_s=c.now_s)),
    AgendaLoad: schedule.load,
    AgendaNext: schedule.go_on,
    AgendaFinish: lambda c, _w: schedule.finish(c),
    AgendaSkip: lambda c, w: schedule.skip(c, w.item),
    AgendaDefer: schedule.defer,
    AgendaReturn: lambda c, w: schedule.bring_back(c, w.item),
    RollcallOpen: lambda c, _w: attendance.opened(c),
    RollcallAnswer: attendance.answer,
    RollcallMark: attendance.mark,
    RollcallClose: lambda c, _w: attendance.closed(c),
    ViewBroadcast: lambda c, w: programme.broadcast(c, w.site),
    ViewWatch: lambda c, w: programme.watch(c, w.site),
    ViewCarousel: programme.carousel,
    ProgrammeSlate: programme.slate,
    SiteCut: care.cut,
    SiteProbe: programme.probe,
    SiteSwitch: lambda c, w: care.switch(c, w.site),
    SiteRestart: care.restart,
    SiteDrop: lambda c, w: care.drop(c, w.site),
    SiteLadder: care.ladder,
    HelpRaise: lambda c, w: care.help_(c, w.site, Help.RAISED),
    HelpAck: lambda c, w: care.help_(c, w.site, Help.ACKNOWLEDGED),
    HelpClose: lambda c, w: care.help_(c, w.site, None),
    NoteSend: care.note,
    MinutesNote: lambda c, w: care.minutes(c, w.text),
    ConferenceLock: lambda c, w: care.lock(c, on=w.on),
    ConferenceDescribe: care.describe,
}


def fulfil(course: Course, command: PersonCommand) -> None:
    """Let happen what makes *command* true.  Raises :class:`Refused`, also midway."""
    FULFIL[type(command)](course, command)
