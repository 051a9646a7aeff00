"""Rules about lines, consoles, phases and the clock, which jumps to just around what is due."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from bridge.conference.commands import (
    ChairAssume,
    ChairCall,
    ChairHandover,
    ChairNext,
    ChairPhase,
    ConsoleCame,
    ConsoleWent,
    LinkLost,
    LinkUp,
    MicLive,
    Recover,
    SiteLeft,
    StandbySeen,
    StandbyTook,
    Tick,
)
from bridge.conference.deadlines import next_deadline
from bridge.conference.words import Phase
from tests.bridge.conference.laws.people import (
    AT_CONSOLES,
    CHAIR_TOO,
    CHAIRS,
    DEPUTIES,
    actors,
    picks,
    provinces,
    sites,
)

people = st.sampled_from(AT_CONSOLES)


class TimeRules:
    @rule(to=st.sampled_from(Phase), actor=actors)
    def change_phase(self, to, actor):
        self.act(ChairPhase(to=to), actor)

    @rule()
    def open_the_session(self):
        self.act(ChairPhase(to=Phase.OPEN))

    @rule(back=st.booleans())
    def have_a_break(self, back):
        self.act(ChairPhase(to=Phase.RECESS))
        if back:
            self.pass_time(600.0)
            self.act(ChairPhase(to=Phase.OPEN))

    @rule(waits=st.sampled_from([0.0, 899.75, 900.0, 900.25]))
    def close_and_open_again(self, waits):
        self.act(ChairPhase(to=Phase.CLOSED))
        self.pass_time(waits)
        self.act(ChairPhase(to=Phase.OPEN))

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

    @rule(pick=picks)
    def speak_up(self, pick):
        request = self.pick(pick, {"granted"})
        if request:
            self.act(MicLive(site=request.site))

    @rule(site=provinces, on=st.booleans(), took=st.booleans())
    def second_device(self, site, on, took):
        self.act(StandbySeen(site=site, on=on))
        if took:
            self.act(StandbyTook(site=site))

    @rule(seconds=st.sampled_from([0.5, 4.0, 10.0, 31.0, 300.0]))
    def wait(self, seconds):
        self.pass_time(seconds)

    @rule(around=st.sampled_from([-1.0, -0.25, 0.0, 0.0, 1.0]), tick=st.booleans())
    def jump_around_a_deadline(self, around, tick):
        self.jump(around)
        if tick:
            self.act(Tick())

    @rule(times=st.integers(2, 6))
    def let_what_is_due_happen(self, times):
        for _ in range(times):
            self.jump(0.0)
            self.act(Tick())

    @rule(pick=picks, then=st.sampled_from(["call", "lost", "left", "restart"]))
    def prepare_who_can(self, pick, then):
        able = self.who_can()
        if not able:
            return
        site = able[pick % len(able)]
        self.act(ChairNext(site=site))
        match then:
            case "call":
                self.act(ChairCall(site=site))
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
        alive=st.frozensets(st.one_of(sites, st.just("no site of ours"))),
    )
    def start_again(self, waits, back, alive):
        """Whether no worker survived, or one that carries *alive*."""
        self.restart(waits, back=back, alive=alive)

    # The chair

    @rule(person=people, on=st.sampled_from([True, True, False]))
    def console(self, person, on):
        self.console_of(person, on=on)

    @rule(person=people)
    def console_of_other_roles(self, person):
        self.act(ConsoleCame(user=person.user, roles=person.roles | CHAIR_TOO.roles))
        self.act(ConsoleCame(user=person.user, roles=person.roles))

    @rule(to=people, actor=actors)
    def hand_over(self, to, actor):
        self.act(ChairHandover(to=to.user), actor)

    @rule(to=st.sampled_from(DEPUTIES), then=st.sampled_from(["gone", "back", "act"]))
    def hand_over_to_a_deputy(self, to, then):
        self.console_of(to, on=True)
        self.act(ChairHandover(to=to.user))
        if then == "gone":
            self.act(ConsoleWent(user=to.user))
        if then == "back":
            self.act(ChairAssume(), CHAIRS[0])

    @rule(
        around=st.sampled_from([-1.0, -0.25, 0.0, 1.0]),
        deputy=st.sampled_from(DEPUTIES),
        returns=st.booleans(),
    )
    def the_chair_goes(self, around, deputy, returns):
        """Every console of the chair goes, and a deputy takes the chair, perhaps too early."""
        for user in list(self.facts.seat.consoles):
            self.act(ConsoleWent(user=user))
        self.console_of(deputy, on=True)
        if self.facts.seat.away_s is not None:
            grace_ends_s = self.facts.seat.away_s + self.facts.policy.chair_grace_s
            self.pass_time(max(0.0, grace_ends_s + around - self.facts.now_s))
        self.act(Tick())
        self.act(ChairAssume(), deputy)
        if returns:
            self.console_of(CHAIRS[0], on=True)
            self.act(ChairAssume(), CHAIRS[0])

    @rule(actor=actors)
    def assume(self, actor):
        self.act(ChairAssume(), actor)

    # The machine's own hands

    def console_of(self, person, *, on):
        if on:
            self.act(ConsoleCame(user=person.user, roles=person.roles))
        else:
            self.act(ConsoleWent(user=person.user))

    def jump(self, around):
        deadline_s = next_deadline(self.scene.state)
        if deadline_s is not None:
            self.pass_time(max(0.0, deadline_s + around - self.facts.now_s))

    def restart(self, waits, *, back, alive=frozenset()):
        self.act(Recover(alive=alive))
        self.pass_time(waits)
        self.act(Tick())
        if back:
            self.connect_all()
