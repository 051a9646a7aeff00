from __future__ import annotations

import pytest

from bridge.conference.commands import ChairPhase, ConferenceDescribe, MinutesNote
from bridge.conference.words import Phase
from bridge.minutes.facts import minutes_of
from bridge.minutes.lives import Fate
from bridge.minutes.steps import NothingToTell
from tests.bridge.conference.scene import SECRETARY
from tests.bridge.minutes.sitting import Sitting, full, opened


def test_a_conference_that_has_only_begun():
    minutes = Sitting(title="Hội nghị", rehearsal=True).minutes

    assert (minutes.title, minutes.rehearsal) == ("Hội nghị", True)
    assert (minutes.opened, minutes.closed, minutes.late_s) == (None, None, None)
    assert minutes.begun == minutes.last
    assert [s.phase for s in minutes.stretches] == [Phase.LOBBY]
    assert (minutes.place, minutes.chair, minutes.starts) == (None, None, None)
    assert minutes.provinces == 5
    assert (minutes.counts.records, minutes.counts.events, minutes.counts.requests) == (1, 1, 0)


def test_what_is_said_of_it_later_holds():
    sitting = Sitting()
    sitting.do(ConferenceDescribe(place="Bộ", organizer="Văn phòng"), SECRETARY)
    sitting.do(ConferenceDescribe(place="Phòng 110", secretary="Lan"), SECRETARY)
    minutes = sitting.minutes

    assert (minutes.place, minutes.organizer, minutes.secretary) == (
        "Phòng 110",
        "Văn phòng",
        "Lan",
    )


def test_phases_with_a_closing_that_was_taken_back():
    sitting = opened()
    for time, phase in (
        ("08:10", Phase.RECESS),
        ("08:20", Phase.OPEN),
        ("08:30", Phase.CLOSED),
        ("08:35", Phase.OPEN),
        ("08:40", Phase.CLOSED),
    ):
        sitting.at(time)
        sitting.do(ChairPhase(to=phase))
    minutes = sitting.minutes

    assert [(s.phase.value, s.since.wall[11:16]) for s in minutes.stretches] == [
        ("lobby", "07:30"),
        ("open", "08:00"),
        ("recess", "08:10"),
        ("open", "08:20"),
        ("closed", "08:30"),
        ("open", "08:35"),
        ("closed", "08:40"),
    ]
    for one, two in zip(minutes.stretches, minutes.stretches[1:], strict=False):
        assert one.until == two.since
    assert minutes.opened.wall[11:16] == "08:00"
    assert minutes.closed.wall[11:16] == "08:40"
    assert minutes.stretches[-1].until is None


def test_notes_as_they_were_written():
    sitting = opened()
    sitting.do(MinutesNote(text="Một"), SECRETARY)
    sitting.do(MinutesNote(text="Hai"))

    assert [(n.by, n.text) for n in sitting.minutes.notes] == [("binh", "Một"), ("an", "Hai")]


def test_a_whole_morning_in_figures():
    minutes = full().minutes

    assert minutes.counts.fates == {
        Fate.TRIAL: 1,
        Fate.SHOWN: 1,
        Fate.SPOKEN: 5,
        Fate.NOT_REACHED: 2,
        Fate.WITHDRAWN: 1,
    }
    assert minutes.counts.requests == sum(minutes.counts.fates.values())
    # 73 minutes to the closing, in one of which the service stood still; 59 were planned for what
    # was done or skipped.
    assert minutes.late_s == (73 - 1 - 59) * 60


def test_the_time_after_the_closing_makes_nobody_later():
    sitting = full()
    late_s = sitting.minutes.late_s
    sitting.at("09:20")
    sitting.do(MinutesNote(text="Bổ sung"), SECRETARY)

    assert sitting.minutes.late_s == late_s


def test_no_record_no_facts():
    with pytest.raises(NothingToTell):
        minutes_of([])


def test_the_same_records_give_the_same_facts():
    records = full().records

    assert minutes_of(records) == minutes_of(tuple(records))
