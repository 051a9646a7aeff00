from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.conference import events as e
from bridge.conference.evolve import fold_into
from bridge.conference.rollcall import Attendance
from bridge.conference.state import NOTES_KEPT, Carousel, Description, Note, Probe, Slate, Views
from bridge.conference.surroundings import attendance_of, changed, with_site
from bridge.conference.words import Help, ItemStatus, Ladder, Mark, ProbeKind, SlateKind
from tests.bridge.conference.props import OPENING, TALK
from tests.bridge.conference.scene import in_session

STATE = in_session().state


def test_a_site_changes_and_the_others_stay():
    state = with_site(STATE, "01", help=Help.RAISED, standby=True)

    assert state.sites["01"] == replace(STATE.sites["01"], help=Help.RAISED, standby=True)
    assert list(state.sites) == list(STATE.sites)
    assert {**state.sites, "01": None} == {**STATE.sites, "01": None}


@pytest.mark.parametrize(
    ("event", "field", "value"),
    [
        (e.HelpChanged(at_s=1.0, site="01", to=Help.RAISED), "help", Help.RAISED),
        (e.HelpChanged(at_s=1.0, site="01", to=None), "help", None),
        (e.CutChanged(at_s=1.0, site="01", on=True), "cut", True),
        (e.LadderChanged(at_s=1.0, site="01", to=Ladder.SMALL), "ladder", Ladder.SMALL),
        (e.StandbyChanged(at_s=1.0, site="01", on=True), "standby", True),
    ],
)
def test_what_technicians_do_is_kept_with_the_site(event, field, value):
    state = changed(STATE, event)

    assert getattr(state.sites["01"], field) == value
    assert replace(state, sites=STATE.sites) == STATE
    assert {**state.sites, "01": None} == {**STATE.sites, "01": None}


@pytest.mark.parametrize(
    "event",
    [
        e.DeviceSwitched(at_s=1.0, site="01"),
        e.MediaRestarted(at_s=1.0, site="01"),
        e.SiteDropped(at_s=1.0, site="01"),
        e.MinutesNoted(at_s=1.0, by="binh", text="Đã thống nhất"),
    ],
)
def test_of_what_is_only_told_nothing_stays(event):
    assert changed(STATE, event) is STATE


def test_what_is_no_event_around_the_floor_is_not_passed_over():
    with pytest.raises(AssertionError):
        changed(STATE, e.NextChosen(at_s=1.0, site=None))


def test_a_probe_is_there_until_it_ends():
    state = changed(STATE, e.ProbeStarted(at_s=4.0, site="01", kind=ProbeKind.TALK, by="cuong"))
    assert state.probe == Probe(site="01", kind=ProbeKind.TALK, by="cuong", since_s=4.0)

    assert changed(state, e.ProbeEnded(at_s=5.0, site="01")) == STATE


@pytest.mark.parametrize(
    ("events", "views"),
    [
        (
            [e.BroadcastChosen(at_s=3.0, site="01")],
            Views(broadcast="01", broadcast_since_s=3.0),
        ),
        (
            [e.BroadcastChosen(at_s=3.0, site="01"), e.BroadcastShown(at_s=6.0, site="01")],
            Views(broadcast="01", broadcast_since_s=3.0, broadcast_shown=True),
        ),
        (
            [
                e.BroadcastChosen(at_s=3.0, site="01"),
                e.BroadcastShown(at_s=6.0, site="01"),
                e.BroadcastChosen(at_s=7.0, site="02"),
            ],
            Views(broadcast="02", broadcast_since_s=7.0),
        ),
        ([e.WatchChosen(at_s=3.0, site="01")], Views(watch="01", watch_since_s=3.0)),
        (
            [e.CarouselSet(at_s=3.0, sites=("01", "02"), every_s=5)],
            Views(carousel=Carousel(sites=("01", "02"), every_s=5)),
        ),
        ([e.CarouselSet(at_s=3.0, sites=("01",)), e.CarouselSet(at_s=4.0, sites=())], Views()),
    ],
)
def test_the_views_are_what_was_last_chosen(events, views):
    state = fold_into(STATE, events)

    assert state.views == views
    assert replace(state, views=STATE.views) == STATE


@pytest.mark.parametrize(
    ("written", "slates"),
    [
        ({"text": "Giải lao"}, {"end": Slate(text="X"), "recess": Slate(text="Giải lao")}),
        ({"until": "09:45"}, {"end": Slate(text="X"), "recess": Slate(until="09:45")}),
        ({"text": "", "until": None}, {"end": Slate(text="X"), "recess": Slate(text="")}),
        ({}, {"end": Slate(text="X")}),
    ],
)
def test_a_slate_says_what_was_last_written_on_it(written, slates):
    state = fold_into(
        STATE,
        [
            e.SlateWritten(at_s=1.0, slate=SlateKind.END, text="X"),
            e.SlateWritten(at_s=1.0, slate=SlateKind.RECESS, text="Y", until="09:00"),
            e.SlateWritten(at_s=2.0, slate=SlateKind.RECESS, **written),
        ],
    )

    assert state.slates == slates


def test_the_agenda_follows_its_events():
    loaded = changed(STATE, e.AgendaLoaded(at_s=1.0, items=(OPENING, TALK)))
    begun = changed(loaded, e.ItemStarted(at_s=2.0, item=1))
    ended = changed(begun, e.ItemEnded(at_s=5.0, item=1, status=ItemStatus.SKIPPED))
    moved = changed(ended, e.ItemMoved(at_s=6.0, item=1, after=2, deferred=True))
    first = changed(ended, e.ItemMoved(at_s=6.0, item=1, first=True))
    more = changed(ended, e.AgendaLoaded(at_s=7.0, items=(OPENING,), append=True))
    other = changed(ended, e.AgendaLoaded(at_s=7.0, items=(OPENING,)))

    assert loaded.agenda == STATE.agenda.with_items((OPENING, TALK), append=False)
    assert begun.agenda == loaded.agenda.started(1, at_s=2.0)
    assert ended.agenda == begun.agenda.ended(1, ItemStatus.SKIPPED, at_s=5.0)
    assert moved.agenda == ended.agenda.moved(1, after=2, first=False, deferred=True)
    assert first.agenda == ended.agenda.moved(1, after=None, first=True, deferred=False)
    assert more.agenda.order == (1, 2, 3)
    assert other.agenda.order == (1, 3)
    assert replace(other, agenda=STATE.agenda) == STATE


def test_the_roll_call_follows_its_events():
    said = e.RollcallMarked(
        at_s=3.0,
        site="01",
        mark=Mark.EXCUSED,
        by="binh",
        reason="bão",
        head="Bà Hoa",
        title="Giám đốc",
        count=3,
    )
    attendance = Attendance(
        mark=Mark.EXCUSED,
        at_s=3.0,
        by="binh",
        reason="bão",
        head="Bà Hoa",
        title="Giám đốc",
        count=3,
    )

    state = fold_into(STATE, [e.RollcallOpened(at_s=2.0), said, e.RollcallClosed(at_s=4.0)])

    assert state.rollcall == STATE.rollcall.opened(at_s=2.0).marked("01", attendance).closed(
        at_s=4.0
    )
    assert attendance_of(said) == attendance
    assert attendance_of(replace(said, mark=None)) is None
    assert changed(state, replace(said, mark=None)).rollcall.marks == {}


def test_the_last_notes_are_kept():
    state = STATE
    for number in range(NOTES_KEPT + 3):
        state = changed(
            state, e.NoteSent(at_s=float(number), by="an", site="01", to="desk", text="?")
        )

    assert [note.at_s for note in state.notes] == [float(n) for n in range(3, NOTES_KEPT + 3)]
    assert state.notes[0] == Note(at_s=3.0, by="an", site="01", to="desk", text="?")


def test_a_lock_is_kept():
    state = changed(STATE, e.LockChanged(at_s=1.0, on=True))

    assert state.locked
    assert not changed(state, e.LockChanged(at_s=1.0, on=False)).locked


def test_a_description_keeps_what_is_not_said():
    state = fold_into(
        STATE,
        [
            e.ConferenceDescribed(at_s=1.0, place="Hà Nội", chair="Bộ trưởng", starts="08:00"),
            e.ConferenceDescribed(at_s=2.0, chair="Thứ trưởng", secretary="An", organizer="Cục"),
        ],
    )

    assert state.description == Description(
        place="Hà Nội", chair="Thứ trưởng", secretary="An", organizer="Cục", starts="08:00"
    )
