from __future__ import annotations

import json
from dataclasses import fields

import pytest

from bridge.conference.commands import (
    AgendaDefer,
    AgendaFinish,
    AgendaNext,
    AgendaSkip,
    ChairCall,
    ChairHandover,
    ChairHold,
    ChairLimit,
    ChairMute,
    ChairNext,
    ChairPhase,
    ConferenceDescribe,
    ConsoleWent,
    FloorRelease,
    FloorRequest,
    HelpRaise,
    LinkLost,
    LinkUp,
    MicLive,
    NoteSend,
    ProgrammeSlate,
    RollcallAnswer,
    RollcallClose,
    RollcallMark,
    RollcallOpen,
    SiteCut,
    SiteLadder,
    SiteProbe,
    StandbySeen,
    Tick,
    ViewBroadcast,
    ViewCarousel,
    ViewWatch,
)
from bridge.conference.desk_view import agenda, attendance, clock, desk, note
from bridge.conference.patch import without_none
from bridge.conference.policy import Policy
from bridge.conference.rollcall import Attendance
from bridge.conference.state import Note
from bridge.conference.words import Ladder, Mark, Phase, SlateKind, Via
from tests.bridge.conference.props import OPENING, REPORT, TALK, at, planned, sit_down, talking
from tests.bridge.conference.scene import (
    CHAIR,
    DEPUTY,
    SECRETARY,
    TECHNICIAN,
    TITLES,
    Scene,
    in_lobby,
    in_session,
    province,
    speaking,
)

CONTENT = ("content",)


def view(scene):
    return desk(scene.state, TITLES)


def test_the_desk_sees_who_is_next_and_who_waits():
    scene = in_session()
    scene.ask("01", "02")
    scene.do(ChairNext(site="02"))

    assert (view(scene)["next"], view(scene)["queue"]) == ("02", [1, 2])


def test_the_desk_sees_the_whole_policy():
    policy = view(in_session())["policy"]

    assert set(policy) == {field.name for field in fields(Policy)}
    assert policy["max_floor_users"] == 1
    assert policy["on_expiry"] == "overtime"
    assert json.loads(json.dumps(policy)) == policy


# Sites


def test_a_site_as_the_desk_sees_it():
    scene = Scene()

    assert list(view(scene)["sites"]) == list(TITLES)
    assert view(scene)["sites"]["01"] == {
        "title": TITLES["01"],
        "link": "down",
        "link_since_s": 0.0,
        "blocked": False,
        "cut": False,
        "standby": False,
        "gate": False,
        "floor": "none",
    }


@pytest.mark.parametrize(
    ("command", "actor", "field", "value"),
    [
        (LinkLost(site="01"), None, "link", "lost"),
        (LinkLost(site="01"), None, "link_since_s", 5.0),
        (ChairMute(site="01"), CHAIR, "blocked", True),
        (SiteCut(site="01"), CHAIR, "cut", True),
        (StandbySeen(site="01", on=True), None, "standby", True),
        (SiteLadder(site="01", to=Ladder.SOUND), CHAIR, "ladder", "sound"),
        (ChairLimit(site="01", limit_s=60), CHAIR, "limit_s", 60),
        (HelpRaise(), province("01"), "help", "raised"),
        (ChairCall(site="01"), CHAIR, "gate", True),
        (ChairCall(site="01"), CHAIR, "floor", "speaking"),
        (ChairCall(site="01"), CHAIR, "request", 1),
        (ChairCall(site="01"), CHAIR, "spoken", {"used_s": 0.0}),
        (ChairNext(site="01"), CHAIR, "floor", "next"),
    ],
)
def test_the_desk_sees_everything_of_a_site(command, actor, field, value):
    scene = in_session()
    before = view(scene)["sites"]

    at(scene, 5.0, command, actor)

    after = view(scene)["sites"]
    assert after["01"][field] == value != before["01"].get(field)
    assert {**after, "01": None} == {**before, "01": None}


def test_a_line_that_carries_all_says_nothing_of_it():
    scene = in_session()
    scene.do(SiteLadder(site="01", to=Ladder.SMALL))
    scene.do(SiteLadder(site="01", to=Ladder.FULL))

    assert "ladder" not in view(scene)["sites"]["01"]


def test_speaking_time_adds_up_over_the_morning():
    scene = talking("01")
    at(scene, 30.0, FloorRelease(request=1), province("01"))
    at(scene, 40.0, ChairCall(site="01", floors=CONTENT))
    at(scene, 60.0, ChairCall(site="01"))
    assert view(scene)["sites"]["01"]["spoken"] == {"used_s": 30.0}
    at(scene, 70.0, MicLive(site="01"))

    assert view(scene)["sites"]["01"]["spoken"] == {"used_s": 30.0, "since_s": 70.0}
    at(scene, 80.0, ChairHold(request=3))
    assert view(scene)["sites"]["01"]["spoken"] == {"used_s": 40.0}
    assert "spoken" not in view(scene)["sites"]["02"]


def test_who_asks_in_vain_or_shows_slides_alone_has_not_spoken():
    scene = in_session()
    scene.ask("01")
    scene.do(ChairCall(site="02", floors=CONTENT))

    assert "spoken" not in view(scene)["sites"]["01"]
    assert "spoken" not in view(scene)["sites"]["02"]


# Requests


def test_a_request_as_the_desk_sees_it():
    scene = in_session()
    scene.do(
        FloorRequest(
            site="01",
            floors=("speech", "content"),
            priority=3,
            limit_s=420,
            text="Khó khăn",
            group="Nhóm 2",
            respond=True,
        ),
        SECRETARY,
    )

    assert view(scene)["requests"] == {
        "1": {
            "site": "01",
            "status": "accepted",
            "floors": ["speech", "content"],
            "kind": "hand",
            "priority": 3,
            "by": "binh",
            "text": "Khó khăn",
            "group": "Nhóm 2",
            "respond": True,
            "created_s": 0.0,
            "limit_s": 420,
            "started": False,
            "warned": False,
            "over": False,
            "via": "line",
        }
    }


def test_a_speaker_as_the_desk_sees_it():
    scene = planned(REPORT)
    at(scene, 5.0, ChairCall(site="01", agenda_item=1, via=Via.PHONE))
    at(scene, 9.0, ChairHold(request=1))

    assert view(scene)["requests"]["1"] == {
        "site": "01",
        "status": "granted",
        "floors": ["speech"],
        "kind": "agenda",
        "priority": 2,
        "by": "an",
        "group": "Nhóm 1",
        "respond": False,
        "created_s": 5.0,
        "granted_s": 5.0,
        "limit_s": 420,
        "clock": {"used_s": 4.0},
        "started": True,
        "warned": False,
        "over": False,
        "via": "phone",
        "item": 1,
        "holds": {"chair": 9.0},
    }


def test_warning_and_limit_are_seen():
    scene = talking("01")

    seen = []
    for now_s in (239.0, 240.0, 300.0):
        at(scene, now_s, Tick())
        request = view(scene)["requests"]["1"]
        seen.append((request["warned"], request["over"]))

    assert seen == [(False, False), (True, False), (True, True)]


def test_what_has_ended_is_not_on_the_desk_and_what_is_left_says_of_what():
    scene = talking("01")
    scene.do(LinkLost(site="01"))
    at(scene, 20.0, Tick())

    requests = view(scene)["requests"]

    assert list(requests) == ["2"]
    assert requests["2"]["continues"] == 1


def test_a_clock_is_of_a_holder_alone():
    scene = speaking("01")
    scene.ask("02")
    assert clock(scene.request(1)) == {"used_s": 0.0}
    assert clock(scene.request(2)) is None
    at(scene, 3.0, MicLive(site="01"))

    assert clock(scene.request(1)) == {"used_s": 0.0, "since_s": 3.0}


# The chair


def test_the_desk_sees_who_is_the_chair_and_who_sits_at_a_console():
    scene = in_session()
    assert view(scene)["chair"] == {"epoch": 1, "away_since_s": 0.0}
    sit_down(scene, CHAIR, DEPUTY)
    scene.do(ChairHandover(to="dung"))

    assert view(scene)["chair"] == {"deputy": "dung", "epoch": 2}
    assert view(scene)["consoles"] == {"an": ["chair"], "dung": ["deputy"]}
    at(scene, 7.0, ConsoleWent(user="dung"))
    assert view(scene)["chair"] == {"deputy": "dung", "epoch": 2, "away_since_s": 7.0}


# Roll call, views, slates, notes


def test_the_desk_sees_the_roll():
    scene = in_lobby()
    assert view(scene)["rollcall"] == {"marks": {}}
    at(scene, 1.0, RollcallOpen())
    at(scene, 2.0, RollcallAnswer(head="Bà Hoa"), province("01"))
    at(scene, 3.0, RollcallClose())
    at(scene, 4.0, RollcallMark(site="02", mark=Mark.ABSENT, reason="bão"), SECRETARY)

    assert view(scene)["rollcall"] == {
        "opened_s": 1.0,
        "closed_s": 3.0,
        "marks": {
            "01": {"mark": "present", "at_s": 2.0, "by": "site:01", "head": "Bà Hoa"},
            "02": {"mark": "absent", "at_s": 4.0, "by": "binh", "reason": "bão"},
        },
    }


def test_the_desk_sees_what_is_shown_and_watched():
    scene = in_session()
    assert view(scene)["views"] == {"broadcast_shown": False}
    scene.do(ViewCarousel(sites=("01", "02"), every_s=5))
    scene.do(ViewBroadcast(site="48"))
    at(scene, 3.0, Tick())

    assert view(scene)["views"] == {
        "broadcast": "48",
        "broadcast_shown": True,
        "watch": "01",
        "carousel": {"every_s": 5},
    }
    scene.do(ViewWatch(site="79"))
    assert view(scene)["views"]["watch"] == "79"
    assert "carousel" not in view(scene)["views"]


def test_the_desk_sees_a_probe():
    scene = in_lobby()
    assert view(scene)["probe"] is None
    at(scene, 2.0, SiteProbe(site="01"), TECHNICIAN)

    assert view(scene)["probe"] == {"site": "01", "kind": "listen", "by": "cuong", "since_s": 2.0}


def test_the_desk_sees_slates_notes_and_the_description():
    scene = in_lobby()
    scene.do(ProgrammeSlate(slate=SlateKind.RECESS, until="09:45"))
    scene.do(NoteSend(to="desk", text="Mất tiếng"), province("01"))
    scene.do(ConferenceDescribe(place="Hà Nội", secretary="Bà An"))

    assert view(scene)["slates"] == {"recess": {"until": "09:45"}}
    assert [each["text"] for each in view(scene)["notes"]] == ["Mất tiếng"]
    assert view(scene)["description"] == {"place": "Hà Nội", "secretary": "Bà An"}


# The agenda


def test_the_agenda_says_what_is_planned_and_how_far_it_is():
    scene = planned(OPENING, REPORT, TALK)
    at(scene, 10.0, AgendaNext())
    at(scene, 70.0, AgendaNext())
    scene.do(AgendaDefer(item=3))

    assert agenda(scene.state.agenda) == {
        "items": {
            "1": {
                "kind": "centre",
                "title": "Khai mạc",
                "minutes": 10,
                "status": "done",
                "started_s": 10.0,
                "took_s": 60.0,
                "deferred": False,
            },
            "2": {
                "kind": "site",
                "title": "Tham luận",
                "minutes": 7,
                "site": "01",
                "speaker": "Bà Hoa",
                "group": "Nhóm 1",
                "status": "current",
                "started_s": 70.0,
                "took_s": 0.0,
                "deferred": False,
            },
            "3": {
                "kind": "discussion",
                "title": "Thảo luận",
                "minutes": 30,
                "status": "planned",
                "took_s": 0.0,
                "deferred": True,
            },
        },
        "order": [1, 2, 3],
        "current": 2,
        "due_s": 600.0,
    }


def test_what_was_passed_over_is_due_like_what_is_done():
    scene = planned(OPENING, TALK)
    scene.do(AgendaSkip(item=2))
    scene.do(AgendaNext())
    scene.do(AgendaFinish())

    shown = agenda(scene.state.agenda)

    assert shown["due_s"] == 2400.0
    assert "current" not in shown


# Pieces


def test_values_are_plain_and_without_none():
    assert attendance(Attendance(mark=Mark.LATE, at_s=1.0, by="x", count=0)) == {
        "mark": "late",
        "at_s": 1.0,
        "by": "x",
        "count": 0,
    }
    assert type(attendance(Attendance(mark=Mark.LATE, at_s=1.0, by="x"))["mark"]) is str
    assert note(Note(at_s=1.0, by="x", site=None, to="01", text="?")) == {
        "at_s": 1.0,
        "by": "x",
        "to": "01",
        "text": "?",
    }
    assert without_none({"a": None, "b": 0, "c": False, "d": ""}) == {"b": 0, "c": False, "d": ""}


def test_gates_are_seen_one_by_one():
    scene = speaking("01", "02")
    scene.do(LinkLost(site="02"))
    gates = {code: each["gate"] for code, each in view(scene)["sites"].items()}
    assert gates == {"01": True, "02": False, "48": False, "79": False, "110": True}
    scene.do(LinkUp(site="02"))
    scene.do(ChairPhase(to=Phase.RECESS))

    assert not any(each["gate"] for each in view(scene)["sites"].values())
