"""The table of wishes: every command of a person has one that decides it, and the right one."""

from __future__ import annotations

from typing import get_args

import pytest

from bridge.conference import commands as c
from bridge.conference.checks import Refused
from bridge.conference.commands import PersonCommand
from bridge.conference.course import Course
from bridge.conference.wishes import FULFIL, fulfil
from bridge.conference.words import (
    Ladder,
    Mark,
    Phase,
    ProbeKind,
    Role,
    SlateKind,
)
from tests.bridge.conference.props import OPENING, REPORT, SECOND, sit_down
from tests.bridge.conference.scene import (
    CHAIR,
    DEPUTY,
    SECRETARY,
    TECHNICIAN,
    in_lobby,
    in_session,
    province,
    shorthand,
)


def morning():
    """01 speaks (request 1) for item 1, 02 waits (2) and 48 with it (3); a deputy is here."""
    scene = in_session()
    sit_down(scene, CHAIR, DEPUTY)
    scene.do(c.AgendaLoad(items=(REPORT, OPENING, SECOND)))
    scene.do(c.ChairCall(site="01", agenda_item=1))
    scene.ask("02", "48")
    scene.do(c.HelpRaise(), province("48"))
    scene.do(c.StandbySeen(site="79", on=True))
    scene.do(c.RollcallOpen())
    return scene


LETTERS = [
    # wish, who, what happens
    (c.FloorRequest(floors=("content",)), province("79"), ["RequestMade"]),
    (c.FloorRelease(request=2), province("02"), [("RequestEnded", 2, "cancelled", "own")]),
    (c.FloorRelease(request=1), province("01"), [("RequestEnded", 1, "released", "own")]),
    (c.ChairAccept(request=3, position=1), SECRETARY, [("RequestAccepted", 3, 1)]),
    (
        c.ChairGrant(request=2, on_full="replace"),
        CHAIR,
        [("RequestEnded", 1, "revoked", "replaced"), ("RequestGranted", 2, 300)],
    ),
    (c.ChairCall(site="02"), CHAIR, ["RequestEnded", "RequestGranted"]),
    (c.ChairDeny(request=2, text="?"), CHAIR, [("RequestEnded", 2, "denied", "chair", "?")]),
    (c.ChairRevoke(request=1, text="?"), CHAIR, [("RequestEnded", 1, "revoked", "chair", "?")]),
    (c.ChairRevoke(text="?"), CHAIR, [("RequestEnded", 1, "revoked", "chair", "?")]),
    (c.ChairNext(site="02"), CHAIR, [("NextChosen", "02")]),
    (c.ChairHold(request=1), CHAIR, [("HoldStarted", 1, "chair")]),
    (c.ChairResume(request=1), CHAIR, []),
    (c.ChairExtend(request=1, add_s=60), CHAIR, [("LimitExtended", 1, 480)]),
    (c.ChairLimit(site="01", limit_s=60), CHAIR, [("SiteLimited", "01", 60)]),
    (c.ChairMute(site="01"), CHAIR, [("BlockChanged", "01", True)]),
    (c.ChairSilence(), CHAIR, [("BlockChanged", "110", True), ("HoldStarted", 1, "chair")]),
    (c.ChairPolicy(changes={"warn_s": 5}), CHAIR, ["PolicyChanged"]),
    (c.ChairPhase(to=Phase.RECESS), CHAIR, ["HoldStarted", ("PhaseChanged", "recess")]),
    (c.ChairHandover(to="dung"), CHAIR, [("ChairPassed", "dung", "handed_over")]),
    (c.ChairAssume(), CHAIR, []),
    (c.AgendaLoad(items=(OPENING,)), CHAIR, [("AgendaLoaded", (OPENING,))]),
    (c.AgendaNext(), CHAIR, ["RequestEnded", ("ItemEnded", 1, "done"), ("ItemStarted", 2)]),
    (
        c.AgendaNext(item=2),
        CHAIR,
        ["RequestEnded", ("ItemEnded", 1, "done"), ("ItemStarted", 2)],
    ),
    (c.AgendaFinish(), CHAIR, ["RequestEnded", ("ItemEnded", 1, "done")]),
    (c.AgendaSkip(item=2), SECRETARY, [("ItemEnded", 2, "skipped")]),
    (c.AgendaDefer(item=2, after=3), SECRETARY, [("ItemMoved", 2, 3, True)]),
    (c.AgendaReturn(item=1), SECRETARY, "bad_state"),
    (c.RollcallOpen(), SECRETARY, []),
    (
        c.RollcallAnswer(head="Bà Hoa"),
        province("01"),
        [("RollcallMarked", "01", "present", "site:01", "Bà Hoa")],
    ),
    (
        c.RollcallMark(site="02", mark=Mark.LEFT),
        SECRETARY,
        [("RollcallMarked", "02", "left", "binh")],
    ),
    (c.RollcallClose(), SECRETARY, [("RollcallClosed",)]),
    (c.ViewBroadcast(site="02"), TECHNICIAN, [("BroadcastChosen", "02")]),
    (c.ViewWatch(site="02"), TECHNICIAN, [("WatchChosen", "02")]),
    (
        c.ViewCarousel(sites=("02",), every_s=5),
        TECHNICIAN,
        [("CarouselSet", ("02",), 5), ("WatchChosen", "02")],
    ),
    (
        c.ProgrammeSlate(slate=SlateKind.END, text="?"),
        SECRETARY,
        [("SlateWritten", "end", "?")],
    ),
    (c.SiteCut(site="02"), TECHNICIAN, [("CutChanged", "02", True)]),
    (c.SiteProbe(site="02"), TECHNICIAN, "bad_state"),
    (c.SiteSwitch(site="79"), TECHNICIAN, [("DeviceSwitched", "79")]),
    (c.SiteRestart(site="02"), TECHNICIAN, [("MediaRestarted", "02")]),
    (c.SiteDrop(site="02"), TECHNICIAN, [("SiteDropped", "02")]),
    (c.SiteLadder(site="02", to=Ladder.SOUND), TECHNICIAN, [("LadderChanged", "02", "sound")]),
    (c.HelpRaise(), province("79"), [("HelpChanged", "79", "raised")]),
    (c.HelpAck(site="48"), TECHNICIAN, [("HelpChanged", "48", "acknowledged")]),
    (c.HelpClose(site="48"), TECHNICIAN, [("HelpChanged", "48")]),
    (c.NoteSend(to="02", text="?"), CHAIR, [("NoteSent", "an", "02", "?")]),
    (c.MinutesNote(text="?"), SECRETARY, [("MinutesNoted", "binh", "?")]),
    (c.ConferenceLock(), TECHNICIAN, [("LockChanged", True)]),
    (c.ConferenceDescribe(place="?"), SECRETARY, [("ConferenceDescribed", "?")]),
    (c.CheckRun(sites=("79", "01")), TECHNICIAN, [("CheckBegun", "cuong", ("01", "79"))]),
    (c.CheckStop(), TECHNICIAN, []),
    (c.CheckHeard(number="47"), province("01"), "bad_state"),
    (c.WalkBegin(), TECHNICIAN, "not_authorized"),
    (c.WalkNext(), TECHNICIAN, "not_authorized"),
    (c.WalkSkip(), TECHNICIAN, "not_authorized"),
    (c.WalkGo(site="01"), TECHNICIAN, "not_authorized"),
    (c.WalkJudge(site="01"), TECHNICIAN, "not_authorized"),
    (c.WalkEnd(), TECHNICIAN, "not_authorized"),
]


def test_the_table_names_every_command_of_a_person():
    assert set(FULFIL) == set(get_args(PersonCommand))
    assert {type(wish) for wish, *_ in LETTERS} == set(FULFIL)


@pytest.mark.parametrize(
    ("wish", "actor", "expected"), LETTERS, ids=lambda value: type(value).__name__
)
def test_every_wish_is_decided_by_its_own_subject(wish, actor, expected):
    scene = morning()

    if isinstance(expected, str):
        assert scene.no(wish, actor) == expected
        return
    events = shorthand(scene.do(wish, actor))

    assert len(events) == len(expected)
    for event, said in zip(events, expected, strict=True):
        assert (event[0] if isinstance(said, str) else event) == said


def test_a_wish_happens_in_the_course_it_is_given():
    scene = in_lobby()
    course = Course(scene.state, TECHNICIAN, Role.TECHNICIAN, now_s=3.0)

    fulfil(course, c.SiteProbe(site="01", kind=ProbeKind.TALK))

    assert shorthand(tuple(course.events)) == [("ProbeStarted", "01", "talk", "cuong")]
    assert course.events[0].at_s == 3.0
    with pytest.raises(Refused):
        fulfil(course, c.SiteDrop(site="99"))


WALK = [
    (c.WalkBegin(anew=True), []),
    (c.WalkNext(), ["ProbeEnded", ("WalkMoved", "02"), ("ProbeStarted", "02", "talk", "cuong")]),
    (
        c.WalkSkip(),
        [
            ("WalkSkipped", "01"),
            "ProbeEnded",
            ("WalkMoved", "02"),
            ("ProbeStarted", "02", "talk", "cuong"),
        ],
    ),
    (
        c.WalkGo(site="79"),
        ["ProbeEnded", ("WalkMoved", "79"), ("ProbeStarted", "79", "talk", "cuong")],
    ),
    (c.WalkJudge(site="48", note="?"), [("WalkJudged", "48", "cuong", "?")]),
    (c.WalkEnd(), ["ProbeEnded", ("WalkEnded",)]),
    (c.CheckStop(), [("CheckEnded", True)]),
    (c.CheckRun(sites="all"), "bad_state"),
]


@pytest.mark.parametrize(("wish", "expected"), WALK, ids=lambda value: type(value).__name__)
def test_the_wishes_of_a_walk_and_of_a_check_that_are_on(wish, expected):
    scene = in_lobby()
    scene.do(c.CheckRun(sites="all"), TECHNICIAN)
    scene.do(c.WalkBegin(), TECHNICIAN)

    if isinstance(expected, str):
        assert scene.no(wish, TECHNICIAN) == expected
        return
    events = shorthand(scene.do(wish, TECHNICIAN))

    assert len(events) == len(expected)
    for event, said in zip(events, expected, strict=True):
        assert (event[0] if isinstance(said, str) else event) == said
