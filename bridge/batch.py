"""A batch: what was decided together, and becomes durable together or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from bridge.answers import Accepted, Answer, Answers, CommandIdReused, RoomError
from bridge.conference.decide import decide
from bridge.conference.evolve import evolve
from bridge.conference.state import Conference
from bridge.conference.words import Refusal
from bridge.events import Change
from bridge.inbox import ConferenceBegin, Wish
from bridge.records import Record


@dataclass(slots=True, kw_only=True)
class Batch:
    """Decides wishes one on the other; the state it started from stays as it is."""

    state: Conference
    """After all that was decided."""
    rev: int
    now_s: float
    wall: str
    known: Answers
    """What was answered before this batch; only read."""
    outcomes: list[tuple[Wish, Answer | RoomError]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    _answers: Answers = field(default_factory=Answers)

    def decide(self, wishes: Iterable[Wish]) -> None:
        """Add what comes of *wishes*, in their order.  Whatever the core raises flies."""
        for wish in wishes:
            outcome = again(self._answers, wish) or again(self.known, wish) or self._new(wish)
            self.outcomes.append((wish, outcome))

    def _new(self, wish: Wish) -> Answer:
        if isinstance(wish.command, ConferenceBegin):
            raise TypeError("no conference decides about the next one")
        decision = decide(self.state, wish.command, wish.actor, now_s=self.now_s)
        if isinstance(decision, Refusal):
            return decision
        if decision.events:
            before = self.state
            for event in decision.events:
                self.state = evolve(self.state, event)
            self.rev += 1
            record = Record(
                rev=self.rev,
                at_s=self.now_s,
                wall=self.wall,
                actor=wish.actor.user,
                authority=decision.authority,
                command_id=wish.command_id,
                command=wish.name,
                events=decision.events,
            )
            self.records.append(record)
            self.changes.append(_change(record, before=before, after=self.state))
        accepted = Accepted(rev=self.rev, events=decision.events)
        self._answers.remember(wish.actor.user, wish.command_id, wish.name, accepted)
        return accepted


def again(answers: Answers, wish: Wish) -> Accepted | CommandIdReused | None:
    """What this wish was answered before, if it was; an id of another command is an error."""
    try:
        return answers.again(wish.actor.user, wish.command_id, wish.name)
    except CommandIdReused as error:
        return error


def _change(record: Record, *, before: Conference, after: Conference) -> Change:
    return Change(
        rev=record.rev,
        at_s=record.at_s,
        wall=record.wall,
        actor=record.actor,
        authority=record.authority,
        command=record.command,
        events=record.events,
        before=before,
        after=after,
    )
