"""The chair's seat, as whoever handed it over knows: who has it, and since when nobody sits there."""

from __future__ import annotations

from bridge.conference.commands import (
    ChairAssume,
    ChairHandover,
    ConsoleCame,
    ConsoleWent,
    Recover,
)
from bridge.conference.events import ChairPassed
from bridge.conference.words import ChairChange, Role
from tests.bridge.conference.laws.people import CHAIRS, DEPUTIES


class Seat:
    def __init__(self):
        self.consoles = {}
        """Person -> roles."""
        self.deputy = None
        self.passed = 0
        self.away_s = 0.0
        """Since when no console of the chair is there; None: one is."""

    @property
    def here(self):
        return self.away_s is None

    @property
    def holder(self):
        """An actor who has the chair."""
        if self.deputy is None:
            return CHAIRS[0]
        return next(actor for actor in DEPUTIES if actor.user == self.deputy)

    def sits(self, user, roles):
        return Role.CHAIR in roles if self.deputy is None else user == self.deputy

    def note(self, command, actor, now_s):
        """A command that was accepted."""
        match command:
            case ConsoleCame(user=user, roles=roles):
                self.consoles[user] = roles
            case ConsoleWent(user=user):
                self.consoles.pop(user, None)
            case Recover():
                self.consoles = {}
            case ChairHandover(to=to):
                self._pass(to, self.consoles[to])
            case ChairAssume():
                self._pass(actor.user, actor.roles)
        present = any(self.sits(*console) for console in self.consoles.items())
        if present:
            self.away_s = None
        elif self.away_s is None:
            self.away_s = now_s

    def _pass(self, user, roles):
        if not self.sits(user, roles):
            self.deputy = None if Role.CHAIR in roles else user
            self.passed += 1

    def foresee(self, command, actor, policy, now_s):
        """Whether a command about the chair itself is to be accepted; None: it is none."""
        match command:
            case ChairHandover(to=to):
                if not self.sits(actor.user, actor.roles) or to not in self.consoles:
                    return False
                roles = self.consoles[to]
                return self.sits(to, roles) or bool(roles & {Role.CHAIR, Role.DEPUTY})
            case ChairAssume():
                gone = self.away_s is not None and self.away_s + policy.chair_grace_s <= now_s
                may = gone or self.sits(actor.user, actor.roles)
                return Role.CHAIR in actor.roles or (Role.DEPUTY in actor.roles and may)
        return None

    def agree(self, state):  # I11
        """After a command."""
        assert state.chair.deputy == self.deputy
        assert state.chair.epoch == 1 + self.passed
        assert state.chair.away_since_s == self.away_s
        assert {user: frozenset(roles) for user, roles in state.consoles.items()} == self.consoles

    @staticmethod
    def after(event, command, before):
        """One event of *command* on the state *before*."""
        if not isinstance(event, ChairPassed):
            return
        match command:
            case ChairHandover(to=to):
                assert event.how is ChairChange.HANDED_OVER
                assert event.to in {None, to}
            case ChairAssume():
                reclaimed = event.how is ChairChange.RECLAIMED
                assert (event.to is None) is reclaimed
                assert reclaimed or event.how is ChairChange.ASSUMED
            case _:
                raise AssertionError(command)
        assert event.to != before.chair.deputy
