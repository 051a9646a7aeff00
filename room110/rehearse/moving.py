"""Moving: what is true of the way from one state to the next, event by event.

A rule sees one event with the states around it and the record it stands in: who acted, and by what
authority.  As in :mod:`standing`, the tables are our own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from bridge.conference import events
from bridge.conference.events import Event
from bridge.conference.state import Conference, Request
from bridge.conference.words import Role
from bridge.records import Record
from room110.rehearse.standing import ENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    before: Conference
    event: Event
    after: Conference
    record: Record


Rule = Callable[[Move], Iterator[str]]

CHANGES: Final = {
    None: {"pending", "accepted"},
    "pending": {"accepted", "granted", "denied", "cancelled"},
    "accepted": {"granted", "denied", "cancelled"},
    "granted": {"released", "revoked"},
}
"""The only ways of a request's status."""

REASONS: Final = {
    "own": {"cancelled", "released"},
    "chair": {"denied", "revoked"},
    "replaced": {"cancelled", "revoked"},
    "link_lost": {"revoked"},
    "time_limit": {"revoked"},
    "opened": {"cancelled"},
    "closed": {"denied", "released"},
    "agenda": {"denied", "revoked"},
}

OF_THE_CHAIR: Final = (
    events.PhaseChanged
    | events.PolicyChanged
    | events.LimitExtended
    | events.SiteLimited
    | events.ItemStarted
)


def statuses_change_as_the_table_says(move: Move) -> Iterator[str]:
    for number, request in move.after.requests.items():
        was = _before(move, number)
        before = None if was is None else was.status.value
        if before != request.status and request.status not in CHANGES.get(before, set()):
            yield f"request {number} went from {before} to {request.status}"
        if request.reason is not None and request.status not in REASONS[request.reason]:
            yield f"request {number} is {request.status} for {request.reason}"


def what_has_ended_stays(move: Move) -> Iterator[str]:
    for number, request in move.before.requests.items():
        now = move.after.requests.get(number)
        if now is None:
            yield f"request {number} is forgotten"
        elif request.status in ENDED and now != request:
            yield f"request {number} had ended and changed"


def others_keep_their_order(move: Move) -> Iterator[str]:
    """Of what waited before and waits still, one at most has another place."""
    before = [number for number in move.before.queue if number in move.after.queue]
    after = [number for number in move.after.queue if number in move.before.queue]
    moved = getattr(move.event, "request", None)
    if [n for n in before if n != moved] != [n for n in after if n != moved]:
        yield f"queue {move.before.queue} became {move.after.queue}"


def the_chairs_acts_are_the_chairs(move: Move) -> Iterator[str]:
    event, authority, phase = move.event, move.record.authority, move.before.phase
    if not _is_an_act_of_the_chair(event):
        return
    if isinstance(event, events.RequestGranted) and move.before.policy.auto_advance:
        # It goes on by itself, whatever has made room or raised a hand.
        return
    by_technician = authority is Role.TECHNICIAN and phase == "lobby"
    if authority is not Role.CHAIR and not by_technician:
        yield f"{type(event).__name__} by {authority} in {phase}"


def _is_an_act_of_the_chair(event: Event) -> bool:
    match event:
        case events.RequestGranted():
            return True
        case events.RequestEnded(reason=reason):
            return reason in {"chair", "replaced"}
        case events.HoldStarted(cause=cause) | events.HoldEnded(cause=cause):
            return cause == "chair"
        case events.NextChosen(site=site):
            return site is not None
    return isinstance(event, OF_THE_CHAIR)


def the_chair_is_one(move: Move) -> Iterator[str]:
    before, after, record = move.before.chair, move.after.chair, move.record
    passed = isinstance(move.event, events.ChairPassed)
    if after.epoch != before.epoch + passed:
        yield f"epoch {before.epoch} became {after.epoch}"
    if after.deputy != before.deputy and not passed:
        yield "the chair went without a word"
    by_chair = record.authority is Role.CHAIR and record.command != "chair.assume"
    if by_chair and before.deputy is not None and record.command != "chair.handover":
        acts = {before.deputy, after.deputy}
        if record.actor not in acts:
            yield f"{record.actor} acts as chair, {before.deputy} is"
    match move.event:
        case events.ChairPassed(how="assumed", at_s=at_s, to=to):
            away_s = 0.0 if before.away_since_s is None else at_s - before.away_since_s
            if before.away_since_s is None or away_s < move.before.policy.chair_grace_s:
                yield f"{to} assumed the chair after {away_s:g} s"
            if to != record.actor:
                yield f"{record.actor} gave the chair to {to} as if to himself"
        case events.ChairPassed(how="handed_over", to=to):
            if to is not None and Role.DEPUTY not in move.before.consoles.get(to, ()):
                yield f"the chair was handed to {to}, who is no deputy at a console"
        case events.RequestEnded(reason="time_limit") if before.away_since_s is not None:
            yield "a speaker was cut for time while the chair was away"
        case events.RequestGranted() if record.authority is None:
            if before.away_since_s is not None:
                yield "the floor was given by itself while the chair was away"


def sites_stay_in_their_place(move: Move) -> Iterator[str]:
    event = move.event
    if isinstance(event, events.RequestMade) and move.record.authority is Role.SITE:
        if event.priority > 2:  # noqa: PLR2004  # normal, RFC 8855 section 5.2.4
            yield f"{event.site} put itself at priority {event.priority}"
        if event.limit_s is not None:
            yield f"{event.site} gave itself {event.limit_s} s"


def limits_are_bound_at_the_grant(move: Move) -> Iterator[str]:
    for number, request in move.after.requests.items():
        was = _before(move, number)
        is_same = was is None or was.limit_s == request.limit_s
        says = isinstance(move.event, events.LimitExtended | events.RequestGranted)
        if not is_same and not (says and getattr(move.event, "request", None) == number):
            yield f"request {number} had {was and was.limit_s} s and has {request.limit_s}"


def warnings_come_in_time(move: Move) -> Iterator[str]:
    match move.event:
        case events.TimeWarned(request=number, at_s=at_s):
            left_s = _left_s(move.before.requests[number], at_s)
            if left_s is None or left_s > move.before.policy.warn_s + 1e-6:
                yield f"request {number} is warned with {left_s} s left"
        case events.TimeOver(request=number, at_s=at_s):
            left_s = _left_s(move.before.requests[number], at_s)
            if left_s is None or left_s > 1e-6:  # noqa: PLR2004  # nothing, in floats
                yield f"request {number} is over with {left_s} s left"


def a_cut_speaker_goes_on_later(move: Move) -> Iterator[str]:
    """A floor lost to a line leaves one continuation, at the head of the queue."""
    match move.event:
        case events.RequestMade(continues=int(number), request=made):
            lost = move.before.requests[number]
            if lost.reason != "link_lost" or move.after.queue[:1] != (made,):
                yield f"request {made} continues {number}, which ended for {lost.reason}"
            others = [r for r in move.before.requests.values() if r.continues == number]
            if others:
                yield f"request {number} is continued twice"


def _before(move: Move, number: int) -> Request | None:
    return move.before.requests.get(number)


def _left_s(request: Request, at_s: float) -> float | None:
    return None if request.limit_s is None else request.limit_s - request.spoken_s(at_s)


MOVING: Final[Mapping[str, tuple[Rule, ...]]] = {
    "I3": (others_keep_their_order,),
    "I4": (statuses_change_as_the_table_says,),
    "I5": (what_has_ended_stays,),
    "I8": (the_chairs_acts_are_the_chairs,),
    "I9": (warnings_come_in_time,),
    "I10": (a_cut_speaker_goes_on_later,),
    "I11": (the_chair_is_one,),
    "I16": (sites_stay_in_their_place,),
    "I17": (limits_are_bound_at_the_grant,),
}
"""After every event."""
