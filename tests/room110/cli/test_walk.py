from __future__ import annotations

import json

import pytest

from bridge.conference import commands as c
from bridge.conference.check_words import WalkPicture, WalkSound
from room110.cli.walk import Picture, Sound

WALK = {
    "by": "cuong",
    "begun_s": 60.0,
    "current": "04",
    "since_s": 100.0,
    "visits": {
        "01": {
            "took_s": 21.0,
            "skipped": False,
            "sound": "echo",
            "picture": "good",
            "note": "Loa đặt sát mic",
            "by": "cuong",
            "judged_s": 79.0,
        },
        "02": {"took_s": 9.0, "skipped": True},
        "04": {"took_s": 2.0, "skipped": False},
    },
}


@pytest.fixture
def walk(service):
    """Say how the walk is; None: nobody has walked."""

    def said(walk=WALK, *, down=("08",), now=110.0):
        check = {"rev": 7, "now": now, "results": {}, **({"walk": walk} if walk else {})}
        sites = [
            {"code": code, "link": "down" if code in down else "up"}
            for code in ("01", "02", "04", "06", "08", "110")
        ]
        service.answers["GET", "/api/v1/check"] = (200, check)
        service.answers["GET", "/api/v1/sites"] = (200, {"rev": 7, "sites": sites})

    said()
    return said


def words(text):
    return [" ".join(line.split()) for line in text.splitlines()]


@pytest.mark.parametrize(
    ("args", "command"),
    [
        (["begin"], c.WalkBegin()),
        (["begin", "--anew"], c.WalkBegin(anew=True)),
        (["next"], c.WalkNext()),
        (["skip"], c.WalkSkip()),
        (["go", "hà nội"], c.WalkGo(site="01")),
        (["end"], c.WalkEnd()),
        (["judge", "--sound", "echo"], c.WalkJudge(site="04", sound=WalkSound.ECHO)),
        (
            ["judge", "02", "--picture", "dark", "--note", "Ngược sáng"],
            c.WalkJudge(site="02", picture=WalkPicture.DARK, note="Ngược sáng"),
        ),
    ],
)
def test_each_command_of_the_protocol_has_one_here(room110, service, walk, args, command):
    code, out, err = room110("site", "walk", *args)

    assert (code, out, err.count("\n")) == (0, "", 1)
    assert service.commands() == [command]
    assert service.bearer().roles == {"technician"}
    assert json.loads(room110("site", "walk", *args, "--json")[1])["rev"] == 7


def test_where_the_turn_went_is_said(room110, walk):
    assert room110("site", "walk", "next")[2] == (
        "turn: 04 Cao Bằng; 2 of 4 done, 1 without a line\n"
    )
    gone = {name: value for name, value in WALK.items() if name not in ("current", "since_s")}
    walk(gone, down=())
    assert room110("site", "walk", "skip")[2] == (
        "behind the last: 2 of 5 done; next goes back to 04 Cao Bằng\n"
    )
    walk(gone, down=("04", "06", "08"))
    assert room110("site", "walk", "next")[2] == (
        "nobody is left: 2 of 2 done, 3 without a line; room110 site walk end\n"
    )
    walk({**gone, "ended_s": 200.0})
    assert room110("site", "walk", "end")[2] == (
        "the walk of cuong is over, 0:01:00 to 0:03:20: 2 of 4 done, 1 without a line;"
        " the sheet: room110 site sheet\n"
    )


def test_a_script_is_told_where_the_walk_stands(room110, walk):
    moved = json.loads(room110("site", "walk", "next", "--json")[1])
    shown = json.loads(room110("site", "walk", "show", "--json")[1])

    assert moved == shown
    assert shown["walk"] == WALK
    assert (shown["current"], shown["next"], shown["on"]) == ("04", "06", True)
    assert (shown["done"], shown["left"], shown["no_line"]) == (["01", "02"], ["04", "06"], ["08"])


def test_the_walk_is_shown(room110, walk):
    _, out, _ = room110("site", "walk", "show")
    lines = words(out)

    assert lines[:3] == [
        "cuong walks since 0:01:00, now 0:01:50: 2 of 4 done, 1 without a line",
        "turn: 04 Cao Bằng, for 0:12",
        "next: 06 Bắc Kạn",
    ]
    assert lines[-5:] == [
        "01 Hà Nội done echo good 0:21 cuong 0:01:19",
        "02 Hà Giang skipped 0:09",
        "04 Cao Bằng turn 0:12",
        "",
        "01 Hà Nội: Loa đặt sát mic",
    ]
    assert "\x1b" not in out
    everybody = words(room110("site", "walk", "show", "--all")[1])
    assert everybody[-4:-2] == ["06 Bắc Kạn next", "08 Tuyên Quang no line"]


def test_before_and_after_a_walk_that_is_said(room110, walk):
    walk(None)
    assert words(room110("site", "walk", "show")[1]) == [
        "nobody has walked: 0 of 4 done, 1 without a line",
        "next: 01 Hà Nội",
    ]
    walk({"by": "cuong", "begun_s": 60.0, "ended_s": 61.0, "visits": {}}, down=())
    assert words(room110("site", "walk", "show")[1]) == [
        "the walk of cuong is over, 0:01:00 to 0:01:01: 0 of 5 done",
        "next: 01 Hà Nội",
    ]


def test_to_judge_and_go_on_are_one_line_and_overtake_nobody(room110, service, walk):
    service.answers["POST", "/api/v1/sites/04/walk"] = (200, {"rev": 8})

    code, _, err = room110("site", "walk", "judge", "--sound", "good", "--next")

    assert service.commands() == [c.WalkJudge(site="04", sound=WalkSound.GOOD), c.WalkNext()]
    assert service.seen() == [None, '"8"']
    assert (code, words(err)[0]) == (0, "04 Cao Bằng: sound good")
    assert words(err)[1].startswith("turn: ")
    _, out, _ = room110("site", "walk", "judge", "--sound", "good", "--next", "--json")
    assert json.loads(out)["current"] == "04"


def test_what_was_not_said_is_asked_for_before_anybody_is_judged(room110, service, walk):
    code, _, err = room110("site", "walk", "judge", "04")
    assert (code, err) == (2, "room110: what was heard and seen? --sound, --picture, --note\n")
    code, _, err = room110("site", "walk", "judge", "04", "--sound", "good", "--next")
    assert code == 2 and "name none" in err
    assert room110("site", "walk", "judge", "--sound", "loud")[0] == 2
    assert room110("site", "walk", "go", "nơi nào đó")[0] == 2
    assert service.asked == []
    walk(None)
    code, _, err = room110("site", "walk", "judge", "--sound", "good")
    assert (code, err) == (1, "room110: it is nobody's turn: name the site\n")
    assert service.commands() == []


@pytest.mark.parametrize(
    ("status", "no", "code"),
    [(409, "bad_state", 1), (409, "site_offline", 1), (403, "not_authorized", 4)],
)
def test_a_no_of_the_service_has_its_code(room110, service, walk, status, no, code):
    answer = (status, {"code": no, "detail": "not so"})
    service.answers["POST", "/api/v1/walk/site"] = answer

    its_code, out, err = room110("site", "walk", "go", "06")

    assert (its_code, out) == (code, "")
    assert err.startswith(f"room110: {no}: not so\n")


def test_without_a_service_nobody_walks(room110, service):
    (service.state / "service.json").unlink()
    assert room110("site", "walk", "begin")[0] == 5


def test_the_words_are_those_of_the_conference():
    assert set(Sound) == set(WalkSound)
    assert set(Picture) == set(WalkPicture)
