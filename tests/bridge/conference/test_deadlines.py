from __future__ import annotations

import pytest

from bridge.conference.commands import LinkLost, LinkUp, SiteLeft, Tick
from bridge.conference.deadlines import next_deadline
from tests.bridge.conference.scene import in_session, speaking


def test_a_conference_with_all_lines_waits_for_nothing():
    assert next_deadline(speaking("01").state) is None


def test_a_lost_speaker_has_the_grace_and_then_the_line_has_its_time():
    scene = speaking("01")
    scene.now_s = 10.0
    scene.do(LinkLost(site="01"))
    assert next_deadline(scene.state) == 30.0
    scene.now_s = 30.0
    scene.do(Tick())
    assert next_deadline(scene.state) == 130.0
    scene.now_s = 130.0

    scene.do(Tick())

    assert next_deadline(scene.state) is None


def test_the_earliest_of_several_counts():
    scene = in_session()
    for now_s, site in [(7.0, "02"), (5.0, "01"), (9.0, "48")]:
        scene.now_s = now_s
        scene.do(LinkLost(site=site))

    assert next_deadline(scene.state) == 125.0


def test_a_site_that_left_is_not_waited_for_but_its_floor_is():
    scene = speaking("01")
    scene.do(SiteLeft(site="01"))

    assert next_deadline(scene.state) == 20.0


def test_a_line_that_came_back_is_waited_for_no_longer():
    scene = speaking("01")
    scene.do(LinkLost(site="01"))

    scene.do(LinkUp(site="01"))

    assert next_deadline(scene.state) is None


@pytest.mark.parametrize("lost_s", [0.1, 0.3, 1234.567, 86399.9, 1e6 + 1 / 3])
def test_a_tick_at_the_deadline_is_never_too_early(lost_s):
    scene = speaking("01", grace_s=20.1)
    scene.now_s = lost_s
    scene.do(LinkLost(site="01"))
    scene.now_s = next_deadline(scene.state)

    assert scene.do(Tick())
    assert next_deadline(scene.state) > scene.now_s
