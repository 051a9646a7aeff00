"""Evolve: one event further.  Folding the journal is the only way to a state, live or restarted.

No rule is decided here: what an event says is so.  Three things follow from every event and are
therefore kept here, once: the queue is exactly the accepted requests in their order, the clock of
a request runs if and only if it is granted and nothing holds it, and a status changes only as the
floor table says (anything else is a bug or a foreign journal, and raises).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import assert_never

from bridge.conference import floor
from bridge.conference.events import (
    BlockChanged,
    ConferenceBegun,
    Event,
    HelpChanged,
    HoldEnded,
    HoldStarted,
    LinkChanged,
    NextChosen,
    PhaseChanged,
    RequestAccepted,
    RequestEnded,
    RequestGranted,
    RequestMade,
)
from bridge.conference.state import Conference, Request, Site
from bridge.conference.words import Hold, Link, Phase, RequestStatus


def begun(event: ConferenceBegun) -> Conference:
    """The conference as it begins: in the lobby, nobody there."""
    return Conference(
        id=event.conference,
        title=event.title,
        rehearsal=event.rehearsal,
        policy=event.policy,
        phase=Phase.LOBBY,
        phase_since_s=event.at_s,
        sites={site: Site(link_since_s=event.at_s) for site in event.sites},
        requests={},
        queue=(),
        next=None,
    )


def fold(events: Iterable[Event]) -> Conference:
    """The state after *events*, the first of which begins the conference.

    ValueError: it does not, or another begins later.
    """
    journal = iter(events)
    first = next(journal, None)
    if not isinstance(first, ConferenceBegun):
        raise ValueError("a journal starts with ConferenceBegun")  # noqa: TRY004  # a bad journal
    conference = begun(first)
    for event in journal:
        conference = evolve(conference, event)
    return conference


def evolve(conference: Conference, event: Event) -> Conference:
    """The next state.  The caller owes events in their order, with times that never run back."""
    match event:
        case ConferenceBegun():
            raise ValueError("a conference begins once")
        case PhaseChanged(at_s=at_s, to=phase):
            return replace(conference, phase=phase, phase_since_s=at_s)
        case LinkChanged(at_s=at_s, to=to):
            site = conference.sites[event.site]
            seen = site.seen or to is Link.UP
            return _with_site(
                conference, event, replace(site, link=to, link_since_s=at_s, seen=seen)
            )
        case BlockChanged(on=on):
            return _with_site(conference, event, replace(conference.sites[event.site], blocked=on))
        case HelpChanged(to=help_):
            return _with_site(conference, event, replace(conference.sites[event.site], help=help_))
        case NextChosen(site=chosen):
            return replace(conference, next=chosen)
        case RequestMade():
            return _made(conference, event)
        case RequestAccepted() | RequestGranted() | RequestEnded() | HoldStarted() | HoldEnded():
            return _request_changed(conference, event)
    assert_never(event)


def _with_site(
    conference: Conference, event: LinkChanged | BlockChanged | HelpChanged, site: Site
) -> Conference:
    return replace(conference, sites={**conference.sites, event.site: site})


def _made(conference: Conference, event: RequestMade) -> Conference:
    if event.request in conference.requests:
        raise ValueError(f"request {event.request} was made before")
    request = Request(
        id=event.request,
        floor=event.floor,
        site=event.site,
        by=event.by,
        status=floor.changed(None, event.status),
        created_s=event.at_s,
        text=event.text,
        limit_s=event.limit_s,
        continues=event.continues,
    )
    last = len(conference.queue) + 1
    return _with_request(conference, request, position=event.position or last)


def _request_changed(
    conference: Conference,
    event: RequestAccepted | RequestGranted | RequestEnded | HoldStarted | HoldEnded,
) -> Conference:
    request = conference.requests[event.request]
    position = None
    match event:
        case RequestAccepted():
            status = floor.after(request.status, floor.Action.ACCEPT)
            changed = replace(request, status=status)
            position = event.position
        case RequestGranted(at_s=at_s, limit_s=limit_s):
            status = floor.after(request.status, floor.Action.GRANT)
            changed = replace(request, status=status, granted_s=at_s, limit_s=limit_s)
        case RequestEnded(at_s=at_s, reason=reason):
            status = floor.changed(request.status, event.status)
            changed = replace(request, status=status, ended_s=at_s, reason=reason, holds=None)
        case HoldStarted(at_s=at_s, cause=cause):
            changed = replace(request, holds={**(request.holds or {}), cause: at_s})
        case HoldEnded(cause=cause):
            changed = replace(request, holds=_without(request.holds or {}, cause))
    return _with_request(conference, _clocked(changed, at_s=event.at_s), position=position)


def _without(holds: Mapping[Hold, float], cause: Hold) -> Mapping[Hold, float] | None:
    return {other: since_s for other, since_s in holds.items() if other is not cause} or None


def _clocked(request: Request, *, at_s: float) -> Request:
    runs = request.status is RequestStatus.GRANTED and not request.holds
    if runs and request.since_s is None:
        return replace(request, since_s=at_s)
    if not runs and request.since_s is not None:
        return replace(request, used_s=request.used_s + at_s - request.since_s, since_s=None)
    return request


def _with_request(conference: Conference, request: Request, *, position: int | None) -> Conference:
    queue = conference.queue
    if request.status is not RequestStatus.ACCEPTED:
        queue = tuple(number for number in queue if number != request.id)
    elif position is not None:
        others = [number for number in queue if number != request.id]
        queue = (*others[: position - 1], request.id, *others[position - 1 :])
    requests = {**conference.requests, request.id: request}
    return replace(conference, requests=requests, queue=queue)
