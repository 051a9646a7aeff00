"""Phases: lobby, open, recess, closed, and what each change does to the floor.

Opening ends every request of the lobby: hands raised while lines were tried are not hands of the
session; it keeps the agenda.  Whoever opens, also what was closed, opens room 110's microphone, for
the button says so; a chair that comes back from a recess finds it as it was left.  A recess
keeps the floors and holds them.  Closing ends all: the current item is done, who had the floor
gives it back, who waited is denied, which the minutes print as *registered, not reached*.  A
conference closed by mistake may be opened again for ``policy.reopen_within_s`` (practice.md A14).

Outside ``open`` nobody is next and every holder is held, and this is true after each event:
leaving ``open`` sees to it first, coming back changes the phase first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bridge.conference.checks import Refused
from bridge.conference.course import Course
from bridge.conference.events import (
    BlockChanged,
    HoldEnded,
    HoldStarted,
    ItemEnded,
    NextChosen,
    PhaseChanged,
    RollcallClosed,
)
from bridge.conference.floor import ONGOING, Action
from bridge.conference.giving import end
from bridge.conference.words import (
    CENTRE,
    EndReason,
    Hold,
    ItemStatus,
    Phase,
    RefusalCode,
    RequestStatus,
)

PHASES: Final[Mapping[Phase, frozenset[Phase]]] = {
    Phase.LOBBY: frozenset({Phase.OPEN, Phase.CLOSED}),
    Phase.OPEN: frozenset({Phase.RECESS, Phase.CLOSED}),
    Phase.RECESS: frozenset({Phase.OPEN, Phase.CLOSED}),
    Phase.CLOSED: frozenset({Phase.OPEN}),
}
"""Phase -> where it may lead."""


def change(course: Course, to: Phase) -> None:
    """Lead to phase *to*; nothing happens if it is the phase.

    Raises :class:`Refused` (``bad_state``) where the table has no way, or the way back is too old.
    """
    conference, now_s = course.conference, course.now_s
    came_from = conference.phase
    if to is came_from:
        return
    if to not in PHASES[came_from]:
        raise Refused(RefusalCode.BAD_STATE, f"{came_from} does not lead to {to}")
    if came_from is Phase.CLOSED:
        closed_for_s = now_s - conference.phase_since_s
        if closed_for_s > conference.policy.reopen_within_s:
            raise Refused(RefusalCode.BAD_STATE, f"closed {closed_for_s:.0f} s ago, too long")
    if conference.next is not None:
        course.add(NextChosen(at_s=now_s, site=None))
    if to is Phase.CLOSED:
        _end_all(course)
    elif came_from is Phase.LOBBY:
        for number in _ongoing(course):
            end(course, number, Action.RELEASE, EndReason.OPENED)
    elif to is Phase.RECESS:
        for holder in conference.granted:
            course.add(HoldStarted(at_s=now_s, request=holder.id, cause=Hold.PHASE))
    if to is Phase.OPEN and came_from is not Phase.RECESS and conference.sites[CENTRE].blocked:
        course.add(BlockChanged(at_s=now_s, site=CENTRE, on=False))
    course.add(PhaseChanged(at_s=now_s, to=to))
    if to is Phase.OPEN:
        # Only after a recess is there one.
        for holder in conference.granted:
            course.add(HoldEnded(at_s=now_s, request=holder.id, cause=Hold.PHASE))


def _end_all(course: Course) -> None:
    for number in _ongoing(course):
        spoke = course.conference.requests[number].status is RequestStatus.GRANTED
        end(course, number, Action.RELEASE if spoke else Action.DENY, EndReason.CLOSED)
    current = course.conference.agenda.current
    if current is not None:
        course.add(ItemEnded(at_s=course.now_s, item=current, status=ItemStatus.DONE))
    if course.conference.rollcall.is_open:
        course.add(RollcallClosed(at_s=course.now_s))


def _ongoing(course: Course) -> list[int]:
    return [r.id for r in course.conference.requests.values() if r.status in ONGOING]
