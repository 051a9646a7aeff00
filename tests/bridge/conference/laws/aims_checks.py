"""Rules about the walk and about line checks."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from bridge.conference import commands
from bridge.conference.check_words import Verdict, WalkPicture, WalkSound
from bridge.conference.figures import Figures
from tests.bridge.conference.laws.people import helpers, picks, sites
from tests.bridge.conference.scene import SITES, TECHNICIAN, province

numbers = st.sampled_from(["47", "47", "74"])


class CheckRules:
    @rule(anew=st.booleans(), actor=helpers)
    def begin_to_walk(self, anew, actor):
        self.act(commands.WalkBegin(anew=anew), actor)

    @rule(past=st.booleans(), actor=helpers)
    def walk_on(self, past, actor):
        self.act(commands.WalkSkip() if past else commands.WalkNext(), actor)

    @rule(site=sites, actor=helpers)
    def walk_to(self, site, actor):
        self.act(commands.WalkGo(site=site), actor)

    @rule(
        site=sites,
        sound=st.sampled_from([None, *WalkSound]),
        picture=st.sampled_from([None, *WalkPicture]),
        note=st.sampled_from([None, "một"]),
        actor=helpers,
    )
    def judge(self, site, sound, picture, note, actor):
        wish = commands.WalkJudge(site=site, sound=sound, picture=picture, note=note)
        self.act(wish, actor)

    @rule(actor=helpers)
    def walk_no_further(self, actor):
        self.act(commands.WalkEnd(), actor)

    @rule(named=st.one_of(st.just("all"), st.lists(sites, max_size=3)), actor=helpers)
    def check(self, named, actor):
        named = tuple(named) if isinstance(named, list) else named
        self.act(commands.CheckRun(sites=named), actor)

    @rule(pick=picks, verdict=st.sampled_from(Verdict), played=st.sampled_from([None, "47"]))
    def measure(self, pick, verdict, played):
        site = (self.facts.walks.round or SITES)[pick % len(self.facts.walks.round or SITES)]
        figures = Figures(played=played, rtt_s=0.03)
        self.act(commands.SiteMeasured(site=site, verdict=verdict, figures=figures))

    @rule(site=sites, number=numbers, own=st.booleans())
    def hear_the_number(self, site, number, own):
        actor = province(site) if own else TECHNICIAN
        self.act(commands.CheckHeard(site=site, number=number), actor)

    @rule(actor=helpers)
    def stop_the_check(self, actor):
        self.act(commands.CheckStop(), actor)
