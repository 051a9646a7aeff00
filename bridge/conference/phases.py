"""Phases: lobby, open, recess, closed, and what each change does to the floor.

Opening ends every request of the lobby: hands raised while lines were tried are not hands of the
session.  A recess keeps the floors and holds them.  Closing ends all: who had the floor gives it
back, who waited is denied, which the minutes print as *registered, not reached*.  A conference
closed by mistake may be opened again for ``policy.reopen_within_s`` (practice.md A14).

Outside ``open`` nobody is next and every holder is held, and this is true after each event:
leaving ``open`` sees to it first, coming back changes the phase first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from bridge.conference import checks
from bridge.conference.checks import Refused
from bridge.conference.events import (
    Event,
    HoldEnded,
    HoldStarted,
    NextChosen,
    PhaseChanged,
    RequestEnded,
)
from bridge.conference.floor import ONGOING, Action
from bridge.conference.state import Conference, Request
from bridge.conference.words import EndReason, Hold, Phase, RefusalCode, RequestStatus

PHASES: Final[Mapping[Phase, frozenset[Phase]]] = {
    Phase.LOBBY: frozenset({Phase.OPEN, Phase.CLOSED}),
    Phase.OPEN: frozenset({Phase.RECESS, Phase.CLOSED}),
    Phase.RECESS: frozenset({Phase.OPEN, Phase.CLOSED}),
    Phase.CLOSED: frozenset({Phase.OPEN}),
}
"""Phase -> where it may lead."""


def change_phase(conference: Conference, to: Phase, *, now_s: float) -> Iterator[Event]:
    """The events that lead to phase *to*; none if it is the phase.

    Raises :class:`Refused` (``bad_state``) where the table has no way, or the way back is too old.
    """
    came_from = conference.phase
    if to is came_from:
        return
    if to not in PHASES[came_from]:
        raise Refused(RefusalCode.BAD_STATE, f"{came_from} does not lead to {to}")
    if came_from is Phase.CLOSED:
        closed_for_s = now_s - conference.phase_since_s
        if closed_for_s > conference.policy.reopen_within_s:
            raise Refused(RefusalCode.BAD_STATE, f"closed {closed_for_s:.0f} s ago, too long")
    if conference.next is not None:
        yield NextChosen(at_s=now_s, site=None)
    if to is Phase.CLOSED:
        yield from (_closed(r, now_s=now_s) for r in _ongoing(conference))
    elif came_from is Phase.LOBBY:
        yield from (
            _ended(r, Action.RELEASE, EndReason.OPENED, now_s=now_s) for r in _ongoing(conference)
        )
    elif to is Phase.RECESS:
        for holder in conference.holders:
            yield HoldStarted(at_s=now_s, request=holder.id, cause=Hold.PHASE)
    yield PhaseChanged(at_s=now_s, to=to)
    if came_from is Phase.RECESS and to is Phase.OPEN:
        for holder in conference.holders:
            yield HoldEnded(at_s=now_s, request=holder.id, cause=Hold.PHASE)


def _ongoing(conference: Conference) -> list[Request]:
    return [r for r in conference.requests.values() if r.status in ONGOING]


def _closed(request: Request, *, now_s: float) -> RequestEnded:
    spoke = request.status is RequestStatus.GRANTED
    action = Action.RELEASE if spoke else Action.DENY
    return _ended(request, action, EndReason.CLOSED, now_s=now_s)


def _ended(request: Request, action: Action, reason: EndReason, *, now_s: float) -> RequestEnded:
    status = checks.after(request, action)
    return RequestEnded(at_s=now_s, request=request.id, status=status, reason=reason)
