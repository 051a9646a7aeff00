"""All that is so, as those know it who gave the commands; nothing here looks at the state.

Each subject keeps what it is told (``note``: a command that was accepted; ``follow``: an event), and
is compared with the state when the command is done (``agree``).
"""

from __future__ import annotations

from dataclasses import replace

from bridge.conference.commands import ChairPhase, ChairPolicy, ChairSilence
from bridge.conference.events import (
    BlockChanged,
    NextChosen,
    PhaseChanged,
    PolicyChanged,
    RequestGranted,
    RollcallClosed,
)
from bridge.conference.words import ItemStatus, Phase
from tests.bridge.conference.laws.lines import Lines
from tests.bridge.conference.laws.papers import Papers
from tests.bridge.conference.laws.plan import Plan
from tests.bridge.conference.laws.rooms import Rooms
from tests.bridge.conference.laws.screens import Screens
from tests.bridge.conference.laws.seat import Seat
from tests.bridge.conference.laws.speeches import Speeches
from tests.bridge.conference.laws.waiting import Waiting
from tests.bridge.conference.laws.walks import Walks


class Facts:
    def __init__(self, policy):
        self.policy = policy
        self.phase = Phase.LOBBY
        self.now_s = 0.0
        self.next = None
        self.lines = Lines()
        self.seat = Seat()
        self.rooms = Rooms()
        self.plan = Plan()
        self.papers = Papers()
        self.speeches = Speeches(self)
        self.waiting = Waiting(self)
        self.screens = Screens(self)
        self.walks = Walks(self)

    def note(self, command, actor, authority):
        """A command that was accepted; what a tick is to do."""
        now_s = self.now_s
        if isinstance(command, ChairPhase):
            self._phase(command.to)
        self.lines.note(command, self.policy, now_s)
        self.seat.note(command, actor, now_s)
        self.rooms.note(command, actor)
        self.plan.note(command, now_s)
        self.papers.note(command, actor, authority)
        self.screens.note(command, now_s)
        self.walks.note(command, now_s)
        return self.speeches.note(command, now_s)

    def _phase(self, to):
        if self.phase in {Phase.LOBBY, Phase.CLOSED} and to is Phase.OPEN:
            self.rooms.blocked.discard("110")
        if to is Phase.CLOSED:
            self.plan.end(ItemStatus.DONE, self.now_s)
            self.papers.calling = False
        self.phase = to

    def follow(self, event, command, authority, after):
        """One event of the command, and the state after it."""
        match event:
            case NextChosen(site=site):
                self.next = site
            case PolicyChanged(to=policy):
                if isinstance(command, ChairSilence):
                    assert policy == replace(self.policy, auto_advance=False)
                else:
                    assert isinstance(command, ChairPolicy)
                self.policy = policy
            case PhaseChanged():
                assert isinstance(command, ChairPhase)
            case RollcallClosed():
                self.papers.calling = False
            case BlockChanged(site=site, on=False):
                self.rooms.blocked.discard(site)
            case RequestGranted(request=number):
                assert "speech" not in after.requests[number].floors or (
                    after.requests[number].site not in self.rooms.blocked
                )
        self.waiting.follow(event, command, authority)
        self.speeches.follow(event, after.requests.get(getattr(event, "request", None)))

    def agree(self, state):
        """After a command."""
        self.screens.sweep(self.next)
        self.walks.sweep()
        assert (state.phase, state.next, state.policy) == (self.phase, self.next, self.policy)
        for subject in (self.lines, self.seat, self.rooms, self.plan, self.papers):
            subject.agree(state)
        self.speeches.agree(state)
        self.screens.agree(state)
        self.walks.agree(state)

    def deadline(self):
        """When a tick is due."""
        moments = (
            *self.lines.deadlines(self.policy),
            *self.speeches.deadlines(self.policy),
            *self.screens.deadlines(),
        )
        return min(moments, default=None)
