from __future__ import annotations

from typing import get_args

import pytest

from bridge.conference import check_events as e
from bridge.conference.check_course import changed
from bridge.conference.check_words import Verdict, WalkSound
from tests.bridge.conference.scene import in_lobby

BEGUN = e.CheckBegun(at_s=1.0, by="x", sites=("01", "02"))
FOUND = e.SiteChecked(at_s=2.0, site="01", by="x", verdict=Verdict.PASS)
WALK = e.WalkBegun(at_s=1.0, by="x")

# Each event, after what it needs, and what is seen of it.
SEEN = [
    ([BEGUN], lambda s: s.checks.round.left == ("01", "02")),
    ([BEGUN, FOUND], lambda s: s.checks.round.left == ("02",)),
    ([BEGUN, e.CheckEnded(at_s=2.0)], lambda s: s.checks.round is None),
    (
        [FOUND, e.NumberHeard(at_s=3.0, site="01", by="x", number="47", right=True)],
        lambda s: s.checks.sites["01"].heard is True,
    ),
    ([WALK], lambda s: s.walk.is_on),
    (
        [WALK, e.WalkMoved(at_s=2.0, site="01")],
        lambda s: (s.walk.current, s.walk.since_s) == ("01", 2.0),
    ),
    ([WALK, e.WalkSkipped(at_s=2.0, site="01")], lambda s: s.walk.visit("01").skipped),
    (
        [WALK, e.WalkJudged(at_s=2.0, site="01", by="x", sound=WalkSound.ECHO)],
        lambda s: s.walk.visit("01").sound == "echo",
    ),
    ([WALK, e.WalkEnded(at_s=2.0)], lambda s: s.walk.ended_s == 2.0),
]


@pytest.mark.parametrize(("events", "is_seen"), SEEN, ids=lambda value: str(type(value)))
def test_an_event_makes_what_it_says(events, is_seen):
    state = in_lobby().state
    for event in events[:-1]:
        state = changed(state, event)

    after = changed(state, events[-1])

    assert is_seen(after)
    assert after.sites == state.sites


def test_no_event_is_left_out():
    assert {type(events[-1]) for events, _ in SEEN} == set(get_args(e.CheckEvent))
