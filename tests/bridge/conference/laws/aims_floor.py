"""Rules about the floor: aimed at requests that are there, in a state in which something can happen."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from bridge.conference.commands import (
    ChairAccept,
    ChairCall,
    ChairDeny,
    ChairExtend,
    ChairGrant,
    ChairHold,
    ChairLimit,
    ChairMute,
    ChairNext,
    ChairPolicy,
    ChairResume,
    ChairRevoke,
    ChairSilence,
    FloorRelease,
    FloorRequest,
)
from bridge.conference.words import OnExpiry, QueueVisible, Refusal, RequestHandling, Via
from tests.bridge.conference.laws.always import ENDED
from tests.bridge.conference.laws.people import actors, picks, provinces, sites
from tests.bridge.conference.scene import PROVINCES, SECRETARY, SITES, province

SPEECH, CONTENT, BOTH = ("speech",), ("content",), ("content", "speech")
floors = st.sampled_from([SPEECH, SPEECH, SPEECH, SPEECH, CONTENT, BOTH])
on_full = st.sampled_from(["reject", "replace", "replace"])
limits = st.sampled_from([None, None, 60, 75, 420])
vias = st.sampled_from([Via.LINE, Via.LINE, Via.LINE, Via.PHONE])
changes = st.fixed_dictionaries(
    {},
    optional={
        "max_floor_users": st.sampled_from([-1, 0, 1, 1, 2, 3, 4, 5]),
        "request_handling": st.sampled_from(RequestHandling),
        "limit_s": st.sampled_from([None, 60, 300]),
        "warn_s": st.sampled_from([0, 30, 60]),
        "on_expiry": st.sampled_from(OnExpiry),
        "auto_advance": st.booleans(),
        "queue_visible": st.sampled_from(QueueVisible),
        "grace_s": st.sampled_from([20.0, 5.0]),
        "chair_grace_s": st.sampled_from([30.0, 5.0]),
        "start_within_s": st.sampled_from([15.0, 5.0]),
    },
)


class FloorRules:
    @rule(site=provinces, floors=floors, priority=st.sampled_from([None, 0, 2, 4]))
    def raise_hand(self, site, floors, priority):
        self.act(FloorRequest(floors=floors, priority=priority, limit_s=90), province(site))

    @rule(
        site=sites,
        floors=floors,
        priority=st.sampled_from([None, 3, 4, 0]),
        limit_s=limits,
        actor=actors,
    )
    def put_on_the_list(self, site, floors, priority, limit_s, actor):
        self.act(FloorRequest(site=site, floors=floors, priority=priority, limit_s=limit_s), actor)

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
        for number, site in enumerate(hands[:3]):
            self.act(FloorRequest(site=site, priority=number + 1), SECRETARY)
        for pick, position in moves:
            self.move(pick, position, SECRETARY)

    @rule(pick=picks, on_full=on_full, limit_s=limits, actor=actors)
    def grant(self, pick, on_full, limit_s, actor):
        request = self.pick(pick, {"pending", "accepted"})
        if request:
            self.act(ChairGrant(request=request.id, on_full=on_full, limit_s=limit_s), actor)

    @rule(site=sites, floors=floors, on_full=on_full, limit_s=limits, via=vias, actor=actors)
    def call_anybody(self, site, floors, on_full, limit_s, via, actor):
        self.act(
            ChairCall(site=site, floors=floors, on_full=on_full, limit_s=limit_s, via=via), actor
        )

    @rule(pick=picks, on_full=on_full, limit_s=limits)
    def call_who_can(self, pick, on_full, limit_s):
        able = self.who_can()
        if able:
            site = able[pick % len(able)]
            self.act(ChairCall(site=site, on_full=on_full, limit_s=limit_s))

    @rule(pick=picks, floors=st.sampled_from([CONTENT, BOTH]), via=vias)
    def call_with_slides(self, pick, floors, via):
        site = SITES[pick % len(SITES)]
        self.act(ChairCall(site=site, floors=CONTENT if site == "110" else floors, via=via))

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
            for kind in (FloorRelease, ChairAccept, ChairGrant, ChairDeny, ChairRevoke, ChairHold):
                assert isinstance(self.act(kind(request=request.id), actor), Refusal)
            assert isinstance(self.act(ChairExtend(request=request.id, add_s=60), actor), Refusal)

    @rule(pick=picks, on=st.sampled_from([True, True, False]), actor=actors)
    def interrupt(self, pick, on, actor):
        request = self.pick(pick, {"granted"})
        if request:
            kind = ChairHold if on else ChairResume
            self.act(kind(request=request.id), actor)

    @rule(pick=picks, actor=actors)
    def let_go_on(self, pick, actor):
        request = self.pick(pick, {"granted"})
        if request:
            self.act(ChairResume(request=request.id), actor)

    @rule(pick=picks, add_s=st.sampled_from([60, 60, 1, 300]), actor=actors)
    def extend(self, pick, add_s, actor):
        request = self.pick(pick, {"granted"})
        if request:
            self.act(ChairExtend(request=request.id, add_s=add_s), actor)

    @rule(site=sites, limit_s=limits, actor=actors)
    def limit(self, site, limit_s, actor):
        self.act(ChairLimit(site=site, limit_s=limit_s), actor)

    @rule(site=st.one_of(sites, st.none()), actor=actors)
    def prepare(self, site, actor):
        self.act(ChairNext(site=site), actor)

    @rule(site=st.sampled_from([*SITES, "all"]), on=st.booleans(), but=provinces, actor=actors)
    def mute(self, site, on, but, actor):
        self.act(ChairMute(site=site, on=on, but=(but,) if site == "all" else ()), actor)

    @rule(actor=actors)
    def silence(self, actor):
        self.act(ChairSilence(), actor)

    @rule(changes=changes, actor=actors)
    def change_the_policy(self, changes, actor):
        self.act(ChairPolicy(changes=changes), actor)

    @rule(auto=st.booleans())
    def let_the_floor_go_on(self, auto):
        self.act(ChairPolicy(changes={"auto_advance": auto}))
