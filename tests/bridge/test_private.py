"""Who hears what behind a shut gate."""

from __future__ import annotations

import pytest

from bridge.conference.commands import ChairNext, SiteProbe
from bridge.conference.words import ProbeKind, Role
from bridge.identity import Identity
from bridge.media.slots import SessionKind, slots_for
from bridge.private import private_lines
from bridge.sessions import Session, Sessions
from tests.bridge.conference.scene import TECHNICIAN, in_lobby
from tests.bridge.test_service import OPEN, house_in
from tests.support.autojump import virtual_time
from tests.support.fake_plane import FakeOutbox


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


@pytest.mark.parametrize(
    ("taken", "slot"),
    [
        ({"speaker.1", "speaker.2"}, "speaker.4"),
        ({"speaker.2", "speaker.4"}, "speaker.3"),
        ({f"speaker.{place}" for place in range(1, 5)}, "content"),
        ({"content", *(f"speaker.{place}" for place in range(1, 5))}, None),
    ],
)
def test_a_probe_has_a_sound_slot_that_nobody_stands_in(taken, slot):
    scene = in_lobby()
    scene.do(SiteProbe(site="01"), TECHNICIAN)
    sessions = Sessions()
    console = Session(
        id="desk",
        identity=Identity(user="cuong", roles=frozenset({Role.TECHNICIAN}), conference="c1"),
        kind=SessionKind.CONSOLE,
        slots=slots_for(SessionKind.CONSOLE),
        outbox=FakeOutbox(),
    )
    sessions.add(console)
    sessions.set_media(console, "desk.1")

    lines = private_lines(scene.state, sessions, dict.fromkeys(taken, "02"))

    assert lines == ({} if slot is None else {"desk.1": {slot: "01"}})


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
