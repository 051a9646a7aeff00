"""Those who speak and are not heard: told to desk and site in time, in virtual time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from bridge.conference.commands import ChairCall, ChairHold, ChairResume, ChairRevoke
from bridge.conference.words import Via
from bridge.hearing import PATIENCE_S
from bridge.hearing import Unheard as Reason
from bridge.media.plane import SessionStats, SourceStats
from bridge.media.told import Acknowledgement
from bridge.outgoing import Lines, Unheard
from tests.bridge.test_service import OPEN, Device, House, house_in
from tests.support.autojump import virtual_time
from tests.support.fake_plane import NOTHING

LEVEL = -24


class Hall:
    """Sites 01, 79 and 110; 01 speaks and says that its microphone is on."""

    def __init__(self, house: House, devices: dict[str, Device], desk: Device) -> None:
        self.house, self.devices, self.desk = house, devices, desk
        self.age_s: float | None = 0.02
        self.level_dbov: int | None = LEVEL
        self.stage_age_s: float | None = 0.5

    def carry(self) -> None:
        """What the plane counts, as of now."""
        self.house.plane.stats = replace(
            NOTHING, sessions=tuple(self._carried(site) for site in self.devices)
        )

    def _carried(self, site: str) -> SessionStats:
        mic = SourceStats(
            slot="mic",
            layer="",
            packets=100,
            bytes=1000,
            lost=0,
            jitter_s=0.0,
            keyframes=0,
            level_dbov=self.level_dbov,
            age_s=self.age_s,
        )
        return SessionStats(
            session=f"{self.devices[site].joined.session}.1",
            site=site,
            connected=True,
            age_s=0.0,
            rtt_s=0.02,
            loss_down=0.0,
            packets_out=1,
            bytes_out=1,
            sources=(mic,),
            acknowledged=Acknowledgement(stage_age_s=self.stage_age_s),
        )

    def says(self, mic: str, site: str = "01") -> None:
        self.house.bridge.report(self.devices[site].joined.session, mic=mic, level=None)

    def told(self, site: str = "01") -> list[Reason | None]:
        return [message.reason for message in self.devices[site].of(Unheard)]

    def row(self) -> dict[str, Any]:
        return next(row for row in self.house.bridge.sites() if row["code"] == "01")

    async def pass_s(self, seconds: float) -> None:
        self.carry()
        await asyncio.sleep(seconds)


@contextlib.asynccontextmanager
async def hall_in(tmp_path: Any) -> AsyncIterator[Hall]:
    async with house_in(tmp_path) as house:
        devices = await house.connected("01", "79", "110")
        hall = Hall(house, devices, house.chair())
        hall.says("on")
        await house.do(OPEN)
        running = asyncio.create_task(house.bridge.run())
        await hall.pass_s(20.3)
        await house.do(ChairCall(site="01"))
        yield hall
        running.cancel()


def break_it(hall: Hall, reason: Reason) -> None:
    match reason:
        case Reason.MIC_OFF:
            hall.says("off")
            hall.level_dbov = -127
        case Reason.SILENT:
            hall.level_dbov = -127
        case Reason.NO_PACKETS:
            hall.age_s = None
        case Reason.NOBODY_HEARS:
            hall.stage_age_s = None


AT_ONCE = (Reason.MIC_OFF, Reason.SILENT, Reason.NO_PACKETS)


@pytest.mark.parametrize("reason", AT_ONCE)
@virtual_time
async def test_who_is_not_heard_from_his_grant_on_is_told_within_five_seconds(tmp_path, reason):
    async with hall_in(tmp_path) as hall:
        break_it(hall, reason)
        await hall.pass_s(PATIENCE_S - 0.1)
        assert hall.told() == []
        await hall.pass_s(5.0 - PATIENCE_S)
        assert hall.told() == [reason]
        assert hall.row()["unheard"]["reason"] == reason.value
        desk = hall.desk.last(Lines).sites["01"]
        assert desk["unheard"] == hall.row()["unheard"]
        assert hall.told("79") == hall.told("110") == []


@pytest.mark.parametrize("reason", [Reason.MIC_OFF, Reason.NO_PACKETS])
@virtual_time
async def test_a_fault_in_the_middle_of_a_speech_is_told_within_five_seconds(tmp_path, reason):
    async with hall_in(tmp_path) as hall:
        await hall.pass_s(60.05)
        assert hall.told() == []
        break_it(hall, reason)
        await hall.pass_s(5.0)
        assert hall.told() == [reason]


@virtual_time
async def test_silence_after_speech_may_be_a_pause_of_ten_seconds(tmp_path):
    async with hall_in(tmp_path) as hall:
        await hall.pass_s(60)
        break_it(hall, Reason.SILENT)
        await hall.pass_s(8.5)
        assert hall.told() == []
        await hall.pass_s(2)
        assert hall.told() == [Reason.SILENT]


@virtual_time
async def test_that_nobody_hears_is_told_when_browsers_have_had_time_to_report(tmp_path):
    async with hall_in(tmp_path) as hall:
        await hall.pass_s(30)
        break_it(hall, Reason.NOBODY_HEARS)
        await hall.pass_s(7.5)
        assert hall.told() == []
        await hall.pass_s(2)
        assert hall.told() == [Reason.NOBODY_HEARS]


@virtual_time
async def test_who_is_heard_again_is_told_at_the_next_look(tmp_path):
    async with hall_in(tmp_path) as hall:
        break_it(hall, Reason.SILENT)
        await hall.pass_s(9)
        hall.level_dbov = LEVEL
        await hall.pass_s(1)
        assert hall.told() == [Reason.SILENT, None]
        assert "unheard" not in hall.row()


@virtual_time
async def test_who_speaks_no_more_is_not_unheard(tmp_path):
    async with hall_in(tmp_path) as hall:
        break_it(hall, Reason.SILENT)
        await hall.pass_s(9)
        await hall.house.do(ChairRevoke())
        await hall.pass_s(1)
        assert hall.told() == [Reason.SILENT, None]


@virtual_time
async def test_a_hold_is_no_fault_and_its_end_begins_anew(tmp_path):
    async with hall_in(tmp_path) as hall:
        break_it(hall, Reason.SILENT)
        await hall.pass_s(2)
        await hall.house.do(ChairHold(request=1))
        await hall.pass_s(60)
        assert hall.told() == []
        await hall.house.do(ChairResume(request=1))
        await hall.pass_s(3.5)
        assert hall.told() == []
        await hall.pass_s(1.5)
        assert hall.told() == [Reason.SILENT]


@virtual_time
async def test_who_telephones_and_room_110_are_not_listened_for(tmp_path):
    async with hall_in(tmp_path) as hall:
        await hall.house.do(ChairRevoke(), ChairCall(site="01", via=Via.PHONE))
        break_it(hall, Reason.MIC_OFF)
        await hall.pass_s(60)
        assert hall.told() == hall.told("110") == []


@virtual_time
async def test_sound_without_a_level_is_said_to_be_unmeasured_and_warns_nobody(tmp_path):
    async with hall_in(tmp_path) as hall:
        hall.level_dbov = None
        await hall.pass_s(60)
        assert hall.told() == []
        assert hall.row()["unmeasured"] is True


@virtual_time
async def test_a_sites_own_noise_is_that_of_its_line_check(tmp_path):
    async with hall_in(tmp_path) as hall:
        hall.level_dbov = -62
        hall.house.bridge._watch.spoken_dbov = {"01": -45.0}
        await hall.pass_s(9)
        assert hall.told() == []
        hall.house.bridge._watch.spoken_dbov = {}
        await hall.pass_s(11)
        assert hall.told() == [Reason.SILENT]
