"""Counting what happened, from the changes of a conference."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

from bridge.conference.commands import (
    ChairCall,
    ChairDeny,
    ChairGrant,
    ChairMute,
    ChairPhase,
    ChairRevoke,
    FloorRelease,
    FloorRequest,
    LinkLost,
    LinkUp,
    MicLive,
    SiteLeft,
    Tick,
)
from bridge.conference.words import Phase
from bridge.events import Change
from monitoring.tally import Tally
from tests.bridge.conference.scene import Scene, in_lobby, in_session, province, speaking

BEGUN_S = 1_590_714_000.0


class Counting:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.tally = Tally()

    def do(self, command, actor=None) -> None:
        before = self.scene.state
        events = self.scene.do(command, actor)
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", ".", type(command).__name__).lower()
        self.tally.note(
            Change(
                rev=1,
                at_s=self.scene.now_s,
                wall=datetime.fromtimestamp(BEGUN_S + self.scene.now_s, UTC).isoformat(),
                actor="an",
                authority=None,
                command=name,
                events=tuple(events),
                before=before,
                after=self.scene.state,
            )
        )


def test_a_line_that_is_lost_and_one_that_says_goodbye():
    counting = Counting(in_session())
    counting.do(LinkLost(site="01"))
    counting.do(LinkUp(site="01"))
    counting.do(SiteLeft(site="01"))
    counting.do(LinkUp(site="01"))
    counting.do(LinkLost(site="02"))

    assert counting.tally.connects == {"01": 2}
    assert counting.tally.disconnects == {("01", "lost"): 1, ("01", "bye"): 1, ("02", "lost"): 1}


def test_a_line_that_was_lost_is_not_lost_again_when_it_is_given_up():
    counting = Counting(in_session())
    counting.do(LinkLost(site="01"))
    counting.scene.now_s += 121.0
    counting.do(Tick())

    assert counting.tally.disconnects == {("01", "lost"): 1}


def test_floors_are_counted_when_given_and_when_they_end():
    counting = Counting(in_session())
    counting.do(ChairCall(site="01"))
    counting.do(ChairCall(site="02"))  # replaces 01
    counting.do(FloorRelease(request=2), province("02"))
    counting.do(FloorRequest(), province("48"))
    counting.do(ChairGrant(request=3))
    counting.do(ChairRevoke(request=3))

    assert counting.tally.floor_changes == {
        "chair.call": 2,
        "chair.grant": 1,
        "replaced": 1,
        "own": 1,
        "chair": 1,
    }


def test_requests_that_never_had_the_floor_do_not_count():
    counting = Counting(in_lobby())
    counting.do(ChairPhase(to=Phase.OPEN))
    counting.do(FloorRequest(), province("48"))
    counting.do(ChairDeny(request=1))
    counting.do(ChairMute(site="01"))

    assert counting.tally.floor_changes == {}


def test_a_gate_is_open_since_the_change_that_opened_it():
    counting = Counting(in_session())
    scene = counting.scene
    scene.now_s = 100.0
    counting.do(ChairCall(site="01"))
    scene.now_s = 130.0
    counting.do(ChairMute(site="02"))

    assert counting.tally.gates(scene.state, wall_s=BEGUN_S + 150.0) == {
        "01": BEGUN_S + 100.0,
        "110": BEGUN_S + 100.0,
    }
    scene.now_s = 140.0
    counting.do(ChairRevoke(request=1))
    counting.do(ChairCall(site="01"))
    assert counting.tally.gates(scene.state, wall_s=BEGUN_S + 150.0)["01"] == BEGUN_S + 140.0


def test_a_gate_that_was_open_before_us_is_open_since_we_looked():
    scene = speaking("01")
    tally = Tally()

    assert tally.gates(scene.state, wall_s=5.0) == {"01": 5.0, "110": 5.0}
    assert tally.gates(scene.state, wall_s=9.0) == {"01": 5.0, "110": 5.0}


def test_speaking_time_runs_with_the_clock_of_the_speech():
    scene, tally = in_session(), Tally()
    scene.do(ChairCall(site="01"))
    scene.now_s = 10.0
    assert tally.spoken_s(scene.state, now_s=scene.now_s) == {"01": 0.0}
    scene.do(MicLive(site="01"))
    scene.now_s = 40.0
    assert tally.spoken_s(scene.state, now_s=scene.now_s) == {"01": 30.0}
    scene.do(LinkLost(site="01"))
    scene.now_s = 50.0
    assert tally.spoken_s(scene.state, now_s=scene.now_s) == {"01": 30.0}


def test_speaking_time_of_the_conferences_before_is_kept():
    counting = Counting(in_session())
    scene, tally = counting.scene, counting.tally
    counting.do(ChairCall(site="01"))
    counting.do(MicLive(site="01"))
    scene.now_s = 60.0
    counting.do(ChairPhase(to=Phase.CLOSED))
    scene.now_s = 90.0
    following = in_session()
    following.state = replace(following.state, id="c2")

    assert tally.spoken_s(following.state, now_s=0.0) == {"01": 60.0}
    following.do(ChairCall(site="01"))
    following.do(MicLive(site="01"))
    assert tally.spoken_s(following.state, now_s=5.0) == {"01": 65.0}


def test_a_floor_for_slides_is_no_speech():
    scene, tally = in_session(), Tally()
    scene.do(ChairCall(site="01"))
    scene.do(FloorRequest(floors=("content",)), province("02"))
    scene.now_s = 100.0

    assert set(tally.spoken_s(scene.state, now_s=100.0)) == {"01"}
