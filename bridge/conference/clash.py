"""Clash: a command that was thought on an older revision than the present one.

With several consoles two people act on one list.  A command may carry the ``rev`` it saw; when
what it stands on has changed since, it is refused with what changed (``stale``), and whoever sent
it looks again.  What a command stands on is little on purpose: lines come and go all the time, and
a chair who calls a site does not care that another asked for help meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable

from bridge.conference import commands, events
from bridge.conference.commands import PersonCommand
from bridge.conference.events import Event
from bridge.conference.words import CENTRE

FLOOR = "floor"
"""Who has it, and who is told to be next."""
QUEUE = "queue"
AGENDA = "agenda"
POLICY = "policy"
PHASE = "phase"
CHAIR = "chair"
VIEWS = "views"
WALK = "walk"
"""Whose turn it is."""


def clashes(command: PersonCommand, since: Iterable[Event]) -> tuple[Event, ...]:
    """Those of the events *since* that change what *command* stands on, in their order."""
    subjects = stands_on(command)
    return tuple(event for event in since if not subjects.isdisjoint(touches(event)))


def stands_on(command: PersonCommand) -> frozenset[str]:
    """What must be as it was seen; nothing: the command is right on any state."""
    match command:
        case commands.ChairGrant(request=number):
            return frozenset({FLOOR, PHASE, _request(number)})
        case commands.ChairCall(agenda_item=int()):
            return frozenset({FLOOR, PHASE, AGENDA})
        case commands.ChairCall() | commands.ChairNext() | commands.ChairRevoke(request=None):
            return frozenset({FLOOR, PHASE})
        case commands.ChairAccept(request=number):
            return frozenset({QUEUE, _request(number)})
        case (
            commands.ChairDeny(request=number)
            | commands.ChairRevoke(request=int(number))
            | commands.ChairHold(request=number)
            | commands.ChairResume(request=number)
            | commands.ChairExtend(request=number)
            | commands.FloorRelease(request=number)
        ):
            return frozenset({_request(number)})
        case commands.ChairMute(site=site):
            return frozenset({_block(site)})
        case commands.ChairPolicy():
            return frozenset({POLICY})
        case commands.ChairPhase():
            return frozenset({PHASE})
        case commands.ChairHandover() | commands.ChairAssume():
            return frozenset({CHAIR})
        case (
            commands.AgendaLoad()
            | commands.AgendaNext()
            | commands.AgendaFinish()
            | commands.AgendaSkip()
            | commands.AgendaDefer()
            | commands.AgendaReturn()
        ):
            return frozenset({AGENDA})
        case commands.ViewBroadcast() | commands.ViewCarousel() | commands.ViewWatch():
            return frozenset({VIEWS})
        case commands.WalkNext() | commands.WalkSkip():
            return frozenset({WALK})
        case commands.RollcallMark(site=site):
            return frozenset({_mark(site)})
    return frozenset()


def touches(event: Event) -> frozenset[str]:  # a table
    """What an event changes, in the words of :func:`stands_on`."""
    match event:
        case events.RequestMade():
            return frozenset({QUEUE})
        case events.RequestAccepted(request=number):
            return frozenset({QUEUE, _request(number)})
        case events.RequestGranted(request=number) | events.RequestEnded(request=number):
            return frozenset({QUEUE, FLOOR, _request(number)})
        case (
            events.HoldStarted(request=number)
            | events.HoldEnded(request=number)
            | events.LimitExtended(request=number)
        ):
            return frozenset({_request(number)})
        case events.NextChosen():
            return frozenset({FLOOR})
        case events.BlockChanged(site=site):
            # "all" is the provinces.
            return frozenset({_block(site), _block(CENTRE if site == CENTRE else "all")})
        case events.PolicyChanged():
            return frozenset({POLICY})
        case events.PhaseChanged():
            return frozenset({PHASE})
        case events.ChairPassed():
            return frozenset({CHAIR})
        case events.AgendaLoaded() | events.ItemStarted() | events.ItemEnded() | events.ItemMoved():
            return frozenset({AGENDA})
        case events.BroadcastChosen() | events.CarouselSet():
            return frozenset({VIEWS})
        case events.WalkBegun() | events.WalkMoved() | events.WalkEnded():
            return frozenset({WALK})
        case events.RollcallMarked(site=site):
            return frozenset({_mark(site)})
    return frozenset()


def _request(number: int) -> str:
    return f"request {number}"


def _block(site: str) -> str:
    return f"block {site}"


def _mark(site: str) -> str:
    return f"mark {site}"
