from __future__ import annotations

import pytest

from bridge.conference import clocks
from bridge.conference.commands import (
    ChairCall,
    ChairExtend,
    ChairHold,
    ChairPolicy,
    ChairResume,
    ConsoleCame,
    ConsoleWent,
    LinkLost,
    LinkUp,
    MicLive,
    SiteCut,
    Tick,
)
from bridge.conference.deadlines import next_deadline
from bridge.conference.words import OnExpiry, Via
from tests.bridge.conference.props import at, sit_down, talking
from tests.bridge.conference.scene import CHAIR, in_session, shorthand, speaking

REVOKED = ("RequestEnded", 1, "revoked", "time_limit")


def names(events):
    return [type(event).__name__ for event in events]


# The beginning


def test_the_clock_begins_with_the_first_live_microphone():
    scene = speaking("01")
    assert scene.request(1).since_s is None

    assert shorthand(at(scene, 8.0, MicLive(site="01"))) == [("ClockStarted", 1)]
    assert at(scene, 9.0, MicLive(site="01")) == ()

    assert scene.request(1).since_s == 8.0


def test_the_microphone_of_another_begins_nothing():
    scene = speaking("01", "02")

    assert shorthand(scene.do(MicLive(site="02"))) == [("ClockStarted", 2)]
    assert scene.do(MicLive(site="48")) == ()


@pytest.mark.parametrize(
    ("within_s", "at_s", "begins"),
    [(15.0, 14.9, False), (15.0, 15.0, True), (15.0, 100.0, True), (2.0, 2.0, True)],
)
def test_who_brings_no_microphone_is_waited_for_so_long(within_s, at_s, begins):
    scene = speaking("01", start_within_s=within_s)
    assert next_deadline(scene.state) == within_s

    events = at(scene, at_s, Tick())

    assert shorthand(events)[:1] == ([("ClockStarted", 1)] if begins else [])
    assert scene.request(1).since_s == (at_s if begins else None)


@pytest.mark.parametrize(
    ("interrupt", "go_on"),
    [
        (ChairHold(request=1), ChairResume(request=1)),
        (LinkLost(site="01"), LinkUp(site="01")),
        (SiteCut(site="01"), SiteCut(site="01", on=False)),
    ],
)
def test_who_is_held_is_not_waited_for(interrupt, go_on):
    scene = speaking("01", grace_s=100.0)
    scene.do(interrupt)
    assert clocks.starts_s(scene.state, scene.request(1)) is None
    assert at(scene, 20.0, Tick()) == ()

    scene.do(go_on)

    assert shorthand(scene.do(Tick())) == [("ClockStarted", 1)]


def test_a_microphone_that_comes_while_held_begins_the_clock_when_let_go_on():
    scene = speaking("01")
    scene.do(ChairHold(request=1))
    scene.do(MicLive(site="01"))
    assert scene.request(1).since_s is None

    at(scene, 7.0, ChairResume(request=1))

    assert scene.request(1).since_s == 7.0


# Warning and limit


@pytest.mark.parametrize(
    ("at_s", "events"),
    [
        (239.9, []),
        (240.0, ["TimeWarned"]),
        (299.9, ["TimeWarned"]),
        (300.0, ["TimeWarned", "TimeOver"]),
        (999.0, ["TimeWarned", "TimeOver"]),
    ],
)
def test_the_speaker_is_warned_before_the_limit_and_over_at_it(at_s, events):
    scene = talking("01")

    assert names(at(scene, at_s, Tick())) == events
    assert scene.request(1).warned is ("TimeWarned" in events)
    assert scene.request(1).over is ("TimeOver" in events)
    assert scene.do(Tick()) == ()


def test_each_comes_once_and_at_its_time():
    scene = talking("01")
    moments = []
    while (deadline_s := next_deadline(scene.state)) is not None:
        moments.append((deadline_s, names(at(scene, deadline_s, Tick()))))

    assert moments == [(240.0, ["TimeWarned"]), (300.0, ["TimeOver"])]
    assert scene.request(1).status == "granted"


def test_without_a_limit_nothing_comes():
    scene = talking("01", limit_s=None)

    assert at(scene, 1e5, Tick()) == ()
    assert next_deadline(scene.state) is None


def test_held_time_is_not_counted():
    scene = talking("01")
    at(scene, 100.0, ChairHold(request=1))
    assert at(scene, 1000.0, Tick()) == ()
    assert next_deadline(scene.state) is None

    at(scene, 2000.0, ChairResume(request=1))

    assert next_deadline(scene.state) == 2140.0
    assert clocks.over_s(scene.request(1)) == 2200.0


def test_the_policy_says_how_long_before_the_warning_comes():
    scene = talking("01")

    scene.do(ChairPolicy(changes={"warn_s": 10}))

    assert next_deadline(scene.state) == 290.0


@pytest.mark.parametrize("limit_s", [60, 30])
def test_a_limit_no_longer_than_the_warning_warns_with_the_clock(limit_s):
    scene = in_session(limit_s=limit_s)
    scene.do(ChairCall(site="01"))

    events = at(scene, 15.0, Tick())

    assert names(events) == ["ClockStarted", "TimeWarned"]
    assert next_deadline(scene.state) == 15.0 + limit_s


@pytest.mark.parametrize(
    ("spoke_s", "add_s", "warned", "over", "next_s"),
    [
        # Warned and not yet over, by a minute more: the warning comes again.
        (250.0, 60, False, False, 300.0),
        (250.0, 5, True, False, 305.0),
        (240.0, 0, True, False, 300.0),
        # Over, and lengthened by enough or by too little.
        (310.0, 120, False, False, 360.0),
        (310.0, 30, True, False, 330.0),
        (310.0, 10, True, True, None),
        (310.0, 5, True, True, None),
    ],
)
def test_an_extension_lets_the_warning_come_again(spoke_s, add_s, warned, over, next_s):
    scene = talking("01")
    at(scene, spoke_s, Tick())

    scene.do(ChairExtend(request=1, add_s=add_s))

    request = scene.request(1)
    assert (request.warned, request.over) == (warned, over)
    assert next_deadline(scene.state) == next_s


def test_an_extension_before_the_warning_puts_it_off():
    scene = talking("01")
    at(scene, 100.0, ChairExtend(request=1, add_s=60))

    assert next_deadline(scene.state) == 300.0


# What the policy does at the limit


@pytest.mark.parametrize(
    ("on_expiry", "ends"), [(OnExpiry.OVERTIME, False), (OnExpiry.REVOKE, True)]
)
def test_who_is_over_goes_on_unless_the_policy_says_otherwise(on_expiry, ends):
    scene = talking("01", on_expiry=on_expiry)
    sit_down(scene, CHAIR)

    events = at(scene, 300.0, Tick())

    assert shorthand(events) == [("TimeWarned", 1), ("TimeOver", 1), *[REVOKED] * ends]
    assert scene.request(1).status == ("revoked" if ends else "granted")
    assert scene.do(Tick()) == ()
    assert next_deadline(scene.state) is None


def test_nobody_is_cut_off_for_time_while_the_chair_is_away():
    scene = talking("01", on_expiry=OnExpiry.REVOKE)
    at(scene, 300.0, Tick())
    assert scene.request(1).over
    assert next_deadline(scene.state) is None

    at(scene, 400.0, ConsoleCame(user=CHAIR.user, roles=CHAIR.roles))

    assert next_deadline(scene.state) <= 400.0
    assert shorthand(scene.do(Tick())) == [REVOKED]
    assert next_deadline(scene.state) is None


def test_a_chair_that_is_gone_at_the_limit_cuts_nobody_off():
    scene = talking("01", on_expiry=OnExpiry.REVOKE)
    sit_down(scene, CHAIR)
    scene.do(ConsoleWent(user=CHAIR.user))

    at(scene, 300.0, Tick())

    assert scene.request(1).status == "granted"


def test_who_is_held_beyond_the_limit_is_cut_off_when_let_go_on():
    scene = talking("01")
    sit_down(scene, CHAIR)
    at(scene, 310.0, Tick())
    scene.do(ChairHold(request=1))
    scene.do(ChairPolicy(changes={"on_expiry": OnExpiry.REVOKE}))
    assert scene.do(Tick()) == ()

    scene.do(ChairResume(request=1))

    assert shorthand(scene.do(Tick())) == [REVOKED]


def test_a_policy_that_becomes_strict_cuts_off_who_is_over_and_nobody_else():
    scene = talking("01", "02")
    sit_down(scene, CHAIR)
    scene.do(ChairExtend(request=2, add_s=300))
    at(scene, 310.0, Tick())
    scene.do(ChairPolicy(changes={"on_expiry": OnExpiry.REVOKE}))

    assert shorthand(scene.do(Tick())) == [REVOKED]


# Telephone and slides


def test_by_telephone_time_runs_from_the_grant():
    scene = in_session()
    at(scene, 5.0, ChairCall(site="01", via=Via.PHONE))

    assert next_deadline(scene.state) == 245.0
    assert scene.do(MicLive(site="01")) == ()


def test_slides_alone_are_never_over():
    scene = in_session()
    scene.do(ChairCall(site="01", floors=("content",)))

    assert next_deadline(scene.state) is None
    assert at(scene, 1e5, Tick()) == ()


@pytest.mark.parametrize("began_s", [0.1, 0.3, 1234.567, 86399.9, 1e6 + 1 / 3])
def test_after_a_tick_at_its_moment_nothing_of_it_is_left(began_s):
    scene = speaking("01", limit_s=7, warn_s=3, start_within_s=0.7)
    at(scene, began_s, MicLive(site="01"))
    at(scene, began_s + 0.1, ChairHold(request=1))
    at(scene, began_s + 0.7, ChairResume(request=1))

    for _ in range(2):
        deadline_s = next_deadline(scene.state)
        assert at(scene, deadline_s, Tick())
        assert (next_deadline(scene.state) or 1e9) > deadline_s
