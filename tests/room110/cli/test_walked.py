"""How far the walk is, beside the rules that move it."""

from __future__ import annotations

import pytest

from bridge.conference.check_words import WalkPicture, WalkSound
from bridge.conference.commands import (
    LinkLost,
    WalkBegin,
    WalkEnd,
    WalkGo,
    WalkJudge,
    WalkNext,
    WalkSkip,
)
from bridge.conference.projection import Audience, project
from bridge.conference.words import CENTRE, Link
from room110.cli.walked import Standing
from tests.bridge.conference.scene import TECHNICIAN, TITLES, Scene, in_lobby


def standing(scene: Scene) -> Standing:
    """As the doors tell it."""
    view = project(scene.state, Audience(kind="desk"), titles=TITLES)
    check = {"rev": 7, "now": scene.now_s, **view["check"]}
    if "walk" in view:
        check["walk"] = view["walk"]
    sites = [{"code": code, "link": site["link"]} for code, site in view["sites"].items()]
    return Standing.of(check, sites)


def walks(scene: Scene, command, after_s: float = 10.0) -> None:
    scene.now_s += after_s
    scene.do(command, TECHNICIAN)


def test_before_anybody_has_walked_all_with_a_line_are_left():
    scene = in_lobby()
    scene.do(LinkLost(site="48"))
    seen = standing(scene)

    assert (seen.is_on, seen.current, seen.next) == (False, None, "01")
    assert (seen.done, seen.left, seen.no_line) == ((), ("01", "02", "79"), ("48",))
    assert seen.counted() == "0 of 3 done, 1 without a line"
    assert "walk" not in seen.facts() and "current" not in seen.facts()


@pytest.mark.parametrize(
    "before",
    [
        [],
        [WalkBegin()],
        [WalkBegin(), WalkNext()],
        [WalkBegin(), WalkSkip()],
        [WalkBegin(), WalkGo(site="48"), WalkJudge(site="79", sound=WalkSound.GOOD)],
        [WalkBegin(), WalkGo(site="79")],
        [WalkBegin(), WalkGo(site="79"), WalkNext()],
        [WalkBegin(), WalkJudge(site="02", note="chưa nói gì")],
        [WalkBegin(), WalkGo(site="02"), WalkEnd()],
        [WalkBegin(), WalkSkip(), WalkSkip(), WalkSkip(), WalkSkip()],
    ],
)
@pytest.mark.parametrize("lost", [None, "02", "79"])
def test_who_is_next_is_who_will_be(before, lost):
    scene = in_lobby()
    for command in before:
        walks(scene, command)
    if lost is not None:
        scene.do(LinkLost(site=lost))
    said = standing(scene)
    walks(scene, WalkNext() if said.is_on else WalkBegin())

    assert said.next == scene.state.walk.current == standing(scene).current
    up = {site for site, state in scene.state.sites.items() if state.link is Link.UP} - {CENTRE}
    assert set(said.done) == {s for s, v in scene.state.walk.visits.items() if v.is_done}
    assert set(said.left) == up - set(said.done)
    assert set(said.no_line) == set(said.order) - up - set(said.done)


def test_a_site_in_a_word_and_how_long_it_took():
    scene = in_lobby()
    scene.do(LinkLost(site="79"))
    for command in (WalkBegin(), WalkSkip(), WalkJudge(site="02", picture=WalkPicture.DARK)):
        walks(scene, command)
    scene.now_s += 5.0
    seen = standing(scene)

    assert {site: seen.state(site) for site in seen.order} == {
        "01": "skipped",
        "02": "turn",
        "48": "next",
        "79": "no line",
    }
    assert (seen.took_s("01"), seen.took_s("02"), seen.took_s("48")) == (10.0, 15.0, 0.0)
    walks(scene, WalkEnd())
    over = standing(scene)
    assert (over.is_on, over.state("02"), over.took_s("02")) == (False, "done", 25.0)


def test_the_facts_are_what_a_script_asks_for():
    scene = in_lobby()
    for command in (WalkBegin(), WalkSkip()):
        walks(scene, command)
    facts = standing(scene).facts()

    assert facts.pop("walk")["by"] == TECHNICIAN.user
    assert facts == {
        "rev": 7,
        "now": 20.0,
        "on": True,
        "current": "02",
        "next": "48",
        "done": ["01"],
        "left": ["02", "48", "79"],
        "no_line": [],
    }
