from __future__ import annotations

from itertools import product

import pytest

from bridge.conference.commands import (
    AgendaNext,
    ChairCall,
    ChairHold,
    ChairMute,
    ChairNext,
    ChairPhase,
    LinkLost,
    LinkUp,
    RollcallOpen,
)
from bridge.conference.gate import gate
from bridge.conference.words import Phase, RequestHandling, RequestStatus
from tests.bridge.conference.props import at, planned, talking
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
    scene.do(ChairPhase(to=came_from))
    scene.now_s = 7.0

    if came_from is to:
        assert scene.do(ChairPhase(to=to)) == ()
    elif (came_from, to) in WAYS:
        assert shorthand(scene.do(ChairPhase(to=to))) == [("PhaseChanged", to)]
        assert (scene.state.phase, scene.state.phase_since_s) == (to, 7.0)
    else:
        assert scene.no(ChairPhase(to=to)) == "bad_state"


# Opening


def test_opening_ends_the_hands_of_the_lobby():
    scene = in_lobby(request_handling=RequestHandling.CONFIRM)
    scene.ask("01", "02")

    events = scene.do(ChairPhase(to=Phase.OPEN))

    assert shorthand(events) == [
        ("RequestEnded", 1, "cancelled", "opened"),
        ("RequestEnded", 2, "cancelled", "opened"),
        ("PhaseChanged", "open"),
    ]


def test_opening_opens_the_microphone_of_room_110_for_its_button_says_so():
    scene = in_lobby()
    scene.do(ChairMute(site="all"))
    scene.do(ChairMute(site="110"))
    assert not gate(scene.state, "110")

    events = scene.do(ChairPhase(to=Phase.OPEN))

    assert shorthand(events) == [("BlockChanged", "110", False), ("PhaseChanged", "open")]
    assert gate(scene.state, "110")


@pytest.mark.parametrize("first", [(), (Phase.OPEN,)])
def test_opening_what_was_closed_opens_the_microphone_of_room_110(first):
    scene = in_lobby()
    for phase in (*first, Phase.CLOSED):
        scene.do(ChairPhase(to=phase))
    scene.do(ChairMute(site="110"))

    events = scene.do(ChairPhase(to=Phase.OPEN))

    assert shorthand(events) == [("BlockChanged", "110", False), ("PhaseChanged", "open")]


def test_going_on_after_a_recess_leaves_room_110_as_it_was():
    scene = in_session()
    scene.do(ChairPhase(to=Phase.RECESS))
    scene.do(ChairMute(site="110"))

    scene.do(ChairPhase(to=Phase.OPEN))

    assert not gate(scene.state, "110")


def test_the_session_counts_from_its_first_opening():
    scene = in_lobby()
    assert scene.state.opened_s is None
    at(scene, 5.0, ChairPhase(to=Phase.OPEN))
    at(scene, 6.0, ChairPhase(to=Phase.RECESS))
    at(scene, 7.0, ChairPhase(to=Phase.OPEN))

    assert scene.state.opened_s == 5.0


def test_opening_keeps_the_agenda():
    scene = planned()
    scene.do(AgendaNext())

    scene.do(ChairPhase(to=Phase.RECESS))
    scene.do(ChairPhase(to=Phase.OPEN))

    assert scene.state.agenda.current == 1


# Recess


def test_a_recess_keeps_the_floor_and_stops_the_clock():
    scene = talking("01")
    scene.ask("02")
    scene.do(ChairNext(site="02"))

    events = at(scene, 100.0, ChairPhase(to=Phase.RECESS))

    assert shorthand(events) == [
        ("NextChosen",),
        ("HoldStarted", 1, "phase"),
        ("PhaseChanged", "recess"),
    ]
    assert scene.request(1).used_s == 100.0
    assert scene.state.queue == (2,)

    events = at(scene, 1000.0, ChairPhase(to=Phase.OPEN))

    assert shorthand(events) == [("PhaseChanged", "open"), ("HoldEnded", 1, "phase")]
    assert scene.request(1).spoken_s(1010.0) == 110.0


def test_a_recess_holds_who_shows_slides_too():
    scene = in_session()
    scene.do(ChairCall(site="01", floors=("content",)))

    scene.do(ChairPhase(to=Phase.RECESS))

    assert set(scene.request(1).holds) == {"phase"}


@pytest.mark.parametrize("interrupt", [LinkLost(site="01"), ChairHold(request=1)])
def test_what_else_holds_a_speaker_still_does_when_the_session_goes_on(interrupt):
    scene = talking("01")
    scene.do(ChairPhase(to=Phase.RECESS))
    scene.do(interrupt)

    scene.do(ChairPhase(to=Phase.OPEN))

    assert len(scene.request(1).holds) == 1
    assert not gate(scene.state, "01")


def test_a_line_lost_in_recess_may_come_back_after_it():
    scene = speaking("01")
    scene.do(ChairPhase(to=Phase.RECESS))
    scene.do(LinkLost(site="01"))
    scene.do(ChairPhase(to=Phase.OPEN))

    scene.do(LinkUp(site="01"))

    assert gate(scene.state, "01")


# The end


def test_closing_ends_everything_before_the_phase():
    scene = planned()
    scene.do(AgendaNext(item=3))
    scene.do(RollcallOpen())
    scene.do(ChairCall(site="79"))
    scene.ask("02")
    scene.do(ChairNext(site="48"))

    events = scene.do(ChairPhase(to=Phase.CLOSED))

    assert shorthand(events) == [
        ("NextChosen",),
        ("RequestEnded", 1, "denied", "closed"),
        ("RequestEnded", 2, "released", "closed"),
        ("RequestEnded", 3, "denied", "closed"),
        ("ItemEnded", 3, "done"),
        ("RollcallClosed",),
        ("PhaseChanged", "closed"),
    ]
    assert scene.state.queue == ()
    assert scene.state.agenda.current is None
    assert not scene.state.rollcall.is_open


@pytest.mark.parametrize("phase", [Phase.LOBBY, Phase.OPEN, Phase.RECESS])
def test_closing_opens_no_microphone(phase):
    scene = in_lobby() if phase is Phase.LOBBY else in_session()
    scene.do(ChairPhase(to=phase))
    scene.do(ChairMute(site="110"))

    assert shorthand(scene.do(ChairPhase(to=Phase.CLOSED))) == [("PhaseChanged", "closed")]


def test_closing_in_recess_lets_nobody_go_on():
    scene = speaking("01")
    scene.do(ChairPhase(to=Phase.RECESS))

    assert shorthand(scene.do(ChairPhase(to=Phase.CLOSED))) == [
        ("RequestEnded", 1, "released", "closed"),
        ("PhaseChanged", "closed"),
    ]


@pytest.mark.parametrize("phase", [Phase.LOBBY, Phase.RECESS])
def test_closing_from_another_phase_denies_who_waited(phase):
    scene = in_lobby() if phase is Phase.LOBBY else in_session()
    scene.do(ChairPhase(to=phase))
    scene.ask("01")

    events = scene.do(ChairPhase(to=Phase.CLOSED))

    assert shorthand(events) == [
        ("RequestEnded", 1, "denied", "closed"),
        ("PhaseChanged", "closed"),
    ]


@pytest.mark.parametrize(
    ("within_s", "after_s", "opens"),
    [(900.0, 0.0, True), (900.0, 900.0, True), (900.0, 900.5, False), (60.0, 61.0, False)],
)
def test_a_closed_conference_may_be_opened_again_for_a_while(within_s, after_s, opens):
    scene = in_session(reopen_within_s=within_s)
    at(scene, 50.0, ChairPhase(to=Phase.CLOSED))
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
