"""Asking: hands that go up, and the queue they stand in.

The queue is one list, ordered by the server alone.  Who asks goes behind the last of his priority
or a higher one; a site's own priority is normal at most, so that only chair and secretary put
somebody forward.  The policy ``request_handling`` is for hands of sites: what chair and secretary
put on the list is on the list.  A site has at most one ongoing request of a kind and floor.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bridge.conference import checks, floor
from bridge.conference.checks import Refused
from bridge.conference.course import Course
from bridge.conference.events import (
    RequestAccepted,
    RequestMade,
)
from bridge.conference.floor import ONGOING, Action
from bridge.conference.floor_commands import (
    ChairAccept,
    FloorRequest,
)
from bridge.conference.state import Conference, Request
from bridge.conference.words import (
    FLOORS,
    SPEECH,
    Phase,
    RefusalCode,
    RequestHandling,
    RequestKind,
    Role,
    SiteCode,
)

NORMAL: Final = 2
"""Priority of RFC 8855 section 5.2.4 that nobody asked for."""


def request(course: Course, command: FloorRequest) -> None:
    """A hand, of the site itself or put up for it."""
    conference = course.conference
    site = checks.known_site(conference, command.site or course.actor.site)
    floors = known_floors(command.floors)
    if conference.phase is Phase.CLOSED:
        raise Refused(RefusalCode.BAD_STATE, "the conference is closed")
    # The policy is for hands; what chair and secretary put on the list is on the list.
    own = course.authority is Role.SITE
    handling = conference.policy.request_handling if own else RequestHandling.QUEUE
    if handling is RequestHandling.BLOCK:
        raise Refused(RefusalCode.HANDS_CLOSED, "no requests are taken at present")
    needs_floor(site, floors)
    for other in ongoing_of(conference, site):
        if other.kind is RequestKind.HAND and set(other.floors) & set(floors):
            text = f"site {site} has a request already"
            raise Refused(RefusalCode.REQUEST_LIMIT, text, request=other.id)
    priority = NORMAL if command.priority is None else command.priority
    course.add(
        made(
            course,
            site,
            Action.ASK if handling is RequestHandling.CONFIRM else Action.ENQUEUE,
            floors=floors,
            priority=min(priority, NORMAL) if own else priority,
            limit_s=None if own else command.limit_s,
            text=command.text,
            group=command.group,
            respond=command.respond,
        )
    )


def made(
    course: Course,
    site: SiteCode,
    action: Action,
    *,
    floors: tuple[str, ...] = (SPEECH,),
    kind: RequestKind = RequestKind.HAND,
    priority: int = NORMAL,
    position: int | None = None,
    limit_s: int | None = None,
    text: str | None = None,
    group: str | None = None,
    respond: bool = False,
    item: int | None = None,
) -> RequestMade:
    """A new request; one that waits stands behind the last of its priority unless told where."""
    if position is None and action is Action.ENQUEUE:
        position = _behind(course.conference, priority)
    return RequestMade(
        at_s=course.now_s,
        request=course.new_id,
        floors=floors,
        site=site,
        by=course.actor.user,
        status=floor.after(None, action),
        position=position,
        kind=kind,
        priority=priority,
        limit_s=limit_s,
        text=text,
        group=group,
        respond=respond,
        item=item,
    )


def accept(course: Course, command: ChairAccept) -> None:
    """Into the queue, or to another place in it."""
    conference, number = course.conference, command.request
    asked = checks.known_request(conference, number)
    checks.after(asked, Action.ACCEPT)
    others = tuple(other for other in conference.queue if other != number)
    position = command.position
    if position is None or not 1 <= position <= len(others) + 1:
        position = _behind(conference, asked.priority, among=others)
    if conference.queue[position - 1 : position] != (number,):
        course.add(RequestAccepted(at_s=course.now_s, request=number, position=position))


def known_floors(floors: tuple[str, ...]) -> tuple[str, ...]:
    """*floors* in their order.  Refused (``floor_not_found``): one is none of ours, or none is named."""
    for name in floors:
        if name not in FLOORS:
            raise Refused(RefusalCode.FLOOR_NOT_FOUND, f"there is no floor {name!r}")
    if not floors:
        raise Refused(RefusalCode.FLOOR_NOT_FOUND, "no floor is named")
    return tuple(name for name in FLOORS if name in floors)


def needs_floor(site: SiteCode, floors: tuple[str, ...]) -> None:
    """Refused: room 110 speaks without a floor."""
    if SPEECH in floors:
        checks.needs_floor(site)


def ongoing_of(conference: Conference, site: SiteCode) -> Iterator[Request]:
    """The requests of *site* that something can still happen to."""
    return (r for r in conference.requests.values() if r.site == site and r.status in ONGOING)


def _behind(conference: Conference, priority: int, *, among: tuple[int, ...] | None = None) -> int:
    """The place behind the last of that priority or a higher one."""
    queue = conference.queue if among is None else among
    places = (
        place
        for place, number in enumerate(queue, 1)
        if conference.requests[number].priority >= priority
    )
    return max(places, default=0) + 1
