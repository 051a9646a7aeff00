"""A second machine in a room: it waits, it takes over, and nothing is interrupted by it."""

from __future__ import annotations

import pytest

from bridge.conference.commands import ChairCall, ChairNext, ConferenceLock, SiteSwitch
from bridge.conference.events import DeviceSwitched
from bridge.conference.words import Link, RefusalCode
from bridge.media.plane import LinkLost, LinkUp
from bridge.media.slots import SessionKind
from bridge.outgoing import Bye, Device, JoinRefused, MediaRejected, MediaReset
from tests.bridge.conference.scene import CHAIR, TECHNICIAN, province
from tests.bridge.test_service import OPEN, house_in
from tests.support.autojump import virtual_time

ACTIVE, STANDBY = Device(role="active"), Device(role="standby")


async def pair(house):
    """A room with its media up, and a second machine that waits."""
    first = house.join("01", name="first", device="a")
    house.plane.say(LinkUp(session=first.offer()))
    second = house.join("01", name="second", device="b")
    await house.settled()
    return first, second


@virtual_time
async def test_opening_the_link_again_elsewhere_interrupts_nothing(tmp_path):
    async with house_in(tmp_path) as house:
        first, second = await pair(house)
        assert first.of(Bye) == first.of(Device) == []
        assert second.last(Device) == STANDBY
        assert house.room.conference.sites["01"].standby
        with pytest.raises(MediaRejected, match="another device"):
            second.offer()
        assert house.link("01") is Link.UP


@pytest.mark.parametrize("devices", [("a", "a"), (None, "b"), ("a", None), (None, None)])
@virtual_time
async def test_a_machine_that_comes_back_takes_its_own_place(tmp_path, devices):
    async with house_in(tmp_path) as house:
        first = house.join("01", device=devices[0])
        house.join("01", device=devices[1])
        await house.settled()
        assert first.last(Bye) == Bye(reason="replaced")
        assert not house.room.conference.sites["01"].standby


@virtual_time
async def test_another_machine_takes_the_place_of_one_without_control(tmp_path):
    async with house_in(tmp_path) as house:
        first = house.join("01", device="a")
        house.plane.say(LinkUp(session=first.offer()))
        first.leave()
        second = house.join("01", device="b")
        await house.settled()
        assert second.of(Device) == []
        second.offer()


@virtual_time
async def test_a_machine_may_wait_of_its_own_will(tmp_path):
    async with house_in(tmp_path) as house:
        house.join("01")
        assert house.join("01", standby=True).last(Device) == STANDBY


@virtual_time
async def test_the_first_machine_of_a_site_is_active_whatever_it_wants(tmp_path):
    async with house_in(tmp_path) as house:
        house.join("01", standby=True).offer()


@virtual_time
async def test_a_third_machine_takes_the_place_of_the_one_that_waits(tmp_path):
    async with house_in(tmp_path) as house:
        first, second = await pair(house)
        third = house.join("01", name="third", device="c")
        assert second.last(Bye) == Bye(reason="replaced")
        assert (third.last(Device), first.of(Bye)) == (STANDBY, [])


@virtual_time
async def test_a_switch_hands_the_media_on_until_the_newcomer_has_its_own(tmp_path):
    async with house_in(tmp_path) as house:
        first, second = await pair(house)
        await house.bridge.submit(SiteSwitch(), province("01"), None)
        assert (first.last(Device), second.last(Device)) == (STANDBY, ACTIVE)
        assert second.last(MediaReset) == MediaReset(reason="switched")
        assert [entry for entry in house.log if entry[0] == "close"] == []
        house.plane.say(LinkUp(session=second.offer()))
        await house.settled()
        assert [entry for entry in house.log if entry[0] == "close"] == [
            ("close", f"{first.joined.session}.1")
        ]
        assert house.link("01") is Link.UP
        assert house.room.conference.sites["01"].standby


@virtual_time
async def test_on_the_stage_only_a_technician_switches(tmp_path):
    async with house_in(tmp_path) as house:
        await pair(house)
        await house.do(OPEN, ChairNext(site="01"))
        answer = await house.bridge.submit(SiteSwitch(), province("01"), None)
        assert answer.code is RefusalCode.BAD_STATE
        await house.do(ChairCall(site="01"))
        answer = await house.bridge.submit(SiteSwitch(), province("01"), None)
        assert answer.code is RefusalCode.BAD_STATE
        answer = await house.bridge.submit(SiteSwitch(site="01"), TECHNICIAN, None)
        assert [type(event) for event in answer.events] == [DeviceSwitched]


@virtual_time
async def test_when_the_active_one_falls_silent_the_other_takes_over_by_itself(tmp_path):
    async with house_in(tmp_path) as house:
        first, second = await pair(house)
        house.plane.say(LinkLost(session=f"{first.joined.session}.1"))
        await house.settled()
        assert second.last(Device) == ACTIVE
        house.plane.say(LinkUp(session=second.offer()))
        await house.settled()
        assert house.link("01") is Link.UP
        events = [event for change in house.room.history.since(1) for event in change.events]
        assert sum(isinstance(event, DeviceSwitched) for event in events) == 1


@pytest.mark.parametrize("goodbye", [True, False])
@virtual_time
async def test_when_the_active_one_leaves_the_other_takes_over(tmp_path, goodbye):
    async with house_in(tmp_path) as house:
        first = house.join("01", device="a")
        second = house.join("01", device="b")
        first.leave(said_goodbye=goodbye)
        await house.settled()
        assert second.last(Device) == ACTIVE
        assert not house.room.conference.sites["01"].standby


@virtual_time
async def test_when_the_one_that_waits_leaves_the_conference_knows(tmp_path):
    async with house_in(tmp_path) as house:
        first, second = await pair(house)
        second.leave(said_goodbye=True)
        await house.settled()
        assert not house.room.conference.sites["01"].standby
        assert house.link("01") is Link.UP
        assert first.of(Device) == []


@virtual_time
async def test_a_locked_conference_takes_no_second_machine(tmp_path):
    async with house_in(tmp_path) as house:
        house.join("01", device="a")
        await house.do(ConferenceLock())
        with pytest.raises(JoinRefused):
            house.join("01", device="b")
        house.join("01", device="a")


@virtual_time
async def test_of_two_machines_for_slides_the_newer_one_stays(tmp_path):
    async with house_in(tmp_path) as house:
        older = house.join("01", SessionKind.CONTENT, name="older")
        older.offer()
        house.join("01", SessionKind.CONTENT, name="newer").offer()
        assert older.last(Bye) == Bye(reason="replaced")
        assert len(house.plane.open_sessions) == 1
        assert await house.bridge.submit(ChairNext(site=None), CHAIR, None)
