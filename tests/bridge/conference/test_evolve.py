from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.conference.decide import begin
from bridge.conference.events import (
    BlockChanged,
    ChairPassed,
    ConsoleSeen,
    LinkChanged,
    NextChosen,
    PhaseChanged,
    PolicyChanged,
    RequestEnded,
    RequestMade,
    SiteLimited,
    StandbyChanged,
)
from bridge.conference.evolve import begun, evolve, fold, fold_into
from bridge.conference.policy import Policy
from bridge.conference.state import Chair
from bridge.conference.words import (
    ChairChange,
    EndReason,
    Link,
    Phase,
    RequestStatus,
    Role,
)
from tests.bridge.conference.scene import SITES, Scene, speaking

BEGUN = Scene().journal[0]
STATE = begun(BEGUN)


def test_a_conference_begins_in_the_lobby_with_nobody_there():
    assert (STATE.id, STATE.title, STATE.rehearsal) == ("c1", "Hội nghị", False)
    assert (STATE.phase, STATE.phase_since_s, STATE.opened_s) == (Phase.LOBBY, 0.0, None)
    assert tuple(STATE.sites) == SITES
    assert {site.link for site in STATE.sites.values()} == {Link.DOWN}
    assert {(site.title, site.name) for site in STATE.sites.values()} == {("", "")}
    assert (STATE.requests, STATE.queue, STATE.next) == ({}, (), None)
    assert STATE.chair == Chair(deputy=None, epoch=1, away_since_s=0.0)


def test_titles_and_names_stand_with_their_sites():
    first = begin(
        conference="c1",
        title="Hội nghị",
        rehearsal=True,
        sites=("01", "110"),
        policy=Policy(),
        titles=("Sở Hà Nội", "Phòng 110"),
        names=("Hà Nội", "110"),
    )

    state = begun(first)

    assert state.rehearsal
    assert [(s.title, s.name) for s in state.sites.values()] == [
        ("Sở Hà Nội", "Hà Nội"),
        ("Phòng 110", "110"),
    ]


@pytest.mark.parametrize("field", ["titles", "names"])
def test_a_title_too_few_is_no_journal_of_ours(field):
    with pytest.raises(ValueError, match="shorter"):
        begun(replace(BEGUN, **{field: ("Sở Hà Nội",)}))


def test_everything_counts_from_the_beginning():
    state = begun(replace(BEGUN, at_s=7.0))

    assert (state.phase_since_s, state.chair.away_since_s) == (7.0, 7.0)
    assert {site.link_since_s for site in state.sites.values()} == {7.0}


def test_folding_the_journal_gives_the_state():
    scene = speaking("01", "02")

    assert fold(scene.journal) == scene.state
    assert fold_into(begun(BEGUN), []) == STATE


@pytest.mark.parametrize("journal", [[], [PhaseChanged(at_s=0.0, to=Phase.OPEN)], [BEGUN, BEGUN]])
def test_a_journal_begins_once_and_first(journal):
    with pytest.raises(ValueError, match=r"starts with|begins once"):
        fold(journal)


def test_a_phase_is_kept_with_its_time_and_the_first_opening_for_good():
    state = evolve(STATE, PhaseChanged(at_s=5.0, to=Phase.CLOSED))
    assert (state.phase, state.phase_since_s, state.opened_s) == (Phase.CLOSED, 5.0, None)
    state = evolve(state, PhaseChanged(at_s=6.0, to=Phase.OPEN))
    state = evolve(state, PhaseChanged(at_s=7.0, to=Phase.RECESS))
    assert (state.phase, state.opened_s) == (Phase.RECESS, 6.0)

    assert evolve(state, PhaseChanged(at_s=8.0, to=Phase.OPEN)).opened_s == 6.0


@pytest.mark.parametrize(
    ("links", "seen"), [(["up"], True), (["lost"], False), (["up", "lost", "down"], True)]
)
def test_a_site_that_was_once_there_has_been_seen(links, seen):
    state = STATE
    for at_s, link in enumerate(links, 1):
        state = evolve(state, LinkChanged(at_s=float(at_s), site="01", to=Link(link)))

    site = state.sites["01"]
    assert (site.link, site.link_since_s, site.seen) == (links[-1], float(len(links)), seen)
    assert {**state.sites, "01": None} == {**STATE.sites, "01": None}


@pytest.mark.parametrize(
    ("event", "field", "value"),
    [
        (BlockChanged(at_s=1.0, site="01", on=True), "blocked", True),
        (SiteLimited(at_s=1.0, site="01", limit_s=60), "limit_s", 60),
        (StandbyChanged(at_s=1.0, site="01", on=True), "standby", True),
    ],
)
def test_what_is_said_of_a_site_is_kept_with_it(event, field, value):
    state = evolve(STATE, event)

    assert state.sites["01"] == replace(STATE.sites["01"], **{field: value})
    assert {**state.sites, "01": None} == {**STATE.sites, "01": None}


def test_who_is_next_and_what_the_policy_is_are_kept():
    policy = Policy(limit_s=60)

    assert evolve(STATE, NextChosen(at_s=1.0, site="01")) == replace(STATE, next="01")
    assert evolve(STATE, PolicyChanged(at_s=1.0, to=policy)) == replace(STATE, policy=policy)


def test_every_change_of_the_chair_is_counted():
    state = evolve(STATE, ChairPassed(at_s=1.0, to="dung", how=ChairChange.ASSUMED))
    assert (state.chair.deputy, state.chair.epoch) == ("dung", 2)

    state = evolve(state, ChairPassed(at_s=2.0, to=None, how=ChairChange.RECLAIMED))

    assert (state.chair.deputy, state.chair.epoch) == (None, 3)


def test_the_chair_is_here_or_away_as_the_consoles_say():
    def console(at_s, user, *roles, on=True):
        return ConsoleSeen(at_s=at_s, user=user, on=on, roles=roles)

    away = []
    state = STATE
    for event in [
        console(1.0, "dung", Role.DEPUTY),
        console(2.0, "an", Role.CHAIR),
        ChairPassed(at_s=3.0, to="dung", how=ChairChange.HANDED_OVER),
        console(4.0, "dung", on=False),
        console(5.0, "an", on=False),
        ChairPassed(at_s=6.0, to=None, how=ChairChange.RECLAIMED),
        console(7.0, "an", Role.CHAIR),
        ChairPassed(at_s=8.0, to="dung", how=ChairChange.ASSUMED),
    ]:
        state = evolve(state, event)
        away.append(state.chair.away_since_s)

    assert away == [0.0, None, None, 4.0, 4.0, 4.0, None, 8.0]
    assert state.consoles == {"an": (Role.CHAIR,)}


def test_requests_are_made_and_changed():
    made = RequestMade(
        at_s=1.0, request=1, floors=("speech",), site="01", by="x", status=RequestStatus.ACCEPTED
    )
    denied = RequestEnded(at_s=2.0, request=1, status=RequestStatus.DENIED, reason=EndReason.CHAIR)

    state = evolve(STATE, made)
    assert state.queue == (1,)
    assert evolve(state, denied).requests[1].status is RequestStatus.DENIED


def test_the_state_before_is_left_alone():
    before = fold([BEGUN])

    evolve(before, LinkChanged(at_s=1.0, site="01", to=Link.UP))

    assert before == STATE
