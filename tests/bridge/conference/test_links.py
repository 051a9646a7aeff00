from __future__ import annotations

import pytest

from bridge.conference.commands import (
    AgendaNext,
    ChairCall,
    ChairGrant,
    ChairNext,
    ChairPhase,
    ConsoleCame,
    ConsoleWent,
    FloorRequest,
    LinkLost,
    LinkUp,
    MicLive,
    Recover,
    SiteLeft,
    SiteProbe,
    StandbySeen,
    StandbyTook,
    Tick,
    ViewBroadcast,
)
from bridge.conference.gate import gate, open_gates
from bridge.conference.words import Link, Phase, RequestStatus, Via
from tests.bridge.conference.props import REPORT, at, planned, sit_down, talking
from tests.bridge.conference.scene import (
    CHAIR,
    SITES,
    TECHNICIAN,
    Scene,
    in_lobby,
    in_session,
    province,
    shorthand,
    speaking,
)

SPEECH, CONTENT, BOTH = ("speech",), ("content",), ("speech", "content")


# Lines


def test_a_site_that_comes_is_up_and_coming_again_changes_nothing():
    scene = Scene()

    at(scene, 3.0, LinkUp(site="01"))

    site = scene.state.sites["01"]
    assert (site.link, site.link_since_s, site.seen) == (Link.UP, 3.0, True)
    assert not scene.state.sites["02"].seen
    assert scene.do(LinkUp(site="01")) == ()
    scene.do(SiteLeft(site="01"))
    assert scene.state.sites["01"].seen


@pytest.mark.parametrize(
    "command",
    [
        LinkUp(site="99"),
        LinkLost(site="99"),
        SiteLeft(site="99"),
        MicLive(site="99"),
        StandbySeen(site="99", on=True),
        StandbyTook(site="99"),
    ],
)
def test_a_site_that_is_not_of_the_conference_has_no_line_and_no_devices(command):
    assert Scene().no(command) == "site_not_found"


@pytest.mark.parametrize(
    ("came", "command", "link"),
    [
        ([], LinkLost, None),
        ([], SiteLeft, None),
        ([LinkUp], LinkLost, "lost"),
        ([LinkUp], SiteLeft, "down"),
        ([LinkUp, LinkLost], LinkLost, None),
        ([LinkUp, LinkLost], SiteLeft, "down"),
        ([LinkUp, LinkLost], LinkUp, "up"),
        ([LinkUp, SiteLeft], SiteLeft, None),
        ([LinkUp, SiteLeft], LinkLost, None),
    ],
)
def test_what_is_gone_already_is_no_news(came, command, link):
    scene = Scene()
    for before in came:
        scene.do(before(site="01"))

    events = scene.do(command(site="01"))

    assert shorthand(events) == ([] if link is None else [("LinkChanged", "01", link)])


def test_a_lost_line_holds_the_floor_and_a_new_one_lifts_the_hold():
    scene = talking("01")

    events = at(scene, 10.0, LinkLost(site="01"))

    assert shorthand(events) == [("HoldStarted", 1, "link"), ("LinkChanged", "01", "lost")]
    assert scene.request(1).used_s == 10.0
    assert not gate(scene.state, "01")

    events = at(scene, 29.0, LinkUp(site="01"))

    assert shorthand(events) == [("LinkChanged", "01", "up"), ("HoldEnded", 1, "link")]
    assert gate(scene.state, "01")
    assert scene.request(1).spoken_s(31.0) == 12.0


@pytest.mark.parametrize("gone", [LinkLost, SiteLeft])
def test_a_line_holds_slides_too(gone):
    scene = in_session()
    scene.do(ChairCall(site="01", floors=CONTENT))
    scene.do(ChairCall(site="01"))

    assert shorthand(scene.do(gone(site="01")))[:2] == [
        ("HoldStarted", 1, "link"),
        ("HoldStarted", 2, "link"),
    ]


def test_who_telephones_is_not_interrupted_by_a_line_he_does_not_use():
    scene = in_session()
    scene.do(ChairCall(site="01", via=Via.PHONE))

    assert shorthand(scene.do(LinkLost(site="01"))) == [("LinkChanged", "01", "lost")]
    assert scene.request(1).holds is None
    assert shorthand(scene.do(LinkUp(site="01"))) == [("LinkChanged", "01", "up")]


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


# The grace


@pytest.mark.parametrize(("at_s", "cut"), [(29.0, False), (29.999, False), (30.0, True)])
def test_the_grace_ends_on_the_second(at_s, cut):
    scene = talking("01")
    at(scene, 10.0, LinkLost(site="01"))

    events = at(scene, at_s, Tick())

    assert bool(events) is cut
    assert scene.request(1).status is (RequestStatus.REVOKED if cut else RequestStatus.GRANTED)


def test_what_was_left_of_a_speech_waits_at_the_head_of_the_queue():
    scene = talking("01")
    scene.ask("02")
    at(scene, 100.5, LinkLost(site="01"))

    events = at(scene, 120.5, Tick())

    assert shorthand(events) == [
        ("RequestEnded", 1, "revoked", "link_lost"),
        ("RequestMade", 3, SPEECH, "01", "an", "accepted", 1, "call", 200, 1),
    ]
    assert scene.request(3).continues == 1
    assert scene.state.queue == (3, 2)

    scene.do(LinkUp(site="01"))
    scene.do(ChairGrant(request=3))
    assert scene.request(3).limit_s == 200
    assert scene.request(3).used_s == 0.0


def test_what_was_left_is_in_everything_else_what_it_was():
    scene = in_session()
    scene.do(
        FloorRequest(
            site="01", floors=BOTH, priority=3, text="Nhóm 2", group="2", respond=True, limit_s=90
        )
    )
    scene.do(ChairGrant(request=1))
    scene.do(LinkLost(site="01"))
    at(scene, 20.0, Tick())

    first, rest = scene.request(1), scene.request(2)
    for name in ("floors", "site", "by", "kind", "priority", "text", "group", "respond", "item"):
        assert getattr(rest, name) == getattr(first, name), name
    assert (rest.status, rest.created_s, rest.limit_s) == ("accepted", 20.0, 90)


def test_what_was_left_of_a_turn_is_of_its_item():
    scene = planned(REPORT)
    scene.do(AgendaNext())
    scene.do(ChairGrant(request=1))
    scene.do(LinkLost(site="01"))

    at(scene, 20.0, Tick())

    assert (scene.request(2).kind, scene.request(2).item) == ("agenda", 1)


def test_the_chair_may_give_a_continuation_another_time():
    scene = speaking("01")
    scene.do(LinkLost(site="01"))
    at(scene, 20.0, Tick())
    scene.do(LinkUp(site="01"))

    scene.do(ChairGrant(request=2, limit_s=60))

    assert scene.request(2).limit_s == 60


@pytest.mark.parametrize(
    ("limit_s", "spoke_s", "rest_s"),
    [
        (300, 0.0, 300),
        (300, 0.5, 300),
        (300, 268.5, 32),
        (300, 269.5, 31),
        (300, 270.0, 30),
        (300, 280.0, 30),
        (300, 999.0, 30),
        (None, 999.0, None),
    ],
)
def test_a_continuation_has_whole_seconds_and_at_least_half_a_minute(limit_s, spoke_s, rest_s):
    scene = talking("01", limit_s=limit_s)
    at(scene, spoke_s, LinkLost(site="01"))

    at(scene, spoke_s + 20.0, Tick())

    assert scene.request(2).limit_s == rest_s


def test_two_cut_off_at_once_wait_in_the_order_they_spoke():
    scene = speaking("01", "02")
    scene.do(LinkLost(site="02"))
    scene.do(LinkLost(site="01"))

    at(scene, 20.0, Tick())

    assert [scene.request(number).site for number in scene.state.queue] == ["01", "02"]
    assert sorted(scene.state.requests) == [1, 2, 3, 4]


def test_leaving_for_good_does_not_start_the_grace_anew():
    scene = speaking("01")
    scene.do(LinkLost(site="01"))
    at(scene, 15.0, SiteLeft(site="01"))

    at(scene, 20.0, Tick())

    assert scene.request(1).status is RequestStatus.REVOKED


def test_a_lost_line_is_down_after_two_minutes():
    scene = in_session()
    at(scene, 5.0, LinkLost(site="02"))
    assert at(scene, 124.0, Tick()) == ()

    assert shorthand(at(scene, 125.0, Tick())) == [("LinkChanged", "02", "down")]
    assert scene.do(Tick()) == ()


# Devices


def test_a_second_device_is_seen_once():
    scene = Scene()

    assert shorthand(scene.do(StandbySeen(site="01", on=True))) == [("StandbyChanged", "01", True)]
    assert scene.do(StandbySeen(site="01", on=True)) == ()
    assert scene.do(StandbySeen(site="02", on=False)) == ()
    assert shorthand(scene.do(StandbySeen(site="01", on=False))) == [
        ("StandbyChanged", "01", False)
    ]


def test_a_device_that_takes_over_is_told():
    assert shorthand(Scene().do(StandbyTook(site="01"))) == [("DeviceSwitched", "01")]


def test_consoles_come_and_go():
    scene = Scene()

    assert shorthand(scene.do(ConsoleCame(user="an", roles=CHAIR.roles)))
    assert shorthand(scene.do(ConsoleWent(user="an"))) == [("ConsoleSeen", "an", False)]


# Restarts


def test_a_restart_charges_nobody_for_the_outage():
    scene = talking("01", "02")
    scene.do(LinkLost(site="02"))
    scene.do(LinkLost(site="48"))
    scene.do(SiteLeft(site="79"))
    scene.ask("48")

    events = at(scene, 15.0, Recover())

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

    assert at(scene, 34.0, Tick()) == ()
    assert len(at(scene, 35.0, Tick())) == 4


def test_whoever_a_worker_still_carries_notices_no_restart():
    scene = talking("01", "02")
    scene.do(ChairNext(site="48"))
    scene.do(LinkLost(site="02"))
    scene.do(LinkLost(site="79"))
    before = scene.state

    events = at(scene, 15.0, Recover(alive=frozenset({"01", "48", "110", "elsewhere"})))

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

    events = at(scene, 15.0, Recover(alive=frozenset(SITES)))

    assert shorthand(events) == [("LinkChanged", "01", "up"), ("HoldEnded", 1, "link")]


def test_with_everybody_still_there_a_restart_is_no_event():
    assert speaking("01").do(Recover(alive=frozenset(SITES))) == ()


def test_who_telephones_is_not_interrupted_by_a_restart():
    scene = in_session()
    scene.do(ChairCall(site="01", via=Via.PHONE))
    scene.do(SiteLeft(site="01"))

    scene.do(Recover())

    assert scene.request(1).holds is None


def test_a_restart_restarts_the_patience_with_a_lost_line_and_tells_nobody_to_prepare():
    scene = in_session()
    scene.do(LinkLost(site="48"))
    scene.do(ChairNext(site="01"))

    at(scene, 100.0, Recover())

    assert scene.state.next is None
    assert at(scene, 219.0, Tick()) == ()
    assert {event.site for event in at(scene, 220.0, Tick())} == set(SITES)


def test_after_a_restart_consoles_second_devices_and_probes_are_gone():
    scene = in_lobby()
    sit_down(scene, CHAIR, TECHNICIAN)
    scene.do(StandbySeen(site="02", on=True))
    scene.do(SiteProbe(site="01"), TECHNICIAN)

    events = scene.do(Recover(alive=frozenset(SITES)))

    assert shorthand(events) == [
        ("ProbeEnded", "01"),
        ("ConsoleSeen", "an", False),
        ("ConsoleSeen", "cuong", False),
        ("StandbyChanged", "02", False),
    ]


@pytest.mark.parametrize(("alive", "shown"), [(SITES, "01"), (("110",), None)])
def test_a_restart_shows_who_is_still_there(alive, shown):
    scene = in_session()
    scene.do(ViewBroadcast(site="01"))

    scene.do(Recover(alive=frozenset(alive)))

    assert scene.state.views.broadcast == shown


def test_a_hand_of_a_site_outlives_its_line():
    scene = in_session()
    scene.do(FloorRequest(), province("01"))
    scene.do(LinkLost(site="01"))
    at(scene, 500.0, Tick())

    assert scene.state.sites["01"].link is Link.DOWN
    assert scene.state.queue == (1,)
