from __future__ import annotations

import json

import pytest

from bridge.conference.commands import (
    Actor,
    AgendaNext,
    ChairCall,
    ChairDeny,
    ChairHold,
    ChairMute,
    ChairNext,
    ChairPhase,
    ConferenceDescribe,
    ConferenceLock,
    FloorRequest,
    HelpRaise,
    LinkLost,
    LinkUp,
    MicLive,
    NoteSend,
    ProgrammeSlate,
    RollcallAnswer,
    RollcallMark,
    RollcallOpen,
    SiteCut,
    SiteLeft,
    SiteProbe,
    StandbySeen,
    Tick,
    ViewBroadcast,
)
from bridge.conference.desk_view import agenda
from bridge.conference.projection import DESK, WALL, Audience, audience_of, project
from bridge.conference.words import (
    Mark,
    Phase,
    ProbeKind,
    QueueVisible,
    RequestHandling,
    Role,
    SlateKind,
    Via,
)
from tests.bridge.conference.props import REPORT, at, planned, talking
from tests.bridge.conference.scene import (
    CHAIR,
    SECRETARY,
    TECHNICIAN,
    TITLES,
    in_lobby,
    in_session,
    province,
    speaking,
)

CONTENT, BOTH = ("content",), ("speech", "content")


def site(code):
    return Audience(kind="site", site=code)


def seen(scene, audience):
    return project(scene.state, audience, titles=TITLES)


def own(scene, code):
    return seen(scene, site(code))["own"]


def busy_scene(**policy):
    """02 speaks; 01 is asked to prepare; 48 waits with a text; 79 is muted, denied and lost."""
    scene = in_session(**policy)
    scene.ask("79")
    scene.do(ChairDeny(request=1, text="Xin hẹn lượt sau"))
    scene.do(ChairMute(site="79"))
    scene.do(LinkLost(site="79"))
    scene.do(FloorRequest(text="Khó khăn về tài chính", group="Nhóm 2"), province("48"))
    scene.do(ChairCall(site="02"))
    scene.do(MicLive(site="02"))
    scene.do(ChairNext(site="01"))
    return scene


PUBLIC = {
    "conference": "c1",
    "title": "Hội nghị",
    "rehearsal": False,
    "phase": "open",
    "phase_since_s": 0.0,
    "opened_s": 0.0,
    "locked": False,
    "rollcall_open": False,
    "on_air": "02",
    "programme": {"kind": "stage"},
    "speakers": ["02"],
    "by_phone": [],
    "agenda": {"items": {}, "order": [], "due_s": 0.0},
}


# Who sees what


def test_the_wall_sees_what_is_public_and_nothing_else():
    assert seen(busy_scene(), WALL) == PUBLIC | {
        "sites": {code: {"title": title} for code, title in TITLES.items()}
    }


def test_the_desk_sees_what_is_public_too():
    snapshot = seen(busy_scene(), DESK)

    assert {name: snapshot[name] for name in PUBLIC} == PUBLIC
    assert "own" not in snapshot


@pytest.mark.parametrize("code", ["01", "02", "48", "79", "110"])
def test_a_site_sees_what_is_public_and_itself(code):
    scene = busy_scene()

    snapshot = seen(scene, site(code))
    standing = snapshot.pop("own")

    assert snapshot == seen(scene, WALL)
    assert standing["site"] == code


def test_a_site_never_learns_the_queue_blocks_lines_denials_or_texts_of_others():
    scene = busy_scene()
    scene.do(HelpRaise(), province("48"))
    scene.do(NoteSend(to="48", text="Đề nghị giảm loa"), TECHNICIAN)
    scene.do(RollcallMark(site="48", mark=Mark.ABSENT, reason="bão"), SECRETARY)

    told = json.dumps(seen(scene, site("01")), ensure_ascii=False)

    for secret in ("queue", "tài chính", "hẹn lượt sau", "lost", "denied", "policy", "binh"):
        assert secret not in told
    for secret in ("giảm loa", "raised", "bão", "Nhóm 2"):
        assert secret not in told
    assert told.count('"blocked"') == told.count('"gate"') == told.count('"link"') == 1


def test_sites_see_whose_turn_it_is_where_the_policy_shows_the_queue():
    scene = busy_scene(queue_visible=QueueVisible.ALL)
    scene.ask("02")

    assert seen(scene, site("01"))["queue_sites"] == ["48", "02"]
    assert "queue_sites" not in seen(scene, WALL)


# What is public


def test_place_beginning_roll_call_and_lock_are_public():
    scene = in_lobby()
    scene.do(ConferenceDescribe(place="Hà Nội", starts="2026-11-26T08:00:00+07:00", chair="?"))
    scene.do(RollcallOpen())
    scene.do(ConferenceLock())

    snapshot = seen(scene, WALL)

    assert (snapshot["place"], snapshot["starts"]) == ("Hà Nội", "2026-11-26T08:00:00+07:00")
    assert snapshot["rollcall_open"]
    assert snapshot["locked"]
    assert "?" not in json.dumps(snapshot)


@pytest.mark.parametrize(
    ("phase", "told"),
    [
        (Phase.LOBBY, {"up": 3, "of": 4}),
        (Phase.OPEN, None),
        (Phase.RECESS, {"up": 3, "of": 4}),
        (Phase.CLOSED, None),
    ],
)
def test_who_waits_is_told_how_many_provinces_are_here(phase, told):
    scene = in_lobby() if phase is Phase.LOBBY else in_session()
    scene.do(LinkLost(site="79"))
    scene.do(SiteLeft(site="110"))
    scene.do(ChairPhase(to=phase))

    assert seen(scene, WALL).get("connected") == told
    assert seen(scene, site("01")).get("connected") == told


def test_the_agenda_is_public():
    scene = planned(REPORT)
    scene.do(AgendaNext())

    assert seen(scene, WALL)["agenda"] == agenda(scene.state.agenda)


def test_whose_slides_are_shown_and_who_telephones_is_public():
    scene = in_session()
    scene.do(ChairCall(site="48", floors=CONTENT))
    scene.do(ChairCall(site="01", via=Via.PHONE))

    snapshot = seen(scene, WALL)

    assert (snapshot["content"], snapshot["by_phone"]) == ("48", ["01"])
    assert snapshot["speakers"] == ["01"]


def test_speakers_stand_in_the_order_of_their_grants():
    scene = in_session(max_floor_users=3)
    for now_s, code in [(1.0, "79"), (2.0, "01"), (3.0, "48")]:
        at(scene, now_s, ChairCall(site=code))

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
        LinkUp(site="110"),
        LinkLost(site="110"),
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
        stage,
        {"kind": "slate", "slate": "centre_lost"},
        {"kind": "slate", "slate": "end"},
    ]


@pytest.mark.parametrize(
    ("phase", "shown"),
    [
        (Phase.LOBBY, {"kind": "slate", "slate": "lobby", "text": "Sắp bắt đầu"}),
        (Phase.OPEN, {"kind": "slate", "slate": "notice", "text": "Mất điện", "until": "09:45"}),
        (Phase.RECESS, {"kind": "slate", "slate": "recess"}),
    ],
)
def test_a_notice_covers_the_stage_and_each_slate_says_its_own(phase, shown):
    scene = in_lobby() if phase is Phase.LOBBY else in_session()
    scene.do(ChairPhase(to=phase))
    scene.do(ProgrammeSlate(slate=SlateKind.LOBBY, text="Sắp bắt đầu"))
    scene.do(ProgrammeSlate(slate=SlateKind.NOTICE, text="Mất điện", until="09:45"))

    assert seen(scene, WALL)["programme"] == shown


def test_what_is_written_for_the_lobby_covers_no_stage():
    scene = in_session()

    scene.do(ProgrammeSlate(slate=SlateKind.LOBBY, text="Sắp bắt đầu"))

    assert seen(scene, WALL)["programme"] == {"kind": "stage"}


# A site's own standing


def test_a_site_sees_where_it_stands():
    scene = busy_scene()

    assert own(scene, "01") == {
        "site": "01",
        "link": "up",
        "blocked": False,
        "cut": False,
        "gate": False,
        "floor": "next",
        "next": True,
        "standby": False,
    }
    assert own(scene, "02") == {
        "site": "02",
        "link": "up",
        "blocked": False,
        "cut": False,
        "gate": True,
        "floor": "speaking",
        "next": False,
        "standby": False,
        "request": {
            "id": 3,
            "status": "granted",
            "floors": ["speech"],
            "kind": "call",
            "created_s": 0.0,
            "limit_s": 300,
            "warn_s": 60,
            "warned": False,
            "over": False,
            "clock": {"used_s": 0.0, "since_s": 0.0},
        },
    }
    assert own(scene, "48")["request"] == {
        "id": 2,
        "status": "accepted",
        "floors": ["speech"],
        "kind": "hand",
        "created_s": 0.0,
        "group": "Nhóm 2",
        "warn_s": 60,
        "warned": False,
        "over": False,
    }


@pytest.mark.parametrize(
    ("command", "actor", "field", "value"),
    [
        (ChairMute(site="01"), CHAIR, "blocked", True),
        (SiteCut(site="01"), TECHNICIAN, "cut", True),
        (LinkLost(site="01"), None, "link", "lost"),
        (StandbySeen(site="01", on=True), None, "standby", True),
        (HelpRaise(), province("01"), "help", "raised"),
        (SiteProbe(site="01", kind=ProbeKind.TALK), TECHNICIAN, "probe", "talk"),
    ],
)
def test_a_site_is_told_what_concerns_it_and_another_is_not(command, actor, field, value):
    scene = in_lobby()
    before = own(scene, "02")

    scene.do(command, actor)

    assert own(scene, "01")[field] == value
    assert own(scene, "02") == before


def test_a_site_knows_that_it_is_to_be_shown_and_that_it_is():
    scene = in_session()
    words = [own(scene, "01").get("broadcast")]
    scene.do(ViewBroadcast(site="01"))
    words.append(own(scene, "01").get("broadcast"))
    at(scene, 3.0, Tick())
    words.append(own(scene, "01").get("broadcast"))

    assert words == [None, "preparing", "shown"]
    assert "broadcast" not in own(scene, "02")


def test_a_site_sees_its_own_line_of_the_roll():
    scene = in_lobby()
    scene.do(RollcallOpen())
    at(scene, 4.0, RollcallAnswer(head="Bà Hoa", count=12), province("01"))

    assert own(scene, "01")["attendance"] == {
        "mark": "present",
        "at_s": 4.0,
        "by": "site:01",
        "head": "Bà Hoa",
        "count": 12,
    }
    assert "attendance" not in own(scene, "02")


def test_a_site_reads_what_it_wrote_and_what_was_written_to_it():
    scene = in_lobby()
    scene.do(NoteSend(to="desk", text="một"), province("01"))
    scene.do(NoteSend(to="01", text="hai"), CHAIR)
    scene.do(NoteSend(to="technicians", text="ba"), province("02"))
    scene.do(NoteSend(to="desk", text="bốn"), TECHNICIAN)

    notes = own(scene, "01")["notes"]

    assert [note["text"] for note in notes] == ["một", "hai"]
    assert notes[0] == {"at_s": 0.0, "by": "site:01", "site": "01", "to": "desk", "text": "một"}
    assert "notes" not in own(scene, "48")


def test_a_speaker_sees_its_warning_its_holds_and_its_clock():
    scene = talking("01")
    at(scene, 245.0, Tick())
    scene.do(SiteCut(site="01"))
    scene.do(ChairHold(request=1))

    request = own(scene, "01")["request"]

    assert (request["warned"], request["over"]) == (True, False)
    assert request["holds"] == ["chair", "technical"]
    assert request["clock"] == {"used_s": 245.0}
    at(scene, 246.0, SiteCut(site="01", on=False))
    assert own(scene, "01")["request"]["holds"] == ["chair"]


@pytest.mark.parametrize(
    ("floors", "granted", "held", "shown"),
    [
        (CONTENT, False, False, {"id": 1, "status": "accepted", "shown": False}),
        (CONTENT, True, False, {"id": 1, "status": "granted", "shown": True}),
        (CONTENT, True, True, {"id": 1, "status": "granted", "shown": False}),
        (BOTH, True, False, None),
    ],
)
def test_a_site_sees_its_slides_beside_its_speech(floors, granted, held, shown):
    scene = in_session()
    scene.do(FloorRequest(floors=floors), province("01"))
    if granted:
        scene.do(ChairCall(site="01", floors=floors))
    if held:
        scene.do(ChairHold(request=1))

    assert own(scene, "01").get("content") == shown
    assert "content" not in own(scene, "02")
    assert ("request" in own(scene, "01")) is (floors == BOTH)


def test_slides_that_are_over_are_not_told():
    scene = in_session()
    scene.do(ChairCall(site="01", floors=CONTENT))
    scene.do(ChairPhase(to=Phase.CLOSED))

    assert "content" not in own(scene, "01")


# Absent means none


def test_nothing_is_ever_null():
    scenes = [in_lobby(limit_s=None), busy_scene(), speaking("01", "02"), planned()]

    for scene in scenes:
        for audience in (DESK, WALL, site("01"), site("110")):
            assert "null" not in json.dumps(seen(scene, audience))


def test_what_is_not_so_is_absent():
    scene = in_lobby(limit_s=None, request_handling=RequestHandling.CONFIRM)

    snapshot = seen(scene, DESK)

    for absent in ("on_air", "content", "next", "probe", "opened_s", "starts", "place"):
        assert absent not in snapshot
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
