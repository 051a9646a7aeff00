"""Laws of the conference, tried on thousands of made-up mornings, after every single event.

The numbers I1 to I19 are those of research/floor-control.md section 6.  What a law compares with
is kept by the machine itself from the commands it gave (who is connected since when, how long
somebody has spoken), never read back from the state.  The rules are aimed: ids come from requests
that exist, the chair acts in most commands, many mornings begin with a speaker, and the clock
jumps to just around a deadline.
"""

from __future__ import annotations

import json

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from bridge.conference.codec import decode, encode
from bridge.conference.commands import (
    HOUSE,
    ChairAccept,
    ChairCall,
    ChairDeny,
    ChairGrant,
    ChairMute,
    ChairNext,
    ChairPhase,
    ChairRevoke,
    FloorRelease,
    FloorRequest,
    HouseCommand,
    LinkLost,
    LinkUp,
    Recover,
    SiteLeft,
    Tick,
)
from bridge.conference.deadlines import next_deadline
from bridge.conference.decide import Decision
from bridge.conference.events import (
    BlockChanged,
    HoldEnded,
    HoldStarted,
    LinkChanged,
    NextChosen,
    PhaseChanged,
    RequestAccepted,
    RequestEnded,
    RequestGranted,
    RequestMade,
)
from bridge.conference.evolve import evolve, fold
from bridge.conference.gate import floor_word, gate, on_air, open_gates
from bridge.conference.patch import diff, merge
from bridge.conference.projection import DESK, WALL, Audience, project
from bridge.conference.words import Phase, Refusal, RequestHandling, Role
from tests.bridge.conference.scene import (
    CHAIR,
    DEPUTY,
    PROVINCES,
    SECRETARY,
    SITES,
    TECHNICIAN,
    TITLES,
    VIEWER,
    Scene,
    province,
)
from tests.bridge.conference.test_floor import ELEVEN

ENDED = {"denied", "cancelled", "released", "revoked"}
ENDINGS = {
    "own": {"cancelled", "released"},
    "chair": {"denied", "revoked"},
    "replaced": {"revoked"},
    "link_lost": {"revoked"},
    "opened": {"cancelled"},
    "closed": {"denied", "released"},
}
AUDIENCES = (DESK, WALL, *(Audience(kind="site", site=code) for code in ("01", "110")))

provinces = st.sampled_from(PROVINCES)
sites = st.sampled_from(SITES)
others = (SECRETARY, TECHNICIAN, DEPUTY, VIEWER, province("01"), HOUSE)
actors = st.sampled_from([*[CHAIR] * 18, *others])
on_full = st.sampled_from(["reject", "replace"])
limits = st.sampled_from([None, None, 60, 420])
picks = st.integers(0, 9)


class Morning(RuleBasedStateMachine):
    @initialize(
        users=st.integers(1, 3),
        handling=st.sampled_from([*RequestHandling, RequestHandling.QUEUE]),
        limit_s=st.sampled_from([300, None]),
        down_after_s=st.sampled_from([120.0, 15.0]),
        start=st.sampled_from(["speaking", "speaking", "speaking", "open", "lobby"]),
    )
    def begin(self, users, handling, limit_s, down_after_s, start):
        self.scene = Scene(
            max_floor_users=users,
            request_handling=handling,
            limit_s=limit_s,
            down_after_s=down_after_s,
        )
        self.connected = dict.fromkeys(SITES, False)
        self.gone_s = {}
        """Site -> since when its line is away, as the grace and the patience count it."""
        self.patience_s = {}
        """Site -> since when its line is lost (not left)."""
        self.spoken_s = {}
        self.connect_all()
        if start in {"speaking", "open"}:
            self.act(ChairPhase(to=Phase.OPEN), CHAIR)
        if start == "speaking":
            for site in PROVINCES[:users]:
                self.pass_time(1.0)
                self.act(ChairCall(site=site), CHAIR)

    # What happens

    @rule(site=provinces)
    def raise_hand(self, site):
        self.act(FloorRequest(), province(site))

    @rule(site=sites, actor=actors)
    def put_on_the_list(self, site, actor):
        self.act(FloorRequest(site=site), actor)

    @rule(pick=picks, own=st.booleans(), actor=actors)
    def release(self, pick, own, actor):
        request = self.pick(pick, {"pending", "accepted", "granted"})
        if request:
            self.act(FloorRelease(request=request.id), province(request.site) if own else actor)

    @rule(pick=picks, position=st.sampled_from([None, 0, 1, 2, 9]), actor=actors)
    def accept(self, pick, position, actor):
        self.move(pick, position, actor)

    @rule(hands=st.permutations(PROVINCES), moves=st.lists(st.tuples(picks, picks), max_size=4))
    def shuffle_the_queue(self, hands, moves):
        for site in hands[:3]:
            self.act(FloorRequest(), province(site))
        for pick, position in moves:
            self.move(pick, position, SECRETARY)

    @rule(pick=picks, on_full=on_full, limit_s=limits, actor=actors)
    def grant(self, pick, on_full, limit_s, actor):
        request = self.pick(pick, {"pending", "accepted"})
        if request:
            self.act(ChairGrant(request=request.id, on_full=on_full, limit_s=limit_s), actor)

    @rule(site=provinces, on_full=on_full, limit_s=limits, actor=actors)
    def call_anybody(self, site, on_full, limit_s, actor):
        self.act(ChairCall(site=site, on_full=on_full, limit_s=limit_s), actor)

    @rule(pick=picks, on_full=on_full, limit_s=limits)
    def call_who_can(self, pick, on_full, limit_s):
        able = self.who_can()
        if able:
            site = able[pick % len(able)]
            self.act(ChairCall(site=site, on_full=on_full, limit_s=limit_s), CHAIR)

    @rule(pick=picks, actor=actors)
    def deny(self, pick, actor):
        request = self.pick(pick, {"pending", "accepted", "granted"})
        if request:
            self.act(ChairDeny(request=request.id), actor)

    @rule(pick=picks, all_=st.booleans(), actor=actors)
    def revoke(self, pick, all_, actor):
        request = self.pick(pick, {"granted"})
        if request or all_:
            self.act(ChairRevoke(request=None if all_ else request.id), actor)

    @rule(pick=picks, actor=actors)
    def anything_with_what_has_ended(self, pick, actor):
        request = self.pick(pick, ENDED)
        if request:
            for kind in (FloorRelease, ChairAccept, ChairGrant, ChairDeny, ChairRevoke):
                assert isinstance(self.act(kind(request=request.id), actor), Refusal)

    @rule(site=st.one_of(provinces, st.none()), actor=actors)
    def prepare(self, site, actor):
        self.act(ChairNext(site=site), actor)

    @rule(site=st.sampled_from([*SITES, "all"]), on=st.booleans(), but=provinces, actor=actors)
    def mute(self, site, on, but, actor):
        self.act(ChairMute(site=site, on=on, but=(but,) if site == "all" else ()), actor)

    @rule(to=st.sampled_from(Phase), actor=actors)
    def change_phase(self, to, actor):
        self.act(ChairPhase(to=to), actor)

    @rule()
    def open_the_session(self):
        self.act(ChairPhase(to=Phase.OPEN), CHAIR)

    @rule()
    def have_a_break(self):
        self.act(ChairPhase(to=Phase.RECESS), CHAIR)

    @rule(site=sites)
    def come(self, site):
        self.act(LinkUp(site=site))

    @rule()
    def all_come(self):
        self.connect_all()

    @rule(site=sites, holder=st.booleans(), kind=st.sampled_from([LinkLost, LinkLost, SiteLeft]))
    def go(self, site, holder, kind):
        request = self.pick(0, {"granted"})
        self.act(kind(site=request.site if holder and request else site))

    @rule(seconds=st.sampled_from([0.5, 4.0, 10.0, 31.0, 300.0]))
    def wait(self, seconds):
        self.pass_time(seconds)

    @rule(around=st.sampled_from([-1.0, -0.25, 0.0, 0.0, 1.0]), tick=st.booleans())
    def jump_around_a_deadline(self, around, tick):
        deadline_s = next_deadline(self.scene.state)
        if deadline_s is not None:
            self.pass_time(max(0.0, deadline_s + around - self.scene.now_s))
        if tick:
            self.act(Tick())

    @rule(pick=picks, then=st.sampled_from(["call", "lost", "left", "restart"]), limit_s=limits)
    def prepare_who_can(self, pick, then, limit_s):
        able = self.who_can()
        if not able:
            return
        site = able[pick % len(able)]
        self.act(ChairNext(site=site), CHAIR)
        match then:
            case "call":
                self.act(ChairCall(site=site, limit_s=limit_s), CHAIR)
            case "lost":
                self.act(LinkLost(site=site))
            case "left":
                self.act(SiteLeft(site=site))
            case "restart":
                self.restart(waits=3.0, back=True)

    @rule(outage=st.sampled_from([0.0, 5.0, 19.0, 25.0]), leaves=st.booleans())
    def lose_the_speaker(self, outage, leaves):
        """The line goes, time passes, and the site comes back, perhaps too late."""
        request = self.pick(0, {"granted"})
        if request:
            self.act(LinkLost(site=request.site))
            self.pass_time(outage / 2)
            if leaves:
                self.act(SiteLeft(site=request.site))
            self.pass_time(outage / 2)
            self.act(Tick())
            self.act(LinkUp(site=request.site))

    @rule(
        waits=st.sampled_from([0.0, 3.0, 19.0, 25.0]),
        back=st.booleans(),
        alive=st.frozensets(sites),
    )
    def start_again(self, waits, back, alive):
        """Whether no worker survived, or one that carries *alive*."""
        self.restart(waits, back=back, alive=alive)

    # The machine

    def pick(self, number, statuses):
        usable = [r for r in self.scene.state.requests.values() if r.status in statuses]
        return usable[number % len(usable)] if usable else None

    def connect_all(self):
        for site in SITES:
            self.act(LinkUp(site=site))

    def restart(self, waits, *, back, alive=frozenset()):
        self.act(Recover(alive=alive))
        self.pass_time(waits)
        self.act(Tick())
        if back:
            self.connect_all()

    def who_can(self):
        holding = {holder.site for holder in self.scene.state.holders}
        return [site for site in PROVINCES if self.connected[site] and site not in holding]

    def move(self, pick, position, actor):
        request = self.pick(pick, {"pending", "accepted"})
        if request:
            self.act(ChairAccept(request=request.id, position=position), actor)

    def pass_time(self, seconds):
        for holder in self.scene.state.holders:
            interrupted = not self.connected[holder.site] or self.scene.state.phase != "open"
            if not interrupted:
                self.spoken_s[holder.id] += seconds
        self.scene.now_s += seconds

    def act(self, command, actor=HOUSE):
        before = self.scene.state
        answer = self.scene.decide(command, actor)
        if isinstance(answer, Refusal):
            assert not isinstance(command, HouseCommand)
            return answer
        self.note_links(command)
        snapshots = [project(before, audience, titles=TITLES) for audience in AUDIENCES]
        for event in answer.events:
            self.follow(event, command, answer)
        self.scene.journal += answer.events
        self.after_a_command(command, before)
        if isinstance(command, ChairGrant | ChairCall):
            self.after_a_grant(command, before)
        self.audiences_can_follow(snapshots)
        if isinstance(command, ChairMute | ChairPhase | ChairNext | LinkUp | LinkLost | Tick):
            again = self.scene.decide(command, actor)
            if isinstance(again, Decision):
                assert again.events == ()
            else:
                # A technician's authority ends with the lobby, that is all.
                assert again.code == "not_authorized"
                assert isinstance(command, ChairPhase)
        return answer

    def note_links(self, command):
        now_s = self.scene.now_s
        match command:
            case LinkUp(site=site):
                self.connected[site] = True
                self.gone_s.pop(site, None)
                self.patience_s.pop(site, None)
            case LinkLost(site=site) if self.connected[site]:
                self.connected[site] = False
                self.gone_s[site] = self.patience_s[site] = now_s
            case SiteLeft(site=site):
                if self.connected[site]:
                    self.gone_s[site] = now_s
                self.connected[site] = False
                self.patience_s.pop(site, None)
            case Recover(alive=alive):
                for site in alive:
                    self.connected[site] = True
                    self.gone_s.pop(site, None)
                    self.patience_s.pop(site, None)
                for site in set(SITES) - alive:
                    if self.connected[site] or site in self.patience_s:
                        self.patience_s[site] = now_s
                    if self.connected[site] or site in self.gone_s:
                        self.gone_s[site] = now_s
                    self.connected[site] = False

    def follow(self, event, command, answer):
        """Fold one event and see that everything is still true."""
        before = self.scene.state
        after = self.scene.state = evolve(before, event)
        assert event.at_s == self.scene.now_s
        assert decode(json.loads(json.dumps(encode(event)))) == event
        if isinstance(event, RequestGranted):
            self.spoken_s[event.request] = 0.0
            self.limit_is_bound_at_the_grant(event, command, before)
        self.changes_are_legal(before, after, event)
        self.authority_covers(event, command, answer, before)
        self.what_holds_always(after, command)
        self.others_see_nothing(before, after, event)

    def limit_is_bound_at_the_grant(self, event, command, before):  # I17
        request = before.requests.get(event.request)
        own_s = request and request.limit_s
        assert own_s is None or request.continues
        expected = next(
            (s for s in (command.limit_s, own_s, before.policy.limit_s) if s is not None), None
        )
        assert event.limit_s == expected

    def changes_are_legal(self, before, after, event):  # I3, I4, I5
        touched = getattr(event, "request", None)
        for number, request in before.requests.items():
            assert number in after.requests
            if number != touched or request.status in ENDED:
                assert after.requests[number] == request
        for number in after.requests.keys() - before.requests.keys():
            assert number == touched == len(before.requests) + 1
        if touched is not None:
            was = before.requests[touched].status if touched in before.requests else None
            now = after.requests[touched].status
            assert was == now or (was, now) in ELEVEN
            if touched in before.requests and not isinstance(event, RequestGranted):
                assert after.requests[touched].limit_s == before.requests[touched].limit_s
        if isinstance(event, RequestEnded):
            assert event.status in ENDINGS[event.reason]
        assert [n for n in before.queue if n != touched] == [n for n in after.queue if n != touched]
        if isinstance(event, RequestMade | RequestAccepted) and event.position is not None:
            assert after.queue[event.position - 1] == touched

    def authority_covers(self, event, command, answer, before):  # I8
        chairs_own = (
            isinstance(event, RequestGranted | NextChosen)
            or (isinstance(event, BlockChanged) and not event.on)
            or (isinstance(event, RequestEnded) and event.reason in {"chair", "replaced"})
            or (isinstance(event, RequestEnded) and event.status == "denied")
            or isinstance(event, PhaseChanged)
        )
        if isinstance(command, HouseCommand):
            assert answer.authority is None
            assert not chairs_own or event == NextChosen(at_s=event.at_s, site=None)
        elif chairs_own:
            in_lobby = before.phase is Phase.LOBBY
            assert answer.authority is Role.CHAIR or (
                answer.authority is Role.TECHNICIAN and in_lobby
            )
        if isinstance(event, LinkChanged) or getattr(event, "reason", None) == "link_lost":
            assert isinstance(command, HouseCommand)

    def what_holds_always(self, state, command):
        now_s = self.scene.now_s
        granted = [r for r in state.requests.values() if r.status == "granted"]
        ongoing = [r for r in state.requests.values() if r.status not in ENDED]
        assert len(granted) <= state.policy.max_floor_users  # I1
        assert len({(r.site, r.floor) for r in ongoing}) == len(ongoing)  # I2
        assert "110" not in {r.site for r in ongoing}
        accepted = [r.id for r in ongoing if r.status == "accepted"]
        assert sorted(state.queue) == sorted(accepted)  # I3
        heard = {  # I6
            site
            for site, s in state.sites.items()
            if s.link == "up"
            and not s.blocked
            and state.phase == "open"
            and (site == "110" or any(r.site == site and not r.holds for r in granted))
        }
        assert open_gates(state) == heard == {site for site in SITES if gate(state, site)}
        assert len(heard - {"110"}) <= state.policy.max_floor_users  # I7
        aired = on_air(state)
        assert aired in heard if heard else aired is None
        assert aired != "110" or heard == {"110"}
        newest_s = max((r.granted_s for r in granted if r.site in heard), default=None)
        assert aired in {"110", None} or newest_s in {
            r.granted_s for r in granted if r.site == aired
        }
        for request in state.requests.values():  # I9
            runs = request.status == "granted" and not request.holds
            assert (request.since_s is not None) is runs
            used_s = request.used_s + (now_s - request.since_s if runs else 0.0)
            assert abs(used_s - self.spoken_s.get(request.id, 0.0)) < 1e-6
        if state.phase == "closed":  # I15
            assert not ongoing
            assert not heard
        if state.next is not None:
            assert state.phase == "open"
            assert state.sites[state.next].link == "up"
            assert floor_word(state, state.next) == "next"
        for holder in granted:
            assert state.phase == "open" or "phase" in holder.holds
            if not isinstance(command, Recover):
                assert state.sites[holder.site].link == "up" or "link" in holder.holds

    def after_a_command(self, command, before):
        state, now_s = self.scene.state, self.scene.now_s
        policy = state.policy
        for site in SITES:
            assert (state.sites[site].link == "up") is self.connected[site]
        for holder in state.holders:
            holds = set(holder.holds or {})
            assert ("link" in holds) is not self.connected[holder.site]
            assert ("phase" in holds) is (state.phase == "recess")
        if isinstance(command, Tick):
            self.after_a_tick(before)
        else:
            for number, request in state.requests.items():
                was = before.requests.get(number)
                if request.reason == "link_lost":
                    assert was == request
        if isinstance(command, ChairRevoke) and command.request is None:
            assert before.holders
            assert not state.holders
        if before.phase is Phase.LOBBY and state.phase is Phase.OPEN:
            assert {r.status for r in state.requests.values()} <= ENDED
        if isinstance(command, SiteLeft):
            assert state.sites[command.site].link == "down"
        if isinstance(command, Recover):  # I19
            assert open_gates(state) <= command.alive
            for site in command.alive:
                if before.sites[site].link == "up":
                    assert gate(state, site) is gate(before, site)
            assert state.next in {None, before.next}
            if before.next in command.alive:
                assert state.next == before.next
            assert state.queue == before.queue
            assert state.requests.keys() == before.requests.keys()
            for number, request in state.requests.items():
                assert request.status is before.requests[number].status
        deadline_s = next_deadline(state)
        due = [
            self.gone_s[h.site] + policy.grace_s for h in state.holders if h.site in self.gone_s
        ] + [since_s + policy.down_after_s for since_s in self.patience_s.values()]
        assert deadline_s == min(due, default=None)
        if deadline_s is None or deadline_s > now_s:
            assert self.scene.decide(Tick()).events == ()

    def after_a_grant(self, command, before):
        """One more holder, no block, and nobody replaced but the oldest, and only for room."""
        state = self.scene.state
        room = state.policy.max_floor_users
        old = [r.id for r in before.holders]
        kept = [r.id for r in state.holders if r.id in old]
        assert len(state.holders) == min(room, len(old) + 1)
        assert kept == old[len(old) - len(kept) :]
        assert command.on_full == "replace" or kept == old
        granted = next(r for r in state.holders if r.id not in old)
        assert not state.sites[granted.site].blocked

    def after_a_tick(self, before):  # I10
        state, now_s = self.scene.state, self.scene.now_s
        cut = [
            r
            for r in before.holders
            if r.site in self.gone_s and self.gone_s[r.site] + state.policy.grace_s <= now_s
        ]
        assert [r.id for r in before.holders if r not in state.holders] == [r.id for r in cut]
        head = [state.requests[number] for number in state.queue[: len(cut)]]
        assert [r.continues for r in head] == [r.id for r in cut]
        assert [r.site for r in head] == [r.site for r in cut]
        for rest, ended in zip(head, cut, strict=True):
            assert state.requests[ended.id].reason == "link_lost"
            if ended.limit_s is None:
                assert rest.limit_s is None
            else:
                left_s = max(30.0, ended.limit_s - self.spoken_s[ended.id])
                assert 0 <= rest.limit_s - left_s < 1
        for site, since_s in list(self.patience_s.items()):
            too_long = since_s + state.policy.down_after_s <= now_s
            assert (state.sites[site].link == "down") is too_long
            if too_long:
                del self.patience_s[site]
        deadline_s = next_deadline(state)
        assert deadline_s is None or deadline_s > now_s

    def others_see_nothing(self, before, after, event):
        """What concerns another site only, and is not public, does not reach a site."""
        private = isinstance(event, RequestMade | RequestAccepted | NextChosen | BlockChanged)
        private |= isinstance(event, LinkChanged | HoldStarted | HoldEnded)
        private |= isinstance(event, RequestEnded) and event.status in {"denied", "cancelled"}
        if not private:
            return
        public = {"on_air", "programme", "speakers"}
        concerned = {getattr(event, "site", None), before.next, after.next}
        if hasattr(event, "request"):
            concerned.add(after.requests[event.request].site)
        code = next(code for code in PROVINCES if code not in concerned)
        views = [
            project(state, Audience(kind="site", site=code), titles=TITLES)
            for state in (before, after)
        ]
        assert diff(*views).keys() <= public

    def audiences_can_follow(self, snapshots):  # I18
        for audience, before in zip(AUDIENCES, snapshots, strict=True):
            after = project(self.scene.state, audience, titles=TITLES)
            assert merge(before, json.loads(json.dumps(diff(before, after)))) == after
            text = json.dumps(after)
            assert json.loads(text) == after
            assert "null" not in text

    def teardown(self):  # I14
        if hasattr(self, "scene"):
            assert fold(self.scene.journal) == self.scene.state


Morning.TestCase.settings = settings(
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=200,
    stateful_step_count=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
test_a_morning = Morning.TestCase
