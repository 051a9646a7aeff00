"""Told: a conference that is decided by the core and kept as records, for the checker to follow."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bridge.conference.commands import (
    HOUSE,
    ChairCall,
    ChairPhase,
    Command,
    ConsoleCame,
    HouseCommand,
    LinkUp,
    MicLive,
)
from bridge.conference.decide import Decision, begin, decide
from bridge.conference.events import Event, Policy
from bridge.conference.evolve import begun
from bridge.conference.words import CENTRE, Phase
from bridge.inbox import Wish
from bridge.records import Record
from room110.rehearse.invariants import Checker, checked
from room110.rehearse.people import CHAIR, Person

SITES = ("01", "02", "48", "79", CENTRE)


class Told:
    def __init__(self, **policy: Any) -> None:
        first = begin(
            conference="c1",
            title="Hội nghị",
            rehearsal=True,
            sites=SITES,
            policy=Policy(**policy),
        )
        self.state = begun(first)
        self.now_s = 0.0
        self.records = [
            Record(
                rev=1,
                at_s=0.0,
                wall="2026-11-26T07:00:00.000+07:00",
                actor="room110",
                authority=None,
                command_id=None,
                command="conference.begin",
                events=(first,),
            )
        ]

    def do(self, command: Command, person: Person | None = None) -> Record:
        actor = (person or CHAIR).actor
        if isinstance(command, HouseCommand):
            actor = HOUSE
        answer = decide(self.state, command, actor, now_s=self.now_s)
        assert isinstance(answer, Decision), answer
        self.state = answer.after
        record = replace(
            self.records[0],
            rev=len(self.records) + 1,
            at_s=self.now_s,
            actor=actor.user,
            authority=answer.authority,
            command=Wish(command=command).name,
            events=answer.events,
        )
        self.records.append(record)
        return record

    def speaking(self, site: str = "01") -> int:
        """Open, everybody connected, *site* has the floor and is live; its request."""
        self.do(ConsoleCame(user=CHAIR.user, roles=CHAIR.actor.roles))
        for code in SITES:
            self.do(LinkUp(site=code))
        self.do(ChairPhase(to=Phase.OPEN))
        self.do(ChairCall(site=site))
        self.do(MicLive(site=site))
        return self.state.holders[-1].id

    def falsify(self, *events: Event, **fields: Any) -> None:
        """A record that no core would write."""
        last = self.records[-1]
        self.records.append(replace(last, rev=last.rev + 1, events=events, **fields))

    def violated(self) -> set[str]:
        """The invariants that do not hold."""
        return {violation.invariant for violation in self.checked().violations}

    def checked(self) -> Checker:
        return checked(self.records)
