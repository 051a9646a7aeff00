"""Calling: the chair invites a site to speak (mời phát biểu), whether or not it asked.

The floor is given to what waits of the site: its hand, or what is left of an earlier speech.  If
nothing does, a request is made for it in the same act.  A report of the agenda is consumed only by
a call that names its item (practice.md A2); such a call begins an item that is still to come, as
going on to it would, so that agenda and floor never tell two stories.

Who is called without a word about floors is called to speak, and a hand that asks to speak with
slides is answered by it as it stands: the chair said yes to the site, not to a half of its wish.
By telephone nothing can be shown, so there it is speech alone.

A site has at most one ongoing request of a kind and floor: what waits of that kind for other
floors, and so is not what is called for, is withdrawn for the new one.
"""

from __future__ import annotations

from bridge.conference import checks, schedule
from bridge.conference.agenda import Item
from bridge.conference.asking import known_floors, made, ongoing_of
from bridge.conference.checks import Refused
from bridge.conference.course import Course
from bridge.conference.floor import Action
from bridge.conference.floor_commands import ChairCall
from bridge.conference.giving import Terms, end, give, is_able, make_room
from bridge.conference.state import Conference, Request
from bridge.conference.words import (
    CONTENT,
    SPEECH,
    EndReason,
    ItemStatus,
    RefusalCode,
    RequestKind,
    RequestStatus,
    SiteCode,
    Via,
)


def call(course: Course, command: ChairCall) -> None:
    """Its own hand if it has one, its agenda turn if that is meant, else a request made for it."""
    conference = course.conference
    site = checks.known_site(conference, command.site)
    floors = known_floors((SPEECH,) if command.floors is None else command.floors)
    item = (
        None if command.agenda_item is None else checks.known_item(conference, command.agenda_item)
    )
    checks.session_is_open(conference)
    if item is not None:
        _is_of(item, site)
    terms = Terms(on_full=command.on_full, limit_s=command.limit_s, via=command.via)
    if item is not None and item.status is ItemStatus.PLANNED:
        schedule.begin(course, item)
    asked = _wanted(course.conference, site, floors, command.agenda_item)
    if asked is None and command.floors is None and command.via is not Via.PHONE:
        asked = _wanted(course.conference, site, (SPEECH, CONTENT), command.agenda_item)
    if asked is None:
        is_able(course.conference, site, floors, terms.via)
        make_room(course, floors, terms.on_full)
        asked = _made_for(course, site, floors, item)
    give(course, asked, terms)


def _is_of(item: Item, site: SiteCode) -> None:
    if item.draft.site != site:
        raise Refused(RefusalCode.BAD_STATE, f"agenda item {item.id} is not of site {site}")
    if item.status not in {ItemStatus.PLANNED, ItemStatus.CURRENT}:
        raise Refused(RefusalCode.BAD_STATE, f"item {item.id} is {item.status}; let it return")


def _wanted(
    conference: Conference, site: SiteCode, floors: tuple[str, ...], item: int | None
) -> Request | None:
    """The waiting request that a call for *floors* is the answer to."""
    for other in ongoing_of(conference, site):
        waits = other.status is not RequestStatus.GRANTED and other.floors == floors
        if waits and other.item == item:
            return other
    return None


def _made_for(
    course: Course, site: SiteCode, floors: tuple[str, ...], item: Item | None
) -> Request:
    kind = RequestKind.CALL if item is None else RequestKind.AGENDA
    for other in tuple(ongoing_of(course.conference, site)):
        if other.kind is kind and set(other.floors) & set(floors):
            end(course, other.id, Action.RELEASE, EndReason.REPLACED)
    number = course.new_id
    course.add(
        made(
            course,
            site,
            Action.ENQUEUE,
            floors=floors,
            kind=kind,
            position=1,
            limit_s=None if item is None else item.draft.minutes * 60,
            group=None if item is None else item.draft.group,
            item=None if item is None else item.id,
        )
    )
    return course.conference.requests[number]
