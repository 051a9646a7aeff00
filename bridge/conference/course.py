"""The course of one decision: the events so far, and the state they have made.

Every event of a decision is seen by somebody, so each is folded at once and the next is decided
on what it made.  A refusal midway throws the whole course away.
"""

from __future__ import annotations

from collections.abc import Iterable

from bridge.conference.actor import Actor
from bridge.conference.events import Event
from bridge.conference.evolve import evolve
from bridge.conference.state import Conference
from bridge.conference.words import Role


class Course:
    """Of a wish of *actor*, by whose *authority* (None: the house's) it is decided at *now_s*."""

    def __init__(
        self, conference: Conference, actor: Actor, authority: Role | None, *, now_s: float
    ) -> None:
        self.conference = conference
        """After all events so far."""
        self.actor = actor
        self.authority = authority
        self.now_s = now_s
        self.events: list[Event] = []

    def add(self, *events: Event) -> None:
        """Let these happen, in their order."""
        for event in events:
            self.conference = evolve(self.conference, event)
            self.events.append(event)

    def add_all(self, events: Iterable[Event]) -> None:
        """Let these happen; all are decided on the state as it is."""
        self.add(*events)

    @property
    def new_id(self) -> int:
        """Number of the next request."""
        return len(self.conference.requests) + 1
