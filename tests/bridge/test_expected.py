"""Whose absence is a fault, and when."""

from __future__ import annotations

import pytest

from bridge.conference.commands import ChairPhase, LinkLost, LinkUp
from bridge.conference.session_commands import RollcallMark
from bridge.conference.words import CENTRE, Mark, Phase
from bridge.expected import PATIENCE_S, is_excused, is_expected
from tests.bridge.conference.scene import SITES, Scene

MORNING_S = 8 * 3600.0


def expected(scene: Scene, since_midnight_s: float = MORNING_S) -> list[str]:
    return [
        site
        for site in SITES
        if is_expected(scene.state, site, now_s=scene.now_s, since_midnight_s=since_midnight_s)
    ]


def opened(*ready: str) -> Scene:
    """Open since a minute; of the sites only *ready* have ever been there."""
    scene = Scene()
    for site in ready:
        scene.do(LinkUp(site=site))
    scene.now_s = 3600.0
    scene.do(ChairPhase(to=Phase.OPEN))
    scene.now_s += 60.0
    return scene


def test_nobody_is_expected_in_the_lobby():
    scene = Scene()
    scene.do(LinkUp(site="01"))
    assert expected(scene) == []


def test_at_first_only_who_was_ready_is_expected_and_ten_minutes_later_all():
    scene = opened("01", CENTRE)
    assert expected(scene) == ["01", CENTRE]

    scene.now_s = 3600.0 + PATIENCE_S - 0.1
    assert expected(scene) == ["01", CENTRE]
    scene.now_s = 3600.0 + PATIENCE_S
    assert expected(scene) == list(SITES)


def test_who_was_ready_and_is_lost_is_missed():
    scene = opened("01")
    scene.do(LinkLost(site="01"))
    assert expected(scene) == ["01"]


@pytest.mark.parametrize(("since_midnight_s", "there"), [(3601.0, ["01"]), (3000.0, [])])
def test_who_was_ready_yesterday_and_not_today_has_ten_minutes(since_midnight_s, there):
    scene = Scene()
    scene.do(LinkUp(site="01"))
    scene.do(LinkLost(site="01"))
    scene.now_s = 3590.0
    scene.do(ChairPhase(to=Phase.OPEN))
    scene.now_s = 3600.0
    assert expected(scene, since_midnight_s) == there


@pytest.mark.parametrize("phase", [Phase.RECESS, Phase.CLOSED])
def test_nobody_is_missed_in_a_recess_or_after_the_end(phase):
    scene = opened("01")
    scene.now_s += PATIENCE_S
    scene.do(ChairPhase(to=phase))
    assert expected(scene) == []


@pytest.mark.parametrize(
    ("mark", "excused", "missed"),
    [
        (Mark.PRESENT, False, True),
        (Mark.LATE, False, True),
        (Mark.EXCUSED, True, False),
        (Mark.ABSENT, True, False),
        (Mark.LEFT, False, False),
    ],
)
def test_what_the_roll_call_says(mark, excused, missed):
    scene = opened("01")
    scene.do(RollcallMark(site="01", mark=mark, reason="bão"))

    assert is_excused(scene.state, "01") is excused
    assert ("01" in expected(scene)) is missed
    assert not is_excused(scene.state, "02")
