from __future__ import annotations

import json

from bridge.conference.check_words import Reason, Verdict, WalkPicture, WalkSound
from bridge.conference.commands import (
    CheckHeard,
    CheckRun,
    SiteMeasured,
    WalkBegin,
    WalkEnd,
    WalkJudge,
    WalkSkip,
)
from bridge.conference.figures import Figures
from bridge.conference.projection import DESK, WALL, Audience, project
from tests.bridge.conference.props import at
from tests.bridge.conference.scene import TECHNICIAN, TITLES, in_lobby, province

OWN = Audience(kind="site", site="01")


def seen(scene, audience):
    return project(scene.state, audience, titles=TITLES)


def checked():
    scene = in_lobby()
    at(scene, 3.0, CheckRun(sites=("01", "02")), TECHNICIAN)
    figures = Figures(rtt_s=0.03, loss_up=0.0, width=1280, played="47")
    at(
        scene,
        9.0,
        SiteMeasured(site="01", verdict=Verdict.WATCH, reasons=(Reason.QUIET,), figures=figures),
    )
    return scene


def test_before_anything_there_is_nothing():
    scene = in_lobby()

    assert seen(scene, DESK)["check"] == {"results": {}}
    assert "walk" not in seen(scene, DESK)
    assert "check" not in seen(scene, OWN)["own"]


def test_the_desk_sees_the_round_and_what_was_found():
    scene = checked()

    check = seen(scene, DESK)["check"]

    assert check["round"] == {
        "by": "cuong",
        "since_s": 3.0,
        "sites": ["01", "02"],
        "left": ["02"],
    }
    assert check["results"] == {
        "01": {
            "at_s": 9.0,
            "by": "cuong",
            "verdict": "watch",
            "reasons": ["quiet"],
            "figures": {"rtt_s": 0.03, "loss_up": 0.0, "width": 1280, "played": "47"},
        }
    }
    assert json.loads(json.dumps(check)) == check


def test_the_number_is_kept_from_the_room():
    scene = checked()

    assert seen(scene, OWN)["own"]["check"] == {
        "running": False,
        "at_s": 9.0,
        "verdict": "watch",
        "reasons": ["quiet"],
        "asked": True,
    }
    assert "47" not in json.dumps(seen(scene, OWN))
    assert seen(scene, Audience(kind="site", site="02"))["own"]["check"] == {"running": True}
    assert "check" not in seen(scene, Audience(kind="site", site="48"))["own"]
    assert "check" not in seen(scene, WALL)


def test_a_site_that_is_checked_again_sees_its_last_check():
    scene = checked()
    scene.do(SiteMeasured(site="02", verdict=Verdict.PASS))
    scene.do(CheckRun(sites=("02",)))

    own = seen(scene, Audience(kind="site", site="02"))["own"]["check"]

    assert (own["running"], own["verdict"], own["asked"]) == (True, "pass", False)


def test_words_of_the_number_are_seen_by_both():
    scene = checked()
    scene.do(CheckHeard(number="11"), province("01"))

    result, own = seen(scene, DESK)["check"]["results"]["01"], seen(scene, OWN)["own"]["check"]

    assert (result["heard"], result["tries"]) == (own["heard"], own["tries"]) == (False, 1)


def test_the_desk_sees_the_walk_and_nobody_else():
    scene = in_lobby()
    at(scene, 5.0, WalkBegin(), TECHNICIAN)
    at(scene, 7.0, WalkSkip(), TECHNICIAN)
    words = {"sound": WalkSound.ECHO, "picture": WalkPicture.DARK, "note": "?"}
    at(scene, 8.0, WalkJudge(site="48", **words), TECHNICIAN)

    assert seen(scene, DESK)["walk"] == {
        "by": "cuong",
        "begun_s": 5.0,
        "current": "02",
        "since_s": 7.0,
        "visits": {
            "01": {"took_s": 2.0, "skipped": True},
            "48": {
                "took_s": 0.0,
                "skipped": False,
                "sound": "echo",
                "picture": "dark",
                "note": "?",
                "by": "cuong",
                "judged_s": 8.0,
            },
        },
    }
    at(scene, 9.0, WalkEnd(), TECHNICIAN)
    walk = seen(scene, DESK)["walk"]
    assert walk["ended_s"] == 9.0
    assert not walk.keys() & {"current", "since_s"}
    assert "walk" not in seen(scene, WALL) | seen(scene, OWN)
