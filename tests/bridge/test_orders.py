"""What technicians do to machines."""

from __future__ import annotations

import asyncio

from bridge.conference.commands import ChairCall, SiteDrop, SiteRestart
from bridge.conference.words import Hold, Link, RefusalCode
from bridge.outgoing import Bye, MediaReset
from tests.bridge.conference.scene import TECHNICIAN
from tests.bridge.test_service import OPEN, house_in
from tests.support.autojump import virtual_time


@virtual_time
async def test_a_room_is_told_to_make_its_media_anew(tmp_path):
    async with house_in(tmp_path) as house:
        device = (await house.connected("01"))["01"]
        await house.do(SiteRestart(site="01"))
        assert device.last(MediaReset) == MediaReset(reason="restart")


@virtual_time
async def test_the_speakers_media_is_begun_anew_only_by_force(tmp_path):
    async with house_in(tmp_path) as house:
        device = (await house.connected("01"))["01"]
        await house.do(OPEN, ChairCall(site="01"))
        answer = await house.bridge.submit(SiteRestart(site="01"), TECHNICIAN, None)
        assert answer.code is RefusalCode.BAD_STATE
        assert device.of(MediaReset) == []
        await house.bridge.submit(SiteRestart(site="01", force=True), TECHNICIAN, None)
        assert device.of(MediaReset) == [MediaReset(reason="restart")]


@virtual_time
async def test_a_site_that_is_hung_up_is_down_and_keeps_its_floor_for_the_grace(tmp_path):
    async with house_in(tmp_path) as house:
        device = (await house.connected("01"))["01"]
        await house.do(OPEN, ChairCall(site="01"))
        await house.bridge.submit(SiteDrop(site="01"), TECHNICIAN, None)
        await house.settled()
        assert device.last(Bye) == Bye(reason="dropped")
        assert house.plane.open_sessions == {}
        assert house.link("01") is Link.DOWN
        (holder,) = house.room.conference.holders
        assert set(holder.holds) == {Hold.LINK}
        answer = await house.bridge.submit(SiteDrop(site="01"), TECHNICIAN, None)
        assert answer.code is RefusalCode.SITE_OFFLINE
        await asyncio.sleep(21)
        assert house.room.conference.holders == ()
