"""Advance: the floor goes to the head of the queue by itself, where the policy says so.

Never while the chair is away, never outside the session, never past a full floor.  Who has no
line, is muted or cut is passed over and keeps the place: the first that *can* is granted.
"""

from __future__ import annotations

from bridge.conference.chair import is_present
from bridge.conference.course import Course
from bridge.conference.giving import Terms, give
from bridge.conference.state import Conference, Request
from bridge.conference.words import SPEECH, Link, Phase


def advance(course: Course) -> None:
    """Grant for as long as there is room and somebody who can."""
    while True:
        following = _following(course.conference)
        if following is None:
            return
        give(course, following, Terms())


def _following(conference: Conference) -> Request | None:
    may = conference.policy.auto_advance and conference.phase is Phase.OPEN
    if not may or not is_present(conference):
        return None
    return next(
        (
            conference.requests[number]
            for number in conference.queue
            if _can(conference, conference.requests[number])
        ),
        None,
    )


def _can(conference: Conference, request: Request) -> bool:
    site = conference.sites[request.site]
    if site.link is not Link.UP or site.blocked or site.cut:
        return False
    for floor in request.floors:
        holders = conference.holders_of(floor)
        most = conference.policy.max_floor_users if floor == SPEECH else 1
        if len(holders) >= most or any(holder.site == request.site for holder in holders):
            return False
    return True
