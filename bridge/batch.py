"""A batch: what was decided together, and becomes durable together or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from bridge.answers import Accepted, Answer, Answers, CommandIdReused, RoomError
from bridge.conference.clash import clashes
from bridge.conference.codec import encode
from bridge.conference.commands import HouseCommand
from bridge.conference.decide import decide
from bridge.conference.state import Conference
from bridge.conference.words import Refusal, RefusalCode
from bridge.events import Change
from bridge.history import History
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
    history: History
    """What happened before it; only read."""
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
        if isinstance(decision, Refusal) and decision.code is RefusalCode.NOT_AUTHORIZED:
            return decision
        # Before any other no: what has changed is the better reason.
        stale = self._stale(wish)
        if stale is not None:
            return stale
        if isinstance(decision, Refusal):
            return decision
        if decision.events:
            before, self.state = self.state, decision.after
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
            self.changes.append(change_of(record, before=before, after=self.state))
        accepted = Accepted(rev=self.rev, events=decision.events)
        self._answers.remember(wish.actor.user, wish.command_id, wish.name, accepted)
        return accepted

    def _stale(self, wish: Wish) -> Refusal | None:
        """A no, if what the wish stands on has changed since its actor looked."""
        seen, command = wish.seen_rev, wish.command
        if seen is None or seen == self.rev or isinstance(command, ConferenceBegin | HouseCommand):
            return None
        new = [change for change in self.changes if change.rev > seen]
        old = self.history.since(min(seen, self.rev - len(self.changes)))
        if old is None or seen > self.rev:
            return Refusal(
                code=RefusalCode.STALE, text="too much has changed", detail={"rev": self.rev}
            )
        events = (event for change in (*old, *new) for event in change.events)
        changed = [encode(event) for event in clashes(command, events)]
        if not changed:
            return None
        return Refusal(
            code=RefusalCode.STALE,
            text=f"it was thought on revision {seen}, and this has changed since",
            detail={"rev": self.rev, "changed": changed},
        )


def again(answers: Answers, wish: Wish) -> Accepted | CommandIdReused | None:
    """What this wish was answered before, if it was; an id of another command is an error."""
    try:
        return answers.again(wish.actor.user, wish.command_id, wish.name)
    except CommandIdReused as error:
        return error


def change_of(record: Record, *, before: Conference, after: Conference) -> Change:
    """A record with the states around it."""
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
