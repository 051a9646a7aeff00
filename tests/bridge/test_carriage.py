"""What becomes of media that outlives control, and of control that outlives media."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bridge.carriage import REPLACED_S, WORKER_LOST
from bridge.conference.commands import ChairCall, ChairNext, ChairRevoke
from bridge.conference.words import Link, Role
from bridge.events import Emitter
from bridge.journal import Journals
from bridge.media.plane import LayerDemand, LinkLost, LinkUp, Plan, SessionEnded
from bridge.media.slots import SessionKind
from bridge.outgoing import MediaRejected, MediaReset, MediaWant
from bridge.room import Room
from tests.bridge.conference.scene import CHAIR, SITES
from tests.bridge.test_service import OPEN, House, house_in, stages
from tests.support.autojump import virtual_time
from tests.support.fake_plane import offer_of


@contextlib.asynccontextmanager
async def survived(directory: Path, alive: dict[str, str], plan: Plan) -> AsyncIterator[House]:
    """The next control of :func:`house_in`, where a worker carries *alive* by *plan*."""
    journals = Journals(directory)
    try:
        room = await Room.resume(
            journals,
            emitter=Emitter(),
            sites=SITES,
            title="Hội nghị",
            alive=frozenset(alive),
            wall=lambda: datetime(2020, 5, 29, 1, 0, tzinfo=UTC),
            chance=lambda _: 7,
        )
        running = asyncio.create_task(room.run())
        try:
            house = House(room)
            house.bridge.adopt(alive, plan)
            yield house
        finally:
            await room.close()
            await running
    finally:
        journals.close()


async def speaking(directory: Path) -> tuple[dict[str, str], Plan]:
    """A conference in which 02 has kept its place after 01 has gone; what its worker is left with."""
    async with house_in(directory, max_floor_users=2) as house:
        devices = await house.connected("01", "02", "48", "110")
        await house.do(OPEN, ChairCall(site="01"))
        await house.do(ChairCall(site="02", on_full="reject"))
        await house.do(ChairRevoke(request=1), ChairNext(site="48"))
        assert house.plane.plan.slots["speaker.2"] == "02"
        alive = {site: f"{device.joined.session}.1" for site, device in devices.items()}
        return alive, house.plane.plan


@virtual_time
async def test_what_a_worker_carries_goes_on_and_no_gate_flickers(tmp_path):
    alive, plan = await speaking(tmp_path)
    async with survived(tmp_path, alive, plan) as house:
        # Not one word to the plane: it does already what it must.
        assert house.log == []
        assert {site for site in SITES if house.link(site) is Link.UP} == set(alive)
        assert house.room.conference.next == "48"
        (holder,) = house.room.conference.holders
        assert (holder.site, holder.holds) == ("02", None)
        rows = {row["code"]: row for row in house.bridge.sites()}
        assert (rows["02"]["link"], rows["02"]["control"]) == ("up", "lost")

        # The room is back, and its media never knew.
        room = house.join("02")
        assert stages(room) == {"chair": "110"}
        assert room.last(MediaWant) == MediaWant(layers=["f", "q"])
        assert room.of(MediaReset) == []
        assert "close" not in {entry[0] for entry in house.log}
        house.plane.say(LinkLost(session=alive["02"]))
        await house.settled()
        assert house.link("02") is Link.LOST


@virtual_time
async def test_whom_the_worker_carries_no_more_is_lost(tmp_path):
    alive, plan = await speaking(tmp_path)
    del alive["02"]
    async with survived(tmp_path, alive, plan) as house:
        assert house.link("02") is Link.LOST
        assert house.plane.plan.gates == plan.gates - {"02"}
        assert house.room.conference.next == "48"


@virtual_time
async def test_an_adopted_room_that_never_comes_back_ends_with_its_media(tmp_path):
    alive, plan = await speaking(tmp_path)
    async with survived(tmp_path, alive, plan) as house:
        house.plane.say(SessionEnded(session=alive["01"], reason="peer_closed"))
        await asyncio.sleep(REPLACED_S + 1)
        await house.settled()
        assert house.link("01") is Link.LOST


@virtual_time
async def test_another_worker_is_told_at_once_to_whoever_is_there(tmp_path):
    async with house_in(tmp_path) as house:
        devices = await house.connected("01", "02")
        await house.do(OPEN, ChairCall(site="01"))
        # One of them has just come back from a broken WebSocket.
        devices["01"].leave()
        devices["01"] = house.join("01")
        boot = house.bridge.boot
        house.plane.fingerprint = "CD:" * 31 + "CD"
        assert house.bridge.boot != boot
        for site, media in list(house.plane.open_sessions.items()):
            house.plane.say(SessionEnded(session=site, reason=WORKER_LOST))
            assert media.session == site
        await house.settled()
        for site, device in devices.items():
            assert device.of(MediaReset) == [MediaReset(reason=WORKER_LOST)]
            assert house.link(site) is Link.LOST
        (holder,) = house.room.conference.holders
        assert set(holder.holds or {}) == {"link"}
        await asyncio.sleep(3)
        house.plane.say(LinkUp(session=devices["01"].offer()))
        await house.settled()
        (holder,) = house.room.conference.holders
        assert (holder.site, holder.holds) == ("01", None)
        assert house.bridge.figures().media_lost == {WORKER_LOST: 2}


@virtual_time
async def test_nothing_is_offered_to_a_plane_that_is_away(tmp_path):
    async with house_in(tmp_path) as house:
        device = house.join("01")
        there, house.plane.candidates = house.plane.candidates, ()
        with pytest.raises(MediaRejected, match="media is restarting"):
            device.offer()
        house.plane.candidates = there
        assert house.plane.open_sessions == {}
        house.bridge.offer(device.joined.session, *offer_of(device.joined.slots))
        assert len(house.plane.open_sessions) == 1


@virtual_time
async def test_a_layer_that_somebody_needs_is_asked_for_where_a_picture_is_watched(tmp_path):
    async with house_in(tmp_path) as house:
        site, other = (await house.connected("01", "02")).values()
        await house.do(OPEN, ChairCall(site="01"))
        for code in ("01", "02"):
            house.plane.say(LayerDemand(site=code, layers=frozenset("h")))
        assert site.last(MediaWant) == MediaWant(layers=["f", "h", "q"])
        assert other.last(MediaWant) == MediaWant(layers=[])
        house.plane.say(LayerDemand(site="01", layers=frozenset()))
        assert site.last(MediaWant) == MediaWant(layers=["f", "q"])


@virtual_time
async def test_a_console_has_no_line_to_lose(tmp_path):
    async with house_in(tmp_path) as house:
        await house.connected("110")
        desk = house.join("110", SessionKind.CONSOLE, Role.CHAIR)
        house.plane.say(SessionEnded(session=desk.offer(), reason=WORKER_LOST))
        await house.room.submit(ChairNext(site=None), CHAIR)
        assert desk.of(MediaReset) == [MediaReset(reason=WORKER_LOST)]
        assert house.link("110") is Link.UP
