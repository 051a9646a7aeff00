"""Every command beside every event that changes what it stands on, against tables by hand."""

from __future__ import annotations

from typing import get_args

import pytest

from bridge.conference import commands as c
from bridge.conference import events as e
from bridge.conference.check_words import Verdict
from bridge.conference.clash import clashes, stands_on, touches
from bridge.conference.policy import Policy
from bridge.conference.words import (
    ChairChange,
    EndReason,
    Help,
    Hold,
    ItemStatus,
    Ladder,
    Link,
    Mark,
    Phase,
    ProbeKind,
    RequestStatus,
    SlateKind,
)

# What each command stands on; those that stand on nothing are right on any state.
STANDS = [
    (c.FloorRequest(), ""),
    (c.FloorRelease(request=7), "request 7"),
    (c.ChairAccept(request=7), "queue, request 7"),
    (c.ChairGrant(request=7), "floor, phase, request 7"),
    (c.ChairCall(site="01"), "floor, phase"),
    (c.ChairCall(site="01", agenda_item=3), "floor, phase, agenda"),
    (c.ChairDeny(request=7), "request 7"),
    (c.ChairRevoke(request=7), "request 7"),
    (c.ChairRevoke(), "floor, phase"),
    (c.ChairNext(site="01"), "floor, phase"),
    (c.ChairNext(site=None), "floor, phase"),
    (c.ChairHold(request=7), "request 7"),
    (c.ChairResume(request=7), "request 7"),
    (c.ChairExtend(request=7, add_s=60), "request 7"),
    (c.ChairLimit(site="01", limit_s=60), ""),
    (c.ChairMute(site="01"), "block 01"),
    (c.ChairMute(site="110"), "block 110"),
    (c.ChairMute(site="all"), "block all"),
    (c.ChairSilence(), ""),
    (c.ChairPolicy(changes={}), "policy"),
    (c.ChairPhase(to=Phase.OPEN), "phase"),
    (c.ChairHandover(to="dung"), "chair"),
    (c.ChairAssume(), "chair"),
    (c.AgendaLoad(items=()), "agenda"),
    (c.AgendaNext(), "agenda"),
    (c.AgendaFinish(), "agenda"),
    (c.AgendaSkip(item=1), "agenda"),
    (c.AgendaDefer(item=1), "agenda"),
    (c.AgendaReturn(item=1), "agenda"),
    (c.RollcallOpen(), ""),
    (c.RollcallAnswer(head="Bà Hoa"), ""),
    (c.RollcallMark(site="01", mark=Mark.PRESENT), "mark 01"),
    (c.RollcallClose(), ""),
    (c.ViewBroadcast(site="01"), "views"),
    (c.ViewWatch(site="01"), "views"),
    (c.ViewCarousel(sites=None), "views"),
    (c.ProgrammeSlate(slate=SlateKind.END), ""),
    (c.SiteCut(site="01"), ""),
    (c.SiteProbe(site="01"), ""),
    (c.SiteSwitch(site="01"), ""),
    (c.SiteRestart(site="01"), ""),
    (c.SiteDrop(site="01"), ""),
    (c.SiteLadder(site="01", to=Ladder.FULL), ""),
    (c.HelpRaise(), ""),
    (c.HelpAck(site="01"), ""),
    (c.HelpClose(), ""),
    (c.NoteSend(to="desk", text="?"), ""),
    (c.MinutesNote(text="?"), ""),
    (c.ConferenceLock(), ""),
    (c.ConferenceDescribe(), ""),
    (c.CheckRun(sites="all"), ""),
    (c.CheckStop(), ""),
    (c.CheckHeard(number="47"), ""),
    (c.WalkBegin(), ""),
    (c.WalkNext(), "walk"),
    (c.WalkSkip(), "walk"),
    (c.WalkGo(site="01"), ""),
    (c.WalkJudge(site="01"), ""),
    (c.WalkEnd(), ""),
]

MADE = e.RequestMade(
    at_s=0.0, request=7, floors=("speech",), site="01", by="x", status=RequestStatus.PENDING
)
ENDED = e.RequestEnded(at_s=0.0, request=7, status=RequestStatus.DENIED, reason=EndReason.CHAIR)

# What each event changes of that.
TOUCHES = [
    (MADE, "queue"),
    (e.RequestAccepted(at_s=0.0, request=7, position=1), "queue, request 7"),
    (e.RequestGranted(at_s=0.0, request=7, limit_s=None), "queue, floor, request 7"),
    (ENDED, "queue, floor, request 7"),
    (e.HoldStarted(at_s=0.0, request=7, cause=Hold.CHAIR), "request 7"),
    (e.HoldEnded(at_s=0.0, request=7, cause=Hold.CHAIR), "request 7"),
    (e.LimitExtended(at_s=0.0, request=7, limit_s=60), "request 7"),
    (e.ClockStarted(at_s=0.0, request=7), ""),
    (e.TimeWarned(at_s=0.0, request=7), ""),
    (e.TimeOver(at_s=0.0, request=7), ""),
    (e.NextChosen(at_s=0.0, site="01"), "floor"),
    (e.BlockChanged(at_s=0.0, site="01", on=True), "block 01, block all"),
    (e.BlockChanged(at_s=0.0, site="110", on=True), "block 110"),
    (e.SiteLimited(at_s=0.0, site="01", limit_s=60), ""),
    (e.PolicyChanged(at_s=0.0, to=Policy()), "policy"),
    (e.PhaseChanged(at_s=0.0, to=Phase.OPEN), "phase"),
    (e.ChairPassed(at_s=0.0, to=None, how=ChairChange.RECLAIMED), "chair"),
    (e.ConsoleSeen(at_s=0.0, user="an", on=True), ""),
    (e.LinkChanged(at_s=0.0, site="01", to=Link.UP), ""),
    (
        e.ConferenceBegun(
            at_s=0.0, conference="c1", title="", rehearsal=False, sites=(), policy=Policy()
        ),
        "",
    ),
    (e.AgendaLoaded(at_s=0.0, items=()), "agenda"),
    (e.ItemStarted(at_s=0.0, item=1), "agenda"),
    (e.ItemEnded(at_s=0.0, item=1, status=ItemStatus.DONE), "agenda"),
    (e.ItemMoved(at_s=0.0, item=1), "agenda"),
    (e.BroadcastChosen(at_s=0.0, site="01"), "views"),
    (e.BroadcastShown(at_s=0.0, site="01"), ""),
    (e.CarouselSet(at_s=0.0, sites=()), "views"),
    (e.WatchChosen(at_s=0.0, site="01"), ""),
    (e.RollcallOpened(at_s=0.0), ""),
    (e.RollcallMarked(at_s=0.0, site="01", mark=None, by="x"), "mark 01"),
    (e.RollcallClosed(at_s=0.0), ""),
    (e.HelpChanged(at_s=0.0, site="01", to=Help.RAISED), ""),
    (e.CutChanged(at_s=0.0, site="01", on=True), ""),
    (e.LadderChanged(at_s=0.0, site="01", to=Ladder.FULL), ""),
    (e.StandbyChanged(at_s=0.0, site="01", on=True), ""),
    (e.DeviceSwitched(at_s=0.0, site="01"), ""),
    (e.MediaRestarted(at_s=0.0, site="01"), ""),
    (e.SiteDropped(at_s=0.0, site="01"), ""),
    (e.ProbeStarted(at_s=0.0, site="01", kind=ProbeKind.LISTEN, by="x"), ""),
    (e.ProbeEnded(at_s=0.0, site="01"), ""),
    (e.SlateWritten(at_s=0.0, slate=SlateKind.END), ""),
    (e.NoteSent(at_s=0.0, by="x", site=None, to="01", text="?"), ""),
    (e.MinutesNoted(at_s=0.0, by="x", text="?"), ""),
    (e.LockChanged(at_s=0.0, on=True), ""),
    (e.ConferenceDescribed(at_s=0.0), ""),
    (e.CheckBegun(at_s=0.0, by="x", sites=("01",)), ""),
    (e.SiteChecked(at_s=0.0, site="01", by="x", verdict=Verdict.PASS), ""),
    (e.CheckEnded(at_s=0.0), ""),
    (e.NumberHeard(at_s=0.0, site="01", by="x", number="47", right=True), ""),
    (e.WalkBegun(at_s=0.0, by="x"), "walk"),
    (e.WalkMoved(at_s=0.0, site="01"), "walk"),
    (e.WalkSkipped(at_s=0.0, site="01"), ""),
    (e.WalkJudged(at_s=0.0, site="01", by="x"), ""),
    (e.WalkEnded(at_s=0.0), "walk"),
]


def subjects(text):
    return {*text.split(", ")} - {""}


def label(value):
    return type(value).__name__ if not isinstance(value, str) else value or "nothing"


@pytest.mark.parametrize(("command", "on"), STANDS, ids=label)
def test_a_command_stands_on_what_the_table_says(command, on):
    assert stands_on(command) == subjects(on)


@pytest.mark.parametrize(("event", "what"), TOUCHES, ids=label)
def test_an_event_changes_what_the_table_says(event, what):
    assert touches(event) == subjects(what)


def test_the_tables_leave_nothing_out():
    assert {type(command) for command, _ in STANDS} == set(get_args(c.PersonCommand))
    assert {type(event) for event, _ in TOUCHES} == set(get_args(e.Event))


def test_what_clashes_is_told_in_its_order_and_nothing_else():
    other = e.RequestAccepted(at_s=0.0, request=8, position=1)
    since = [
        e.LinkChanged(at_s=0.0, site="01", to=Link.LOST),
        ENDED,
        other,
        e.PhaseChanged(at_s=0.0, to=Phase.RECESS),
    ]

    assert clashes(c.ChairGrant(request=7), since) == (ENDED, since[3])
    assert clashes(c.ChairAccept(request=9), since) == (ENDED, other)
    assert clashes(c.ChairHold(request=9), since) == ()
    assert clashes(c.ChairSilence(), since) == ()
