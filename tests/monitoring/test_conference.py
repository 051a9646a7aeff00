"""The session as a whole, in numbers."""

from __future__ import annotations

import asyncio

from bridge.conference.agenda import Draft
from bridge.conference.commands import ChairCall, ChairPhase, ChairRevoke, FloorRequest, MicLive
from bridge.conference.session_commands import (
    AgendaLoad,
    AgendaNext,
    ConferenceDescribe,
    RollcallMark,
)
from bridge.conference.words import ItemKind, Mark, Phase
from bridge.media.plane import SessionEnded
from tests.monitoring.observed import CHAIR, SECRETARY, WALL_S, observed, rows_of
from tests.support.autojump import virtual_time


@virtual_time
async def test_the_conference_in_numbers(tmp_path):
    async with observed(tmp_path) as it:
        await it.open()
        await it.join("01")
        await it.do(ChairCall(site="01"))
        await it.do(FloorRequest(site="02"))
        it.console()
        seen = it.samples()

        assert {k[1]: v for k, v in rows_of(seen, "room110_conference_phase").items()} == {
            "lobby": 0,
            "open": 1,
            "recess": 0,
            "closed": 0,
        }
        assert seen["room110_floor_queue_requests",] == 1
        assert seen["room110_floor_changes_total", "chair.call"] == 1
        assert seen["room110_floor_changes_total", "link_lost"] == 0
        assert {k[1]: v for k, v in rows_of(seen, "room110_sessions").items()} == {
            "room": 1,
            "content": 0,
            "console": 1,
            "wall": 0,
        }
        assert seen["room110_chair_consoles",] == 1
        assert seen["room110_conference_start_timestamp_seconds",] > 1.7e9
        assert seen["room110_journal_write_seconds_count",] >= 4
        assert seen["room110_build_info", "3.11", "0.1.0"] == 1


@virtual_time
async def test_which_conference_it_is_and_when_it_was_to_begin_and_began(tmp_path):
    async with observed(tmp_path) as it:
        seen = it.samples()
        [(_, conference, kind, title)] = rows_of(seen, "room110_conference_info")
        assert (conference, kind, title) == (it.bridge.conference_id(), "session", "Hội nghị")
        for moment in ("planned", "opened"):
            assert rows_of(seen, f"room110_conference_{moment}_timestamp_seconds") == {}

        await it.do(ConferenceDescribe(starts="2020-05-29T08:00:00+07:00"))
        await it.open()
        await asyncio.sleep(30.0)
        seen = it.samples()
        assert seen["room110_conference_planned_timestamp_seconds",] == 1_590_714_000.0
        assert round(WALL_S - seen["room110_conference_opened_timestamp_seconds",]) == 30


@virtual_time
async def test_the_chair_is_there_or_away_since_when(tmp_path):
    async with observed(tmp_path) as it:
        away = "room110_chair_away_since_timestamp_seconds"
        await asyncio.sleep(3.0)
        seen = it.samples()
        assert seen["room110_chair_present",] == 0
        assert round(WALL_S - seen[away,]) == 3  # since the lobby was opened
        console = it.console()
        await it.settled()
        seen = it.samples()
        assert seen["room110_chair_present",] == 1
        assert (away,) not in seen
        it.bridge.leave(console, said_goodbye=True)
        await it.settled()
        await asyncio.sleep(7.0)
        seen = it.samples()
        assert seen["room110_chair_present",] == 0
        assert round(WALL_S - seen[away,]) == 7


@virtual_time
async def test_who_has_the_floor_since_when_and_how_long_everybody_has_spoken(tmp_path):
    async with observed(tmp_path) as it:
        await it.open()
        for site in ("01", "02"):
            await it.join(site)
        await it.do(ChairCall(site="01"))
        it.room.post(MicLive(site="01"))
        await it.settled()
        await asyncio.sleep(20.0)
        seen = it.samples()
        assert {k[1] for k, v in rows_of(seen, "room110_floor_holder").items() if v} == {"01"}
        assert len(rows_of(seen, "room110_floor_holder")) == 64
        [(key, granted)] = rows_of(seen, "room110_floor_granted_timestamp_seconds").items()
        assert key[1] == "01"
        assert round(WALL_S - granted) == 20
        assert round(seen["room110_speech_seconds_total", "01"], 1) == 20.0

        await it.do(ChairCall(site="02"))
        await asyncio.sleep(5.0)
        seen = it.samples()
        assert {k[1] for k, v in rows_of(seen, "room110_floor_holder").items() if v} == {"02"}
        assert round(seen["room110_speech_seconds_total", "01"], 1) == 20.0
        assert seen["room110_speech_seconds_total", "02"] == 0.0


@virtual_time
async def test_how_far_the_agenda_is_and_how_late(tmp_path):
    async with observed(tmp_path) as it:
        items = tuple(Draft(kind=ItemKind.BREAK, title=f"Mục {n}", minutes=2) for n in range(3))
        await it.do(AgendaLoad(items=items))
        assert rows_of(it.samples(), "room110_agenda_late_seconds") == {}
        await it.open()
        await asyncio.sleep(30.0)
        await it.do(AgendaNext())
        await asyncio.sleep(60.0)
        seen = it.samples()

        assert {k[1]: v for k, v in rows_of(seen, "room110_agenda_items").items()} == {
            "planned": 2,
            "current": 1,
            "done": 0,
            "skipped": 0,
        }
        assert round(seen["room110_agenda_late_seconds",]) == 30
        await it.do(ChairPhase(to=Phase.RECESS))
        assert rows_of(it.samples(), "room110_agenda_late_seconds") == {}


@virtual_time
async def test_the_roll_call_by_marks(tmp_path):
    async with observed(tmp_path) as it:
        for site, mark in (("01", Mark.PRESENT), ("02", Mark.EXCUSED), ("04", Mark.EXCUSED)):
            await it.do(RollcallMark(site=site, mark=mark, reason="bão"), SECRETARY)
        seen = it.samples()

        assert {k[1]: v for k, v in rows_of(seen, "room110_rollcall_sites").items()} == {
            "none": 61,
            "present": 1,
            "late": 0,
            "absent": 0,
            "excused": 2,
            "left": 0,
        }


@virtual_time
async def test_comings_and_commands_and_tokens_are_counted(tmp_path):
    async with observed(tmp_path) as it:
        it.around.token_refusals = {"token_expired": 3}
        media = await it.join("01")
        it.plane.say(SessionEnded(session=media, reason="peer_closed"))
        await it.bridge.submit(ChairRevoke(request=99), CHAIR, None)
        await it.open()
        seen = it.samples()

        assert seen["room110_joins_total", "ok"] == 1
        assert seen["room110_joins_total", "peer_closed"] == 0  # it had come, and left
        assert seen["room110_media_sessions_lost_total", "peer_closed"] == 1
        assert seen["room110_join_seconds_count",] == 1
        assert seen["room110_token_refusals_total", "token_expired"] == 3
        assert seen["room110_token_refusals_total", "token_invalid"] == 0
        assert seen["room110_commands_total", "refused"] == 1
        assert seen["room110_commands_total", "accepted"] == 1
        assert seen["room110_command_seconds_count",] == 2
