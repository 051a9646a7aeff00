"""Who hears what behind a shut gate."""

from __future__ import annotations

from bridge.conference.commands import ChairNext, SiteProbe
from bridge.conference.words import ProbeKind, Role
from bridge.media.slots import SessionKind
from tests.bridge.conference.scene import TECHNICIAN
from tests.bridge.test_service import OPEN, house_in
from tests.support.autojump import virtual_time


@virtual_time
async def test_technicians_at_a_console_hear_the_site_that_is_probed(tmp_path):
    async with house_in(tmp_path) as house:
        await house.connected("01", "110")
        one = house.join("110", SessionKind.CONSOLE, Role.TECHNICIAN, name="cuong")
        media = one.offer()
        house.join("110", SessionKind.CONSOLE, Role.CHAIR).offer()
        house.join("110", SessionKind.WALL, Role.TECHNICIAN).offer()
        await house.bridge.submit(SiteProbe(site="01"), TECHNICIAN, None)
        assert house.plane.plan.private == {media: {"speaker.4": "01"}}
        assert house.plane.plan.gates == frozenset()
        late = house.join("110", SessionKind.CONSOLE, Role.TECHNICIAN, name="late").offer()
        assert set(house.plane.plan.private) == {media, late}
        await house.bridge.submit(SiteProbe(site=None), TECHNICIAN, None)
        assert house.plane.plan.private == {}


@virtual_time
async def test_in_talk_the_site_and_nobody_else_hears_room_110(tmp_path):
    async with house_in(tmp_path) as house:
        sites = await house.connected("01", "02", "110")
        await house.bridge.submit(SiteProbe(site="01", kind=ProbeKind.TALK), TECHNICIAN, None)
        assert house.plane.plan.private == {f"{sites['01'].joined.session}.1": {"chair": "110"}}
        assert house.plane.plan.gates == frozenset()


@virtual_time
async def test_opening_the_session_ends_it_and_the_next_speaker_may_be_tried(tmp_path):
    async with house_in(tmp_path) as house:
        await house.connected("01", "110")
        media = house.join("110", SessionKind.CONSOLE, Role.TECHNICIAN).offer()
        await house.bridge.submit(SiteProbe(site="01"), TECHNICIAN, None)
        await house.do(OPEN)
        assert house.plane.plan.private == {}
        await house.do(ChairNext(site="01"))
        await house.bridge.submit(SiteProbe(site="01", kind=ProbeKind.TALK), TECHNICIAN, None)
        # The site hears room 110 as everybody does.
        assert house.plane.plan.private == {media: {"speaker.4": "01"}}
        await house.do(ChairNext(site=None))
        assert house.plane.plan.private == {}
