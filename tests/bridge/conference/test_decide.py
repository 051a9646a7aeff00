from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.conference.commands import (
    HOUSE,
    Actor,
    AgendaLoad,
    AgendaNext,
    ChairCall,
    ChairGrant,
    ChairHandover,
    ChairMute,
    ChairNext,
    ChairPhase,
    ChairPolicy,
    FloorRequest,
    LinkLost,
    LinkUp,
    Recover,
    RollcallAnswer,
    RollcallMark,
    RollcallOpen,
    SiteLeft,
    SiteProbe,
    SiteRestart,
    Tick,
    ViewBroadcast,
)
from bridge.conference.decide import Decision, begin
from bridge.conference.evolve import fold_into
from bridge.conference.policy import Policy
from bridge.conference.schedule import MAX_ITEMS
from bridge.conference.words import (
    Mark,
    Phase,
    Refusal,
    RefusalCode,
    RequestHandling,
    Role,
    Via,
)
from tests.bridge.conference.props import REPORT, TALK, planned, sit_down
from tests.bridge.conference.scene import (
    CHAIR,
    DEPUTY,
    SECRETARY,
    TECHNICIAN,
    VIEWER,
    in_lobby,
    in_session,
    province,
    speaking,
)

STRANGER = Actor(user="x", roles=frozenset({Role.SITE}), site="99")


# Beginning


def begun_with(**changes):
    given = {
        "conference": "c1",
        "title": "Hội nghị",
        "rehearsal": False,
        "sites": ("01", "110"),
        "policy": Policy(),
    }
    return begin(**(given | changes))


def test_a_conference_begins_at_zero_with_what_it_is_given():
    first = begun_with(rehearsal=True, titles=("Sở", "Phòng"), names=("Hà Nội", "110"))

    assert (first.at_s, first.conference, first.title, first.rehearsal) == (
        0.0,
        "c1",
        "Hội nghị",
        True,
    )
    assert (first.sites, first.titles, first.names) == (
        ("01", "110"),
        ("Sở", "Phòng"),
        ("Hà Nội", "110"),
    )


@pytest.mark.parametrize("sites", [(), ("01",), ("110", "01"), ("01", "01", "110")])
def test_a_roster_that_is_none_begins_no_conference(sites):
    with pytest.raises(ValueError, match="110 last"):
        begun_with(sites=sites)


@pytest.mark.parametrize(
    ("titles", "names", "good"),
    [
        ((), (), True),
        (("a", "b"), (), True),
        ((), ("a", "b"), True),
        (("a",), (), False),
        ((), ("a", "b", "c"), False),
        (("a", "b"), ("a",), False),
    ],
)
def test_titles_and_names_are_for_every_site_or_for_none(titles, names, good):
    if good:
        assert begun_with(titles=titles, names=names).titles == titles
    else:
        with pytest.raises(ValueError, match="for each site"):
            begun_with(titles=titles, names=names)


@pytest.mark.parametrize(("users", "good"), [(-1, False), (0, True), (4, True), (5, False)])
def test_up_to_four_sites_may_hold_the_floor(users, good):
    policy = Policy(max_floor_users=users)
    if good:
        assert begun_with(policy=policy).policy is policy
    else:
        with pytest.raises(ValueError, match="0 to 4"):
            begun_with(policy=policy)


# The order of the checks.  In each ladder everything is wrong at first; what the answer says is
# mended, and the next answer says what was wrong besides.  None: it is done at last.


def a_hand():
    scene = in_session(request_handling=RequestHandling.BLOCK)
    scene.do(FloorRequest(site="01"), SECRETARY)
    scene.do(ChairPhase(to=Phase.CLOSED))
    nothing = FloorRequest(floors=("x",))
    yield scene, nothing, VIEWER, "not_authorized"
    yield scene, nothing, STRANGER, "site_not_found"
    yield scene, nothing, province("110"), "floor_not_found"
    yield scene, FloorRequest(), province("110"), "bad_state"
    scene.do(ChairPhase(to=Phase.OPEN))
    scene.do(FloorRequest(site="01"), SECRETARY)
    yield scene, FloorRequest(), province("110"), "hands_closed"
    scene.do(ChairPolicy(changes={"request_handling": RequestHandling.QUEUE}))
    yield scene, FloorRequest(), province("110"), "chair_seat_needs_no_floor"
    yield scene, FloorRequest(), province("01"), "request_limit"
    yield scene, FloorRequest(), province("02"), None


def a_call():
    scene = in_lobby()
    scene.do(AgendaLoad(items=(REPORT,)))
    scene.do(SiteLeft(site="110"))
    wrong = ChairCall(site="99", floors=("x",), agenda_item=9)
    yield scene, wrong, VIEWER, "not_authorized"
    yield scene, wrong, CHAIR, "site_not_found"
    yield scene, replace(wrong, site="110"), CHAIR, "floor_not_found"
    yield scene, ChairCall(site="110", agenda_item=9), CHAIR, "item_not_found"
    yield scene, ChairCall(site="110"), CHAIR, "bad_state"
    scene.do(ChairPhase(to=Phase.OPEN))
    yield scene, ChairCall(site="110", agenda_item=1), CHAIR, "bad_state"
    yield scene, ChairCall(site="110"), CHAIR, "chair_seat_needs_no_floor"
    scene.do(ChairCall(site="02"))
    scene.do(SiteLeft(site="01"))
    yield scene, ChairCall(site="01", on_full="reject"), CHAIR, "site_offline"
    scene.do(LinkUp(site="01"))
    yield scene, ChairCall(site="01", on_full="reject"), CHAIR, "floor_full"
    yield scene, ChairCall(site="01"), CHAIR, None


def a_call_of_who_shows_something():
    scene = in_session()
    scene.do(ChairCall(site="110", floors=("content",)))
    both = ChairCall(site="110", floors=("speech", "content"))
    scene.do(LinkLost(site="110"))
    yield scene, both, CHAIR, "bad_state"
    yield scene, ChairCall(site="110"), CHAIR, "chair_seat_needs_no_floor"


def a_call_of_who_telephones():
    scene = speaking("02")
    scene.do(SiteLeft(site="01"))
    scene.do(ChairCall(site="01", via=Via.PHONE))
    yield scene, ChairCall(site="01", on_full="reject"), CHAIR, "bad_state"
    scene.do(ChairCall(site="02"))
    yield scene, ChairCall(site="01", on_full="reject"), CHAIR, "site_offline"


def a_grant():
    scene = in_lobby()
    yield scene, ChairGrant(request=9), VIEWER, "not_authorized"
    yield scene, ChairGrant(request=9), CHAIR, "request_not_found"
    scene.do(ChairPhase(to=Phase.OPEN))
    scene.do(ChairCall(site="02"))
    scene.ask("01")
    scene.do(SiteLeft(site="01"))
    scene.do(ChairPhase(to=Phase.RECESS))
    yield scene, ChairGrant(request=2), CHAIR, "bad_state"
    scene.do(ChairPhase(to=Phase.OPEN))
    yield scene, ChairGrant(request=1), CHAIR, "bad_state"
    yield scene, ChairGrant(request=2), CHAIR, "site_offline"
    scene.do(LinkUp(site="01"))
    yield scene, ChairGrant(request=2), CHAIR, "floor_full"
    yield scene, ChairGrant(request=2, on_full="replace"), CHAIR, None


def who_is_next():
    scene = in_lobby()
    scene.do(SiteLeft(site="110"))
    scene.do(SiteLeft(site="01"))
    yield scene, ChairNext(site="99"), VIEWER, "not_authorized"
    yield scene, ChairNext(site="99"), CHAIR, "site_not_found"
    yield scene, ChairNext(site="110"), CHAIR, "bad_state"
    scene.do(ChairPhase(to=Phase.OPEN))
    yield scene, ChairNext(site="110"), CHAIR, "chair_seat_needs_no_floor"
    yield scene, ChairNext(site="01"), CHAIR, "site_offline"
    yield scene, ChairNext(site="02"), CHAIR, None


def a_paper():
    scene = in_session()
    scene.do(ChairPhase(to=Phase.CLOSED))
    too_many = (TALK,) * (MAX_ITEMS + 1)
    wrong = (replace(REPORT, site="110"), replace(TALK, site="99"), *too_many)
    yield scene, AgendaLoad(items=wrong), VIEWER, "not_authorized"
    yield scene, AgendaLoad(items=wrong), SECRETARY, "site_not_found"
    wrong = (replace(REPORT, site="110"), replace(TALK, site="01"), *too_many)
    yield scene, AgendaLoad(items=wrong), SECRETARY, "bad_state"
    scene.do(ChairPhase(to=Phase.OPEN))
    yield scene, AgendaLoad(items=wrong), SECRETARY, "bad_state"
    wrong = (replace(REPORT, site="110"), *too_many)
    yield scene, AgendaLoad(items=wrong), SECRETARY, "chair_seat_needs_no_floor"
    yield scene, AgendaLoad(items=too_many), SECRETARY, "request_limit"
    yield scene, AgendaLoad(items=too_many[1:]), SECRETARY, None


def an_item():
    scene = planned(TALK)
    scene.do(ChairPhase(to=Phase.RECESS))
    yield scene, AgendaNext(item=9), VIEWER, "not_authorized"
    yield scene, AgendaNext(item=9), CHAIR, "item_not_found"
    yield scene, AgendaNext(item=1), CHAIR, "bad_state"
    scene.do(ChairPhase(to=Phase.OPEN))
    yield scene, AgendaNext(item=1), CHAIR, None


def a_hand_over():
    scene = in_session()
    sit_down(scene, SECRETARY, DEPUTY)
    yield scene, ChairHandover(to="nobody"), VIEWER, "not_authorized"
    yield scene, ChairHandover(to="nobody"), CHAIR, "user_not_found"
    yield scene, ChairHandover(to=SECRETARY.user), CHAIR, "bad_state"
    yield scene, ChairHandover(to=DEPUTY.user), CHAIR, None


def a_policy():
    scene = speaking("01", "02")
    yield scene, ChairPolicy(changes={"max_floor_users": -1}), VIEWER, "not_authorized"
    yield scene, ChairPolicy(changes={"max_floor_users": -1}), CHAIR, "bad_state"
    yield scene, ChairPolicy(changes={"max_floor_users": 1}), CHAIR, "floor_full"
    yield scene, ChairPolicy(changes={"max_floor_users": 3}), CHAIR, None


def a_broadcast():
    scene = in_lobby()
    yield scene, ViewBroadcast(site="99"), VIEWER, "not_authorized"
    yield scene, ViewBroadcast(site="99"), CHAIR, "site_not_found"
    scene.do(SiteLeft(site="01"))
    yield scene, ViewBroadcast(site="01"), CHAIR, "bad_state"
    scene.do(ChairPhase(to=Phase.OPEN))
    scene.do(ChairPolicy(changes={"max_floor_users": 2}))
    scene.do(ChairCall(site="02"))
    scene.do(ChairCall(site="48"))
    yield scene, ViewBroadcast(site="01"), CHAIR, "site_offline"
    scene.do(LinkUp(site="01"))
    yield scene, ViewBroadcast(site="01"), CHAIR, "floor_full"
    yield scene, ViewBroadcast(site="02"), CHAIR, None


def a_probe():
    scene = in_session()
    yield scene, SiteProbe(site="99"), CHAIR, "not_authorized"
    yield scene, SiteProbe(site="99"), TECHNICIAN, "site_not_found"
    scene.do(SiteLeft(site="01"))
    yield scene, SiteProbe(site="01"), TECHNICIAN, "bad_state"
    scene = in_lobby()
    scene.do(SiteLeft(site="01"))
    yield scene, SiteProbe(site="01"), TECHNICIAN, "site_offline"
    yield scene, SiteProbe(site="02"), TECHNICIAN, None


def media_anew():
    scene = speaking("01")
    scene.do(LinkLost(site="01"))
    yield scene, SiteRestart(site="99"), VIEWER, "not_authorized"
    yield scene, SiteRestart(site="99"), TECHNICIAN, "site_not_found"
    yield scene, SiteRestart(site="01"), TECHNICIAN, "bad_state"
    yield scene, SiteRestart(site="01", force=True), TECHNICIAN, "site_offline"
    scene.do(LinkUp(site="01"))
    yield scene, SiteRestart(site="01", force=True), TECHNICIAN, None


def a_mark():
    scene = in_session()
    wrong = RollcallMark(site="99", mark=Mark.ABSENT)
    yield scene, wrong, VIEWER, "not_authorized"
    yield scene, wrong, SECRETARY, "site_not_found"
    yield scene, replace(wrong, site="01"), SECRETARY, "bad_state"
    yield scene, replace(wrong, site="01", reason="bão"), SECRETARY, None


def an_answer():
    scene = in_session()
    yield scene, RollcallAnswer(head="Bà Hoa"), VIEWER, "not_authorized"
    yield scene, RollcallAnswer(head="Bà Hoa"), STRANGER, "site_not_found"
    yield scene, RollcallAnswer(head="Bà Hoa"), province("01"), "bad_state"
    scene.do(RollcallOpen())
    yield scene, RollcallAnswer(head="Bà Hoa"), province("01"), None


LADDERS = [
    a_hand,
    a_call,
    a_call_of_who_shows_something,
    a_call_of_who_telephones,
    a_grant,
    who_is_next,
    a_paper,
    an_item,
    a_hand_over,
    a_policy,
    a_broadcast,
    a_probe,
    media_anew,
    a_mark,
    an_answer,
]


@pytest.mark.parametrize("ladder", LADDERS)
def test_the_checks_come_in_one_order(ladder):
    order = [None, *RefusalCode]
    heard = []
    for scene, command, actor, code in ladder():
        answer = scene.decide(command, actor)
        got = answer.code if isinstance(answer, Refusal) else None
        assert got == code, (command, answer)
        heard.append(order.index(code) or len(order))

    assert heard == sorted(heard)


def test_every_code_stands_on_a_ladder():
    codes = {code for ladder in LADDERS for *_, code in ladder()}

    # A stale command is refused before it comes here (bridge.conference.clash).
    assert codes == {None, *RefusalCode} - {RefusalCode.STALE}


# An answer


def test_a_chair_without_a_seat_must_name_a_site():
    adrift = Actor(user="an", roles=frozenset({Role.CHAIR}))

    assert in_session().no(FloorRequest(), adrift) == "site_not_found"


def test_a_no_leaves_the_state_as_it_is_and_says_why():
    scene = speaking("01")
    before, journal = scene.state, list(scene.journal)

    answer = scene.decide(ChairCall(site="01"))

    assert (answer.code, answer.detail) == ("bad_state", {"request": 1})
    assert answer.text == "site 01 has the floor"
    assert (scene.state, scene.journal) == (before, journal)


def test_who_has_no_right_is_told_what_he_tried():
    answer = in_lobby().decide(ChairCall(site="01"), VIEWER)

    assert answer.text == "ChairCall in lobby is not for em"


def test_a_yes_carries_what_its_events_make():
    scene = speaking("01")
    before = scene.state

    answer = scene.decide(ChairCall(site="02"))

    assert isinstance(answer, Decision)
    assert answer.after == fold_into(before, answer.events)
    assert scene.state is before


@pytest.mark.parametrize(
    ("command", "actor", "role"),
    [
        (ChairCall(site="01"), CHAIR, Role.CHAIR),
        (FloorRequest(), province("01"), Role.SITE),
        (FloorRequest(site="01"), SECRETARY, Role.SECRETARY),
        (ChairMute(site="110"), TECHNICIAN, Role.TECHNICIAN),
        (LinkLost(site="01"), HOUSE, None),
    ],
)
def test_the_answer_says_by_which_authority(command, actor, role):
    answer = in_session().decide(command, actor)

    assert isinstance(answer, Decision)
    assert answer.authority is role


def test_the_house_needs_no_authority_and_has_none_over_people():
    scene = in_session()

    assert scene.decide(Tick(), HOUSE) == Decision(events=(), authority=None, after=scene.state)
    assert isinstance(scene.decide(Recover(), HOUSE), Decision)
    assert scene.no(ChairCall(site="01"), HOUSE) == "not_authorized"


def test_every_event_of_an_answer_is_of_its_moment():
    scene = speaking("01")
    scene.now_s = 33.0

    answer = scene.decide(ChairCall(site="02"))

    assert {event.at_s for event in answer.events} == {33.0}
