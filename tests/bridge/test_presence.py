"""Who is at a console, and whose microphone is live."""

from __future__ import annotations

import pytest

from bridge.conference.commands import ChairCall
from bridge.conference.events import ClockStarted
from bridge.conference.words import Role
from bridge.media.slots import SessionKind
from tests.bridge.test_service import OPEN, house_in
from tests.support.autojump import virtual_time


@virtual_time
async def test_the_chair_is_away_when_the_last_of_its_consoles_is_gone(tmp_path):
    async with house_in(tmp_path) as house:
        assert house.room.conference.chair.away_since_s == 0.0
        one = house.join("110", SessionKind.CONSOLE, Role.CHAIR, name="an")
        two = house.join("110", SessionKind.CONSOLE, Role.CHAIR, name="an")
        other = house.join("110", SessionKind.CONSOLE, Role.CHAIR, name="oanh")
        house.join("110", SessionKind.CONSOLE, Role.SECRETARY, name="binh")
        await house.settled()
        assert house.room.conference.chair.away_since_s is None
        assert house.room.conference.consoles == {
            "an": (Role.CHAIR,),
            "oanh": (Role.CHAIR,),
            "binh": (Role.SECRETARY,),
        }
        one.leave()
        other.leave(said_goodbye=True)
        await house.settled()
        assert set(house.room.conference.consoles) == {"an", "binh"}
        two.leave()
        await house.settled()
        assert house.room.conference.chair.away_since_s is not None


@virtual_time
async def test_a_screen_of_the_chair_is_no_console(tmp_path):
    async with house_in(tmp_path) as house:
        house.join("110", SessionKind.WALL, Role.CHAIR)
        await house.settled()
        assert house.room.conference.consoles == {}


@pytest.mark.parametrize("before", [True, False])
@virtual_time
async def test_speaking_time_begins_with_the_live_microphone(tmp_path, before):
    async with house_in(tmp_path) as house:
        device = (await house.connected("01"))["01"]
        if before:
            house.bridge.report(device.joined.session, mic="on", level=-30)
        await house.do(OPEN, ChairCall(site="01"))
        if not before:
            await house.settled()
            assert not house.room.conference.requests[1].started
            house.bridge.report(device.joined.session, mic="off", level=None)
            await house.settled()
            assert not house.room.conference.requests[1].started
            house.bridge.report(device.joined.session, mic="on", level=-30)
        await house.settled()
        assert house.room.conference.requests[1].started
        rev = house.bridge.rev()
        house.bridge.report(device.joined.session, mic="on", level=-30)
        await house.settled()
        assert house.bridge.rev() == rev
        events = [event for change in house.room.history.since(1) for event in change.events]
        assert sum(isinstance(event, ClockStarted) for event in events) == 1


@virtual_time
async def test_a_machine_that_waits_begins_no_clock(tmp_path):
    async with house_in(tmp_path) as house:
        await house.connected("01")
        waiting = house.join("01", name="second", standby=True)
        await house.do(OPEN, ChairCall(site="01"))
        house.bridge.report(waiting.joined.session, mic="on", level=-30)
        await house.settled()
        assert not house.room.conference.requests[1].started
