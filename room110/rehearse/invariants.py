"""Invariants: the checker that follows a conference record by record and misses nothing.

It folds every event as the journal will give it back (through JSON), and after each one tries the
rules of :mod:`standing` and :mod:`moving`; after each record those that need it whole.  Everything
that is not so is a :class:`Violation`, and the conference goes on: who looks wants all of them.

The same checker follows a room that runs, and a journal that a service has left behind.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from bridge.conference.codec import decode, encode
from bridge.conference.events import ConferenceBegun, Event
from bridge.conference.evolve import begun, evolve
from bridge.conference.state import Conference
from bridge.conference.words import Phase
from bridge.records import Record
from room110.rehearse.accounts import (
    Accounts,
    a_restart_changes_no_floor,
    every_request_has_one_end,
)
from room110.rehearse.moving import MOVING, Move
from room110.rehearse.screens import Screens
from room110.rehearse.standing import SETTLED, STANDING

RECOVER: Final = "recover"
MOST: Final = 100
"""Violations kept; a broken core makes one with every event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    invariant: str
    rev: int
    text: str

    def __str__(self) -> str:
        return f"{self.invariant} at revision {self.rev}: {self.text}"


class Checker:
    """Of one conference, from its first record on."""

    def __init__(self, first: Record) -> None:
        (opening,) = first.events
        if not isinstance(opening, ConferenceBegun):
            raise ValueError("a conference starts with ConferenceBegun")  # noqa: TRY004  # a journal
        self.conference: Conference = begun(opening)
        self.rev = first.rev
        self.checks: Counter[str] = Counter()
        """Invariant -> how often it was looked at."""
        self.events: Counter[str] = Counter([type(opening).__name__])
        self.commands: Counter[str] = Counter([first.command])
        """By the word of the journal, those that had events."""
        self.violations: list[Violation] = []
        self.accounts = Accounts()
        self.screens = Screens(self.conference)

    def follow(self, record: Record, live: Conference | None = None) -> None:
        """Take the next record; *live* is the state the room says it made."""
        before = self.conference
        self._look("I13", [] if record.rev == self.rev + 1 else [f"comes after {self.rev}"], record)
        self.rev = record.rev
        self.commands[record.command] += 1
        for event in record.events:
            self._take(event, record)
        now_s = record.at_s
        for name, rules in SETTLED.items() if record.command != RECOVER else ():
            for rule in rules:
                self._look(name, rule(self.conference, now_s), record)
        if live is not None:
            is_same = live == self.conference
            self._look("I14", [] if is_same else ["the journal tells another state"], record)
        self._look("I18", self.screens.show(before, record, self.conference), record)
        if record.command == RECOVER:
            self._look("I19", a_restart_changes_no_floor(before, self.conference), record)
        if self.conference.phase is Phase.CLOSED:
            self._look("I15", every_request_has_one_end(self.conference), record)

    def expect(self, invariant: str, is_so: bool, text: str) -> None:
        """What somebody else has looked at; *text* says what is so if it is not."""
        self._look(invariant, () if is_so else (text,), None)

    def _take(self, event: Event, record: Record) -> None:
        self.events[type(event).__name__] += 1
        written = decode(json.loads(json.dumps(encode(event))))
        self._look("I14", [] if written == event else [f"{event} is written as {written}"], record)
        before, self.conference = self.conference, evolve(self.conference, written)
        move = Move(before=before, event=written, after=self.conference, record=record)
        for name, standing in STANDING.items():
            for rule in standing:
                self._look(name, rule(self.conference, written.at_s), record)
        for name, moving in MOVING.items():
            for way in moving:
                self._look(name, way(move), record)
        self._look("I9", self.accounts.hear(written, self.conference), record)

    def _look(self, invariant: str, faults: Iterable[str], record: Record | None) -> None:
        self.checks[invariant] += 1
        rev = self.rev if record is None else record.rev
        for text in faults:
            if len(self.violations) < MOST:
                self.violations.append(Violation(invariant=invariant, rev=rev, text=text))


def checked(records: Iterable[Record]) -> Checker:
    """The checker after all of *records*, as a journal has them."""
    first, *rest = records
    checker = Checker(first)
    for record in rest:
        checker.follow(record)
    return checker
