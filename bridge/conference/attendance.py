"""Attendance: what people do with the roll call.

A site may answer from the first opening on; after the closing its answer is a late one, unless
it had left and is back.  The secretary may mark at any time, also before the roll is called (who is
excused is known the day before), and may correct a closed roll: the journal keeps what it was.
"""

from __future__ import annotations

from bridge.conference import checks
from bridge.conference.checks import Refused
from bridge.conference.course import Course
from bridge.conference.events import RollcallClosed, RollcallMarked, RollcallOpened
from bridge.conference.rollcall import Attendance
from bridge.conference.session_commands import RollcallAnswer, RollcallMark
from bridge.conference.surroundings import attendance_of
from bridge.conference.words import Mark, Phase, RefusalCode

EXPLAINED = frozenset({Mark.ABSENT, Mark.EXCUSED})
"""Marks that need a reason."""

ON_TIME = frozenset({Mark.PRESENT, Mark.LEFT})
"""Marks of a site that was there when it was asked, at least for a time."""


def opened(course: Course) -> None:
    if course.conference.phase is Phase.CLOSED:
        raise Refused(RefusalCode.BAD_STATE, "the conference is closed")
    if not course.conference.rollcall.is_open:
        course.add(RollcallOpened(at_s=course.now_s))


def closed(course: Course) -> None:
    if course.conference.rollcall.is_open:
        course.add(RollcallClosed(at_s=course.now_s))


def answer(course: Course, command: RollcallAnswer) -> None:
    """By the site itself.  Refused (``bad_state``): the roll was never called, or all is over."""
    rollcall = course.conference.rollcall
    site = checks.known_site(course.conference, course.actor.site)
    if rollcall.opened_s is None or course.conference.phase is Phase.CLOSED:
        raise Refused(RefusalCode.BAD_STATE, "the roll is not being called")
    before = rollcall.marks.get(site)
    said = None if before is None else before.mark
    if said is Mark.LATE or (said not in ON_TIME and not rollcall.is_open):
        mark = Mark.LATE
    else:
        # Who corrects the name of the head, or returns, is not late for that.
        mark = Mark.PRESENT
    _mark(
        course,
        RollcallMarked(
            at_s=course.now_s,
            site=site,
            mark=mark,
            by=course.actor.user,
            head=command.head,
            title=command.title,
            count=command.count,
        ),
    )


def mark(course: Course, command: RollcallMark) -> None:
    """By secretary or chair.  Refused (``bad_state``): no reason is given where one is due."""
    site = checks.known_site(course.conference, command.site)
    if command.mark in EXPLAINED and not command.reason:
        raise Refused(RefusalCode.BAD_STATE, f"{command.mark} needs a reason")
    _mark(
        course,
        RollcallMarked(
            at_s=course.now_s,
            site=site,
            mark=command.mark,
            by=course.actor.user,
            reason=command.reason,
            head=command.head,
            title=command.title,
            count=command.count,
        ),
    )


def _mark(course: Course, event: RollcallMarked) -> None:
    """Unless it says what is so already."""
    rollcall = course.conference.rollcall
    before = rollcall.marks.get(event.site)
    after = rollcall.marked(event.site, attendance_of(event)).marks.get(event.site)
    if _words(before) != _words(after):
        course.add(event)


def _words(attendance: Attendance | None) -> tuple[object, ...] | None:
    if attendance is None:
        return None
    return (
        attendance.mark,
        attendance.reason,
        attendance.head,
        attendance.title,
        attendance.count,
    )
