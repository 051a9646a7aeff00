from __future__ import annotations

import pytest

from bridge.conference.rollcall import Attendance, Rollcall
from bridge.conference.words import Mark


def mark(mark, **said):
    return Attendance(mark=mark, at_s=1.0, by="binh", **said)


def test_a_roll_that_was_never_called_is_closed():
    roll = Rollcall()

    assert (roll.is_open, roll.opened_s, roll.closed_s, roll.marks) == (False, None, None, {})


def test_it_opens_closes_and_opens_again():
    roll = Rollcall().opened(at_s=5.0)
    assert (roll.is_open, roll.opened_s, roll.closed_s) == (True, 5.0, None)
    roll = roll.closed(at_s=9.0)
    assert (roll.is_open, roll.opened_s, roll.closed_s) == (False, 5.0, 9.0)

    roll = roll.opened(at_s=12.0)

    assert (roll.is_open, roll.opened_s, roll.closed_s) == (True, 12.0, 9.0)


def test_a_mark_takes_the_place_of_the_one_before_and_none_takes_it_away():
    roll = Rollcall().marked("01", mark(Mark.ABSENT, reason="bão")).marked("02", mark(Mark.LATE))

    roll = roll.marked("01", mark(Mark.PRESENT))

    assert roll.marks == {"01": mark(Mark.PRESENT), "02": mark(Mark.LATE)}
    assert roll.marked("01", None).marks == {"02": mark(Mark.LATE)}
    assert roll.marked("48", None).marks == roll.marks


@pytest.mark.parametrize(
    ("before", "said", "after"),
    [
        ({}, {}, {}),
        ({"head": "Bà Hoa"}, {}, {"head": "Bà Hoa"}),
        ({"head": "Bà Hoa"}, {"head": "Ông Tân"}, {"head": "Ông Tân"}),
        (
            {"head": "Bà Hoa", "title": "Giám đốc", "count": 12},
            {"count": 0},
            {"head": "Bà Hoa", "title": "Giám đốc", "count": 0},
        ),
        ({"title": "Giám đốc", "count": 12}, {"title": "Phó"}, {"title": "Phó", "count": 12}),
        ({"reason": "bão"}, {}, {}),
    ],
)
def test_what_a_mark_does_not_say_of_the_people_stays_as_it_was_said(before, said, after):
    roll = Rollcall().marked("01", mark(Mark.PRESENT, **before))

    roll = roll.marked("01", mark(Mark.PRESENT, **said))

    assert roll.marks["01"] == mark(Mark.PRESENT, **after)


def test_marks_are_counted():
    roll = Rollcall()
    for site, word in [("01", Mark.PRESENT), ("02", Mark.LATE), ("48", Mark.PRESENT)]:
        roll = roll.marked(site, mark(word))

    assert roll.counts() == {Mark.PRESENT: 2, Mark.LATE: 1}
    assert Rollcall().counts() == {}
