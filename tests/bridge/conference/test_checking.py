from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.conference.check_words import Reason, Verdict
from bridge.conference.checking import TRIES, may_burst
from bridge.conference.commands import (
    ChairPhase,
    CheckHeard,
    CheckRun,
    CheckStop,
    LinkLost,
    Recover,
    SiteMeasured,
)
from bridge.conference.decide import decide
from bridge.conference.figures import Figures
from bridge.conference.words import Phase, Refusal
from tests.bridge.conference.props import at
from tests.bridge.conference.scene import (
    HOUSE,
    SITES,
    TECHNICIAN,
    Scene,
    in_lobby,
    in_session,
    province,
    shorthand,
)

SPOKEN = Figures(played="47", rtt_s=0.03)


def measured(site, **fields):
    return SiteMeasured(site=site, **({"verdict": Verdict.PASS, "figures": SPOKEN} | fields))


def checked(*sites):
    scene = in_lobby()
    scene.do(CheckRun(sites=sites), TECHNICIAN)
    for site in sites:
        scene.do(measured(site))
    return scene


# Rounds


def test_a_round_is_of_those_named_that_have_a_line_in_the_order_of_the_roster():
    scene = in_lobby()
    scene.do(LinkLost(site="48"))

    events = at(scene, 3.0, CheckRun(sites=("79", "48", "01")), TECHNICIAN)

    assert shorthand(events) == [("CheckBegun", "cuong", ("01", "79"))]
    assert events[0].at_s == 3.0


def test_all_is_everybody_and_room_110():
    assert in_lobby().do(CheckRun(sites="all"))[0].sites == SITES


def test_who_has_no_line_is_not_checked_and_who_is_not_there_is_unknown():
    scene = in_lobby()
    scene.do(LinkLost(site="48"))

    assert scene.no(CheckRun(sites=("48",))) == "site_offline"
    assert scene.no(CheckRun(sites=("01", "99"))) == "site_not_found"
    assert Scene().no(CheckRun(sites="all")) == "site_offline"


def test_one_round_at_a_time():
    scene = in_lobby()
    scene.do(CheckRun(sites=("01",)))

    assert scene.no(CheckRun(sites=("02",))) == "bad_state"
    assert scene.no(CheckRun(sites=("99",))) == "site_not_found"
    scene.do(CheckStop())
    assert scene.do(CheckRun(sites=("02",)))


def test_what_is_found_is_written_down_and_the_last_ends_the_round():
    scene = in_lobby()
    scene.do(CheckRun(sites=("01", "02")), TECHNICIAN)

    first = at(
        scene,
        5.0,
        measured("02", verdict=Verdict.FAIL, reasons=(Reason.LOSS_UP, Reason.ECHO)),
    )
    second = at(scene, 6.0, measured("01"))

    reasons = (Reason.LOSS_UP, Reason.ECHO)
    assert shorthand(first) == [("SiteChecked", "02", "cuong", "fail", reasons, SPOKEN)]
    assert shorthand(second) == [
        ("SiteChecked", "01", "cuong", "pass", SPOKEN),
        ("CheckEnded",),
    ]
    assert {event.at_s for event in second} == {6.0}
    assert scene.state.checks.round is None


@pytest.mark.parametrize("site", ["02", "48"])
def test_what_belongs_to_no_round_or_comes_twice_is_nothing(site):
    scene = in_lobby()
    assert scene.do(measured(site)) == ()
    scene.do(CheckRun(sites=("01", "02")))
    scene.do(measured("02"))

    assert scene.do(measured(site)) == ()


def test_what_is_found_of_a_site_that_is_not_there_is_refused():
    answer = decide(in_lobby().state, measured("99"), HOUSE, now_s=0.0)

    assert isinstance(answer, Refusal)
    assert answer.code == "site_not_found"


def test_a_round_that_is_stopped_keeps_what_it_found():
    scene = in_lobby()
    scene.do(CheckRun(sites=("01", "02")))
    scene.do(measured("01"))

    events = at(scene, 9.0, CheckStop(), TECHNICIAN)

    assert shorthand(events) == [("CheckEnded", True)]
    assert events[0].at_s == 9.0
    assert set(scene.state.checks.sites) == {"01"}
    assert scene.do(CheckStop()) == ()


def test_a_restart_ends_a_round():
    scene = in_lobby()
    scene.do(CheckRun(sites=("01",)))

    events = at(scene, 4.0, Recover(alive=frozenset(SITES)))

    assert shorthand(events) == [("CheckEnded", True)]
    assert events[0].at_s == 4.0
    assert scene.do(Recover(alive=frozenset(SITES))) == ()


def test_a_round_goes_on_in_the_session():
    scene = in_lobby()
    scene.do(CheckRun(sites=("01", "02")))
    scene.do(ChairPhase(to=Phase.OPEN))

    assert scene.do(measured("01"))
    assert scene.state.checks.round.left == ("02",)


# The number


def test_who_heard_the_number_says_so():
    scene = checked("01")

    events = at(scene, 7.0, CheckHeard(number="47"), province("01"))

    assert shorthand(events) == [("NumberHeard", "01", "site:01", "47", True)]
    assert events[0].at_s == 7.0
    assert scene.do(CheckHeard(number="12"), province("01")) == ()


def test_a_technician_may_have_been_told_it():
    scene = checked("01", "02")

    assert shorthand(scene.do(CheckHeard(number="74", site="02"), TECHNICIAN)) == [
        ("NumberHeard", "02", "cuong", "74", False)
    ]
    assert scene.state.checks.sites["01"].heard is None


def test_a_number_is_tried_three_times():
    scene = checked("01")
    assert TRIES == 3
    for wrong in ("11", "12"):
        scene.do(CheckHeard(number=wrong), province("01"))
    assert scene.state.checks.sites["01"].heard is False
    scene.do(CheckHeard(number="13"), province("01"))

    assert scene.no(CheckHeard(number="47"), province("01")) == "bad_state"

    scene.do(CheckRun(sites=("01",)))
    scene.do(measured("01"))
    assert scene.do(CheckHeard(number="47"), province("01"))


def test_the_third_may_be_right():
    scene = checked("01")
    for wrong in ("11", "12"):
        scene.do(CheckHeard(number=wrong), province("01"))

    assert scene.do(CheckHeard(number="47"), province("01"))[0].right


def test_where_no_number_was_spoken_none_is_heard():
    scene = checked("01")

    assert scene.no(CheckHeard(number="47"), province("02")) == "bad_state"
    assert scene.no(CheckHeard(number="47", site="99"), TECHNICIAN) == "site_not_found"
    assert scene.no(CheckHeard(number="47"), TECHNICIAN) == "bad_state"  # of room 110
    scene.do(CheckRun(sites=("01",)))
    scene.do(measured("01", figures=Figures()))
    assert scene.no(CheckHeard(number="47"), province("01")) == "bad_state"


def test_while_a_number_is_spoken_the_last_one_counts_no_more():
    scene = checked("01", "02")
    scene.do(CheckRun(sites=("01",)))

    assert scene.no(CheckHeard(number="47"), province("01")) == "bad_state"
    assert scene.do(CheckHeard(number="47"), province("02"))


# Bursts


@pytest.mark.parametrize(
    ("phase", "rehearsal", "may"),
    [
        (Phase.LOBBY, False, True),
        (Phase.LOBBY, True, True),
        (Phase.OPEN, False, False),
        (Phase.OPEN, True, False),
        (Phase.RECESS, False, False),
        (Phase.RECESS, True, True),
        (Phase.CLOSED, False, False),
        (Phase.CLOSED, True, False),
    ],
)
def test_a_line_is_filled_only_before_the_session(phase, rehearsal, may):
    state = replace(in_session().state, phase=phase, rehearsal=rehearsal)

    assert may_burst(state) is may
