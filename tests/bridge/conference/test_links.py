from __future__ import annotations

import pytest

from bridge.conference.commands import (
    ChairGrant,
    ChairNext,
    ChairPhase,
    LinkLost,
    LinkUp,
    Recover,
    SiteLeft,
    Tick,
)
from bridge.conference.gate import gate, open_gates
from bridge.conference.words import Link, Phase, RequestStatus
from tests.bridge.conference.scene import Scene, in_session, shorthand, speaking


def test_a_site_that_comes_is_up_and_coming_again_changes_nothing():
    scene = Scene()
    scene.now_s = 3.0

    scene.do(LinkUp(site="01"))

    assert scene.state.sites["01"].link is Link.UP
    assert scene.state.sites["01"].link_since_s == 3.0
    assert scene.state.sites["01"].seen
    assert not scene.state.sites["02"].seen
    assert scene.do(LinkUp(site="01")) == ()
    scene.do(SiteLeft(site="01"))
    assert scene.state.sites["01"].seen


@pytest.mark.parametrize("command", [LinkUp(site="99"), LinkLost(site="99"), SiteLeft(site="99")])
def test_a_site_that_is_not_of_the_conference_has_no_link(command):
    assert Scene().no(command) == "site_not_found"


def test_losing_what_is_not_there_is_no_news():
    scene = Scene()
    assert scene.do(LinkLost(site="01")) == ()
    assert scene.do(SiteLeft(site="01")) == ()
    scene.do(LinkUp(site="01"))
    scene.do(LinkLost(site="01"))

    assert scene.do(LinkLost(site="01")) == ()


def test_a_lost_line_holds_the_floor_and_a_new_one_lifts_the_hold():
    scene = speaking("01")
    scene.now_s = 10.0

    events = scene.do(LinkLost(site="01"))

    assert shorthand(events) == [("HoldStarted", 1, "link"), ("LinkChanged", "01", "lost")]
    assert scene.request(1).used_s == 10.0
    assert not gate(scene.state, "01")

    scene.now_s = 29.0
    events = scene.do(LinkUp(site="01"))

    assert shorthand(events) == [("LinkChanged", "01", "up"), ("HoldEnded", 1, "link")]
    assert gate(scene.state, "01")
    scene.now_s = 31.0
    scene.do(ChairPhase(to=Phase.CLOSED))
    assert scene.request(1).used_s == 12.0


def test_a_line_that_comes_back_in_recess_lifts_only_its_own_hold():
    scene = speaking("01")
    scene.do(LinkLost(site="01"))
    scene.do(ChairPhase(to=Phase.RECESS))

    scene.do(LinkUp(site="01"))

    assert set(scene.request(1).holds) == {"phase"}


def test_of_two_lost_speakers_the_one_that_comes_back_goes_on():
    scene = speaking("01", "02")
    scene.do(LinkLost(site="01"))
    scene.do(LinkLost(site="02"))

    scene.do(LinkUp(site="01"))

    assert open_gates(scene.state) == {"01", "110"}
    assert scene.request(1).holds is None
    assert set(scene.request(2).holds) == {"link"}


def test_the_line_of_another_holds_nobody():
    scene = speaking("01")

    assert shorthand(scene.do(LinkLost(site="02"))) == [("LinkChanged", "02", "lost")]
    assert shorthand(scene.do(LinkUp(site="02"))) == [("LinkChanged", "02", "up")]


@pytest.mark.parametrize("gone", [LinkLost, SiteLeft])
def test_who_is_next_and_loses_the_line_is_next_no_longer(gone):
    scene = in_session()
    scene.do(ChairNext(site="01"))

    assert scene.do(gone(site="02"))
    assert scene.state.next == "01"
    events = scene.do(gone(site="01"))

    assert shorthand(events)[0] == ("NextChosen",)
    assert scene.state.next is None


@pytest.mark.parametrize(("at_s", "cut"), [(29.0, False), (29.999, False), (30.0, True)])
def test_the_grace_ends_on_the_second(at_s, cut):
    scene = speaking("01")
    scene.now_s = 10.0
    scene.do(LinkLost(site="01"))
    scene.now_s = at_s

    events = scene.do(Tick())

    assert bool(events) is cut
    assert scene.request(1).status is (RequestStatus.REVOKED if cut else RequestStatus.GRANTED)


def test_what_was_left_of_a_speech_waits_at_the_head_of_the_queue():
    scene = speaking("01")
    scene.ask("02")
    scene.now_s = 100.5
    scene.do(LinkLost(site="01"))
    scene.now_s = 120.5

    events = scene.do(Tick())

    assert shorthand(events) == [
        ("RequestEnded", 1, "revoked", "link_lost"),
        ("RequestMade", 3, "speech", "01", "an", "accepted", 1, 200, 1),
    ]
    assert scene.state.queue == (3, 2)

    scene.do(LinkUp(site="01"))
    scene.do(ChairGrant(request=3))
    assert scene.request(3).limit_s == 200
    assert scene.request(3).used_s == 0.0


def test_the_chair_may_give_a_continuation_another_time():
    scene = speaking("01")
    scene.do(LinkLost(site="01"))
    scene.now_s = 20.0
    scene.do(Tick())
    scene.do(LinkUp(site="01"))

    scene.do(ChairGrant(request=2, limit_s=60))

    assert scene.request(2).limit_s == 60


@pytest.mark.parametrize(
    ("limit_s", "spoke_s", "rest_s"),
    [
        (300, 0.0, 300),
        (300, 269.5, 31),
        (300, 270.0, 30),
        (300, 280.0, 30),
        (300, 999.0, 30),
        (None, 999.0, None),
    ],
)
def test_a_continuation_has_at_least_half_a_minute(limit_s, spoke_s, rest_s):
    scene = speaking("01", limit_s=limit_s)
    scene.now_s = spoke_s
    scene.do(LinkLost(site="01"))
    scene.now_s = spoke_s + 20.0

    scene.do(Tick())

    assert scene.request(2).limit_s == rest_s
    assert scene.request(2).continues == 1


def test_two_cut_off_at_once_wait_in_the_order_they_spoke():
    scene = speaking("01", "02")
    scene.do(LinkLost(site="02"))
    scene.do(LinkLost(site="01"))
    scene.now_s = 20.0

    scene.do(Tick())

    assert [scene.request(number).site for number in scene.state.queue] == ["01", "02"]
    assert sorted(scene.state.requests) == [1, 2, 3, 4]


def test_a_lost_site_that_says_goodbye_is_down_at_once():
    scene = in_session()
    scene.do(LinkLost(site="01"))

    assert shorthand(scene.do(SiteLeft(site="01"))) == [("LinkChanged", "01", "down")]


def test_leaving_for_good_does_not_start_the_grace_anew():
    scene = speaking("01")
    scene.do(LinkLost(site="01"))
    scene.now_s = 15.0
    scene.do(SiteLeft(site="01"))
    scene.now_s = 20.0

    scene.do(Tick())

    assert scene.request(1).status is RequestStatus.REVOKED


def test_a_lost_line_is_down_after_two_minutes():
    scene = in_session()
    scene.now_s = 5.0
    scene.do(LinkLost(site="02"))
    scene.now_s = 124.0
    assert scene.do(Tick()) == ()
    scene.now_s = 125.0

    assert shorthand(scene.do(Tick())) == [("LinkChanged", "02", "down")]
    assert scene.do(Tick()) == ()


def test_a_restart_charges_nobody_for_the_outage():
    scene = speaking("01", "02")
    scene.do(LinkLost(site="02"))
    scene.do(LinkLost(site="48"))
    scene.do(SiteLeft(site="79"))
    scene.ask("48")
    scene.now_s = 15.0

    events = scene.do(Recover())

    assert shorthand(events) == [
        ("HoldStarted", 1, "link"),
        ("HoldEnded", 2, "link"),
        ("HoldStarted", 2, "link"),
        ("LinkChanged", "01", "lost"),
        ("LinkChanged", "02", "lost"),
        ("LinkChanged", "48", "lost"),
        ("LinkChanged", "110", "lost"),
    ]
    assert scene.request(1).used_s == 15.0
    assert scene.request(2).used_s == 0.0
    assert scene.state.queue == (3,)
    assert open_gates(scene.state) == set()

    scene.now_s = 34.0
    assert scene.do(Tick()) == ()
    scene.now_s = 35.0
    assert len(scene.do(Tick())) == 4


def test_whoever_a_worker_still_carries_notices_no_restart():
    scene = speaking("01", "02")
    scene.do(ChairNext(site="48"))
    scene.do(LinkLost(site="02"))
    scene.do(LinkLost(site="79"))
    scene.now_s = 15.0
    before = scene.state

    events = scene.do(Recover(alive=frozenset({"01", "48", "110", "elsewhere"})))

    assert shorthand(events) == [
        ("HoldEnded", 2, "link"),
        ("HoldStarted", 2, "link"),
        ("LinkChanged", "02", "lost"),
        ("LinkChanged", "79", "lost"),
    ]
    assert scene.state.next == "48"
    assert scene.request(1) == before.requests[1]
    assert open_gates(scene.state) == open_gates(before) == {"01", "110"}


def test_a_speaker_who_came_back_while_nobody_wrote_it_down_goes_on():
    scene = speaking("01")
    scene.do(LinkLost(site="01"))
    scene.now_s = 15.0

    events = scene.do(Recover(alive=frozenset({"01", "02", "48", "79", "110"})))

    assert shorthand(events) == [("LinkChanged", "01", "up"), ("HoldEnded", 1, "link")]


def test_with_everybody_still_there_a_restart_is_no_event():
    assert speaking("01").do(Recover(alive=frozenset({"01", "02", "48", "79", "110"}))) == ()


def test_a_restart_restarts_the_patience_with_a_lost_line_and_tells_nobody_to_prepare():
    scene = in_session()
    scene.do(LinkLost(site="48"))
    scene.do(ChairNext(site="01"))
    scene.now_s = 100.0

    scene.do(Recover())

    assert scene.state.next is None
    scene.now_s = 219.0
    assert scene.do(Tick()) == ()
    scene.now_s = 220.0
    assert {event.site for event in scene.do(Tick())} == {"01", "02", "48", "79", "110"}
