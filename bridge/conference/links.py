"""Links: what becomes of the floor when a line comes, goes, or is gone too long.

A lost line interrupts a speaker, it does not end the speech: the floor is held (cause ``link``),
the clock stands, and for the grace the site may come back as if nothing had been.  Then the floor
is revoked, for nobody may block the conference from outside it, and the rest of the speaking time
waits at the head of the queue as a *continuation*.  A site told to prepare that loses its line is
told so no longer: the chair must choose on what is there.

The order of events keeps two sentences true after each of them: whoever holds the floor without
a line is held, and whoever is next has a line.
"""

from __future__ import annotations

import math
from typing import Final

from bridge.conference.commands import HouseCommand, LinkLost, LinkUp, Recover, SiteLeft, Tick
from bridge.conference.deadlines import down_at_s, grace_ends_s
from bridge.conference.events import (
    Event,
    HoldEnded,
    HoldStarted,
    LinkChanged,
    NextChosen,
    RequestEnded,
    RequestMade,
)
from bridge.conference.floor import Action, after
from bridge.conference.state import Conference, Request
from bridge.conference.words import EndReason, Hold, Link, SiteCode

CONTINUATION_FLOOR_S: Final = 30
"""A continuation has at least this long: one sentence to take up the thread, one to end it."""


def decide_house(
    conference: Conference, command: HouseCommand, *, now_s: float
) -> tuple[Event, ...]:
    """What the service itself makes happen.  A site it names must be of this conference."""
    match command:
        case LinkUp(site=site):
            return _up(conference, site, now_s=now_s)
        case LinkLost(site=site):
            if conference.sites[site].link is not Link.UP:
                return ()
            return _gone(conference, site, Link.LOST, now_s=now_s)
        case SiteLeft(site=site):
            if conference.sites[site].link is Link.DOWN:
                return ()
            return _gone(conference, site, Link.DOWN, now_s=now_s)
        case Recover(alive=alive):
            return _recovered(conference, alive, now_s=now_s)
        case Tick():
            return _due(conference, now_s=now_s)


def _up(conference: Conference, site: SiteCode, *, now_s: float) -> tuple[Event, ...]:
    if conference.sites[site].link is Link.UP:
        return ()
    return (
        LinkChanged(at_s=now_s, site=site, to=Link.UP),
        *(
            HoldEnded(at_s=now_s, request=holder.id, cause=Hold.LINK)
            for holder in conference.holders
            if holder.site == site and Hold.LINK in (holder.holds or {})
        ),
    )


def _gone(conference: Conference, site: SiteCode, to: Link, *, now_s: float) -> tuple[Event, ...]:
    # A hold that is there already is left alone: its grace must not start anew.
    return (
        *([NextChosen(at_s=now_s, site=None)] if conference.next == site else []),
        *(
            HoldStarted(at_s=now_s, request=holder.id, cause=Hold.LINK)
            for holder in conference.holders
            if holder.site == site and Hold.LINK not in (holder.holds or {})
        ),
        LinkChanged(at_s=now_s, site=site, to=to),
    )


def _recovered(
    conference: Conference, alive: frozenset[SiteCode], *, now_s: float
) -> tuple[Event, ...]:
    events: list[Event] = []
    if conference.next is not None and conference.next not in alive:
        events.append(NextChosen(at_s=now_s, site=None))
    for holder in conference.holders:
        if holder.site in alive:
            continue
        if Hold.LINK in (holder.holds or {}):
            events.append(HoldEnded(at_s=now_s, request=holder.id, cause=Hold.LINK))
        events.append(HoldStarted(at_s=now_s, request=holder.id, cause=Hold.LINK))
    for site, state in conference.sites.items():
        if site in alive:
            # It may have come back while nobody was there to write it down.
            events += _up(conference, site, now_s=now_s)
        elif state.link is not Link.DOWN:
            events.append(LinkChanged(at_s=now_s, site=site, to=Link.LOST))
    return tuple(events)


def _due(conference: Conference, *, now_s: float) -> tuple[Event, ...]:
    events: list[Event] = []
    # The newest first: each goes to the head of the queue, so the oldest speaker ends up there.
    for holder in reversed(conference.holders):
        ends_s = grace_ends_s(conference, holder)
        if ends_s is not None and ends_s <= now_s:
            number = len(conference.requests) + 1 + len(events) // 2
            events += _cut_off(holder, continuation=number, now_s=now_s)
    for site, state in conference.sites.items():
        ends_s = down_at_s(conference, state)
        if ends_s is not None and ends_s <= now_s:
            events.append(LinkChanged(at_s=now_s, site=site, to=Link.DOWN))
    return tuple(events)


def _cut_off(holder: Request, *, continuation: int, now_s: float) -> tuple[Event, Event]:
    rest_s = None
    if holder.limit_s is not None:
        rest_s = max(math.ceil(holder.limit_s - holder.used_s), CONTINUATION_FLOOR_S)
    return (
        RequestEnded(
            at_s=now_s,
            request=holder.id,
            status=after(holder.status, Action.REVOKE),
            reason=EndReason.LINK_LOST,
        ),
        RequestMade(
            at_s=now_s,
            request=continuation,
            floor=holder.floor,
            site=holder.site,
            by=holder.by,
            status=after(None, Action.ENQUEUE),
            position=1,
            text=holder.text,
            limit_s=rest_s,
            continues=holder.id,
        ),
    )
