from __future__ import annotations

import pytest

from bridge.conference.commands import (
    ChairCall,
    ChairGrant,
    ChairHold,
    ChairLimit,
    ChairMute,
    ChairPhase,
    ChairPolicy,
    ChairResume,
    ChairSilence,
    FloorRelease,
    LinkLost,
    LinkUp,
)
from bridge.conference.gate import open_gates
from bridge.conference.policy import Policy
from bridge.conference.words import OnExpiry, Phase, QueueVisible, RequestHandling
from tests.bridge.conference.props import at, talking
from tests.bridge.conference.scene import (
    PROVINCES,
    in_lobby,
    in_session,
    province,
    shorthand,
    speaking,
)


def blocked(scene):
    return {site for site, state in scene.state.sites.items() if state.blocked}


# The mute


@pytest.mark.parametrize(
    ("muted", "command", "after"),
    [
        ((), ChairMute(site="01"), {"01"}),
        ((), ChairMute(site="110"), {"110"}),
        ((), ChairMute(site="all"), {*PROVINCES}),
        ((), ChairMute(site="all", but=("01", "02")), {"48", "79"}),
        (("01",), ChairMute(site="all", but=("01",)), {*PROVINCES}),
        (("01", "110"), ChairMute(site="01", on=False), {"110"}),
        (("01", "110"), ChairMute(site="110", on=False), {"01"}),
        (("01", "02", "110"), ChairMute(site="all", on=False), {"110"}),
        (("01", "02"), ChairMute(site="all", on=False, but=("02",)), {"02"}),
        ((), ChairMute(site="01", but=("01",)), set()),
    ],
)
def test_a_mute_is_for_one_or_for_the_provinces_but_some(muted, command, after):
    scene = in_session()
    for site in muted:
        scene.do(ChairMute(site=site))

    scene.do(command)

    assert blocked(scene) == after


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


@pytest.mark.parametrize("command", [ChairMute(site="99"), ChairMute(site="all", but=("01", "99"))])
def test_a_site_that_is_not_of_the_conference_is_not_muted_or_spared(command):
    assert in_session().no(command) == "site_not_found"


def test_a_muted_speaker_keeps_the_floor_and_its_clock_runs():
    scene = talking("01")

    scene.do(ChairMute(site="01"))

    assert scene.request(1).since_s == 0.0
    assert open_gates(scene.state) == {"110"}


def test_a_mute_outlives_the_line():
    scene = in_session()
    scene.do(ChairMute(site="01"))
    scene.do(LinkLost(site="01"))

    scene.do(LinkUp(site="01"))

    assert blocked(scene) == {"01"}


# Silence


def test_silence_shuts_every_gate_and_nobody_loses_the_floor():
    scene = talking("01", "02")
    scene.do(ChairCall(site="48", floors=("content",)))

    events = at(scene, 10.0, ChairSilence())

    assert shorthand(events) == [
        ("BlockChanged", "110", True),
        ("HoldStarted", 1, "chair"),
        ("HoldStarted", 2, "chair"),
        ("HoldStarted", 3, "chair"),
    ]
    assert open_gates(scene.state) == set()
    assert [r.used_s for r in scene.state.granted] == [10.0] * 3
    assert scene.do(ChairSilence()) == ()


@pytest.mark.parametrize("phase", [Phase.OPEN, Phase.RECESS])
def test_after_silence_nobody_is_heard_by_himself(phase):
    scene = in_session(auto_advance=True, max_floor_users=2)
    for site in ("01", "02", "48"):
        scene.ask(site)
    if phase is Phase.RECESS:
        scene.do(ChairPhase(to=Phase.RECESS))

    scene.do(ChairSilence())
    scene.do(ChairPhase(to=Phase.OPEN))
    scene.do(FloorRelease(request=1), province("01"))

    assert open_gates(scene.state) == set()
    assert not scene.state.policy.auto_advance


def test_silence_while_lines_are_tried_leaves_the_policy_of_the_day():
    scene = in_lobby(auto_advance=True)
    scene.do(ChairSilence())
    assert scene.state.policy.auto_advance


def test_silence_adds_only_what_is_missing():
    scene = talking("01", "02")
    scene.do(ChairHold(request=1))
    scene.do(ChairMute(site="110"))

    assert shorthand(scene.do(ChairSilence())) == [("HoldStarted", 2, "chair")]


def test_after_silence_each_is_let_go_on_by_name():
    scene = talking("01", "02")
    scene.do(ChairSilence())

    scene.do(ChairResume(request=2))
    assert open_gates(scene.state) == {"02"}
    scene.do(ChairMute(site="110", on=False))

    assert open_gates(scene.state) == {"02", "110"}


# The time of one site


def test_a_site_has_its_own_time_from_its_next_grant_on():
    scene = speaking("01")

    assert shorthand(scene.do(ChairLimit(site="01", limit_s=60))) == [("SiteLimited", "01", 60)]
    assert scene.do(ChairLimit(site="01", limit_s=60)) == ()
    assert scene.request(1).limit_s == 300
    scene.do(ChairCall(site="02"))
    scene.do(ChairCall(site="01"))
    assert [r.limit_s for r in scene.state.requests.values()] == [300, 300, 60]

    assert shorthand(scene.do(ChairLimit(site="01", limit_s=None))) == [("SiteLimited", "01")]
    assert scene.do(ChairLimit(site="02", limit_s=None)) == ()
    assert scene.no(ChairLimit(site="99", limit_s=60)) == "site_not_found"


# The policy


def test_the_policy_changes_as_said_and_no_further():
    scene = in_session(limit_s=120)

    events = scene.do(ChairPolicy(changes={"warn_s": 30, "on_expiry": OnExpiry.REVOKE}))

    after = Policy(limit_s=120, warn_s=30, on_expiry=OnExpiry.REVOKE)
    assert shorthand(events) == [("PolicyChanged", after)]
    assert scene.state.policy == after


@pytest.mark.parametrize(
    "changes",
    [
        {"max_floor_users": 1},
        {"request_handling": RequestHandling.QUEUE, "limit_s": 300, "auto_advance": False},
        {"queue_visible": QueueVisible.OWN, "grace_s": 20.0},
    ],
)
def test_a_policy_that_is_so_already_is_no_event(changes):
    assert in_session().do(ChairPolicy(changes=changes)) == ()


@pytest.mark.parametrize(
    ("speakers", "most", "code"),
    [
        ((), -1, "bad_state"),
        ((), 0, None),
        ((), 4, None),
        ((), 5, "bad_state"),
        (("01",), 0, "floor_full"),
        (("01",), 2, None),
        (("01", "02"), 1, "floor_full"),
        (("01", "02", "48"), 3, None),
    ],
)
def test_as_many_may_speak_as_do_and_no_more_than_four(speakers, most, code):
    scene = speaking(*speakers) if speakers else in_session()
    change = ChairPolicy(changes={"max_floor_users": most})

    if code:
        assert scene.no(change) == code
    else:
        scene.do(change)
        assert scene.state.policy.max_floor_users == most


def test_a_policy_too_small_says_who_has_the_floor():
    answer = speaking("01", "02").decide(ChairPolicy(changes={"max_floor_users": 1}))

    assert answer.detail == {"holders": [1, 2]}


def test_who_shows_slides_is_no_speaker_to_count():
    scene = in_session()
    scene.do(ChairCall(site="01", floors=("content",)))

    assert scene.do(ChairPolicy(changes={"max_floor_users": 0}))


def test_a_time_that_is_bound_is_not_changed_by_the_policy():
    scene = speaking("01")
    scene.ask("02")

    scene.do(ChairPolicy(changes={"limit_s": 60}))

    assert scene.request(1).limit_s == 300
    scene.do(ChairGrant(request=2, on_full="replace"))
    assert scene.request(2).limit_s == 60


def test_mute_silence_and_policy_work_in_every_phase():
    for phases in ([], [Phase.OPEN], [Phase.OPEN, Phase.RECESS], [Phase.OPEN, Phase.CLOSED]):
        scene = in_lobby()
        for phase in phases:
            scene.do(ChairPhase(to=phase))

        assert scene.do(ChairMute(site="all"))
        assert scene.do(ChairSilence())
        assert scene.do(ChairPolicy(changes={"warn_s": 10}))
