"""Giving: the floor is given, interrupted, and taken back.

The checks come in the order of :class:`~bridge.conference.words.RefusalCode`: existence, state,
capacity.  Asking for what is so already is no mistake and gives no events.  Giving the floor is
one act with one order, because each event is seen by somebody: who is replaced is revoked before
the next is granted, so there are never too many holders; and a site is unblocked, and no longer
*next*, before it is granted.

A request that names several floors gets all of them or none (RFC 8855 section 4.1); what is
replaced for it is the oldest holder of whichever floor is full.
"""

from __future__ import annotations

from dataclasses import dataclass

from bridge.conference import checks
from bridge.conference.asking import needs_floor
from bridge.conference.checks import Refused
from bridge.conference.course import Course
from bridge.conference.events import (
    BlockChanged,
    ClockStarted,
    HoldEnded,
    HoldStarted,
    LimitExtended,
    NextChosen,
    RequestEnded,
    RequestGranted,
)
from bridge.conference.floor import Action
from bridge.conference.floor_commands import (
    ChairExtend,
    ChairGrant,
    ChairNext,
    OnFull,
)
from bridge.conference.state import Conference, Request
from bridge.conference.words import (
    CONTENT,
    SPEECH,
    EndReason,
    Hold,
    RefusalCode,
    RequestStatus,
    SiteCode,
    Via,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a floor is given."""

    on_full: OnFull = "reject"
    limit_s: int | None = None
    via: Via = Via.LINE


def grant(course: Course, command: ChairGrant) -> None:
    asked = checks.known_request(course.conference, command.request)
    checks.session_is_open(course.conference)
    give(course, asked, Terms(on_full=command.on_full, limit_s=command.limit_s))


def give(course: Course, asked: Request, terms: Terms) -> None:
    """The one act of giving: room is made, the site unblocked, the floor granted."""
    checks.after(asked, Action.GRANT)
    site = asked.site
    is_able(course.conference, site, asked.floors, terms.via)
    make_room(course, asked.floors, terms.on_full)
    now_s = course.now_s
    # Slides open no microphone, and whoever shows them may still be the next to speak.
    if SPEECH in asked.floors:
        if course.conference.sites[site].blocked:
            course.add(BlockChanged(at_s=now_s, site=site, on=False))
        if course.conference.next == site:
            course.add(NextChosen(at_s=now_s, site=None))
    course.add(
        RequestGranted(
            at_s=now_s,
            request=asked.id,
            limit_s=_bound(course.conference, asked, terms.limit_s),
            # Slides do not come by telephone.
            via=terms.via if SPEECH in asked.floors else Via.LINE,
        )
    )
    # Nobody sees the microphone of a telephone, and slides have none.
    if terms.via is Via.PHONE or SPEECH not in asked.floors:
        course.add(ClockStarted(at_s=now_s, request=asked.id))


def make_room(course: Course, floors: tuple[str, ...], on_full: OnFull) -> None:
    """Revoke the oldest holders where a floor is full.  Refused (``floor_full``): not wanted."""
    for name in floors:
        most = course.conference.policy.max_floor_users if name == SPEECH else 1
        holders = course.conference.holders_of(name)
        if most == 0:
            raise Refused(RefusalCode.FLOOR_FULL, "only the chair speaks now", holders=[])
        excess = max(0, len(holders) + 1 - most)
        if excess and on_full == "reject":
            who = [holder.id for holder in holders]
            raise Refused(RefusalCode.FLOOR_FULL, "somebody else has the floor", holders=who)
        for holder in holders[:excess]:
            end(course, holder.id, Action.REVOKE, EndReason.REPLACED)


def revoke(course: Course, number: int | None, text: str | None) -> None:
    holders = [holder.id for holder in course.conference.holders]
    if number is None and not holders:
        raise Refused(RefusalCode.BAD_STATE, "nobody has the floor")
    for holder in holders if number is None else [number]:
        end(course, holder, Action.REVOKE, EndReason.CHAIR, text)


def end(
    course: Course, number: int, action: Action, reason: EndReason, text: str | None = None
) -> None:
    """End a request.  Refused: there is none, or *action* is not for it."""
    status = checks.after(checks.known_request(course.conference, number), action)
    course.add(
        RequestEnded(at_s=course.now_s, request=number, status=status, reason=reason, text=text)
    )


def hold(course: Course, number: int, *, on: bool) -> None:
    """The chair interrupts a speaker, or lets him go on."""
    holder = _holder(course.conference, number)
    if (Hold.CHAIR in (holder.holds or {})) is on:
        return
    if on:
        course.add(HoldStarted(at_s=course.now_s, request=number, cause=Hold.CHAIR))
    else:
        course.add(HoldEnded(at_s=course.now_s, request=number, cause=Hold.CHAIR))


def extend(course: Course, command: ChairExtend) -> None:
    holder = _holder(course.conference, command.request)
    if holder.limit_s is None:
        raise Refused(RefusalCode.BAD_STATE, f"request {holder.id} has no limit")
    course.add(
        LimitExtended(at_s=course.now_s, request=holder.id, limit_s=holder.limit_s + command.add_s)
    )


def prepare(course: Course, command: ChairNext) -> None:
    """Tell a site that it is next; or nobody."""
    conference, site = course.conference, command.site
    if site is not None:
        checks.known_site(conference, site)
        checks.session_is_open(conference)
        if any(holder.site == site for holder in conference.holders):
            raise Refused(RefusalCode.BAD_STATE, f"site {site} has the floor")
        checks.needs_floor(site)
        checks.is_connected(conference, site)
    if site != conference.next:
        course.add(NextChosen(at_s=course.now_s, site=site))


def is_able(conference: Conference, site: SiteCode, floors: tuple[str, ...], via: Via) -> None:
    """Refused: the site has one of the floors already, needs none, or has no line to use it."""
    for holder in conference.granted:
        if holder.site == site and set(holder.floors) & set(floors):
            raise Refused(RefusalCode.BAD_STATE, f"site {site} has the floor", request=holder.id)
    needs_floor(site, floors)
    if via is Via.LINE or CONTENT in floors:
        checks.is_connected(conference, site)


def _holder(conference: Conference, number: int) -> Request:
    holder = checks.known_request(conference, number)
    if holder.status is not RequestStatus.GRANTED:
        raise Refused(RefusalCode.BAD_STATE, f"request {number} is {holder.status}")
    return holder


def _bound(conference: Conference, asked: Request, limit_s: int | None) -> int | None:
    """The speaking time: what the grant says, else the request, its site, the policy.

    Slides alone have a limit only where somebody has said one.
    """
    limits = [limit_s, asked.limit_s]
    if SPEECH in asked.floors:
        limits += [conference.sites[asked.site].limit_s, conference.policy.limit_s]
    return next((limit for limit in limits if limit is not None), None)
