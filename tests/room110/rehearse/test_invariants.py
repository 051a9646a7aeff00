"""The checker finds nothing in what the core does, and everything in what it would never do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.conference import events as e
from bridge.conference.commands import (
    ChairExtend,
    ChairPhase,
    FloorRelease,
    FloorRequest,
    LinkLost,
    LinkUp,
    Recover,
    Tick,
)
from bridge.conference.numbered import Numbered
from bridge.conference.words import (
    ChairChange,
    EndReason,
    Hold,
    Phase,
    ProbeKind,
    RequestKind,
    RequestStatus,
    Role,
)
from room110.rehearse.invariants import MOST, checked
from room110.rehearse.people import room
from tests.room110.rehearse.told import Told


def a_morning() -> Told:
    told = Told(limit_s=60, warn_s=10)
    number = told.speaking()
    told.do(FloorRequest(), room("02"))
    told.do(FloorRequest(), room("48"))
    told.now_s = 50.0
    told.do(Tick())
    told.do(LinkLost(site="01"))
    told.now_s = 60.0
    told.do(LinkUp(site="01"))
    told.now_s = 70.0
    told.do(Tick())
    told.do(ChairExtend(request=number, add_s=30))
    told.do(Recover(alive=frozenset({"01", "110"})))
    told.do(FloorRelease(request=number), room("01"))
    return told


def test_what_the_core_does_is_right():
    told = a_morning()
    checker = told.checked()
    assert checker.violations == []
    assert checker.conference == told.state
    assert {f"I{n}" for n in (*range(1, 20), 21)} - {"I20"} == set(checker.checks)


def test_a_closed_conference_has_an_end_for_every_request():
    told = a_morning()
    told.do(ChairPhase(to=Phase.OPEN))
    told.do(ChairPhase(to=Phase.CLOSED))
    assert told.violated() == set()


def request_made(number, site="02", **fields):
    return e.RequestMade(
        at_s=0.0,
        request=number,
        floors=("speech",),
        site=site,
        by="x",
        status=RequestStatus.ACCEPTED,
        **fields,
    )


def granted(number):
    return e.RequestGranted(at_s=0.0, request=number, limit_s=300)


def ended(number, status, reason):
    return e.RequestEnded(at_s=0.0, request=number, status=status, reason=reason)


CHAIR = {"authority": Role.CHAIR, "actor": "chair", "command": "chair.grant"}
HOUSE = {"authority": None, "actor": "room110", "command": "tick"}

FALSE = [
    ("I1", (request_made(2), granted(2)), CHAIR),
    ("I2", (request_made(2), request_made(3)), CHAIR),
    ("I6", (request_made(2, "110"),), CHAIR),
    ("I7", (request_made(2), granted(2)), CHAIR),
    ("I8", (request_made(2), granted(2)), HOUSE),
    ("I8", (e.PhaseChanged(at_s=0.0, to=Phase.RECESS),), CHAIR | {"authority": Role.SECRETARY}),
    ("I8", (e.HoldStarted(at_s=0.0, request=1, cause=Hold.CHAIR),), HOUSE),
    ("I9", (e.TimeWarned(at_s=10.0, request=1),), HOUSE),
    ("I9", (e.TimeOver(at_s=10.0, request=1),), HOUSE),
    ("I10", (request_made(2, "01", continues=1),), HOUSE),
    ("I11", (e.ChairPassed(at_s=0.0, to="deputy", how=ChairChange.ASSUMED),), CHAIR),
    ("I11", (e.ChairPassed(at_s=0.0, to="nobody", how=ChairChange.HANDED_OVER),), CHAIR),
    ("I15", (e.PhaseChanged(at_s=0.0, to=Phase.CLOSED),), CHAIR),
    ("I16", (request_made(2, priority=4),), {"authority": Role.SITE}),
    ("I16", (request_made(2, limit_s=60),), {"authority": Role.SITE}),
    ("I21", (e.ProbeStarted(at_s=0.0, site="02", kind=ProbeKind.LISTEN, by="t"),
             e.PhaseChanged(at_s=62.5, to=Phase.RECESS)), CHAIR | {"at_s": 62.5}),
]  # fmt: skip


@pytest.mark.parametrize(("invariant", "events", "fields"), FALSE)
def test_what_no_core_would_do_is_found(invariant, events, fields):
    told = Told()
    told.speaking()
    told.falsify(*events, **fields)
    assert invariant in told.violated()


def test_a_line_that_holds_nobody_is_found():
    told = Told()
    told.speaking()
    told.falsify(e.HoldStarted(at_s=0.0, request=1, cause=Hold.LINK), **HOUSE)
    told.falsify(e.HelpChanged(at_s=30.0, site="02", to=None), **HOUSE, at_s=30.0)
    assert "I10" in told.violated()


def test_a_hole_in_the_revisions_is_found():
    told = a_morning()
    del told.records[-2]
    assert "I13" in told.violated()


def test_another_state_than_the_journals_is_found():
    told = a_morning()
    checker = checked(told.records[:-1])
    checker.follow(told.records[-1], replace(told.state, title="Hội nghị khác"))
    assert {violation.invariant for violation in checker.violations} == {"I14"}


def test_a_restart_that_loses_the_queue_is_found():
    told = a_morning()
    told.falsify(
        ended(2, RequestStatus.CANCELLED, EndReason.OWN), command="recover", authority=None
    )
    assert "I19" in told.violated()


def test_a_restart_that_charges_the_outage_is_found(monkeypatch):
    told = Told()
    told.speaking()
    told.now_s = 100.0
    told.do(LinkLost(site="01"))
    before = told.state
    record = told.do(Recover(alive=frozenset()))
    checker = checked(told.records[:-1])
    request = replace(before.requests[1], used_s=500.0)
    checker.conference = replace(before, requests=Numbered({1: request}))
    checker.follow(record)
    assert "I19" not in {v.invariant for v in checker.violations}
    assert "I9" in {v.invariant for v in checker.violations}


def test_what_others_have_seen_counts_too():
    checker = a_morning().checked()
    checker.expect("I20", True, "never said")
    checker.expect("I20", False, "answered twice")
    (violation,) = checker.violations
    assert checker.checks["I20"] == 2
    assert str(violation) == f"I20 at revision {checker.rev}: answered twice"


def test_a_broken_core_does_not_fill_the_memory():
    checker = a_morning().checked()
    for _ in range(MOST + 5):
        checker.expect("I20", False, "again")
    assert len(checker.violations) == MOST


def test_a_journal_that_begins_no_conference_is_no_conference():
    told = a_morning()
    with pytest.raises(ValueError, match="ConferenceBegun"):
        checked(told.records[5:])


def test_kinds_are_told_apart():
    told = Told()
    told.speaking()
    told.falsify(request_made(2), request_made(3, kind=RequestKind.AGENDA), **CHAIR)
    assert told.violated() == set()
