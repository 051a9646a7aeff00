"""Clocks: speaking time, and what its passing does.

A clock begins with the first live microphone, or ``policy.start_within_s`` after the grant when
none comes: a speaker is not charged for walking to the table, and cannot wait for ever.  It stands
while anything holds the floor.  ``policy.warn_s`` before the limit the speaker is warned; at the
limit he is over, and goes on unless the policy says *revoke*, which is never done while the
chair is away.  Content alone has no limit and no clock to wait for: it begins at once, as do
speakers by telephone, whose microphone nobody sees.

Moments are computed as ``since + what is left`` everywhere, deadlines and decisions alike, so
that after a tick at *t* nothing of *t* is left to do, to the last bit of a float.
"""

from __future__ import annotations

from collections.abc import Iterator

from bridge.conference.chair import is_present
from bridge.conference.events import ClockStarted, Event, RequestEnded, TimeOver, TimeWarned
from bridge.conference.floor import Action, after
from bridge.conference.state import Conference, Request
from bridge.conference.words import EndReason, OnExpiry, RequestStatus, SiteCode


def starts_s(conference: Conference, request: Request) -> float | None:
    """When the clock of a holder starts without a microphone; None: it has, or is held."""
    if request.started or request.holds or request.granted_s is None:
        return None
    return request.granted_s + conference.policy.start_within_s


def warns_s(conference: Conference, request: Request) -> float | None:
    """When the speaker is to be warned; None: he has been, or his clock stands."""
    if request.warned or request.limit_s is None or request.since_s is None:
        return None
    return request.since_s + (request.limit_s - conference.policy.warn_s - request.used_s)


def over_s(request: Request) -> float | None:
    """When the limit is reached; None: it was, or the clock stands."""
    if request.over or request.limit_s is None or request.since_s is None:
        return None
    return request.since_s + (request.limit_s - request.used_s)


def is_expired(conference: Conference, request: Request) -> bool:
    """Whether the floor is to be taken from a holder for his time: over, not held, chair here."""
    revokes = conference.policy.on_expiry is OnExpiry.REVOKE and is_present(conference)
    return revokes and request.over and not request.holds


def mic_live(conference: Conference, site: SiteCode, *, now_s: float) -> Iterator[Event]:
    """The microphone of *site* is on: the clocks of its floors begin."""
    for request in conference.granted:
        if request.site == site and not request.started:
            yield ClockStarted(at_s=now_s, request=request.id)


def begins(conference: Conference, request: Request, *, now_s: float) -> Iterator[Event]:
    """The clock of a holder starts, if the patience with his microphone is over."""
    at_s = starts_s(conference, request)
    if at_s is not None and at_s <= now_s:
        yield ClockStarted(at_s=now_s, request=request.id)


def due(conference: Conference, request: Request, *, now_s: float) -> Iterator[Event]:
    """What the passing of time does to one holder whose clock has started."""
    at_s, ends_s = warns_s(conference, request), over_s(request)
    if at_s is not None and at_s <= now_s:
        yield TimeWarned(at_s=now_s, request=request.id)
    if ends_s is not None and ends_s <= now_s:
        yield TimeOver(at_s=now_s, request=request.id)


def expired(request: Request, *, now_s: float) -> RequestEnded:
    """The floor is taken for time."""
    return RequestEnded(
        at_s=now_s,
        request=request.id,
        status=after(RequestStatus.GRANTED, Action.REVOKE),
        reason=EndReason.TIME_LIMIT,
    )
