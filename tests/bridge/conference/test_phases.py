from __future__ import annotations

from itertools import product

import pytest

from bridge.conference.commands import (
    ChairCall,
    ChairMute,
    ChairNext,
    ChairPhase,
    LinkLost,
    LinkUp,
)
from bridge.conference.gate import gate
from bridge.conference.words import Phase, RequestHandling, RequestStatus
from tests.bridge.conference.scene import in_lobby, in_session, shorthand, speaking

WAYS = {
    ("lobby", "open"),
    ("lobby", "closed"),
    ("open", "recess"),
    ("open", "closed"),
    ("recess", "open"),
    ("recess", "closed"),
    ("closed", "open"),
}


@pytest.mark.parametrize(("came_from", "to"), [*product(Phase, Phase)])
def test_a_phase_leads_only_where_the_plan_of_the_day_does(came_from, to):
    scene = in_lobby() if came_from is Phase.LOBBY else in_session()
    if came_from is not scene.state.phase:
        scene.do(ChairPhase(to=came_from))

    if came_from is to:
        assert scene.do(ChairPhase(to=to)) == ()
    elif (came_from, to) in WAYS:
        scene.do(ChairPhase(to=to))
        assert scene.state.phase is to
    else:
        assert scene.no(ChairPhase(to=to)) == "bad_state"


def test_opening_ends_the_hands_of_the_lobby():
    scene = in_lobby(request_handling=RequestHandling.CONFIRM)
    scene.ask("01", "02")

    events = scene.do(ChairPhase(to=Phase.OPEN))

    assert shorthand(events) == [
        ("RequestEnded", 1, "cancelled", "opened"),
        ("RequestEnded", 2, "cancelled", "opened"),
        ("PhaseChanged", "open"),
    ]


def test_opening_opens_the_microphone_of_room_110_unless_it_was_shut():
    scene = in_lobby()
    assert not gate(scene.state, "110")
    scene.do(ChairPhase(to=Phase.OPEN))
    assert gate(scene.state, "110")

    shut = in_lobby()
    shut.do(ChairMute(site="110"))
    shut.do(ChairPhase(to=Phase.OPEN))

    assert not gate(shut.state, "110")


def test_a_recess_keeps_the_floor_and_stops_the_clock():
    scene = speaking("01")
    scene.ask("02")
    scene.do(ChairNext(site="02"))
    scene.now_s = 100.0

    events = scene.do(ChairPhase(to=Phase.RECESS))

    assert shorthand(events) == [
        ("NextChosen",),
        ("HoldStarted", 1, "phase"),
        ("PhaseChanged", "recess"),
    ]
    assert scene.request(1).used_s == 100.0
    assert scene.state.queue == (2,)

    scene.now_s = 1000.0
    events = scene.do(ChairPhase(to=Phase.OPEN))

    assert shorthand(events) == [("PhaseChanged", "open"), ("HoldEnded", 1, "phase")]
    scene.now_s = 1010.0
    scene.do(ChairPhase(to=Phase.CLOSED))
    assert scene.request(1).used_s == 110.0


def test_a_line_lost_in_recess_is_still_held_when_the_session_goes_on():
    scene = speaking("01")
    scene.do(ChairPhase(to=Phase.RECESS))
    scene.do(LinkLost(site="01"))
    scene.do(ChairPhase(to=Phase.OPEN))
    assert not gate(scene.state, "01")

    scene.do(LinkUp(site="01"))

    assert gate(scene.state, "01")


def test_closing_ends_everything_before_the_phase():
    scene = speaking("01")
    scene.ask("02")
    scene.do(ChairNext(site="48"))

    events = scene.do(ChairPhase(to=Phase.CLOSED))

    assert shorthand(events) == [
        ("NextChosen",),
        ("RequestEnded", 1, "released", "closed"),
        ("RequestEnded", 2, "denied", "closed"),
        ("PhaseChanged", "closed"),
    ]
    assert scene.state.queue == ()


def test_closing_from_the_lobby_denies_who_waited():
    scene = in_lobby()
    scene.ask("01")

    events = scene.do(ChairPhase(to=Phase.CLOSED))

    assert shorthand(events)[0] == ("RequestEnded", 1, "denied", "closed")


@pytest.mark.parametrize(("after_s", "opens"), [(0.0, True), (900.0, True), (900.5, False)])
def test_a_closed_conference_may_be_opened_again_for_a_quarter_of_an_hour(after_s, opens):
    scene = in_session()
    scene.now_s = 50.0
    scene.do(ChairPhase(to=Phase.CLOSED))
    scene.now_s = 50.0 + after_s

    if opens:
        scene.do(ChairPhase(to=Phase.OPEN))
        assert scene.state.phase_since_s == scene.now_s
    else:
        assert scene.no(ChairPhase(to=Phase.OPEN)) == "bad_state"


def test_who_had_the_floor_before_the_end_asks_anew():
    scene = speaking("01")
    scene.do(ChairPhase(to=Phase.CLOSED))
    scene.do(ChairPhase(to=Phase.OPEN))

    scene.do(ChairCall(site="01"))

    assert [r.status for r in scene.state.requests.values()] == [
        RequestStatus.RELEASED,
        RequestStatus.GRANTED,
    ]
