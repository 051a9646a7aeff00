from __future__ import annotations

import pytest

from bridge.conference.commands import (
    HOUSE,
    ChairCall,
    ChairGrant,
    ChairNext,
    FloorRequest,
    LinkUp,
    SiteLeft,
    Tick,
)
from bridge.conference.decide import Decision, begin
from bridge.conference.events import Policy
from bridge.conference.words import RequestHandling
from tests.bridge.conference.scene import VIEWER, Scene, in_session, province, speaking


def begun_with(**changes):
    given = {
        "conference": "c1",
        "title": "Hội nghị",
        "rehearsal": False,
        "sites": ("01", "110"),
        "policy": Policy(),
    }
    return begin(**(given | changes))


def test_a_conference_begins_at_zero():
    assert begun_with().at_s == 0.0


@pytest.mark.parametrize("sites", [(), ("01",), ("110", "01"), ("01", "01", "110")])
def test_a_roster_that_is_none_begins_no_conference(sites):
    with pytest.raises(ValueError, match="110 last"):
        begun_with(sites=sites)


@pytest.mark.parametrize(("users", "good"), [(0, False), (1, True), (4, True), (5, False)])
def test_one_to_four_sites_may_hold_the_floor(users, good):
    policy = Policy(max_floor_users=users)
    if good:
        assert begun_with(policy=policy).policy is policy
    else:
        with pytest.raises(ValueError, match="1 to 4"):
            begun_with(policy=policy)


# Each row breaks what its neighbours break too: the first no in the order of RefusalCode is heard.
@pytest.mark.parametrize(
    ("make", "command", "actor", "code"),
    [
        (in_session, ChairCall(site="99"), VIEWER, "not_authorized"),
        (in_session, ChairGrant(request=9), VIEWER, "not_authorized"),
        (in_session, FloorRequest(site="99", floor="x"), None, "site_not_found"),
        (Scene, ChairCall(site="99"), None, "site_not_found"),
        (Scene, ChairGrant(request=9), None, "request_not_found"),
        (Scene, ChairCall(site="110"), None, "bad_state"),
        (Scene, ChairNext(site="110"), None, "bad_state"),
        (
            lambda: in_session(request_handling=RequestHandling.BLOCK),
            FloorRequest(floor="x"),
            province("01"),
            "floor_not_found",
        ),
    ],
)
def test_the_checks_come_in_one_order(make, command, actor, code):
    assert make().no(command, actor) == code


def test_a_missing_line_is_told_before_a_full_floor():
    scene = speaking("01")
    scene.do(SiteLeft(site="02"))

    assert scene.no(ChairCall(site="02", on_full="reject")) == "site_offline"


def test_a_chair_without_a_seat_must_name_a_site():
    adrift = VIEWER.__class__(user="an", roles=frozenset({"chair"}))

    assert in_session().no(FloorRequest(), adrift) == "site_not_found"


def test_a_no_leaves_the_state_as_it_is():
    scene = speaking("01")
    before, journal = scene.state, list(scene.journal)

    scene.no(ChairCall(site="01"))

    assert (scene.state, scene.journal) == (before, journal)


def test_the_house_needs_no_authority_and_has_none_over_people():
    scene = in_session()

    assert scene.decide(Tick(), HOUSE) == Decision(events=(), authority=None)
    assert isinstance(scene.decide(LinkUp(site="01"), HOUSE), Decision)
    assert scene.no(ChairCall(site="01"), HOUSE) == "not_authorized"
