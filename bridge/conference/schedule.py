"""The schedule: what the chair does with the agenda.

Going on ends the current item and begins the next: what waits or speaks for the old item ends
with it, and only then comes the new one's turn.  The turn of a site's item is a request at the
head of the queue, whose speaking time is the item's; it waits there for the chair's word.  A film
needs no such word: its item gives the content floor to room 110, if its line is up, for nobody
else can show it.  All other items have no floor; they have a name, a clock and a place in the
minutes (practice.md A2, A6).
"""

from __future__ import annotations

from bridge.conference import asking, checks, giving
from bridge.conference.agenda import Item
from bridge.conference.checks import Refused
from bridge.conference.course import Course
from bridge.conference.events import AgendaLoaded, ItemEnded, ItemMoved, ItemStarted
from bridge.conference.floor import ONGOING, Action
from bridge.conference.session_commands import AgendaDefer, AgendaLoad, AgendaNext
from bridge.conference.words import (
    CENTRE,
    CONTENT,
    EndReason,
    ItemKind,
    ItemStatus,
    Link,
    Phase,
    RefusalCode,
    RequestKind,
    RequestStatus,
)

MAX_ITEMS = 500
"""More than a day can hold: 63 reports and what is around them, several times."""


def load(course: Course, command: AgendaLoad) -> None:
    """All of it or nothing."""
    conference = course.conference
    sites = [
        checks.known_site(conference, draft.site)
        for draft in command.items
        if draft.site is not None
    ]
    is_not_closed(course)
    for draft in command.items:
        if (draft.kind is ItemKind.SITE) is (draft.site is None):
            raise Refused(
                RefusalCode.BAD_STATE, f"{draft.title!r}: a site's item, and no other, has a site"
            )
    for site in sites:
        checks.needs_floor(site)
    kept = len(conference.agenda.items) - (0 if command.append else len(conference.agenda.planned))
    if kept + len(command.items) > MAX_ITEMS:
        raise Refused(RefusalCode.REQUEST_LIMIT, f"an agenda has at most {MAX_ITEMS} items")
    course.add(AgendaLoaded(at_s=course.now_s, items=command.items, append=command.append))


def go_on(course: Course, command: AgendaNext) -> None:
    """To the item that is named, or to the next one planned."""
    agenda = course.conference.agenda
    if command.item is not None:
        item = checks.known_item(course.conference, command.item)
    else:
        following = next(iter(agenda.planned), None)
        if following is None:
            raise Refused(RefusalCode.ITEM_NOT_FOUND, "nothing more is on the agenda")
        item = following
    checks.session_is_open(course.conference)
    if item.status is ItemStatus.CURRENT:
        return
    if item.status is not ItemStatus.PLANNED:
        raise Refused(RefusalCode.BAD_STATE, f"item {item.id} is {item.status}; let it return")
    begin(course, item)
    _its_turn(course, item)


def begin(course: Course, item: Item) -> None:
    """The item is current, in place of the one that was."""
    _end_current(course)
    course.add(ItemStarted(at_s=course.now_s, item=item.id))


def finish(course: Course) -> None:
    if course.conference.agenda.current is None:
        raise Refused(RefusalCode.BAD_STATE, "no item is current")
    _end_current(course)


def skip(course: Course, number: int) -> None:
    item = checks.known_item(course.conference, number)
    is_not_closed(course)
    if item.status is ItemStatus.SKIPPED:
        return
    if item.status is ItemStatus.DONE:
        raise Refused(RefusalCode.BAD_STATE, f"item {number} is done")
    _end(course, item, ItemStatus.SKIPPED)


def defer(course: Course, command: AgendaDefer) -> None:
    item = checks.known_item(course.conference, command.item)
    if command.after is not None:
        checks.known_item(course.conference, command.after)
    is_not_closed(course)
    if item.status not in {ItemStatus.PLANNED, ItemStatus.CURRENT} or item.id == command.after:
        raise Refused(RefusalCode.BAD_STATE, f"item {item.id} is {item.status}")
    if item.status is ItemStatus.CURRENT:
        _end(course, item, ItemStatus.PLANNED)
    course.add(ItemMoved(at_s=course.now_s, item=item.id, after=command.after, deferred=True))


def bring_back(course: Course, number: int) -> None:
    """Planned again, as the next."""
    item = checks.known_item(course.conference, number)
    is_not_closed(course)
    if item.status in {ItemStatus.PLANNED, ItemStatus.CURRENT}:
        raise Refused(RefusalCode.BAD_STATE, f"item {number} is {item.status}")
    course.add(ItemMoved(at_s=course.now_s, item=number, first=True))


def is_not_closed(course: Course) -> None:
    """Refused: the conference is over."""
    if course.conference.phase is Phase.CLOSED:
        raise Refused(RefusalCode.BAD_STATE, "the conference is closed")


def _its_turn(course: Course, item: Item) -> None:
    site = item.draft.site
    if site is not None:
        course.add(
            asking.made(
                course,
                site,
                Action.ENQUEUE,
                kind=RequestKind.AGENDA,
                position=1,
                limit_s=item.draft.minutes * 60,
                group=item.draft.group,
                item=item.id,
            )
        )
    elif item.draft.kind is ItemKind.CLIP:
        _show_film(course, item)


def _show_film(course: Course, item: Item) -> None:
    conference = course.conference
    shows = any(holder.site == CENTRE for holder in conference.holders_of(CONTENT))
    if shows or conference.sites[CENTRE].link is not Link.UP:
        return
    course.add(
        asking.made(
            course,
            CENTRE,
            Action.ENQUEUE,
            floors=(CONTENT,),
            kind=RequestKind.AGENDA,
            position=1,
            item=item.id,
        )
    )
    asked = course.conference.requests[course.new_id - 1]
    giving.give(course, asked, giving.Terms(on_full="replace"))


def _end_current(course: Course) -> None:
    agenda = course.conference.agenda
    if agenda.current is not None:
        _end(course, agenda.items[agenda.current], ItemStatus.DONE)


def _end(course: Course, item: Item, status: ItemStatus) -> None:
    """What waits or speaks for the item ends with it."""
    for request in tuple(course.conference.requests.values()):
        if request.item == item.id and request.status in ONGOING:
            spoke = request.status is RequestStatus.GRANTED
            action = Action.REVOKE if spoke else Action.DENY
            giving.end(course, request.id, action, EndReason.AGENDA)
    course.add(ItemEnded(at_s=course.now_s, item=item.id, status=status))
