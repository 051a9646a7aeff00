from __future__ import annotations

import pytest

from bridge.check.sheet import has_any, looks_in, sheet_of
from bridge.conference.check_words import Reason, Verdict
from bridge.conference.commands import WalkBegin
from bridge.conference.words import Link
from bridge.minutes.steps import Moment, NothingToTell
from tests.bridge.check.papers import GOOD, Sitting, morning
from tests.bridge.conference.scene import SITES, TECHNICIAN


def rows(sheet):
    return {row.site: row for row in sheet.rows}


def test_every_site_has_its_row_in_the_order_of_the_seats():
    sheet = sheet_of(morning().records)

    assert tuple(row.site for row in sheet.rows) == SITES
    assert (sheet.conference, sheet.title, sheet.walked_by) == (
        "c1",
        "Hội nghị <giao ban>",
        "cuong",
    )
    assert sheet.until.wall == "2020-05-29T07:14:00.000+07:00"
    assert not sheet.rehearsal
    assert sheet.starts is None
    assert rows(sheet)["01"].title == "Sở KH&CN 01"
    assert rows(sheet)["79"].link is Link.LOST


def test_the_last_check_counts_and_the_one_before_stands_beside_it():
    row = rows(sheet_of(morning().records))["01"]

    assert row.last.at == Moment(at_s=240.0, wall="2020-05-29T07:05:00.000+07:00")
    assert (row.last.by, row.last.verdict, row.last.reasons) == (
        "cuong",
        Verdict.WATCH,
        (Reason.LOSS_DOWN,),
    )
    assert row.last.figures == GOOD
    assert row.last.heard is True
    assert (row.before.verdict, row.before.heard) == (Verdict.FAIL, None)
    assert row.trend == 1


def test_what_was_said_of_a_site_and_when():
    row = rows(sheet_of(morning().records))["48"]

    assert row.visit.sound == "echo"
    assert row.judged.wall == "2020-05-29T07:12:00.000+07:00"
    assert (row.last, row.before, row.trend) == (None, None, None)
    assert rows(sheet_of(morning().records))["02"].visit.skipped
    assert rows(sheet_of(morning().records))["110"].visit is None


def test_without_an_earlier_one_a_check_is_compared_with_the_conference_before():
    former = looks_in(morning("c0").records)
    today = Sitting()
    today.check("01", Verdict.WATCH)

    sheet = rows(sheet_of(today.records, former))

    assert sheet["01"].before.at.wall == "2020-05-29T07:05:00.000+07:00"
    assert sheet["01"].trend == 0
    assert (sheet["02"].last, sheet["02"].before.verdict) == (None, Verdict.FAIL)
    assert sheet["02"].trend is None
    assert sheet["48"].before is None
    again = rows(sheet_of(morning().records, former))
    assert again["01"].before.verdict is Verdict.FAIL


@pytest.mark.parametrize(("then", "now", "trend"), [("pass", "fail", -1), ("watch", "pass", 1)])
def test_which_way_it_goes(then, now, trend):
    sitting = Sitting()
    sitting.check("01", Verdict(then))
    sitting.check("01", Verdict(now))

    assert rows(sheet_of(sitting.records))["01"].trend == trend


def test_verdicts_are_counted_and_those_who_were_not_checked():
    sheet = sheet_of(morning().records)

    assert [sheet.count(verdict) for verdict in (*Verdict, None)] == [0, 1, 1, 3]


def test_what_a_walk_anew_has_forgotten_is_forgotten():
    sitting = morning()
    sitting.do(WalkBegin(anew=True), TECHNICIAN)

    row = rows(sheet_of(sitting.records))["48"]
    assert (row.visit, row.judged) == (None, None)


def test_a_journal_without_a_beginning_tells_nothing():
    for tell in (sheet_of, looks_in):
        with pytest.raises(NothingToTell):
            tell([])


def test_a_check_or_a_walk_is_something_to_say():
    checked, walked, neither = Sitting(), Sitting(), Sitting()
    checked.check("01", Verdict.PASS)
    walked.do(WalkBegin(), TECHNICIAN)

    assert [has_any(each.records) for each in (checked, walked, neither)] == [True, True, False]
    assert not has_any([])
