from __future__ import annotations

import pytest

from bridge.conference.commands import (
    AgendaNext,
    ChairAccept,
    ChairCall,
    ChairGrant,
    ChairPhase,
    FloorRelease,
    FloorRequest,
    LinkLost,
    SiteLeft,
    Tick,
)
from bridge.conference.words import Phase, RequestHandling, RequestKind, RequestStatus
from tests.bridge.conference.props import REPORT, at, planned
from tests.bridge.conference.scene import (
    CHAIR,
    SECRETARY,
    TECHNICIAN,
    in_lobby,
    in_session,
    province,
    shorthand,
    speaking,
)

SPEECH, CONTENT, BOTH = ("speech",), ("content",), ("speech", "content")


# Hands


def test_a_hand_goes_to_the_end_of_the_queue():
    scene = in_session()
    scene.ask("01", "02")
    scene.now_s = 12.0

    events = scene.do(FloorRequest(text="Nhóm 2", group="2", respond=True), province("48"))

    assert shorthand(events) == [
        ("RequestMade", 3, SPEECH, "48", "site:48", "accepted", 3, "Nhóm 2", "2", True)
    ]
    assert scene.state.queue == (1, 2, 3)
    assert scene.request(3).created_s == 12.0
    assert scene.request(3).kind is RequestKind.HAND


def test_a_hand_waits_for_the_chair_where_hands_are_confirmed():
    scene = in_session(request_handling=RequestHandling.CONFIRM)

    events = scene.do(FloorRequest(), province("01"))

    assert shorthand(events) == [("RequestMade", 1, SPEECH, "01", "site:01", "pending")]
    assert scene.state.queue == ()


@pytest.mark.parametrize("handling", RequestHandling)
def test_what_chair_and_secretary_list_is_queued_whatever_becomes_of_hands(handling):
    scene = in_session(request_handling=handling)

    scene.do(FloorRequest(site="01"), SECRETARY)
    scene.do(FloorRequest(site="02"), CHAIR)

    assert scene.state.queue == (1, 2)
    assert scene.request(1).by == SECRETARY.user


def test_closed_hands_are_told_so():
    scene = in_session(request_handling=RequestHandling.BLOCK)

    assert scene.no(FloorRequest(), province("01")) == "hands_closed"
    assert scene.no(FloorRequest(), province("110")) == "hands_closed"


@pytest.mark.parametrize(
    ("first", "second", "both"),
    [
        (SPEECH, SPEECH, False),
        (CONTENT, CONTENT, False),
        (BOTH, SPEECH, False),
        (BOTH, CONTENT, False),
        (CONTENT, BOTH, False),
        (SPEECH, CONTENT, True),
        (CONTENT, SPEECH, True),
    ],
)
@pytest.mark.parametrize("handling", [RequestHandling.QUEUE, RequestHandling.CONFIRM])
def test_a_site_has_one_hand_to_a_floor(first, second, both, handling):
    scene = in_session(request_handling=handling)
    scene.do(FloorRequest(floors=first), province("01"))

    if both:
        scene.do(FloorRequest(floors=second), province("01"))
        assert scene.request(2).floors == second
    else:
        answer = scene.decide(FloorRequest(floors=second), province("01"))
        assert (answer.code, answer.detail) == ("request_limit", {"request": 1})
        assert scene.no(FloorRequest(site="01", floors=second), SECRETARY) == "request_limit"


def test_another_site_has_its_own_hand():
    scene = in_session()
    scene.ask("01")

    scene.ask("02")

    assert scene.state.queue == (1, 2)


def test_a_speaker_has_its_hand_up_until_it_is_over():
    scene = in_session()
    scene.ask("01")
    scene.do(ChairGrant(request=1))
    assert scene.no(FloorRequest(), province("01")) == "request_limit"
    scene.do(FloorRelease(request=1), province("01"))

    scene.do(FloorRequest(), province("01"))

    assert scene.state.queue == (2,)


def test_who_was_called_or_has_a_turn_may_raise_a_hand_too():
    called = speaking("01")
    called.ask("01")
    turn = planned(REPORT)
    turn.do(AgendaNext())
    turn.ask("01")

    assert [r.kind for r in called.state.requests.values()] == ["call", "hand"]
    assert [r.kind for r in turn.state.requests.values()] == ["agenda", "hand"]


@pytest.mark.parametrize(
    ("floors", "code"),
    [(SPEECH, "chair_seat_needs_no_floor"), (BOTH, "chair_seat_needs_no_floor"), (CONTENT, None)],
)
@pytest.mark.parametrize("actor", [CHAIR, province("110")])
def test_room_110_asks_for_slides_alone(floors, code, actor):
    scene = in_session()

    if code:
        assert scene.no(FloorRequest(floors=floors), actor) == code
    else:
        assert scene.do(FloorRequest(floors=floors), actor)


@pytest.mark.parametrize(
    ("floors", "asked"),
    [
        (SPEECH, SPEECH),
        (("content", "speech"), BOTH),
        (("speech", "speech"), SPEECH),
        (CONTENT, CONTENT),
    ],
)
def test_floors_are_named_in_any_order_and_once(floors, asked):
    scene = in_session()

    scene.do(FloorRequest(floors=floors), province("01"))

    assert scene.request(1).floors == asked


@pytest.mark.parametrize("floors", [("x",), ("speech", "x"), ()])
def test_a_floor_that_is_none_of_ours_is_not_found(floors):
    scene = in_session()

    assert scene.no(FloorRequest(floors=floors), province("01")) == "floor_not_found"
    assert scene.no(ChairCall(site="01", floors=floors)) == "floor_not_found"


def test_a_site_that_is_not_of_the_conference_cannot_be_listed():
    assert in_session().no(FloorRequest(site="99")) == "site_not_found"


@pytest.mark.parametrize(
    ("phases", "code"),
    [
        ([], None),
        ([Phase.OPEN], None),
        ([Phase.OPEN, Phase.RECESS], None),
        ([Phase.OPEN, Phase.CLOSED], "bad_state"),
    ],
)
def test_hands_are_raised_until_the_end(phases, code):
    scene = in_lobby()
    for phase in phases:
        scene.do(ChairPhase(to=phase))

    if code:
        assert scene.no(FloorRequest(), province("01")) == code
    else:
        scene.ask("01")
        assert scene.state.queue == (1,)


@pytest.mark.parametrize("gone", [SiteLeft(site="01"), LinkLost(site="01")])
def test_a_site_without_a_line_may_still_ask(gone):
    scene = in_session()
    scene.do(gone)

    scene.ask("01")

    assert scene.state.queue == (1,)


# Priority and limit


@pytest.mark.parametrize(
    ("asked", "own", "listed"),
    [(None, 2, 2), (0, 0, 0), (1, 1, 1), (2, 2, 2), (3, 2, 3), (4, 2, 4)],
)
def test_a_sites_own_priority_is_normal_at_most(asked, own, listed):
    scene = in_session()

    scene.do(FloorRequest(priority=asked), province("01"))
    scene.do(FloorRequest(site="02", priority=asked), SECRETARY)

    assert (scene.request(1).priority, scene.request(2).priority) == (own, listed)


@pytest.mark.parametrize(
    ("priority", "queue"),
    [
        (4, (4, 1, 2, 3)),
        (3, (1, 4, 2, 3)),
        (2, (1, 2, 4, 3)),
        (1, (1, 2, 3, 4)),
        (0, (1, 2, 3, 4)),
    ],
)
def test_who_asks_goes_behind_the_last_of_the_same_priority_or_a_higher(priority, queue):
    scene = in_session()
    for site, other in [("01", 3), ("02", 2), ("48", 1)]:
        scene.do(FloorRequest(site=site, priority=other))

    scene.do(FloorRequest(site="79", priority=priority))

    assert scene.state.queue == queue


def test_somebody_moved_forward_lets_nobody_of_less_priority_pass():
    scene = in_session()
    scene.do(FloorRequest(site="01"))
    scene.do(FloorRequest(site="02", priority=3))
    scene.do(ChairAccept(request=1, position=1))

    scene.do(FloorRequest(site="48", priority=3))

    assert scene.state.queue == (1, 2, 3)


@pytest.mark.parametrize(
    ("actor", "limit_s"), [(province("01"), None), (SECRETARY, 420), (CHAIR, 420)]
)
def test_the_speaking_time_is_said_by_chair_and_secretary_alone(actor, limit_s):
    scene = in_session()

    scene.do(FloorRequest(site="01", limit_s=420), actor)

    assert scene.request(1).limit_s == limit_s


def test_in_the_lobby_a_technician_lists_as_a_secretary_does():
    scene = in_lobby(request_handling=RequestHandling.CONFIRM)

    scene.do(FloorRequest(site="01", priority=4, limit_s=60), TECHNICIAN)

    request = scene.request(1)
    assert (request.status, request.priority, request.limit_s) == ("accepted", 4, 60)


# Accepting


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
    assert scene.request(3).status is RequestStatus.ACCEPTED


@pytest.mark.parametrize(
    ("number", "position", "queue"),
    [
        (3, 1, (3, 1, 2)),
        (1, 2, (2, 1, 3)),
        (1, 3, (2, 3, 1)),
        (1, 0, (2, 3, 1)),
        (1, 9, (2, 3, 1)),
    ],
)
def test_accepting_again_moves_and_keeps_the_order_of_the_others(number, position, queue):
    scene = in_session()
    scene.ask("01", "02", "48")

    events = scene.do(ChairAccept(request=number, position=position))

    assert scene.state.queue == queue
    assert [type(event).__name__ for event in events] == ["RequestAccepted"]


@pytest.mark.parametrize(("number", "position"), [(1, 1), (2, 2), (3, 3), (3, None), (3, 7)])
def test_moving_a_request_to_where_it_is_does_nothing(number, position):
    scene = in_session()
    scene.ask("01", "02", "48")

    assert scene.do(ChairAccept(request=number, position=position)) == ()


@pytest.mark.parametrize(("priority", "queue"), [(4, (3, 1, 2)), (3, (1, 3, 2)), (2, (1, 2, 3))])
def test_without_a_place_the_last_of_its_priority_is_meant(priority, queue):
    scene = in_session()
    for site, other in [("01", 3), ("02", 2), ("48", priority)]:
        scene.do(FloorRequest(site=site, priority=other))
    scene.do(ChairAccept(request=3, position=1 if queue[0] != 3 else 3))

    scene.do(ChairAccept(request=3))

    assert scene.state.queue == queue


@pytest.mark.parametrize(("position", "queue"), [(1, (3, 1, 2)), (3, (1, 2, 3)), (4, (3, 1, 2))])
def test_a_place_is_counted_from_the_head_and_beyond_the_end_there_is_none(position, queue):
    scene = in_session()
    for site, priority in [("01", 2), ("02", 2), ("48", 4)]:
        scene.do(FloorRequest(site=site, priority=priority))
    scene.do(ChairAccept(request=3, position=2))

    (event,) = scene.do(ChairAccept(request=3, position=position))

    assert scene.state.queue == queue
    assert event.position == queue.index(3) + 1


def test_only_a_waiting_request_can_be_accepted():
    scene = speaking("01")
    assert scene.no(ChairAccept(request=1)) == "bad_state"
    scene.do(FloorRelease(request=1), province("01"))

    assert scene.no(ChairAccept(request=1)) == "bad_state"
    assert scene.no(ChairAccept(request=9)) == "request_not_found"


def test_what_is_left_of_a_speech_is_of_no_higher_priority_than_the_speech():
    scene = speaking("01")
    at(scene, 1.0, LinkLost(site="01"))
    at(scene, 21.0, Tick())

    scene.do(FloorRequest(site="02", priority=3))

    assert [scene.request(number).site for number in scene.state.queue] == ["02", "01"]
