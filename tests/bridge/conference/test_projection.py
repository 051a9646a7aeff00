from __future__ import annotations

import json

import pytest

from bridge.conference.commands import (
    Actor,
    ChairCall,
    ChairDeny,
    ChairMute,
    ChairNext,
    ChairPhase,
    FloorRequest,
    LinkLost,
    SiteLeft,
    Tick,
)
from bridge.conference.projection import DESK, WALL, Audience, audience_of, project
from bridge.conference.words import Phase, RequestHandling, Role
from tests.bridge.conference.scene import TITLES, in_lobby, in_session, province, speaking


def site(code):
    return Audience(kind="site", site=code)


def seen(scene, audience):
    return project(scene.state, audience, titles=TITLES)


def busy_scene():
    """02 speaks; 01 is asked to prepare; 48 waits with a text; 79 is muted, denied and lost."""
    scene = in_session()
    scene.ask("79")
    scene.do(ChairDeny(request=1, text="Xin hẹn lượt sau"))
    scene.do(ChairMute(site="79"))
    scene.do(LinkLost(site="79"))
    scene.do(FloorRequest(text="Khó khăn về tài chính"), province("48"))
    scene.do(ChairCall(site="02"))
    scene.do(ChairNext(site="01"))
    return scene


def test_the_desk_sees_everything():
    scene = busy_scene()
    scene.now_s = 30.0

    snapshot = seen(scene, DESK)

    assert snapshot["next"] == "01"
    assert snapshot["queue"] == [2]
    assert snapshot["policy"] == {
        "max_floor_users": 1,
        "request_handling": "queue",
        "limit_s": 300,
        "grace_s": 20.0,
        "down_after_s": 120.0,
        "reopen_within_s": 900.0,
    }
    assert list(snapshot["sites"]) == ["01", "02", "48", "79", "110"]
    assert snapshot["sites"]["79"] == {
        "title": TITLES["79"],
        "link": "lost",
        "link_since_s": 0.0,
        "blocked": True,
        "gate": False,
        "floor": "none",
    }
    assert snapshot["sites"]["02"]["gate"] is True
    assert snapshot["sites"]["02"]["request"] == 3
    assert {code: s["floor"] for code, s in snapshot["sites"].items()} == {
        "01": "next",
        "02": "speaking",
        "48": "requested",
        "79": "none",
        "110": "none",
    }
    assert snapshot["requests"] == {
        "2": {
            "site": "48",
            "status": "accepted",
            "floor": "speech",
            "by": "site:48",
            "text": "Khó khăn về tài chính",
            "created_s": 0.0,
        },
        "3": {
            "site": "02",
            "status": "granted",
            "floor": "speech",
            "by": "an",
            "created_s": 0.0,
            "limit_s": 300,
            "clock": {"used_s": 0.0, "since_s": 0.0},
        },
    }


def test_the_wall_sees_what_is_public_and_nothing_else():
    assert seen(busy_scene(), WALL) == {
        "conference": "c1",
        "title": "Hội nghị",
        "rehearsal": False,
        "phase": "open",
        "phase_since_s": 0.0,
        "on_air": "02",
        "programme": {"kind": "stage"},
        "speakers": ["02"],
        "sites": {code: {"title": title} for code, title in TITLES.items()},
    }


@pytest.mark.parametrize("code", ["01", "02", "48", "79", "110"])
def test_a_site_sees_what_is_public_and_itself(code):
    scene = busy_scene()

    snapshot = seen(scene, site(code))
    own = snapshot.pop("own")

    assert snapshot == seen(scene, WALL)
    assert own["site"] == code


def test_a_site_never_learns_the_queue_blocks_lines_denials_or_texts_of_others():
    told = json.dumps(seen(busy_scene(), site("01")), ensure_ascii=False)

    for secret in ("queue", "tài chính", "hẹn lượt sau", "lost", "denied", "policy", "binh"):
        assert secret not in told
    assert told.count('"blocked"') == told.count('"gate"') == told.count('"link"') == 1


def test_a_site_sees_its_own_standing():
    scene = busy_scene()

    assert seen(scene, site("01"))["own"] == {
        "site": "01",
        "link": "up",
        "blocked": False,
        "gate": False,
        "floor": "next",
        "next": True,
    }
    assert seen(scene, site("79"))["own"]["blocked"] is True
    assert seen(scene, site("79"))["own"]["link"] == "lost"
    assert seen(scene, site("48"))["own"]["request"] == {
        "id": 2,
        "status": "accepted",
        "created_s": 0.0,
    }
    assert seen(scene, site("02"))["own"] == {
        "site": "02",
        "link": "up",
        "blocked": False,
        "gate": True,
        "floor": "speaking",
        "next": False,
        "request": {
            "id": 3,
            "status": "granted",
            "created_s": 0.0,
            "limit_s": 300,
            "clock": {"used_s": 0.0, "since_s": 0.0},
        },
    }


def test_a_held_speaker_is_no_speaker_and_its_clock_stands():
    scene = speaking("01")
    scene.now_s = 42.0

    scene.do(LinkLost(site="01"))

    snapshot = seen(scene, DESK)
    assert snapshot["speakers"] == []
    assert snapshot["requests"]["1"]["clock"] == {"used_s": 42.0}
    assert snapshot["requests"]["1"]["holds"] == {"link": 42.0}
    assert snapshot["sites"]["01"]["floor"] == "held"
    assert seen(scene, site("01"))["own"]["request"]["clock"] == {"used_s": 42.0}


def test_a_continuation_says_what_it_continues():
    scene = speaking("01")
    scene.do(LinkLost(site="01"))
    scene.now_s = 20.0
    scene.do(Tick())

    snapshot = seen(scene, DESK)

    assert list(snapshot["requests"]) == ["2"]
    assert snapshot["requests"]["2"]["continues"] == 1


def test_speakers_stand_in_the_order_of_their_grants():
    scene = in_session(max_floor_users=3)
    for now_s, code in [(1.0, "79"), (2.0, "01"), (3.0, "48")]:
        scene.now_s = now_s
        scene.do(ChairCall(site=code))

    assert seen(scene, WALL)["speakers"] == ["79", "01", "48"]


def test_there_is_always_a_programme():
    scene = in_lobby()
    programmes = [seen(scene, WALL)["programme"]]
    for command in (
        ChairPhase(to=Phase.OPEN),
        ChairPhase(to=Phase.RECESS),
        ChairPhase(to=Phase.OPEN),
        SiteLeft(site="110"),
        ChairCall(site="01"),
        LinkLost(site="01"),
        ChairPhase(to=Phase.CLOSED),
    ):
        scene.do(command)
        programmes.append(seen(scene, WALL)["programme"])

    stage = {"kind": "stage"}
    assert programmes == [
        {"kind": "slate", "slate": "lobby"},
        stage,
        {"kind": "slate", "slate": "recess"},
        stage,
        {"kind": "slate", "slate": "centre_lost"},
        stage,
        {"kind": "slate", "slate": "centre_lost"},
        {"kind": "slate", "slate": "end"},
    ]


def test_absent_means_none():
    scene = in_lobby(limit_s=None, request_handling=RequestHandling.CONFIRM)

    snapshot = seen(scene, DESK)

    assert "on_air" not in snapshot
    assert "next" not in snapshot
    assert "limit_s" not in snapshot["policy"]
    assert snapshot["policy"]["request_handling"] == "confirm"


@pytest.mark.parametrize(
    ("roles", "standing", "audience"),
    [
        ({Role.CHAIR}, "110", DESK),
        ({Role.DEPUTY}, "110", DESK),
        ({Role.SECRETARY}, None, DESK),
        ({Role.TECHNICIAN, Role.SITE}, "01", DESK),
        ({Role.SITE}, "01", site("01")),
        ({Role.SITE, Role.VIEWER}, "01", site("01")),
        ({Role.SITE}, None, WALL),
        ({Role.VIEWER}, "01", WALL),
        ({Role.METRICS}, None, WALL),
        (set(), None, WALL),
    ],
)
def test_everybody_belongs_to_one_audience(roles, standing, audience):
    assert audience_of(Actor(user="x", roles=frozenset(roles), site=standing)) == audience
