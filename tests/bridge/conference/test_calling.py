from __future__ import annotations

import pytest

from bridge.conference.commands import (
    AgendaDefer,
    AgendaFinish,
    AgendaNext,
    AgendaReturn,
    AgendaSkip,
    ChairCall,
    ChairGrant,
    ChairMute,
    ChairNext,
    ChairPhase,
    FloorRelease,
    FloorRequest,
    LinkLost,
    LinkUp,
    SiteLeft,
    Tick,
)
from bridge.conference.words import Phase, RequestHandling, RequestStatus, Via
from tests.bridge.conference.props import REPORT, SECOND, TALK, at, planned
from tests.bridge.conference.scene import (
    CHAIR,
    TECHNICIAN,
    in_lobby,
    in_session,
    province,
    shorthand,
    speaking,
)

SPEECH, CONTENT, BOTH = ("speech",), ("content",), ("speech", "content")


def ongoing(scene):
    ended = {"denied", "cancelled", "released", "revoked"}
    return [
        (r.id, r.kind, r.status) for r in scene.state.requests.values() if r.status not in ended
    ]


def test_calling_a_speaker_in_is_one_act_in_one_order():
    scene = speaking("01")
    scene.ask("48")
    scene.do(ChairMute(site="02"))
    scene.do(ChairNext(site="02"))
    scene.now_s = 60.0

    events = scene.do(ChairCall(site="02"))

    assert shorthand(events) == [
        ("RequestEnded", 1, "revoked", "replaced"),
        ("RequestMade", 3, SPEECH, "02", "an", "accepted", 1, "call"),
        ("BlockChanged", "02", False),
        ("NextChosen",),
        ("RequestGranted", 3, 300),
    ]
    assert {event.at_s for event in events} == {60.0}
    assert scene.state.queue == (2,)


@pytest.mark.parametrize("handling", [RequestHandling.QUEUE, RequestHandling.CONFIRM])
def test_a_call_uses_the_sites_own_hand_and_leaves_the_queue_to_the_others(handling):
    scene = in_session(request_handling=handling)
    scene.ask("01", "02")

    events = scene.do(ChairCall(site="02"))

    assert shorthand(events) == [("RequestGranted", 2, 300)]
    assert scene.request(1).status in {RequestStatus.ACCEPTED, RequestStatus.PENDING}


@pytest.mark.parametrize("on_full", ["reject", "replace"])
def test_a_call_replaces_unless_told_not_to(on_full):
    scene = speaking("01")

    if on_full == "reject":
        assert scene.no(ChairCall(site="02", on_full="reject")) == "floor_full"
    else:
        scene.do(ChairCall(site="02"))
        assert [holder.site for holder in scene.state.holders] == ["02"]


def test_a_hand_for_other_floors_is_not_what_is_called_for():
    scene = in_session()
    scene.do(FloorRequest(floors=CONTENT), province("01"))

    scene.do(ChairCall(site="01"))

    assert ongoing(scene) == [(1, "hand", "accepted"), (2, "call", "granted")]


@pytest.mark.parametrize(
    ("called", "via", "after"),
    [
        (None, Via.LINE, [(1, "hand", "granted")]),
        (SPEECH, Via.LINE, [(1, "hand", "accepted"), (2, "call", "granted")]),
        (None, Via.PHONE, [(1, "hand", "accepted"), (2, "call", "granted")]),
    ],
)
def test_who_asked_to_speak_with_slides_is_answered_by_a_call_that_names_no_floor(
    called, via, after
):
    scene = in_session()
    scene.do(FloorRequest(floors=BOTH), province("01"))

    scene.do(ChairCall(site="01", floors=called, via=via))

    assert ongoing(scene) == after


def test_a_call_that_names_no_floor_takes_the_wish_to_speak_before_the_wish_for_both():
    scene = in_session()
    scene.do(FloorRequest(floors=BOTH), province("01"))
    scene.do(ChairCall(site="01", floors=SPEECH))
    scene.do(LinkLost(site="01"))
    at(scene, 20.0, Tick())
    scene.do(LinkUp(site="01"))

    scene.do(ChairCall(site="01"))

    assert ongoing(scene) == [(1, "hand", "accepted"), (3, "call", "granted")]


def test_what_the_chair_says_of_the_time_goes_with_the_call():
    scene = in_session(max_floor_users=2)
    scene.ask("01")

    scene.do(ChairCall(site="01", limit_s=420))
    scene.do(ChairCall(site="02", limit_s=60))

    assert [r.limit_s for r in scene.state.holders] == [420, 60]


@pytest.mark.parametrize("actor", [CHAIR, TECHNICIAN])
def test_in_the_lobby_nobody_is_called(actor):
    assert in_lobby().no(ChairCall(site="01"), actor) == "bad_state"


def test_in_recess_nobody_is_called():
    scene = in_session()
    scene.do(ChairPhase(to=Phase.RECESS))

    assert scene.no(ChairCall(site="01")) == "bad_state"


@pytest.mark.parametrize("gone", [LinkLost(site="01"), SiteLeft(site="01")])
@pytest.mark.parametrize("hand", [False, True])
@pytest.mark.parametrize(
    ("floors", "via", "code"),
    [
        (SPEECH, Via.LINE, "site_offline"),
        (SPEECH, Via.PHONE, None),
        (CONTENT, Via.PHONE, "site_offline"),
        (BOTH, Via.PHONE, "site_offline"),
    ],
)
def test_without_a_line_a_site_is_called_by_telephone_and_shows_nothing(
    gone, hand, floors, via, code
):
    scene = in_session()
    if hand:
        scene.do(FloorRequest(floors=floors), province("01"))
    scene.do(gone)
    call = ChairCall(site="01", floors=floors, via=via)

    if code:
        assert scene.no(call) == code
    else:
        scene.do(call)
        assert scene.request(1).via is via
        assert scene.request(1).holds is None


def test_a_site_that_speaks_is_not_called_again():
    scene = speaking("01")
    assert scene.no(ChairCall(site="01")) == "bad_state"
    scene.ask("01")

    assert scene.no(ChairCall(site="01")) == "bad_state"


@pytest.mark.parametrize(
    ("floors", "code"),
    [(SPEECH, "chair_seat_needs_no_floor"), (BOTH, "chair_seat_needs_no_floor"), (CONTENT, None)],
)
def test_room_110_is_called_to_show_something_and_never_to_speak(floors, code):
    scene = in_session()

    if code:
        assert scene.no(ChairCall(site="110", floors=floors)) == code
    else:
        scene.do(ChairCall(site="110", floors=floors))
        assert scene.request(1).limit_s is None


def test_what_is_not_there_is_not_called():
    scene = in_session()

    assert scene.no(ChairCall(site="99")) == "site_not_found"
    assert scene.no(ChairCall(site="01", agenda_item=1)) == "item_not_found"


# What is left of an earlier speech


def cut_off(floors=SPEECH):
    """01 was called for *floors*, lost its line for too long, and is back."""
    scene = in_session()
    scene.do(ChairCall(site="01", floors=floors))
    scene.do(LinkLost(site="01"))
    at(scene, 20.0, Tick())
    scene.do(LinkUp(site="01"))
    return scene


def test_a_call_after_a_lost_line_goes_on_with_what_was_left():
    scene = cut_off()

    scene.do(ChairCall(site="01"))

    assert ongoing(scene) == [(2, "call", "granted")]


@pytest.mark.parametrize(
    ("left", "called", "rest"),
    [
        (SPEECH, BOTH, "cancelled"),
        (BOTH, SPEECH, "cancelled"),
        (CONTENT, BOTH, "cancelled"),
        (CONTENT, SPEECH, "accepted"),
        (SPEECH, CONTENT, "accepted"),
    ],
)
def test_a_call_for_other_floors_takes_the_place_of_what_was_left(left, called, rest):
    scene = cut_off(left)

    events = scene.do(ChairCall(site="01", floors=called))

    assert scene.request(2).status == rest
    assert scene.request(3).floors == called
    assert (("RequestEnded", 2, "cancelled", "replaced") in shorthand(events)) is (
        rest == "cancelled"
    )


def test_the_calls_of_others_stay_where_they_are():
    scene = cut_off()

    scene.do(ChairCall(site="02", floors=BOTH))

    assert ongoing(scene) == [(2, "call", "accepted"), (3, "call", "granted")]


# The agenda


def test_a_call_leaves_the_report_for_its_turn():
    scene = planned(REPORT)
    scene.do(AgendaNext())

    scene.do(ChairCall(site="01"))

    assert ongoing(scene) == [(1, "agenda", "accepted"), (2, "call", "granted")]


def test_a_call_for_the_current_item_gives_its_turn():
    scene = planned(REPORT)
    scene.do(AgendaNext())

    events = scene.do(ChairCall(site="01", agenda_item=1))

    assert shorthand(events) == [("RequestGranted", 1, 420)]


def test_a_call_for_the_item_leaves_the_hand_up():
    scene = planned(REPORT)
    scene.ask("01")
    scene.do(AgendaNext())

    scene.do(ChairCall(site="01", agenda_item=1))

    assert ongoing(scene) == [(1, "hand", "accepted"), (2, "agenda", "granted")]


def test_a_call_for_an_item_to_come_begins_it_as_going_on_would():
    scene = planned(TALK, REPORT)
    scene.do(AgendaNext())
    scene.now_s = 30.0

    events = scene.do(ChairCall(site="01", agenda_item=2))

    assert shorthand(events) == [
        ("ItemEnded", 1, "done"),
        ("ItemStarted", 2),
        ("RequestMade", 1, SPEECH, "01", "an", "accepted", 1, "agenda", 420, "Nhóm 1", 2),
        ("RequestGranted", 1, 420),
    ]
    assert scene.state.agenda.current == 2


def test_a_call_for_the_next_item_of_a_speaker_ends_the_present_one():
    scene = planned(REPORT, REPORT)
    scene.do(ChairCall(site="01", agenda_item=1))

    scene.do(ChairCall(site="01", agenda_item=2))

    assert scene.request(1).reason == "agenda"
    assert ongoing(scene) == [(2, "agenda", "granted")]


def test_an_item_whose_speaker_has_ended_may_be_called_again():
    scene = planned(REPORT)
    scene.do(ChairCall(site="01", agenda_item=1))
    scene.do(FloorRelease(request=1), province("01"))

    scene.do(ChairCall(site="01", agenda_item=1, limit_s=60))

    assert ongoing(scene) == [(2, "agenda", "granted")]
    assert (scene.request(2).item, scene.request(2).limit_s) == (1, 60)


def test_a_report_with_slides_takes_the_place_of_its_waiting_turn():
    scene = planned(REPORT)
    scene.do(AgendaNext())

    scene.do(ChairCall(site="01", agenda_item=1, floors=BOTH))

    assert scene.request(1).status == "cancelled"
    assert ongoing(scene) == [(2, "agenda", "granted")]


def test_a_call_for_the_turn_of_another_site_is_refused():
    scene = planned(REPORT, TALK)

    assert scene.no(ChairCall(site="02", agenda_item=1)) == "bad_state"
    assert scene.no(ChairCall(site="01", agenda_item=2)) == "bad_state"


@pytest.mark.parametrize("ended", [AgendaSkip(item=1), AgendaFinish()])
def test_an_item_that_is_over_must_return_before_it_is_called(ended):
    scene = planned(REPORT)
    scene.do(AgendaNext())
    scene.do(ended)
    assert scene.no(ChairCall(site="01", agenda_item=1)) == "bad_state"

    scene.do(AgendaReturn(item=1))
    scene.do(ChairCall(site="01", agenda_item=1))

    assert scene.state.agenda.current == 1


def test_a_deferred_item_may_be_called():
    scene = planned(REPORT, SECOND)
    scene.do(AgendaDefer(item=1))

    scene.do(ChairCall(site="01", agenda_item=1))

    assert scene.state.agenda.current == 1


def test_an_agenda_call_that_cannot_be_begins_nothing():
    scene = planned(REPORT)
    scene.do(SiteLeft(site="01"))

    assert scene.no(ChairCall(site="01", agenda_item=1)) == "site_offline"
    assert scene.state.agenda.current is None


def test_a_turn_that_was_cut_off_is_called_by_its_item():
    scene = planned(REPORT)
    scene.do(ChairCall(site="01", agenda_item=1))
    scene.do(LinkLost(site="01"))
    at(scene, 20.0, Tick())
    scene.do(LinkUp(site="01"))

    scene.do(ChairCall(site="01", agenda_item=1))

    assert ongoing(scene) == [(2, "agenda", "granted")]
    assert scene.request(2).continues == 1


def test_a_grant_needs_no_item_to_give_the_turn():
    scene = planned(REPORT)
    scene.do(AgendaNext())

    scene.do(ChairGrant(request=1))

    assert scene.request(1).limit_s == 420
