"""The stopwatches run as the core's clocks do, and find those that do not."""

from __future__ import annotations

from dataclasses import replace

from bridge.conference import events as e
from bridge.conference.commands import ChairHold, ChairResume, FloorRelease, SiteCut
from bridge.conference.words import Phase
from room110.rehearse.accounts import (
    Accounts,
    a_restart_changes_no_floor,
    every_request_has_one_end,
)
from room110.rehearse.people import TECHNICIAN, room
from tests.room110.rehearse.told import Told


def test_held_time_is_not_spoken_time():
    told = Told()
    number = told.speaking()
    for at_s, command, by in (
        (10.0, ChairHold(request=number), None),
        (30.0, ChairResume(request=number), None),
        (35.0, SiteCut(site="01"), TECHNICIAN),
        (95.0, SiteCut(site="01", on=False), TECHNICIAN),
        (100.0, FloorRelease(request=number), room("01")),
    ):
        told.now_s = at_s
        told.do(command, by)
    checker = told.checked()
    assert checker.violations == []
    assert checker.accounts.spoken_s == {"01": 20.0}
    assert checker.accounts.speeches == 1


def test_a_site_that_is_cut_already_is_held_from_its_grant():
    told = Told()
    told.do(SiteCut(site="01"), TECHNICIAN)
    number = told.speaking()
    told.now_s = 60.0
    told.do(FloorRelease(request=number), room("01"))
    assert told.checked().violations == []
    assert told.checked().accounts.spoken_s == {"01": 0.0}


def test_time_that_was_not_spoken_is_found():
    told = Told()
    told.speaking()
    accounts = Accounts()
    state = told.state
    for record in told.records[1:]:
        for event in record.events:
            if not isinstance(event, e.ConferenceBegun):
                list(accounts.hear(event, state))
    later = e.HelpChanged(at_s=60.0, site="02", to=None)
    assert list(accounts.hear(later, state)) == []
    charged = replace(state.requests[1], used_s=7.0)
    (fault,) = accounts.hear(later, replace(state, requests={1: charged}))
    assert fault == "request 1: 67 s are charged, 60 s were spoken"
    held = replace(state.requests[1], used_s=60.0, since_s=None, holds={"chair": 60.0})
    (fault,) = accounts.hear(later, replace(state, requests={1: held}))
    assert "is held by {'chair'}, not set()" in fault


def test_a_request_without_an_end_belongs_nowhere():
    told = Told()
    told.speaking()
    closed = replace(told.state, phase=Phase.CLOSED)
    assert list(every_request_has_one_end(closed)) == ["request 1 is granted and belongs nowhere"]


def test_what_a_restart_may_not_do():
    told = Told()
    told.speaking()
    before = told.state
    after = replace(before, consoles={})
    assert list(a_restart_changes_no_floor(before, after)) == []
    lost = replace(before.sites["01"], link="lost")
    (fault,) = a_restart_changes_no_floor(
        before, replace(after, sites={**before.sites, "01": lost})
    )
    assert fault.startswith("the clock of request 1 runs without a line")
    assert [*a_restart_changes_no_floor(before, before)] == [
        "a console or a probe has outlived the restart"
    ]
    stands = replace(before.requests[1], since_s=None, used_s=0.0)
    charged = replace(stands, used_s=9.0)
    (fault,) = a_restart_changes_no_floor(
        replace(before, requests={1: stands}), replace(after, requests={1: charged})
    )
    assert fault == "request 1 was charged 9 s of the outage"
