from __future__ import annotations

import pytest

from bridge.conference.commands import (
    Actor,
    ChairPhase,
    LinkLost,
    RollcallAnswer,
    RollcallClose,
    RollcallMark,
    RollcallOpen,
)
from bridge.conference.words import Mark, Phase, Role
from tests.bridge.conference.props import at
from tests.bridge.conference.scene import SECRETARY, in_lobby, province, shorthand

ANSWER = RollcallAnswer(head="Bà Hoa", title="Giám đốc", count=12)


def called(*, closed=False, said=None):
    """The roll is called; 01 has the mark *said*; then it is closed."""
    scene = in_lobby()
    if said is not None:
        scene.do(RollcallMark(site="01", mark=said, reason="bão"), SECRETARY)
    scene.do(RollcallOpen())
    if closed:
        scene.do(RollcallClose())
    return scene


def mark_of(scene, site="01"):
    return scene.state.rollcall.marks[site]


# Calling


def test_the_roll_is_called_closed_and_called_again():
    scene = in_lobby()

    assert shorthand(scene.do(RollcallOpen())) == [("RollcallOpened",)]
    assert scene.do(RollcallOpen()) == ()
    assert shorthand(scene.do(RollcallClose())) == [("RollcallClosed",)]
    assert scene.do(RollcallClose()) == ()
    assert shorthand(scene.do(RollcallOpen(), SECRETARY)) == [("RollcallOpened",)]


def test_after_the_end_the_roll_is_not_called():
    scene = in_lobby()
    scene.do(ChairPhase(to=Phase.CLOSED))

    assert scene.no(RollcallOpen()) == "bad_state"
    assert scene.no(ANSWER, province("01")) == "bad_state"


def test_the_end_of_the_conference_is_the_end_of_answers():
    scene = called(closed=True)
    scene.do(ChairPhase(to=Phase.CLOSED))

    assert scene.no(ANSWER, province("01")) == "bad_state"


# Answering


def test_a_site_answers_who_leads_it_and_how_many_there_are():
    scene = called()

    events = at(scene, 9.0, ANSWER, province("01"))

    assert shorthand(events) == [
        ("RollcallMarked", "01", "present", "site:01", "Bà Hoa", "Giám đốc", 12)
    ]
    assert (mark_of(scene).at_s, mark_of(scene).by) == (9.0, "site:01")
    assert scene.do(ANSWER, province("01")) == ()


@pytest.mark.parametrize(
    ("said", "is_open", "mark"),
    [
        (None, True, Mark.PRESENT),
        (None, False, Mark.LATE),
        (Mark.PRESENT, True, Mark.PRESENT),
        (Mark.PRESENT, False, Mark.PRESENT),
        (Mark.LATE, True, Mark.LATE),
        (Mark.LATE, False, Mark.LATE),
        (Mark.ABSENT, True, Mark.PRESENT),
        (Mark.ABSENT, False, Mark.LATE),
        (Mark.EXCUSED, True, Mark.PRESENT),
        (Mark.EXCUSED, False, Mark.LATE),
        (Mark.LEFT, True, Mark.PRESENT),
        (Mark.LEFT, False, Mark.PRESENT),
    ],
)
def test_who_was_not_there_before_the_roll_was_closed_is_late(said, is_open, mark):
    scene = called(closed=not is_open, said=said)

    scene.do(ANSWER, province("01"))

    assert (mark_of(scene).mark, mark_of(scene).reason) == (mark, None)


def test_nobody_answers_before_the_roll_is_called():
    assert in_lobby().no(ANSWER, province("01")) == "bad_state"


def test_an_answer_comes_from_a_site_of_the_conference():
    stranger = Actor(user="x", roles=frozenset({Role.SITE}), site="99")

    assert called().no(ANSWER, stranger) == "site_not_found"


def test_a_correction_is_a_new_mark():
    scene = called()
    scene.do(ANSWER, province("01"))

    events = scene.do(RollcallAnswer(head="Ông Tân"), province("01"))

    assert shorthand(events) == [("RollcallMarked", "01", "present", "site:01", "Ông Tân")]
    assert (mark_of(scene).head, mark_of(scene).count) == ("Ông Tân", 12)


# Marking


@pytest.mark.parametrize(
    ("mark", "reason", "code"),
    [
        (Mark.PRESENT, None, None),
        (Mark.LATE, None, None),
        (Mark.LEFT, None, None),
        (None, None, None),
        (Mark.ABSENT, None, "bad_state"),
        (Mark.ABSENT, "", "bad_state"),
        (Mark.ABSENT, "bão", None),
        (Mark.EXCUSED, None, "bad_state"),
        (Mark.EXCUSED, "họp tỉnh", None),
    ],
)
def test_absent_and_excused_need_a_reason(mark, reason, code):
    scene = called()
    scene.do(ANSWER, province("01"))
    scene.do(ANSWER, province("02"))
    command = RollcallMark(site="01", mark=mark, reason=reason)

    if code:
        assert scene.no(command, SECRETARY) == code
        return
    scene.do(command, SECRETARY)
    marks = scene.state.rollcall.marks
    assert marks["02"].mark is Mark.PRESENT
    if mark is None:
        assert "01" not in marks
    else:
        assert (marks["01"].mark, marks["01"].reason) == (mark, reason)


@pytest.mark.parametrize(
    ("said", "news"),
    [
        ({"mark": Mark.PRESENT}, False),
        ({"mark": Mark.PRESENT, "head": "Bà Hoa", "title": "Giám đốc", "count": 12}, False),
        ({"mark": Mark.LATE}, True),
        ({"mark": Mark.PRESENT, "reason": "đến muộn"}, True),
        ({"mark": Mark.PRESENT, "head": "Ông Tân"}, True),
        ({"mark": Mark.PRESENT, "title": "Phó Giám đốc"}, True),
        ({"mark": Mark.PRESENT, "count": 11}, True),
        ({"mark": None}, True),
    ],
)
def test_a_mark_that_says_nothing_new_is_none(said, news):
    scene = called()
    scene.do(ANSWER, province("01"))

    events = scene.do(RollcallMark(site="01", **said), SECRETARY)

    assert len(events) == news


def test_taking_away_a_mark_that_is_not_there_is_nothing():
    assert called().do(RollcallMark(site="01", mark=None), SECRETARY) == ()


def test_the_secretary_marks_before_the_roll_is_called_and_after_the_end():
    scene = in_lobby()
    scene.do(RollcallMark(site="01", mark=Mark.EXCUSED, reason="họp tỉnh"), SECRETARY)
    scene.do(ChairPhase(to=Phase.CLOSED))

    scene.do(
        RollcallMark(site="02", mark=Mark.PRESENT, head="Ông Tân", title="Phó", count=3), SECRETARY
    )

    said = mark_of(scene, "02")
    assert (said.mark, said.by, said.head, said.title, said.count) == (
        "present",
        "binh",
        "Ông Tân",
        "Phó",
        3,
    )


def test_a_site_that_is_not_of_the_conference_has_no_mark():
    assert called().no(RollcallMark(site="99", mark=Mark.PRESENT), SECRETARY) == "site_not_found"


def test_a_line_marks_nobody():
    scene = called()
    scene.do(ANSWER, province("01"))

    scene.do(LinkLost(site="01"))

    assert scene.state.rollcall.counts() == {Mark.PRESENT: 1}
