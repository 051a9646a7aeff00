"""Lives: what became of each floor request, from the first word to the last.

Every request has exactly one fate.  A continuation that never had the floor is the *rest* of the
speech it belongs to and no request of its own; what ended before the session was opened was a
trial of lines; the turn of an agenda item that went by unspoken is no refused hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from bridge.conference.agenda import Draft
from bridge.conference.events import (
    CutChanged,
    LimitExtended,
    RequestEnded,
    RequestGranted,
    RequestMade,
)
from bridge.conference.floor import ONGOING
from bridge.conference.state import Conference, Request
from bridge.conference.words import SPEECH, EndReason, Hold, RequestKind, RequestStatus, Role
from bridge.minutes.steps import Moment, Step


class Fate(StrEnum):
    SPOKEN = "spoken"
    SHOWN = "shown"
    """It had the content floor alone."""
    REST = "rest"
    """The rest of a speech whose line was lost; never taken up."""
    WAITING = "waiting"
    """The journal ends before it had an answer."""
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    """Withdrawn in favour of a call."""
    NOT_REACHED = "not_reached"
    """The chair said no, or the conference was over."""
    TURN_PASSED = "turn_passed"
    """The turn of an agenda item, and the agenda went on."""
    TRIAL = "trial"
    """Of the lobby."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interruption:
    """A hold of one cause."""

    cause: Hold
    since: Moment
    until: Moment | None
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    at: Moment
    added_s: int


@dataclass(slots=True)
class Life:
    """One request, as far as it has been seen."""

    made: Moment
    draft: Draft | None
    """The agenda item it is the turn of."""
    granted: Moment | None = None
    bound_s: int | None = None
    """The limit it was granted with."""
    extensions: list[Extension] = field(default_factory=list)
    ended: Moment | None = None
    ended_by: str | None = None
    ended_as: Role | None = None
    trial: bool = False
    interruptions: list[Interruption] = field(default_factory=list)
    running: dict[Hold, Moment] = field(default_factory=dict)
    """Holds that go on."""

    def held(self, holds: set[Hold], at: Moment) -> None:
        """From *at* on, exactly these causes hold it."""
        for cause in [cause for cause in self.running if cause not in holds]:
            self.interruptions.append(interruption(cause, self.running.pop(cause), at))
        for cause in sorted(holds - self.running.keys()):
            self.running[cause] = self._same(cause, at) or at

    def _same(self, cause: Hold, at: Moment) -> Moment | None:
        """Since when, if a hold of that cause ended just now: a restart begins its grace anew."""
        for place, ended in enumerate(self.interruptions):
            if ended.cause is cause and ended.until == at:
                return self.interruptions.pop(place).since
        return None

    def all_interruptions(self, now_s: float) -> tuple[Interruption, ...]:
        """Those that go on too, as long as they are at *now_s*; oldest first."""
        going_on = [
            interruption(cause, since, None, now_s=now_s) for cause, since in self.running.items()
        ]
        return tuple(sorted([*self.interruptions, *going_on], key=lambda i: i.since.at_s))


def interruption(
    cause: Hold, since: Moment, until: Moment | None, *, now_s: float = 0.0
) -> Interruption:
    ends_s = until.at_s if until else now_s
    return Interruption(cause=cause, since=since, until=until, seconds=ends_s - since.at_s)


class Lives:
    """Gathers them, step by step."""

    def __init__(self) -> None:
        self.of: dict[int, Life] = {}
        """By request, in order of id."""

    def see(self, step: Step) -> None:
        event = step.event
        match event:
            case RequestMade(item=item):
                draft = None if item is None else step.after.agenda.items[item].draft
                self.of[event.request] = Life(made=step.at, draft=draft)
            case RequestGranted(limit_s=limit_s):
                life = self.of[event.request]
                life.granted, life.bound_s = step.at, limit_s
                life.trial = step.before.opened_s is None
            case LimitExtended(request=number, limit_s=limit_s):
                added_s = limit_s - (step.before.requests[number].limit_s or 0)
                self.of[number].extensions.append(Extension(at=step.at, added_s=added_s))
            case RequestEnded():
                life = self.of[event.request]
                life.ended, life.ended_by, life.ended_as = step.at, step.actor, step.authority
                life.trial = life.trial or step.before.opened_s is None
            case _:
                pass
        for request in _touched(step):
            self.of[request.id].held(set(request.holds or ()), step.at)


def _touched(step: Step) -> Iterator[Request]:
    """The requests whose holds this event may have changed."""
    if isinstance(step.event, CutChanged):
        yield from (r for r in step.after.granted if r.site == step.event.site)
    number = getattr(step.event, "request", None)
    if number is not None:
        yield step.after.requests[number]


def fates_of(last: Conference, lives: Lives) -> dict[int, Fate]:
    """The fate of every request, by its id."""
    fates: dict[int, Fate] = {}
    for request in last.requests.values():
        whole = None if request.continues is None else fates.get(request.continues)
        fates[request.id] = _fate(request, lives.of[request.id], whole)
    return fates


def _fate(request: Request, life: Life, whole: Fate | None) -> Fate:
    if life.trial:
        return Fate.TRIAL
    if life.granted is not None:
        return Fate.SPOKEN if SPEECH in request.floors else Fate.SHOWN
    if whole in {Fate.SPOKEN, Fate.SHOWN}:
        return Fate.REST
    if request.status in ONGOING:
        return Fate.WAITING
    if request.kind is RequestKind.AGENDA:
        return Fate.TURN_PASSED
    if request.status is RequestStatus.DENIED:
        return Fate.NOT_REACHED
    return Fate.REPLACED if request.reason is EndReason.REPLACED else Fate.WITHDRAWN
