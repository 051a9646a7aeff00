from __future__ import annotations

import pytest

from bridge.conference.commands import RollcallAnswer, RollcallClose, RollcallMark, RollcallOpen
from bridge.conference.words import Mark
from tests.bridge.conference.scene import SECRETARY, province
from tests.bridge.minutes.sitting import Sitting, full


def marked(*marks: tuple[str, Mark | None]) -> Sitting:
    """The secretary marks 11 at these times."""
    sitting = Sitting()
    for time, mark in marks:
        sitting.at(time)
        sitting.do(RollcallMark(site="11", mark=mark, reason="lý do"), SECRETARY)
    return sitting


def seat(sitting: Sitting, site: str = "11"):
    return next(s for s in sitting.minutes.attendance.seats if s.site == site)


def times(moments):
    return [moment.wall[11:16] for moment in moments]


P, L, A, E, G = Mark.PRESENT, Mark.LATE, Mark.ABSENT, Mark.EXCUSED, Mark.LEFT


@pytest.mark.parametrize(
    ("marks", "mark", "late", "left", "returned"),
    [
        ([], None, [], [], []),
        ([("08:00", P)], P, [], [], []),
        ([("08:10", L)], L, ["08:10"], [], []),
        ([("08:10", L), ("08:11", P)], P, [], [], []),
        ([("08:10", A), ("08:20", L)], L, ["08:20"], [], []),
        ([("08:10", L), ("08:20", A)], A, [], [], []),
        ([("08:00", P), ("08:20", G)], G, [], ["08:20"], []),
        ([("08:00", P), ("08:20", G), ("08:30", P)], P, [], ["08:20"], ["08:30"]),
        ([("08:10", L), ("08:20", G), ("08:30", L)], L, ["08:10"], ["08:20"], ["08:30"]),
        (
            [("08:00", P), ("08:20", G), ("08:30", P), ("08:40", G)],
            G,
            [],
            ["08:20", "08:40"],
            ["08:30"],
        ),
        ([("08:00", P), ("08:20", G), ("08:30", None)], None, [], [], []),
        ([("08:00", E)], E, [], [], []),
        ([("08:00", G)], G, [], ["08:00"], []),
    ],
)
def test_what_the_marks_of_a_site_leave_behind(marks, mark, late, left, returned):
    told = seat(marked(*marks))

    assert told.mark is mark
    assert times([told.late] if told.late else []) == late
    assert (times(told.left), times(told.returned)) == (left, returned)


def test_who_left_and_corrects_the_mark_has_left_once():
    sitting = marked(("08:00", P), ("08:20", G))
    sitting.do(RollcallMark(site="11", mark=G, head="Bà Hoa"), SECRETARY)

    assert times(seat(sitting).left) == ["08:20"]


def test_a_site_that_answers_late_and_again_came_when_it_first_answered():
    sitting = Sitting()
    sitting.do(RollcallOpen(), SECRETARY)
    sitting.do(RollcallClose(), SECRETARY)
    sitting.at("08:10")
    sitting.do(RollcallAnswer(head="Bà Hoa", title="Giám đốc", count=4), province("11"))
    sitting.at("08:30")
    sitting.do(RollcallAnswer(head="Bà Hòa"), province("11"))
    told = seat(sitting)

    assert times([told.late]) == ["08:10"]
    assert (told.head, told.position, told.count) == ("Bà Hòa", "Giám đốc", 4)


def test_every_site_has_a_seat_in_the_order_of_the_roster_and_its_line_beside_it():
    sitting = full()
    attendance = sitting.minutes.attendance

    assert [s.site for s in attendance.seats] == list(sitting.state.sites)
    assert [s.site for s in attendance.seats if s.connected is None] == ["20"]
    assert seat(sitting, "79").mark is None
    assert seat(sitting, "20").reason == "mưa lũ"


def test_persons_are_those_of_the_sites_that_were_there():
    sitting = full()
    assert sitting.minutes.attendance.persons == 5 + 4 + 2

    sitting.do(RollcallMark(site="11", mark=A, reason="nhầm"), SECRETARY)
    assert sitting.minutes.attendance.persons == 5 + 2


def test_the_roll_as_it_was_when_it_was_closed():
    attendance = full().minutes.attendance

    assert times([attendance.opened, attendance.closed]) == ["07:30", "08:02"]
    assert attendance.at_close == {P: 2, E: 1}


def test_a_roll_that_is_called_again_is_open():
    sitting = Sitting()
    assert sitting.minutes.attendance.opened is None
    for command in (RollcallOpen(), RollcallClose(), RollcallOpen()):
        sitting.do(command, SECRETARY)
    attendance = sitting.minutes.attendance

    assert attendance.opened is not None
    assert (attendance.closed, attendance.at_close) == (None, None)
