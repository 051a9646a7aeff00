"""What people ask for, one thing at a time."""

from __future__ import annotations

import pytest

from bridge.conference.commands import (
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
    HelpAck,
    HelpClose,
    HelpRaise,
    LinkLost,
    SiteLeft,
)
from bridge.conference.decide import Decision
from bridge.conference.words import EndReason, Help, Phase, RequestHandling, RequestStatus, Role
from tests.bridge.conference.scene import (
    CHAIR,
    SECRETARY,
    TECHNICIAN,
    Scene,
    in_lobby,
    in_session,
    province,
    shorthand,
    speaking,
)


def blocked(scene):
    return {site for site, state in scene.state.sites.items() if state.blocked}


# Requests


def test_a_hand_goes_to_the_end_of_the_queue():
    scene = in_session()
    scene.ask("01", "02")
    scene.now_s = 12.0

    events = scene.do(FloorRequest(text="Nhóm 2"), province("48"))

    assert shorthand(events) == [
        ("RequestMade", 3, "speech", "48", "site:48", "accepted", 3, "Nhóm 2")
    ]
    assert scene.state.queue == (1, 2, 3)
    assert scene.request(3).created_s == 12.0
    assert scene.request(3).limit_s is None


def test_a_hand_waits_for_the_chair_where_hands_are_confirmed():
    scene = in_session(request_handling=RequestHandling.CONFIRM)

    events = scene.do(FloorRequest(), province("01"))

    assert shorthand(events) == [("RequestMade", 1, "speech", "01", "site:01", "pending")]
    assert scene.state.queue == ()


@pytest.mark.parametrize("handling", RequestHandling)
def test_what_chair_and_secretary_list_is_queued_whatever_becomes_of_hands(handling):
    scene = in_session(request_handling=handling)

    scene.do(FloorRequest(site="01"), SECRETARY)
    scene.do(FloorRequest(site="02"), CHAIR)

    assert scene.state.queue == (1, 2)


def test_closed_hands_are_told_so():
    scene = in_session(request_handling=RequestHandling.BLOCK)

    assert scene.no(FloorRequest(), province("01")) == "hands_closed"
    assert scene.no(FloorRequest(), province("110")) == "hands_closed"


@pytest.mark.parametrize("handling", [RequestHandling.QUEUE, RequestHandling.CONFIRM])
def test_a_site_has_one_request_at_a_time(handling):
    scene = in_session(request_handling=handling)
    scene.ask("01")

    answer = scene.decide(FloorRequest(), province("01"))

    assert answer.code == "request_limit"
    assert answer.detail == {"request": 1}
    assert scene.no(FloorRequest(site="01"), SECRETARY) == "request_limit"


def test_a_speaker_has_a_request_already_and_may_ask_again_when_it_is_over():
    scene = speaking("01")
    assert scene.no(FloorRequest(), province("01")) == "request_limit"
    scene.do(FloorRelease(request=1), province("01"))

    scene.do(FloorRequest(), province("01"))

    assert scene.state.queue == (2,)


def test_room_110_asks_for_no_floor():
    scene = in_session()

    assert scene.no(FloorRequest(), CHAIR) == "chair_seat_needs_no_floor"
    assert scene.no(FloorRequest(), province("110")) == "chair_seat_needs_no_floor"
    assert scene.no(ChairCall(site="110")) == "chair_seat_needs_no_floor"
    assert scene.no(ChairNext(site="110")) == "chair_seat_needs_no_floor"


def test_what_is_not_there_cannot_be_asked_for():
    scene = in_session()

    assert scene.no(FloorRequest(site="99")) == "site_not_found"
    assert scene.no(FloorRequest(floor="content"), province("01")) == "floor_not_found"
    assert scene.no(ChairCall(site="99")) == "site_not_found"
    assert scene.no(ChairNext(site="99")) == "site_not_found"
    assert scene.no(ChairMute(site="99")) == "site_not_found"
    assert scene.no(ChairMute(site="all", but=("99",))) == "site_not_found"
    for command in (
        FloorRelease(request=9),
        ChairAccept(request=9),
        ChairGrant(request=9),
        ChairDeny(request=9),
        ChairRevoke(request=9),
    ):
        assert scene.no(command) == "request_not_found"


def test_hands_may_be_raised_in_recess_but_not_after_the_end():
    scene = in_session()
    scene.do(ChairPhase(to=Phase.RECESS))
    scene.ask("01")
    scene.do(ChairPhase(to=Phase.CLOSED))

    assert scene.no(FloorRequest(), province("02")) == "bad_state"


def test_a_site_without_a_line_may_still_ask():
    scene = in_session()
    scene.do(SiteLeft(site="01"))

    scene.ask("01")

    assert scene.state.queue == (1,)


def test_withdrawing_a_request_cancels_it_and_giving_the_floor_back_releases_it():
    scene = speaking("01")
    scene.ask("02")

    scene.do(FloorRelease(request=2), province("02"))
    scene.do(FloorRelease(request=1), province("01"))

    assert [(r.status, r.reason) for r in scene.state.requests.values()] == [
        (RequestStatus.RELEASED, EndReason.OWN),
        (RequestStatus.CANCELLED, EndReason.OWN),
    ]
    assert scene.state.queue == ()
    assert scene.no(FloorRelease(request=2), province("02")) == "bad_state"


# The queue


@pytest.mark.parametrize(
    ("position", "queue"),
    [
        (1, (3, 1, 2)),
        (2, (1, 3, 2)),
        (3, (1, 2, 3)),
        (4, (1, 2, 3)),
        (0, (1, 2, 3)),
        (None, (1, 2, 3)),
        (-1, (1, 2, 3)),
    ],
)
def test_accepting_puts_a_pending_request_where_the_chair_says(position, queue):
    scene = in_session(request_handling=RequestHandling.CONFIRM)
    scene.ask("01", "02", "48")
    scene.do(ChairAccept(request=1))
    scene.do(ChairAccept(request=2))

    scene.do(ChairAccept(request=3, position=position), SECRETARY)

    assert scene.state.queue == queue


@pytest.mark.parametrize(
    ("request_id", "position", "queue"),
    [
        (3, 1, (3, 1, 2)),
        (1, 2, (2, 1, 3)),
        (1, 3, (2, 3, 1)),
        (1, 0, (2, 3, 1)),
        (1, 9, (2, 3, 1)),
    ],
)
def test_accepting_again_moves_and_keeps_the_order_of_the_others(request_id, position, queue):
    scene = in_session()
    scene.ask("01", "02", "48")

    scene.do(ChairAccept(request=request_id, position=position))

    assert scene.state.queue == queue


@pytest.mark.parametrize(("request_id", "position"), [(1, 1), (2, 2), (3, 3), (3, None), (3, 7)])
def test_moving_a_request_to_where_it_is_does_nothing(request_id, position):
    scene = in_session()
    scene.ask("01", "02", "48")

    assert scene.do(ChairAccept(request=request_id, position=position)) == ()


def test_only_a_waiting_request_can_be_accepted_or_denied():
    scene = speaking("01")

    assert scene.no(ChairAccept(request=1)) == "bad_state"
    assert scene.no(ChairDeny(request=1)) == "bad_state"


def test_a_denied_request_leaves_the_queue_and_keeps_its_own_words():
    scene = in_session()
    scene.do(FloorRequest(text="Nhóm 2"), province("01"))

    events = scene.do(ChairDeny(request=1, text="Xin hẹn lượt sau"))

    assert shorthand(events) == [("RequestEnded", 1, "denied", "chair", "Xin hẹn lượt sau")]
    assert scene.state.queue == ()
    assert scene.request(1).text == "Nhóm 2"
    assert scene.no(ChairGrant(request=1)) == "bad_state"


# Giving the floor


def test_calling_a_speaker_in_is_one_act_in_one_order():
    scene = speaking("01")
    scene.ask("48")
    scene.do(ChairMute(site="02"))
    scene.do(ChairNext(site="02"))
    scene.now_s = 60.0

    events = scene.do(ChairCall(site="02"))

    assert shorthand(events) == [
        ("RequestEnded", 1, "revoked", "replaced"),
        ("BlockChanged", "02", False),
        ("NextChosen",),
        ("RequestMade", 3, "speech", "02", "an", "accepted", 1),
        ("RequestGranted", 3, 300),
    ]
    assert {event.at_s for event in events} == {60.0}


@pytest.mark.parametrize("handling", [RequestHandling.QUEUE, RequestHandling.CONFIRM])
def test_a_call_uses_the_sites_own_request_and_leaves_the_queue_to_the_others(handling):
    scene = in_session(request_handling=handling)
    scene.ask("01", "02")

    events = scene.do(ChairCall(site="02"))

    assert shorthand(events) == [("RequestGranted", 2, 300)]
    assert 2 not in scene.state.queue
    assert scene.request(1).status in {RequestStatus.ACCEPTED, RequestStatus.PENDING}


def test_a_pending_hand_can_be_granted_at_once():
    scene = in_session(request_handling=RequestHandling.CONFIRM)
    scene.ask("01")

    scene.do(ChairGrant(request=1))

    assert scene.request(1).status is RequestStatus.GRANTED


def test_another_one_stays_next_when_somebody_is_granted():
    scene = in_session()
    scene.do(ChairNext(site="02"))

    scene.do(ChairCall(site="01"))

    assert scene.state.next == "02"


def test_a_full_floor_says_who_has_it():
    scene = speaking("01")
    scene.ask("02")

    answer = scene.decide(ChairGrant(request=2))

    assert answer.code == "floor_full"
    assert answer.detail == {"holders": [1]}
    assert scene.no(ChairCall(site="02", on_full="reject")) == "floor_full"


def test_replacing_takes_the_oldest_holder_and_no_more_than_needed():
    scene = in_session(max_floor_users=2)
    for now_s, site in [(1.0, "79"), (2.0, "01")]:
        scene.now_s = now_s
        scene.do(ChairCall(site=site))
    scene.ask("02")

    scene.do(ChairGrant(request=3, on_full="replace"))

    assert [holder.site for holder in scene.state.holders] == ["01", "02"]


def test_a_floor_with_room_replaces_nobody():
    scene = in_session(max_floor_users=2)
    scene.do(ChairCall(site="01"))
    scene.do(ChairCall(site="02", on_full="reject"))

    assert [holder.site for holder in scene.state.holders] == ["01", "02"]


def test_a_site_that_holds_the_floor_cannot_be_called_granted_or_made_next():
    scene = speaking("01")

    assert scene.no(ChairCall(site="01")) == "bad_state"
    assert scene.no(ChairGrant(request=1)) == "bad_state"
    assert scene.no(ChairNext(site="01")) == "bad_state"


@pytest.mark.parametrize("gone", [LinkLost(site="01"), SiteLeft(site="01")])
def test_a_site_without_a_line_gets_no_floor(gone):
    scene = in_session()
    scene.ask("01")
    scene.do(gone)

    assert scene.no(ChairGrant(request=1)) == "site_offline"
    assert scene.no(ChairCall(site="01")) == "site_offline"
    assert scene.no(ChairNext(site="01")) == "site_offline"


@pytest.mark.parametrize("actor", [CHAIR, TECHNICIAN])
def test_in_the_lobby_nobody_gets_the_floor(actor):
    scene = in_lobby()
    scene.ask("01")

    assert scene.no(ChairGrant(request=1), actor) == "bad_state"
    assert scene.no(ChairCall(site="01"), actor) == "bad_state"
    assert scene.no(ChairNext(site="01"), actor) == "bad_state"
    assert scene.do(ChairNext(site=None), actor) == ()


def test_in_recess_nobody_gets_the_floor():
    scene = in_session()
    scene.do(ChairPhase(to=Phase.RECESS))

    assert scene.no(ChairCall(site="01")) == "bad_state"


@pytest.mark.parametrize(
    ("asked_s", "policy_s", "bound_s"),
    [(420, 300, 420), (None, 300, 300), (None, None, None), (60, None, 60)],
)
def test_the_speaking_time_is_bound_at_the_grant(asked_s, policy_s, bound_s):
    scene = in_session(limit_s=policy_s, max_floor_users=2)
    scene.ask("01")

    scene.do(ChairGrant(request=1, limit_s=asked_s))
    scene.do(ChairCall(site="02", limit_s=asked_s))

    assert scene.request(1).limit_s == bound_s
    assert scene.request(2).limit_s == bound_s


# Taking it back, preparing, muting


def test_taking_the_floor_back_from_whoever_has_it():
    scene = speaking("01", "02")

    events = scene.do(ChairRevoke(text="Xin cảm ơn"))

    assert shorthand(events) == [
        ("RequestEnded", 1, "revoked", "chair", "Xin cảm ơn"),
        ("RequestEnded", 2, "revoked", "chair", "Xin cảm ơn"),
    ]
    assert scene.no(ChairRevoke()) == "bad_state"


def test_taking_the_floor_back_from_one_leaves_the_other():
    scene = speaking("01", "02")

    scene.do(ChairRevoke(request=1))

    assert [holder.site for holder in scene.state.holders] == ["02"]
    assert scene.no(ChairRevoke(request=1)) == "bad_state"


def test_one_site_is_next_until_another_is_chosen_or_nobody():
    scene = in_session()

    assert shorthand(scene.do(ChairNext(site="01"))) == [("NextChosen", "01")]
    assert scene.do(ChairNext(site="01")) == ()
    assert shorthand(scene.do(ChairNext(site="02"))) == [("NextChosen", "02")]
    assert shorthand(scene.do(ChairNext(site=None))) == [("NextChosen",)]
    assert scene.do(ChairNext(site=None)) == ()


def test_muting_all_is_muting_the_provinces():
    scene = in_session()

    scene.do(ChairMute(site="all"))
    assert blocked(scene) == {"01", "02", "48", "79"}
    scene.do(ChairMute(site="110"))
    scene.do(ChairMute(site="all", on=False))

    assert blocked(scene) == {"110"}


def test_muting_all_but_one_leaves_the_one_as_it_is():
    scene = in_session()
    scene.do(ChairMute(site="01"))

    scene.do(ChairMute(site="all", but=("01", "02")))

    assert blocked(scene) == {"01", "48", "79"}


def test_muting_what_is_muted_does_nothing():
    scene = in_session()
    scene.do(ChairMute(site="01"))

    assert scene.do(ChairMute(site="01")) == ()
    assert scene.do(ChairMute(site="02", on=False)) == ()
    assert shorthand(scene.do(ChairMute(site="all"))) == [
        ("BlockChanged", "02", True),
        ("BlockChanged", "48", True),
        ("BlockChanged", "79", True),
    ]


def test_a_muted_speaker_keeps_the_floor_and_its_clock_runs():
    scene = speaking("01")

    scene.do(ChairMute(site="01"))

    assert scene.request(1).status is RequestStatus.GRANTED
    assert scene.request(1).since_s is not None


def test_the_answer_says_by_which_authority():
    scene = in_session()

    def authority(command, actor):
        answer = scene.decide(command, actor)
        assert isinstance(answer, Decision)
        return answer.authority

    assert authority(ChairCall(site="01"), CHAIR) is Role.CHAIR
    assert authority(FloorRequest(), province("01")) is Role.SITE
    assert authority(ChairMute(site="110"), TECHNICIAN) is Role.TECHNICIAN
    assert authority(LinkLost(site="01"), None) is None


def test_a_call_for_help_is_raised_acknowledged_and_closed():
    scene = Scene()
    site = province("01")

    seen = []
    for command, actor in [
        (HelpRaise(), site),
        (HelpRaise(), site),
        (HelpAck(site="01"), TECHNICIAN),
        (HelpRaise(), site),
        (HelpClose(), site),
        (HelpClose(site="01"), TECHNICIAN),
    ]:
        changed = len(scene.do(command, actor))
        seen.append((changed, scene.state.sites["01"].help))

    assert seen == [
        (1, Help.RAISED),
        (0, Help.RAISED),
        (1, Help.ACKNOWLEDGED),
        (1, Help.RAISED),
        (1, None),
        (0, None),
    ]


def test_help_that_nobody_asked_for_cannot_be_acknowledged():
    scene = Scene()

    assert scene.no(HelpAck(site="01"), TECHNICIAN) == "bad_state"
    assert scene.no(HelpAck(site="99"), TECHNICIAN) == "site_not_found"
