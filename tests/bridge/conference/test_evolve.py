from __future__ import annotations

import pytest

from bridge.conference.events import (
    HoldEnded,
    HoldStarted,
    PhaseChanged,
    RequestAccepted,
    RequestEnded,
    RequestGranted,
    RequestMade,
)
from bridge.conference.evolve import begun, evolve, fold
from bridge.conference.floor import NoSuchChangeError
from bridge.conference.words import EndReason, Hold, Link, Phase, RequestStatus
from tests.bridge.conference.scene import SITES, Scene, speaking

BEGUN = Scene().journal[0]


def made(number=1, status=RequestStatus.ACCEPTED, position=None):
    return RequestMade(
        at_s=1.0,
        request=number,
        floor="speech",
        site="01",
        by="x",
        status=status,
        position=position,
    )


def granted(at_s):
    return RequestGranted(at_s=at_s, request=1, limit_s=None)


def test_a_conference_begins_in_the_lobby_with_nobody_there():
    state = begun(BEGUN)

    assert state.phase is Phase.LOBBY
    assert tuple(state.sites) == SITES
    assert {site.link for site in state.sites.values()} == {Link.DOWN}
    assert (state.requests, state.queue, state.next) == ({}, (), None)


def test_folding_the_journal_gives_the_state():
    scene = speaking("01", "02")

    assert fold(scene.journal) == scene.state


@pytest.mark.parametrize("journal", [[], [PhaseChanged(at_s=0.0, to=Phase.OPEN)], [BEGUN, BEGUN]])
def test_a_journal_begins_once_and_first(journal):
    with pytest.raises(ValueError, match=r"starts with|begins once"):
        fold(journal)


@pytest.mark.parametrize(
    "events",
    [
        [made(status=RequestStatus.GRANTED)],
        [made(), granted(2.0), granted(3.0)],
        [made(), granted(2.0), RequestAccepted(at_s=3.0, request=1, position=1)],
        [
            made(),
            RequestEnded(at_s=2.0, request=1, status=RequestStatus.REVOKED, reason=EndReason.CHAIR),
        ],
    ],
)
def test_a_change_the_table_does_not_know_is_not_folded(events):
    with pytest.raises(NoSuchChangeError):
        fold([BEGUN, *events])


def test_no_request_is_made_twice():
    with pytest.raises(ValueError, match="made before"):
        fold([BEGUN, made(), made()])


def test_the_queue_follows_the_positions():
    state = fold([BEGUN, made(1), made(2), made(3, position=1), made(4, position=2)])

    assert state.queue == (3, 4, 1, 2)
    state = evolve(state, RequestAccepted(at_s=2.0, request=3, position=4))
    assert state.queue == (4, 1, 2, 3)


def test_the_clock_runs_only_while_granted_and_not_held():
    events = [
        made(),
        granted(10.0),
        HoldStarted(at_s=15.0, request=1, cause=Hold.LINK),
        HoldStarted(at_s=20.0, request=1, cause=Hold.PHASE),
        HoldEnded(at_s=40.0, request=1, cause=Hold.LINK),
        HoldEnded(at_s=50.0, request=1, cause=Hold.PHASE),
        RequestEnded(at_s=57.0, request=1, status=RequestStatus.RELEASED, reason=EndReason.OWN),
    ]
    state = fold([BEGUN])

    clocks = []
    for event in events:
        state = evolve(state, event)
        request = state.requests[1]
        clocks.append((request.used_s, request.since_s, dict(request.holds or {})))

    assert clocks == [
        (0.0, None, {}),
        (0.0, 10.0, {}),
        (5.0, None, {Hold.LINK: 15.0}),
        (5.0, None, {Hold.LINK: 15.0, Hold.PHASE: 20.0}),
        (5.0, None, {Hold.PHASE: 20.0}),
        (5.0, 50.0, {}),
        (12.0, None, {}),
    ]
    assert (state.requests[1].granted_s, state.requests[1].ended_s) == (10.0, 57.0)
    assert state.requests[1].holds is None


def test_the_end_of_a_hold_that_was_not_there_leaves_the_clock_running():
    state = fold([BEGUN, made(), granted(10.0), HoldEnded(at_s=15.0, request=1, cause=Hold.LINK)])

    assert (state.requests[1].used_s, state.requests[1].since_s) == (0.0, 10.0)


def test_what_has_ended_is_held_by_nothing():
    held = HoldStarted(at_s=3.0, request=1, cause=Hold.LINK)
    ended = RequestEnded(
        at_s=4.0, request=1, status=RequestStatus.REVOKED, reason=EndReason.LINK_LOST
    )

    assert fold([BEGUN, made(), granted(2.0), held, ended]).requests[1].holds is None


def test_the_state_before_is_left_alone():
    before = fold([BEGUN])

    evolve(before, made())

    assert before == fold([BEGUN])
