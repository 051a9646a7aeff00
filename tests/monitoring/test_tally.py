"""Counting what happened, from the changes of a conference."""

from __future__ import annotations

import re

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
    SiteLeft,
    Tick,
)
from bridge.conference.words import Phase
from bridge.events import Change
from monitoring.tally import Tally
from tests.bridge.conference.scene import Scene, in_lobby, in_session, province


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
                wall="",
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
