from __future__ import annotations

import pytest

from bridge.conference.commands import (
    ChairCall,
    LinkLost,
    LinkUp,
    MicLive,
    SiteLeft,
    SiteProbe,
    Tick,
    ViewBroadcast,
    ViewCarousel,
)
from bridge.conference.deadlines import down_at_s, grace_ends_s, next_deadline
from bridge.conference.words import Via
from tests.bridge.conference.props import at, talking
from tests.bridge.conference.scene import TECHNICIAN, in_lobby, in_session, speaking


def test_a_conference_with_all_lines_waits_for_nothing():
    assert next_deadline(in_session().state) is None


def test_a_lost_speaker_has_the_grace_and_then_the_line_has_its_time():
    scene = talking("01")
    at(scene, 10.0, LinkLost(site="01"))
    assert next_deadline(scene.state) == 30.0
    at(scene, 30.0, Tick())
    assert next_deadline(scene.state) == 130.0

    at(scene, 130.0, Tick())

    assert next_deadline(scene.state) is None


def test_the_earliest_of_several_counts():
    scene = in_session()
    for now_s, site in [(7.0, "02"), (5.0, "01"), (9.0, "48")]:
        at(scene, now_s, LinkLost(site=site))

    assert next_deadline(scene.state) == 125.0


@pytest.mark.parametrize(
    ("gone", "grace_s", "down_s"),
    [(LinkLost(site="01"), 23.0, 124.0), (SiteLeft(site="01"), 23.0, None), (None, None, None)],
)
def test_a_floor_is_waited_for_as_long_as_a_line_is_away_and_a_line_while_it_is_lost(
    gone, grace_s, down_s
):
    scene = speaking("01", grace_s=20.0, down_after_s=121.0)
    if gone:
        at(scene, 3.0, gone)

    assert grace_ends_s(scene.state, scene.request(1)) == grace_s
    assert down_at_s(scene.state, scene.state.sites["01"]) == down_s


def test_a_line_that_came_back_is_waited_for_no_longer():
    scene = talking("01", limit_s=None)
    scene.do(LinkLost(site="01"))

    scene.do(LinkUp(site="01"))

    assert next_deadline(scene.state) is None


def test_who_telephones_needs_no_line_to_wait_for():
    scene = in_session(limit_s=None)
    scene.do(ChairCall(site="01", via=Via.PHONE))
    scene.do(SiteLeft(site="01"))

    assert next_deadline(scene.state) is None


@pytest.mark.parametrize(
    ("command", "actor", "next_s"),
    [
        (SiteProbe(site="01"), TECHNICIAN, 65.0),
        (ViewCarousel(sites="online", every_s=9), None, 14.0),
        (LinkLost(site="01"), None, 125.0),
    ],
)
def test_what_ends_by_itself_is_waited_for(command, actor, next_s):
    scene = in_lobby()

    at(scene, 5.0, command, actor)

    assert next_deadline(scene.state) == next_s


@pytest.mark.parametrize(
    ("command", "next_s"),
    [
        (ViewBroadcast(site="02"), 8.0),
        (ChairCall(site="02"), 20.0),
    ],
)
def test_what_begins_by_itself_is_waited_for(command, next_s):
    scene = in_session()

    at(scene, 5.0, command)

    assert next_deadline(scene.state) == next_s


def test_a_speaker_is_waited_for_with_microphone_warning_and_limit():
    scene = speaking("01")
    waits = [next_deadline(scene.state)]
    at(scene, 4.0, MicLive(site="01"))
    for _ in range(3):
        waits.append(next_deadline(scene.state))
        if waits[-1] is not None:
            at(scene, waits[-1], Tick())

    assert waits == [15.0, 244.0, 304.0, None]


@pytest.mark.parametrize("lost_s", [0.1, 0.3, 1234.567, 86399.9, 1e6 + 1 / 3])
def test_a_tick_at_the_deadline_is_never_too_early(lost_s):
    scene = talking("01", grace_s=20.1, limit_s=None)
    at(scene, lost_s, LinkLost(site="01"))
    deadline_s = next_deadline(scene.state)

    assert at(scene, deadline_s, Tick())
    assert next_deadline(scene.state) > deadline_s
