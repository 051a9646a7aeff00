"""What is true after every single event, whatever was asked for.

The numbers are those of research/floor-control.md section 6, as practice.md A amends them: I2 is for a
site, a floor and a kind; room 110 has a gate like everybody; I21 is that nobody listens in private.
"""

from __future__ import annotations

from bridge.conference.commands import Recover
from bridge.conference.events import (
    CutChanged,
    LimitExtended,
    RequestAccepted,
    RequestEnded,
    RequestGranted,
    RequestMade,
)
from bridge.conference.floor import ONGOING
from bridge.conference.gate import (
    content,
    floor_word,
    gate,
    on_air,
    ongoing,
    open_gates,
    private,
    speakers,
)
from bridge.conference.words import CENTRE, Phase, Via
from tests.bridge.conference.scene import SITES
from tests.bridge.conference.test_floor import ELEVEN

ENDED = {"denied", "cancelled", "released", "revoked"}
ENDINGS = {
    "own": {"cancelled", "released"},
    "chair": {"denied", "revoked"},
    "replaced": {"cancelled", "revoked"},
    "link_lost": {"revoked"},
    "time_limit": {"revoked"},
    "opened": {"cancelled"},
    "closed": {"denied", "released"},
    "agenda": {"denied", "revoked"},
}


def holds(state, command, now_s):
    """The whole of it."""
    live = [r for r in state.requests.values() if r.status not in ENDED]
    granted = [r for r in live if r.status == "granted"]
    floors_are_not_overfull(state, live, granted)
    clocks_run_if_nothing_holds(state, granted, now_s)
    gates_are_as_the_formula_says(state, granted)
    the_picture_is_of_who_is_heard(state, granted)
    nobody_listens_in_private(state)
    if state.walk.current is not None:
        assert state.walk.is_on
        assert state.walk.current != CENTRE
    if state.checks.round is not None:
        assert state.checks.round.left
        assert set(state.checks.round.left) <= set(state.checks.round.sites)
    if state.phase is Phase.CLOSED:  # I15
        assert not live
        assert state.agenda.current is None
        assert not state.rollcall.is_open
    if state.next is not None:
        assert state.phase is Phase.OPEN
        assert state.sites[state.next].link == "up"
        assert floor_word(state, state.next) == "next"
    for holder in granted:
        assert (state.phase is Phase.OPEN) or "phase" in holder.holds
        assert state.sites[holder.site].cut is ("technical" in (holder.holds or {}))
        if holder.via is Via.LINE and not isinstance(command, Recover):
            assert state.sites[holder.site].link == "up" or "link" in holder.holds


def floors_are_not_overfull(state, live, granted):
    assert len([r for r in granted if "speech" in r.floors]) <= state.policy.max_floor_users  # I1
    assert len([r for r in granted if "content" in r.floors]) <= 1
    each = [(r.site, floor, r.kind) for r in live for floor in r.floors]
    assert len(set(each)) == len(each)  # I2
    held = [(r.site, floor) for r in granted for floor in r.floors]
    assert len(set(held)) == len(held)
    assert not any(r.site == CENTRE and "speech" in r.floors for r in live)
    assert sorted(state.queue) == [r.id for r in live if r.status == "accepted"]  # I3


def clocks_run_if_nothing_holds(state, granted, now_s):  # I9
    for request in state.requests.values():
        runs = request in granted and request.started and not request.holds
        assert (request.since_s is not None) is runs
        had_s = (request.ended_s or now_s) - (request.granted_s or 0.0)
        assert 0.0 <= request.spoken_s(now_s) <= (had_s if request.granted_s is not None else 0.0)
        assert request.granted_s is not None or not (request.warned or request.over)
        assert request.warned or not request.over or request.status in ENDED


def gates_are_as_the_formula_says(state, granted):  # I6, I7
    open_ = {
        code
        for code, site in state.sites.items()
        if site.link == "up" and not site.blocked and not site.cut and state.phase == "open"
    }
    speaks = {r.site for r in granted if "speech" in r.floors and not r.holds and r.via == "line"}
    heard = {code for code in open_ if code == CENTRE or code in speaks}
    assert open_gates(state) == heard == {code for code in SITES if gate(state, code)}
    assert len(heard - {CENTRE}) <= state.policy.max_floor_users
    shows = [r.site for r in granted if "content" in r.floors and not r.holds]
    usable = {code for code in SITES if state.sites[code].link == "up"} - {
        code for code in SITES if state.sites[code].cut
    }
    assert content(state) == next((s for s in shows if s in usable and state.phase == "open"), None)


def the_picture_is_of_who_is_heard(state, granted):
    aired, views = on_air(state), state.views
    if aired is not None and aired == views.broadcast and views.broadcast_shown:
        assert state.phase is Phase.OPEN
        return
    by_phone = {r.site for r in granted if r.via == "phone" and not r.holds}
    heard = open_gates(state) | by_phone
    assert aired in heard if heard else aired is None
    assert aired != CENTRE or heard == {CENTRE}
    heard_s = {r.site: r.granted_s for r in granted if r.site in heard and "speech" in r.floors}
    assert aired in {CENTRE, None} or heard_s[aired] == max(heard_s.values())
    assert set(speakers(state)) >= set(heard_s)


def nobody_listens_in_private(state):  # I21
    heard = private(state)
    if not heard:
        return
    site = state.probe.site
    walked = state.phase is Phase.RECESS and state.walk.current == site
    assert state.phase is Phase.LOBBY or state.next == site or walked
    assert state.sites[site].link == "up"
    assert heard == {site: None} | ({CENTRE: site} if state.probe.kind == "talk" else {})


def changes_are_legal(before, after, event):  # I3, I4, I5, I17
    touched = getattr(event, "request", None)
    for number, request in before.requests.items():
        assert number in after.requests
        is_cut = isinstance(event, CutChanged)
        if request.status in ENDED or (number != touched and not is_cut):
            assert after.requests[number] == request
        if not (number == touched and isinstance(event, RequestGranted | LimitExtended)):
            assert after.requests[number].limit_s == request.limit_s
        if number != touched:
            assert after.requests[number].status is request.status
    for number in after.requests.keys() - before.requests.keys():
        assert number == touched == len(before.requests) + 1
    if touched is not None:
        was = before.requests[touched].status if touched in before.requests else None
        now = after.requests[touched].status
        assert was == now or (was, now) in ELEVEN
        assert was != now or not isinstance(event, RequestMade | RequestGranted | RequestEnded)
    if isinstance(event, RequestEnded):
        assert event.status in ENDINGS[event.reason]
    assert [n for n in before.queue if n != touched] == [n for n in after.queue if n != touched]
    if isinstance(event, RequestMade | RequestAccepted) and event.position is not None:
        assert after.queue[event.position - 1] == touched


def standing_is_told_apart(state):
    """Of what a site has asked for, the request that stands for it is one that has the floor."""
    stands = ongoing(state)
    for code in SITES:
        live = [
            r
            for r in state.requests.values()
            if r.site == code and r.status in ONGOING and "speech" in r.floors
        ]
        assert (code in stands) is bool(live)
        if any(r.status == "granted" for r in live):
            assert stands[code].status == "granted"
