"""Links: what becomes of the floor when a line comes, goes, or is gone too long.

A lost line interrupts a speaker, it does not end the speech: the floor is held (cause ``link``),
the clock stands, and for the grace the site may come back as if nothing had been.  Then the floor
is revoked, for nobody may block the conference from outside it, and the rest of the speaking time
waits at the head of the queue as a *continuation*.  A site told to prepare that loses its line is
told so no longer: the chair must choose on what is there.  Who speaks by telephone is not
interrupted by a line he does not use.

The order of events keeps two sentences true after each of them: whoever holds the floor without
a line is held, and whoever is next has a line.  (One exception: a restart lets a new grace begin, and
between the end of the old hold and the new one the first is not so; both are one transaction.)
"""

from __future__ import annotations

import math
from typing import Final

from bridge.conference import checking
from bridge.conference.chair import seen
from bridge.conference.clocks import begins, due, expired, is_expired, mic_live
from bridge.conference.course import Course
from bridge.conference.deadlines import down_at_s, grace_ends_s
from bridge.conference.events import (
    ConsoleSeen,
    DeviceSwitched,
    HoldEnded,
    HoldStarted,
    LinkChanged,
    NextChosen,
    RequestEnded,
    RequestMade,
    StandbyChanged,
)
from bridge.conference.floor import Action, after
from bridge.conference.house_commands import (
    ConsoleCame,
    ConsoleWent,
    HouseCommand,
    LinkLost,
    LinkUp,
    MicLive,
    Recover,
    SiteLeft,
    SiteMeasured,
    StandbySeen,
    StandbyTook,
    Tick,
)
from bridge.conference.programme import due as views_due
from bridge.conference.programme import probe_ended
from bridge.conference.state import Request
from bridge.conference.words import EndReason, Hold, Link, RequestStatus, SiteCode, Via

CONTINUATION_FLOOR_S: Final = 30
"""A continuation has at least this long: one sentence to take up the thread, one to end it."""


def happen(course: Course, command: HouseCommand) -> None:
    """What the service itself makes happen.  A site it names must be of this conference."""
    conference, now_s = course.conference, course.now_s
    match command:
        case LinkUp(site=site):
            _up(course, site)
        case LinkLost(site=site):
            if conference.sites[site].link is Link.UP:
                _gone(course, site, Link.LOST)
        case SiteLeft(site=site):
            if conference.sites[site].link is not Link.DOWN:
                _gone(course, site, Link.DOWN)
        case MicLive(site=site):
            course.add_all(mic_live(conference, site, now_s=now_s))
        case StandbySeen(site=site, on=on):
            if conference.sites[site].standby is not on:
                course.add(StandbyChanged(at_s=now_s, site=site, on=on))
        case StandbyTook(site=site):
            course.add(DeviceSwitched(at_s=now_s, site=site))
        case SiteMeasured():
            checking.measured(course, command)
        case ConsoleCame() | ConsoleWent():
            course.add_all(seen(conference, command, now_s=now_s))
        case Recover(alive=alive):
            _recovered(course, alive)
        case Tick():
            _due(course)


def _up(course: Course, site: SiteCode) -> None:
    if course.conference.sites[site].link is Link.UP:
        return
    course.add(LinkChanged(at_s=course.now_s, site=site, to=Link.UP))
    for holder in course.conference.granted:
        if holder.site == site and Hold.LINK in (holder.holds or {}):
            course.add(HoldEnded(at_s=course.now_s, request=holder.id, cause=Hold.LINK))


def _gone(course: Course, site: SiteCode, to: Link) -> None:
    now_s = course.now_s
    if course.conference.next == site:
        course.add(NextChosen(at_s=now_s, site=None))
    for holder in course.conference.granted:
        # A hold that is there already is left alone: its grace must not start anew.
        if holder.site == site and _needs_line(holder) and Hold.LINK not in (holder.holds or {}):
            course.add(HoldStarted(at_s=now_s, request=holder.id, cause=Hold.LINK))
    course.add(LinkChanged(at_s=now_s, site=site, to=to))


def _needs_line(holder: Request) -> bool:
    return holder.via is Via.LINE


def _recovered(course: Course, alive: frozenset[SiteCode]) -> None:
    conference, now_s = course.conference, course.now_s
    course.add_all(probe_ended(conference, now_s=now_s))
    course.add_all(checking.stopped(conference, now_s=now_s))
    for user in conference.consoles:
        course.add(ConsoleSeen(at_s=now_s, user=user, on=False))
    if conference.next is not None and conference.next not in alive:
        course.add(NextChosen(at_s=now_s, site=None))
    for holder in conference.granted:
        if holder.site in alive or not _needs_line(holder):
            continue
        if Hold.LINK in (holder.holds or {}):
            course.add(HoldEnded(at_s=now_s, request=holder.id, cause=Hold.LINK))
        course.add(HoldStarted(at_s=now_s, request=holder.id, cause=Hold.LINK))
    for site, state in conference.sites.items():
        if state.standby:
            course.add(StandbyChanged(at_s=now_s, site=site, on=False))
        if site in alive:
            # It may have come back while nobody was there to write it down.
            _up(course, site)
        elif state.link is not Link.DOWN:
            course.add(LinkChanged(at_s=now_s, site=site, to=Link.LOST))


def _due(course: Course) -> None:
    now_s = course.now_s
    for number in [holder.id for holder in course.conference.granted]:
        # A clock that starts may warn at once, where the limit is no longer than the warning.
        for what in (begins, due):
            holder = course.conference.requests[number]
            course.add_all(what(course.conference, holder, now_s=now_s))
        holder = course.conference.requests[number]
        if is_expired(course.conference, holder):
            course.add(expired(holder, now_s=now_s))
    # The newest first: each goes to the head of the queue, so the oldest speaker ends up there.
    for holder in reversed(course.conference.granted):
        ends_s = grace_ends_s(course.conference, holder)
        if ends_s is not None and ends_s <= now_s:
            _cut_off(course, holder)
    for site, state in course.conference.sites.items():
        ends_s = down_at_s(course.conference, state)
        if ends_s is not None and ends_s <= now_s:
            course.add(LinkChanged(at_s=now_s, site=site, to=Link.DOWN))
    course.add_all(views_due(course.conference, now_s=now_s))


def _cut_off(course: Course, holder: Request) -> None:
    rest_s = None
    if holder.limit_s is not None:
        rest_s = max(math.ceil(holder.limit_s - holder.used_s), CONTINUATION_FLOOR_S)
    course.add(
        RequestEnded(
            at_s=course.now_s,
            request=holder.id,
            status=after(RequestStatus.GRANTED, Action.REVOKE),
            reason=EndReason.LINK_LOST,
        ),
    )
    course.add(
        RequestMade(
            at_s=course.now_s,
            request=course.new_id,
            floors=holder.floors,
            site=holder.site,
            by=holder.by,
            status=after(None, Action.ENQUEUE),
            position=1,
            kind=holder.kind,
            priority=holder.priority,
            text=holder.text,
            limit_s=rest_s,
            group=holder.group,
            respond=holder.respond,
            item=holder.item,
            continues=holder.id,
        ),
    )
