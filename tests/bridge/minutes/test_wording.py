from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.conference.words import (
    EndReason,
    Hold,
    ItemKind,
    Ladder,
    Mark,
    Phase,
    ProbeKind,
    RequestKind,
    Role,
)
from bridge.minutes import wording
from bridge.minutes.incidents import IncidentKind
from bridge.minutes.lives import Fate
from bridge.minutes.programme import Outcome
from bridge.minutes.steps import Moment


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (wording.MARKS, [*Mark, None]),
        (wording.KINDS, RequestKind),
        (wording.REASONS, [*EndReason, None]),
        (wording.HOLDS, Hold),
        (wording.FATES, Fate),
        (wording.ITEM_KINDS, ItemKind),
        (wording.OUTCOMES, Outcome),
        (wording.PHASES, Phase),
        (wording.ROLES, Role),
        (wording.INCIDENTS, IncidentKind),
        (wording.DETAILS, [*ProbeKind, *Ladder]),
    ],
)
def test_there_is_a_word_for_everything_and_another_for_each(table, words):
    assert set(table) == set(words)
    assert len(set(table.values())) == len(table)


def moment(wall: str) -> Moment:
    return Moment(at_s=0.0, wall=wall)


@pytest.mark.parametrize(
    ("wall", "hours", "date"),
    [
        ("2026-02-05T08:05:09.123+07:00", "08 giờ 05 phút", "ngày 05 tháng 02 năm 2026"),
        ("2026-03-15T00:00:00+07:00", "00 giờ 00 phút", "ngày 15 tháng 3 năm 2026"),
        ("2026-10-31T23:59:59+07:00", "23 giờ 59 phút", "ngày 31 tháng 10 năm 2026"),
        # Written elsewhere, it was another day.
        ("2026-01-31T20:30:00+00:00", "03 giờ 30 phút", "ngày 01 tháng 02 năm 2026"),
    ],
)
def test_times_of_day_are_of_viet_nam_and_dates_as_the_decree_has_them(wall, hours, date):
    assert wording.hours(moment(wall)) == hours
    assert wording.date(moment(wall)) == date


def test_a_clock_time_or_none():
    assert wording.clock(moment("2026-02-05T08:05:09.999+07:00")) == "08:05:09"
    assert wording.clock(None) == ""


@pytest.mark.parametrize(
    ("starts", "told"),
    [
        (None, ""),
        ("2026-02-05T08:00:00+07:00", "08:00 05/02/2026"),
        ("2026-02-05T01:00:00Z", "08:00 05/02/2026"),
        ("2026-02-05T08:00", "08:00 05/02/2026"),
        ("tám giờ", "tám giờ"),
    ],
)
def test_a_planned_time_as_far_as_it_can_be_read(starts, told):
    assert wording.planned(starts) == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(None, ""), (0, "0:00"), (59.4, "0:59"), (59.5, "1:00"), (425, "7:05"), (4025.0, "1:07:05")],
)
def test_lengths(seconds, told):
    assert wording.length(seconds) == told


@pytest.mark.parametrize(("part", "told"), [(None, ""), (0.98456, "98,5 %"), (1.0, "100,0 %")])
def test_shares(part, told):
    assert wording.share(part) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Sở Khoa học", "Sở Khoa học"),
        ("  hai\n\tdòng\u2028này ", "hai dòng này"),
        ("a\x00b\x1bc\x7f", "abc"),
        ("\ud800x\ufffe", "x"),
        ("đảo\u202engược\u2066", "đảongược"),
        ("tie\u0302\u0301ng", "tie\u0302\u0301ng"),
    ],
)
def test_a_line_that_any_file_can_hold(text, told):
    assert wording.plain(text) == told


@given(st.text(st.characters()))
def test_a_plain_line_is_one_printable_line_and_stays_so(text):
    told = wording.plain(text)

    assert told == wording.plain(told) == told.strip()
    assert told.isprintable()
    told.encode()
