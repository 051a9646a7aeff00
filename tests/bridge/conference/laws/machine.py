"""The machine: one made-up morning, every command tried, every event folded and looked at."""

from __future__ import annotations

import json

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

from bridge.conference import commands
from bridge.conference.codec import decode, encode
from bridge.conference.commands import HOUSE, ChairCall, ChairGrant, HouseCommand, LinkUp, Tick
from bridge.conference.deadlines import next_deadline
from bridge.conference.decide import Decision
from bridge.conference.events import RequestGranted
from bridge.conference.evolve import evolve, fold
from bridge.conference.gate import gate, open_gates
from bridge.conference.words import EndReason, OnExpiry, Phase, Refusal, RequestHandling
from tests.bridge.conference.laws import always, rights, sight
from tests.bridge.conference.laws.aims_checks import CheckRules
from tests.bridge.conference.laws.aims_floor import FloorRules
from tests.bridge.conference.laws.aims_session import AgendaRules, SessionRules
from tests.bridge.conference.laws.aims_time import TimeRules
from tests.bridge.conference.laws.facts import Facts
from tests.bridge.conference.laws.people import CHAIR_TOO
from tests.bridge.conference.scene import CHAIR, PROVINCES, SITES, Scene

SAY_NOTHING_TWICE = (
    commands.ChairMute
    | commands.ChairPhase
    | commands.ChairNext
    | commands.ChairLimit
    | commands.ChairPolicy
    | commands.ChairHold
    | commands.ChairResume
    | commands.ChairSilence
    | commands.ChairAccept
    | commands.LinkUp
    | commands.LinkLost
    | commands.SiteLeft
    | commands.MicLive
    | commands.StandbySeen
    | commands.ConsoleCame
    | commands.ConsoleWent
    | commands.Tick
    | commands.SiteCut
    | commands.SiteLadder
    | commands.SiteProbe
    | commands.HelpRaise
    | commands.HelpAck
    | commands.HelpClose
    | commands.RollcallOpen
    | commands.RollcallClose
    | commands.RollcallMark
    | commands.RollcallAnswer
    | commands.ViewBroadcast
    | commands.ViewCarousel
    | commands.ViewWatch
    | commands.ProgrammeSlate
    | commands.ConferenceLock
    | commands.ConferenceDescribe
    | commands.AgendaSkip
    | commands.CheckStop
    | commands.WalkBegin
    | commands.WalkGo
    | commands.WalkJudge
    | commands.WalkEnd
)
"""Who says it again is not refused, and nothing happens."""


class Morning(FloorRules, AgendaRules, SessionRules, CheckRules, TimeRules, RuleBasedStateMachine):
    @initialize(
        users=st.sampled_from([0, 1, 1, 2, 3, 4]),
        handling=st.sampled_from([*RequestHandling, RequestHandling.QUEUE]),
        limit_s=st.sampled_from([300, None, 60]),
        warn_s=st.sampled_from([60, 60, 30]),
        on_expiry=st.sampled_from(OnExpiry),
        auto_advance=st.sampled_from([False, False, True]),
        down_after_s=st.sampled_from([120.0, 15.0]),
        start=st.sampled_from(["speaking"] * 4 + ["open", "lobby"]),
        live=st.booleans(),
    )
    def begin(
        self, users, handling, limit_s, warn_s, on_expiry, auto_advance, down_after_s, start, live
    ):
        self.scene = Scene(
            max_floor_users=users,
            request_handling=handling,
            limit_s=limit_s,
            warn_s=warn_s,
            on_expiry=on_expiry,
            auto_advance=auto_advance,
            down_after_s=down_after_s,
        )
        self.facts = Facts(self.scene.state.policy)
        self.console_of(CHAIR_TOO, on=True)
        self.connect_all()
        if start in {"speaking", "open"}:
            self.act(commands.ChairPhase(to=Phase.OPEN), CHAIR)
        if start == "speaking":
            for site in PROVINCES[:users]:
                self.pass_time(1.0)
                self.act(ChairCall(site=site))
                if live:
                    self.act(commands.MicLive(site=site))

    def pick(self, number, statuses):
        usable = [r for r in self.scene.state.requests.values() if r.status in statuses]
        return usable[number % len(usable)] if usable else None

    def who_can(self):
        holding = {holder.site for holder in self.scene.state.holders}
        return [s for s in PROVINCES if self.facts.lines.connected[s] and s not in holding]

    def move(self, pick, position, actor):
        request = self.pick(pick, {"pending", "accepted"})
        if request:
            self.act(commands.ChairAccept(request=request.id, position=position), actor)

    def connect_all(self):
        for site in SITES:
            self.act(LinkUp(site=site))

    def pass_time(self, seconds):
        self.facts.speeches.pass_time(seconds)
        self.facts.now_s += seconds
        self.scene.now_s = self.facts.now_s

    def act(self, command, actor=None):
        """Try it; follow every event; compare with what the commands say must be."""
        if actor is None:
            house = isinstance(command, HouseCommand)
            actor = HOUSE if house else self.facts.seat.holder
        before, facts = self.scene.state, self.facts
        foreseen = facts.seat.foresee(command, actor, facts.policy, facts.now_s)
        answer = self.scene.decide(command, actor)
        assert foreseen in {None, isinstance(answer, Decision)}
        if isinstance(answer, Refusal):
            assert not isinstance(command, HouseCommand)
            return answer
        snapshots = sight.snapshots(before)
        ends = facts.note(command, actor, answer.authority)
        for event in answer.events:
            self.scene.journal.append(event)
            self.follow(event, command, answer)
        assert self.scene.state == answer.after
        self.after_a_command(command, before, ends)
        sight.all_can_follow(snapshots, self.scene.state)
        self.say_it_again(command, actor)
        return answer

    def follow(self, event, command, answer):
        """Fold one event and see that everything is still true."""
        before, facts = self.scene.state, self.facts
        after = self.scene.state = evolve(before, event)
        assert event.at_s == facts.now_s
        assert decode(json.loads(json.dumps(encode(event)))) == event
        if isinstance(event, RequestGranted):
            self.limit_is_bound_at_the_grant(event, command, answer, before)
        facts.follow(event, command, answer.authority, after)
        facts.waiting.agree(after)
        facts.seat.after(event, command, before)
        always.changes_are_legal(before, after, event)
        always.holds(after, command, facts.now_s)
        always.standing_is_told_apart(after)
        rights.cover(event, command, answer.authority, before, facts)
        sight.others_see_nothing(before, after, event)

    def limit_is_bound_at_the_grant(self, event, command, answer, before):  # I17
        first = next(other for other in answer.events if isinstance(other, RequestGranted))
        request = before.requests[event.request]
        is_said = isinstance(command, ChairGrant | ChairCall) and event is first
        said = command.limit_s if is_said else None
        limits = [said, self.facts.waiting.asked_limit_s[event.request]]
        if "speech" in request.floors:
            limits += [self.facts.rooms.limit_s[request.site], self.facts.policy.limit_s]
        assert event.limit_s == next((s for s in limits if s is not None), None)

    def after_a_command(self, command, before, ends):
        state, facts = self.scene.state, self.facts
        facts.agree(state)
        assert facts.waiting.could_be_granted(state) is None
        assert next_deadline(state) == facts.deadline()
        match command:
            case Tick():
                facts.speeches.ended(before, state, ends)
                facts.waiting.rests(before, state, ends.cut_off)
                assert next_deadline(state) is None or next_deadline(state) > facts.now_s
            case ChairGrant() | ChairCall() if not facts.policy.auto_advance:
                self.after_a_grant(command, before)
            case commands.AgendaNext():
                facts.plan.turn(before, state)
            case commands.ChairRevoke(request=None):
                assert before.holders
                assert facts.policy.auto_advance or not state.holders
            case commands.ChairNext(site=site):
                assert state.next == site or facts.policy.auto_advance
            case commands.ChairPhase(to=to):
                self.after_a_phase(to, before)
            case commands.Recover(alive=alive):
                self.after_a_restart(alive, before)
            case commands.ChairSilence():
                assert not open_gates(state)
        if not isinstance(command, commands.ChairNext):
            assert state.next in {None, before.next}

    def after_a_grant(self, command, before):
        """One more holder, no mute, and nobody replaced but the oldest, and only for room."""
        state = self.scene.state
        had = {request.id for request in before.granted}
        (granted,) = (request for request in state.granted if request.id not in had)
        ended = {number: state.requests[number].reason for number in had}
        replaced = set()
        for floor in granted.floors:
            most = state.policy.max_floor_users if floor == "speech" else 1
            old = [r.id for r in before.holders_of(floor) if ended[r.id] is not EndReason.AGENDA]
            old = [number for number in old if number not in replaced]
            replaced.update(old[: max(0, len(old) + 1 - most)])
            assert len(state.holders_of(floor)) <= most
        assert {n for n, reason in ended.items() if reason is EndReason.REPLACED} == replaced
        assert command.on_full == "replace" or not replaced
        if "speech" in granted.floors:
            assert not state.sites[granted.site].blocked

    def after_a_phase(self, to, before):
        state = self.scene.state
        if before.phase in {Phase.LOBBY, Phase.CLOSED} and to is Phase.OPEN:
            assert {r.status for r in state.requests.values()} <= always.ENDED
            assert gate(state, "110") is (
                self.facts.lines.connected["110"] and "110" not in self.facts.rooms.cut
            )
        if to is Phase.RECESS:
            assert state.requests.keys() == before.requests.keys()

    def after_a_restart(self, alive, before):  # I19
        state = self.scene.state
        if self.facts.policy.auto_advance:
            return
        assert open_gates(state) <= alive
        for site in set(SITES) & alive:
            if before.sites[site].link == "up":
                assert gate(state, site) is gate(before, site)
        assert state.next == (before.next if before.next in alive else None)
        assert state.queue == before.queue
        assert state.requests.keys() == before.requests.keys()
        for number, request in state.requests.items():
            assert request.status is before.requests[number].status

    def say_it_again(self, command, actor):
        if not isinstance(command, SAY_NOTHING_TWICE):
            return
        again = self.scene.decide(command, actor)
        if isinstance(again, Refusal):
            match command:
                case commands.ChairPhase():  # a technician's authority ended with the lobby
                    assert again.code == "not_authorized"
                case commands.ChairAccept():  # it was given the floor at once
                    assert self.facts.policy.auto_advance
                case _:
                    raise AssertionError(command, again)
        else:
            assert again.events == ()

    def teardown(self):  # I14
        if hasattr(self, "scene"):
            assert fold(self.scene.journal) == self.scene.state
