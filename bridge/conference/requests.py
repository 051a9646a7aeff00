"""Requests: what events make of one floor request, its clock and its place in the queue.

Three things follow from every event and are kept here, once: the queue is exactly the accepted
requests in their order; the clock of a request runs if and only if it is granted, has begun, and
nothing holds it; and a status changes only as the floor table says (anything else is a bug or a
foreign journal, and raises).  A cut site's speaker is held: that hold follows from the cut.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bridge.conference import floor
from bridge.conference.events import (
    ClockStarted,
    HoldEnded,
    HoldStarted,
    LimitExtended,
    RequestAccepted,
    RequestEnded,
    RequestGranted,
    RequestMade,
    TimeOver,
    TimeWarned,
)
from bridge.conference.state import Conference, Request
from bridge.conference.words import Hold, RequestStatus, SiteCode

RequestEvent = (
    RequestAccepted
    | RequestGranted
    | RequestEnded
    | HoldStarted
    | HoldEnded
    | ClockStarted
    | TimeWarned
    | TimeOver
    | LimitExtended
)


def made(conference: Conference, event: RequestMade) -> Conference:
    """With the new request.  ValueError: there is one of that number."""
    if event.request in conference.requests:
        raise ValueError(f"request {event.request} was made before")
    request = Request(
        id=event.request,
        floors=event.floors,
        site=event.site,
        by=event.by,
        status=floor.changed(None, event.status),
        created_s=event.at_s,
        kind=event.kind,
        priority=event.priority,
        text=event.text,
        group=event.group,
        respond=event.respond,
        limit_s=event.limit_s,
        item=event.item,
        continues=event.continues,
    )
    last = len(conference.queue) + 1
    return _with_request(conference, request, position=event.position or last)


def changed(conference: Conference, event: RequestEvent) -> Conference:
    """With what *event* makes of its request."""
    before = conference.requests[event.request]
    request = _after(conference, before, event)
    position = event.position if isinstance(event, RequestAccepted) else None
    return _with_request(conference, _clocked(request, at_s=event.at_s), position=position)


def cut(conference: Conference, site: SiteCode, *, on: bool, at_s: float) -> Conference:
    """With the floors of *site* held for the cut, or no longer."""
    for request in conference.granted:
        if request.site == site:
            holds = _holds(request, Hold.TECHNICAL, on=on, at_s=at_s)
            held = _clocked(replace(request, holds=holds), at_s=at_s)
            conference = _with_request(conference, held, position=None)
    return conference


def _after(conference: Conference, request: Request, event: RequestEvent) -> Request:
    match event:
        case RequestAccepted():
            return replace(request, status=floor.after(request.status, floor.Action.ACCEPT))
        case RequestGranted(at_s=at_s, limit_s=limit_s, via=via):
            status = floor.after(request.status, floor.Action.GRANT)
            is_cut = conference.sites[request.site].cut
            holds = {Hold.TECHNICAL: at_s} if is_cut else None
            return replace(
                request, status=status, granted_s=at_s, limit_s=limit_s, via=via, holds=holds
            )
        case RequestEnded(at_s=at_s, reason=reason):
            status = floor.changed(request.status, event.status)
            return replace(request, status=status, ended_s=at_s, reason=reason, holds=None)
        case HoldStarted(at_s=at_s, cause=cause):
            return replace(request, holds=_holds(request, cause, on=True, at_s=at_s))
        case HoldEnded(at_s=at_s, cause=cause):
            return replace(request, holds=_holds(request, cause, on=False, at_s=at_s))
        case ClockStarted():
            return replace(request, started=True)
        case TimeWarned():
            return replace(request, warned=True)
        case TimeOver():
            return replace(request, over=True)
        case LimitExtended(at_s=at_s, limit_s=limit_s):
            left_s = limit_s - request.spoken_s(at_s)
            warned = request.warned and left_s <= conference.policy.warn_s
            over = request.over and left_s <= 0.0
            return replace(request, limit_s=limit_s, warned=warned, over=over)


def _holds(request: Request, cause: Hold, *, on: bool, at_s: float) -> Mapping[Hold, float] | None:
    others = {other: s for other, s in (request.holds or {}).items() if other is not cause}
    return (others | {cause: at_s} if on else others) or None


def _clocked(request: Request, *, at_s: float) -> Request:
    runs = request.status is RequestStatus.GRANTED and request.started and not request.holds
    if runs and request.since_s is None:
        return replace(request, since_s=at_s)
    if not runs:
        return replace(request, used_s=request.spoken_s(at_s), since_s=None)
    return request


def _with_request(conference: Conference, request: Request, *, position: int | None) -> Conference:
    queue = conference.queue
    if request.status is not RequestStatus.ACCEPTED:
        queue = tuple(number for number in queue if number != request.id)
    elif position is not None:
        others = [number for number in queue if number != request.id]
        queue = (*others[: position - 1], request.id, *others[position - 1 :])
    requests = conference.requests.put(request.id, request)
    return replace(conference, requests=requests, queue=queue)
