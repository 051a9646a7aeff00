from __future__ import annotations

import pytest

from bridge.conference.checks import Refused
from bridge.conference.commands import (
    ChairCall,
    ChairDeny,
    ChairExtend,
    ChairGrant,
    ChairHold,
    ChairLimit,
    ChairMute,
    ChairNext,
    ChairPhase,
    ChairResume,
    ChairRevoke,
    FloorRelease,
    FloorRequest,
    LinkLost,
    MicLive,
    SiteCut,
    SiteLeft,
)
from bridge.conference.floor import Action
from bridge.conference.giving import end, make_room
from bridge.conference.words import (
    EndReason,
    Phase,
    RequestHandling,
    RequestStatus,
    Via,
)
from tests.bridge.conference.props import at, course_of, talking
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


# Giving


def test_giving_is_one_act_in_one_order():
    scene = speaking("01")
    scene.ask("02")
    scene.do(ChairMute(site="02"))
    scene.do(ChairNext(site="02"))
    scene.now_s = 60.0

    events = scene.do(ChairGrant(request=2, on_full="replace"))

    assert shorthand(events) == [
        ("RequestEnded", 1, "revoked", "replaced"),
        ("BlockChanged", "02", False),
        ("NextChosen",),
        ("RequestGranted", 2, 300),
    ]
    assert {event.at_s for event in events} == {60.0}
    assert scene.request(2).granted_s == 60.0


@pytest.mark.parametrize("handling", [RequestHandling.QUEUE, RequestHandling.CONFIRM])
def test_a_waiting_hand_can_be_granted_whether_or_not_it_was_accepted(handling):
    scene = in_session(request_handling=handling)
    scene.ask("01")

    scene.do(ChairGrant(request=1))

    assert scene.request(1).status is RequestStatus.GRANTED
    assert scene.state.queue == ()


def test_another_one_stays_next_and_muted_when_somebody_is_granted():
    scene = in_session()
    scene.ask("01")
    scene.do(ChairNext(site="02"))
    scene.do(ChairMute(site="02"))

    scene.do(ChairGrant(request=1))

    assert scene.state.next == "02"
    assert scene.state.sites["02"].blocked


@pytest.mark.parametrize("floors", [SPEECH, CONTENT, BOTH])
def test_who_shows_slides_alone_is_still_muted_and_next_to_speak(floors):
    scene = in_session()
    scene.do(FloorRequest(floors=floors), province("01"))
    scene.do(ChairMute(site="01"))
    scene.do(ChairNext(site="01"))

    scene.do(ChairGrant(request=1))

    assert scene.state.next == ("01" if floors == CONTENT else None)
    assert scene.state.sites["01"].blocked is (floors == CONTENT)


@pytest.mark.parametrize("phase", [Phase.LOBBY, Phase.RECESS])
@pytest.mark.parametrize("actor", [CHAIR, TECHNICIAN])
def test_outside_the_session_nobody_gets_the_floor(phase, actor):
    if phase is Phase.LOBBY:
        scene = in_lobby()
    else:
        scene, actor = in_session(), CHAIR
        scene.do(ChairPhase(to=phase))
    scene.ask("01")

    assert scene.no(ChairGrant(request=1), actor) == "bad_state"
    assert scene.no(ChairNext(site="01"), actor) == "bad_state"
    assert scene.do(ChairNext(site=None), actor) == ()


@pytest.mark.parametrize("gone", [LinkLost(site="01"), SiteLeft(site="01")])
@pytest.mark.parametrize("floors", [SPEECH, CONTENT])
def test_a_site_without_a_line_gets_no_floor(gone, floors):
    scene = in_session()
    scene.do(FloorRequest(floors=floors), province("01"))
    scene.do(gone)

    assert scene.no(ChairGrant(request=1)) == "site_offline"
    assert scene.no(ChairNext(site="01")) == "site_offline"


@pytest.mark.parametrize(
    ("has", "asks", "code"),
    [
        (SPEECH, CONTENT, None),
        (CONTENT, SPEECH, None),
        (SPEECH, BOTH, "bad_state"),
        (CONTENT, BOTH, "bad_state"),
        (BOTH, SPEECH, "bad_state"),
    ],
)
def test_a_site_gets_no_floor_twice(has, asks, code):
    scene = in_session(max_floor_users=4)
    scene.do(ChairCall(site="01", floors=has))
    scene.do(FloorRequest(floors=asks), province("01"))
    grant = ChairGrant(request=2, on_full="replace")

    if code:
        answer = scene.decide(grant)
        assert (answer.code, answer.detail) == (code, {"request": 1})
    else:
        scene.do(grant)
        assert [r.floors for r in scene.state.granted] == [has, asks]


@pytest.mark.parametrize("number", [1, 2, 3])
def test_what_has_the_floor_or_ended_is_not_granted_again(number):
    scene = speaking("01")
    scene.ask("02", "48")
    scene.do(ChairDeny(request=2))
    scene.do(FloorRelease(request=3), province("48"))

    assert scene.no(ChairGrant(request=number)) == "bad_state"


def test_what_is_not_there_is_not_given_or_taken():
    scene = in_session()

    for command in (
        FloorRelease(request=9),
        ChairGrant(request=9),
        ChairDeny(request=9),
        ChairRevoke(request=9),
        ChairHold(request=9),
        ChairResume(request=9),
        ChairExtend(request=9, add_s=60),
    ):
        assert scene.no(command) == "request_not_found"
    assert scene.no(ChairNext(site="99")) == "site_not_found"


# A full floor


def test_a_full_floor_says_who_has_it():
    scene = speaking("01", "02")
    scene.ask("48")

    answer = scene.decide(ChairGrant(request=3))

    assert (answer.code, answer.detail) == ("floor_full", {"holders": [1, 2]})


@pytest.mark.parametrize("on_full", ["reject", "replace"])
def test_where_the_chair_alone_speaks_nobody_is_replaced(on_full):
    scene = in_session(max_floor_users=0)
    scene.ask("01")

    answer = scene.decide(ChairGrant(request=1, on_full=on_full))

    assert (answer.code, answer.detail) == ("floor_full", {"holders": []})


def test_slides_are_shown_also_where_the_chair_alone_speaks():
    scene = in_session(max_floor_users=0)
    scene.do(FloorRequest(floors=CONTENT), province("01"))

    assert scene.do(ChairGrant(request=1))


@pytest.mark.parametrize("on_full", ["reject", "replace"])
def test_a_floor_with_room_replaces_nobody(on_full):
    scene = in_session(max_floor_users=2)
    scene.do(ChairCall(site="01"))
    scene.ask("02")

    scene.do(ChairGrant(request=2, on_full=on_full))

    assert [holder.site for holder in scene.state.holders] == ["01", "02"]


def test_replacing_takes_the_oldest_holder_and_no_more_than_needed():
    scene = in_session(max_floor_users=2)
    at(scene, 1.0, ChairCall(site="79"))
    at(scene, 2.0, ChairCall(site="01"))
    scene.ask("02")

    scene.do(ChairGrant(request=3, on_full="replace"))

    assert [holder.site for holder in scene.state.holders] == ["01", "02"]


@pytest.mark.parametrize(
    ("floors", "speakers", "shows"),
    [
        (SPEECH, ["02", "48"], "79"),
        (CONTENT, ["01", "02"], "48"),
        (BOTH, ["02", "48"], "48"),
    ],
)
def test_room_is_made_on_every_floor_that_is_full_and_on_no_other(floors, speakers, shows):
    scene = in_session(max_floor_users=2)
    scene.do(ChairCall(site="01"))
    scene.do(ChairCall(site="02"))
    scene.do(ChairCall(site="79", floors=CONTENT))
    scene.do(FloorRequest(floors=floors), province("48"))

    assert scene.no(ChairGrant(request=4)) == "floor_full"
    scene.do(ChairGrant(request=4, on_full="replace"))

    assert [r.site for r in scene.state.holders] == speakers
    assert [r.site for r in scene.state.holders_of("content")] == [shows]


def test_who_speaks_since_the_first_moment_is_the_oldest():
    scene = in_session(max_floor_users=2)
    scene.do(ChairCall(site="01"))
    at(scene, 0.5, ChairCall(site="02"))

    at(scene, 0.75, ChairCall(site="48"))

    assert [holder.site for holder in scene.state.holders] == ["02", "48"]


def test_who_is_replaced_on_one_floor_loses_all_of_the_request():
    scene = in_session()
    scene.do(ChairCall(site="01", floors=BOTH))
    scene.do(FloorRequest(floors=CONTENT), province("02"))

    scene.do(ChairGrant(request=2, on_full="replace"))

    assert scene.state.holders == ()
    assert scene.request(1).reason is EndReason.REPLACED


def test_room_on_a_floor_that_one_is_leaving_anyway_costs_nobody_else():
    scene = in_session(max_floor_users=2)
    scene.do(ChairCall(site="01", floors=BOTH))
    scene.do(ChairCall(site="02"))
    course = course_of(scene)

    make_room(course, BOTH, "replace")

    assert [r.site for r in course.conference.granted] == ["02"]


# Speaking time


@pytest.mark.parametrize(
    ("grant_s", "asked_s", "site_s", "policy_s", "bound_s"),
    [
        (60, 90, 120, 300, 60),
        (None, 90, 120, 300, 90),
        (None, None, 120, 300, 120),
        (None, None, None, 300, 300),
        (None, None, None, None, None),
        (60, None, None, None, 60),
    ],
)
def test_the_speaking_time_is_the_grants_else_the_requests_the_sites_the_policys(
    grant_s, asked_s, site_s, policy_s, bound_s
):
    scene = in_session(limit_s=policy_s)
    scene.do(ChairLimit(site="01", limit_s=site_s))
    scene.do(FloorRequest(site="01", limit_s=asked_s))

    scene.do(ChairGrant(request=1, limit_s=grant_s))

    assert scene.request(1).limit_s == bound_s


@pytest.mark.parametrize(
    ("grant_s", "asked_s", "bound_s"), [(60, 90, 60), (None, 90, 90), (None, None, None)]
)
def test_slides_alone_have_a_limit_only_where_somebody_has_said_one(grant_s, asked_s, bound_s):
    scene = in_session()
    scene.do(ChairLimit(site="01", limit_s=120))
    scene.do(FloorRequest(site="01", floors=CONTENT, limit_s=asked_s))

    scene.do(ChairGrant(request=1, limit_s=grant_s))

    assert scene.request(1).limit_s == bound_s


def test_speaking_to_slides_has_the_limit_of_speaking():
    scene = in_session()
    scene.do(FloorRequest(floors=BOTH), province("01"))

    scene.do(ChairGrant(request=1))

    assert scene.request(1).limit_s == 300


@pytest.mark.parametrize(
    ("floors", "via", "starts", "comes"),
    [
        (SPEECH, Via.LINE, False, Via.LINE),
        (BOTH, Via.LINE, False, Via.LINE),
        (CONTENT, Via.LINE, True, Via.LINE),
        (SPEECH, Via.PHONE, True, Via.PHONE),
        (BOTH, Via.PHONE, True, Via.PHONE),
        (CONTENT, Via.PHONE, True, Via.LINE),
    ],
)
def test_the_clock_waits_for_a_microphone_where_there_is_one_to_see(floors, via, starts, comes):
    scene = in_session()

    events = scene.do(ChairCall(site="01", floors=floors, via=via))

    assert (("ClockStarted", 1) in shorthand(events)) is starts
    assert scene.request(1).started is starts
    assert scene.request(1).via is comes


def test_a_site_whose_howl_is_stopped_is_held_from_the_grant_on():
    scene = in_session()
    scene.do(SiteCut(site="01"))

    scene.do(ChairCall(site="01"))

    assert dict(scene.request(1).holds) == {"technical": 0.0}
    scene.do(MicLive(site="01"))
    assert scene.request(1).since_s is None


# Ending


ENDS = {
    # kind of request -> command -> what becomes of it
    "pending": {"release": "cancelled", "deny": "denied", "revoke": None},
    "accepted": {"release": "cancelled", "deny": "denied", "revoke": None},
    "granted": {"release": "released", "deny": None, "revoke": "revoked"},
    "ended": {"release": None, "deny": None, "revoke": None},
}


@pytest.mark.parametrize("way", ["release", "deny", "revoke"])
@pytest.mark.parametrize("was", ENDS)
def test_a_request_ends_as_the_floor_table_says(was, way):
    confirm = was == "pending"
    scene = in_session(
        request_handling=RequestHandling.CONFIRM if confirm else RequestHandling.QUEUE
    )
    scene.ask("01")
    if was == "granted":
        scene.do(ChairGrant(request=1))
    if was == "ended":
        scene.do(ChairDeny(request=1))
    scene.now_s = 5.0
    command, actor = {
        "release": (FloorRelease(request=1), province("01")),
        "deny": (ChairDeny(request=1, text="Xin hẹn lượt sau"), CHAIR),
        "revoke": (ChairRevoke(request=1, text="Xin cảm ơn"), CHAIR),
    }[way]
    became = ENDS[was][way]

    if became is None:
        assert scene.no(command, actor) == "bad_state"
        return
    events = scene.do(command, actor)

    reason = "own" if way == "release" else "chair"
    text = () if way == "release" else (command.text,)
    assert shorthand(events) == [("RequestEnded", 1, became, reason, *text)]
    assert (scene.request(1).status, scene.request(1).ended_s) == (became, 5.0)
    assert scene.state.queue == ()


def test_the_words_of_a_denial_do_not_replace_those_of_the_hand():
    scene = in_session()
    scene.do(FloorRequest(text="Nhóm 2"), province("01"))

    scene.do(ChairDeny(request=1, text="Xin hẹn lượt sau"))

    assert scene.request(1).text == "Nhóm 2"


def test_taking_the_floor_back_from_whoever_speaks():
    scene = speaking("01", "02")
    scene.do(ChairCall(site="48", floors=CONTENT))

    events = scene.do(ChairRevoke(text="Xin cảm ơn"))

    assert shorthand(events) == [
        ("RequestEnded", 1, "revoked", "chair", "Xin cảm ơn"),
        ("RequestEnded", 2, "revoked", "chair", "Xin cảm ơn"),
    ]
    assert [r.site for r in scene.state.granted] == ["48"]
    assert scene.no(ChairRevoke()) == "bad_state"


def test_taking_the_floor_back_from_one_leaves_the_other():
    scene = speaking("01", "02")

    scene.do(ChairRevoke(request=1))

    assert [holder.site for holder in scene.state.holders] == ["02"]


def test_an_end_that_cannot_be_leaves_the_course_as_it_is():
    course = course_of(speaking("01"))

    with pytest.raises(Refused):
        end(course, 1, Action.DENY, EndReason.CHAIR)

    assert course.events == []


# Hold, resume, extend


def test_the_chair_interrupts_and_lets_go_on():
    scene = talking("01")

    assert shorthand(at(scene, 10.0, ChairHold(request=1))) == [("HoldStarted", 1, "chair")]
    assert scene.do(ChairHold(request=1)) == ()
    assert dict(scene.request(1).holds) == {"chair": 10.0}
    assert shorthand(at(scene, 25.0, ChairResume(request=1))) == [("HoldEnded", 1, "chair")]
    assert scene.do(ChairResume(request=1)) == ()

    scene.now_s = 30.0
    assert scene.request(1).spoken_s(30.0) == 15.0


def test_the_chair_lifts_its_own_hold_and_no_other():
    scene = talking("01")
    scene.do(LinkLost(site="01"))
    assert scene.do(ChairResume(request=1)) == ()
    scene.do(ChairHold(request=1))

    scene.do(ChairResume(request=1))

    assert set(scene.request(1).holds) == {"link"}


@pytest.mark.parametrize("command", [ChairHold, ChairResume])
def test_only_a_speaker_is_interrupted(command):
    scene = in_session()
    scene.ask("01")

    assert scene.no(command(request=1)) == "bad_state"


def test_an_extension_adds_to_the_limit_each_time():
    scene = talking("01")

    assert shorthand(scene.do(ChairExtend(request=1, add_s=60))) == [("LimitExtended", 1, 360)]
    scene.do(ChairExtend(request=1, add_s=60))

    assert scene.request(1).limit_s == 420


def test_only_a_limit_that_there_is_can_be_extended():
    scene = speaking("01", limit_s=None)
    scene.ask("02")

    assert scene.no(ChairExtend(request=1, add_s=60)) == "bad_state"
    assert scene.no(ChairExtend(request=2, add_s=60)) == "bad_state"


# Next


def test_one_site_is_next_until_another_is_chosen_or_nobody():
    scene = in_session()

    assert shorthand(scene.do(ChairNext(site="01"))) == [("NextChosen", "01")]
    assert scene.do(ChairNext(site="01")) == ()
    assert shorthand(scene.do(ChairNext(site="02"))) == [("NextChosen", "02")]
    assert shorthand(scene.do(ChairNext(site=None))) == [("NextChosen",)]
    assert scene.do(ChairNext(site=None)) == ()


def test_who_speaks_is_not_next_but_who_shows_slides_may_be():
    scene = speaking("01")
    scene.do(ChairCall(site="02", floors=CONTENT))

    assert scene.no(ChairNext(site="01")) == "bad_state"
    assert scene.do(ChairNext(site="02"))


def test_room_110_is_not_told_to_prepare():
    assert in_session().no(ChairNext(site="110")) == "chair_seat_needs_no_floor"
