from __future__ import annotations

import pytest

from bridge.answers import RoomBusy
from bridge.conference.check_words import Verdict
from bridge.conference.commands import (
    HOUSE,
    ChairCall,
    ChairMute,
    FloorRequest,
    LinkLost,
    LinkUp,
    Recover,
    SiteLeft,
    SiteMeasured,
    Tick,
)
from bridge.inbox import PEOPLE, ConferenceBegin, Inbox, Wish

UP, LOST, LEFT = LinkUp(site="01"), LinkLost(site="01"), SiteLeft(site="01")
MUTE = ChairMute(site="01")


def commands(inbox):
    return [wish.command for wish in inbox.take()]


async def test_what_came_first_is_taken_first_and_once():
    inbox = Inbox()
    inbox.ask(Wish(command=MUTE))
    inbox.tell(UP)
    inbox.ask(Wish(command=MUTE))
    assert len(inbox) == 3
    assert inbox.bell.is_set()
    assert commands(inbox) == [MUTE, UP, MUTE]
    assert commands(inbox) == []


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ([UP, LOST], LOST),
        ([LOST, UP], UP),
        ([UP, LEFT], LEFT),
        ([LEFT, UP], UP),
        ([LOST, LEFT], LEFT),
        ([LEFT, LOST], LEFT),
        ([LEFT, LOST, UP], UP),
        ([LEFT, UP, LOST], LOST),
    ],
)
async def test_of_the_facts_about_one_line_the_newest_waits_but_a_goodbye_is_no_loss(told, kept):
    inbox = Inbox()
    for fact in told:
        inbox.tell(fact)
    assert commands(inbox) == [kept]


async def test_a_newer_fact_stands_at_its_own_place():
    inbox = Inbox()
    inbox.tell(LOST)
    inbox.ask(Wish(command=MUTE))
    inbox.tell(UP)
    assert commands(inbox) == [MUTE, UP]


async def test_what_was_measured_of_sites_waits_side_by_side():
    inbox = Inbox()
    for site in ("01", "02"):
        inbox.tell(SiteMeasured(site=site, verdict=Verdict.FAIL))
    inbox.tell(LOST)
    inbox.tell(SiteMeasured(site="01", verdict=Verdict.PASS))
    assert commands(inbox) == [
        SiteMeasured(site="02", verdict=Verdict.FAIL),
        LOST,
        SiteMeasured(site="01", verdict=Verdict.PASS),
    ]


async def test_facts_are_taken_in_however_many_people_wait():
    inbox = Inbox()
    for _ in range(PEOPLE):
        inbox.ask(Wish(command=MUTE))
    with pytest.raises(RoomBusy, match="256"):
        inbox.ask(Wish(command=MUTE))
    for site in range(64):
        inbox.tell(LinkUp(site=f"{site:02}"))
    assert len(inbox) == PEOPLE + 64
    inbox.take()
    inbox.ask(Wish(command=MUTE))


async def test_put_back_are_facts_only_before_what_came_since_and_without_the_bell():
    inbox = Inbox()
    other = LinkUp(site="02")
    inbox.tell(UP)
    inbox.bell.clear()
    inbox.put_back([Wish(command=c) for c in (MUTE, LOST, other, Tick(), Recover())])
    assert not inbox.bell.is_set()
    assert commands(inbox) == [other, UP]


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (ChairCall(site="01"), "chair.call"),
        (FloorRequest(), "floor.request"),
        (UP, "link.up"),
        (LEFT, "site.left"),
        (Tick(), "tick"),
        (ConferenceBegin(title="t", rehearsal=False), "conference.begin"),
    ],
)
async def test_a_command_has_the_name_it_has_on_the_wire(command, name):
    assert Wish(command=command, actor=HOUSE).name == name
