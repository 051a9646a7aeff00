"""Who every site is and how it stands: the words and flags of REST, 64 sites at all times."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bridge.conference.commands import ChairCall, ChairMute, ChairPhase
from bridge.conference.session_commands import HelpRaise, RollcallMark, SiteCut, SiteLadder
from bridge.conference.words import Help, Ladder, Mark, Phase
from monitoring import sites
from tests.bridge.conference.scene import province
from tests.monitoring.observed import (
    MIC,
    ROSTER,
    SECRETARY,
    TECHNICIAN,
    WALL_S,
    carried,
    observed,
    rows_of,
)
from tests.support.autojump import virtual_time

FLAGS = ("up", "control_up", "standby", "gate_open", "blocked", "cut", "expected", "excused")
SOMETIMES = ("path", "session_start_timestamp_seconds", "gate_opened_timestamp_seconds")
QUALITY = (
    "room110_site_rtt_seconds",
    "room110_site_rtp_loss_ratio",
    "room110_site_audio_level_dbov",
)


@virtual_time
async def test_every_site_of_the_roster_is_there_before_anybody_has_come(tmp_path):
    async with observed(tmp_path) as it:
        seen = it.samples()
        for code in ROSTER.codes:
            for flag in FLAGS:
                assert seen[f"room110_site_{flag}", code] == 0
            assert seen["room110_site_line", "absent", code] == 1
            assert seen["room110_site_help", "none", code] == 1
            assert seen["room110_site_ladder", "full", code] == 1
            assert seen["room110_site_connects_total", code] == 0
            assert seen["room110_site_ice_restarts_total", code] == 0
        assert seen["room110_site_info", "Hà Nội", "province", "01"] == 1
        assert seen["room110_site_info", "Phòng 110", "centre", "110"] == 1
        for name in SOMETIMES:
            assert rows_of(seen, f"room110_site_{name}") == {}


@virtual_time
async def test_the_page_says_what_rest_says(tmp_path):
    async with observed(tmp_path) as it:
        await it.open()
        media = await it.join("01")
        await it.join("02")
        await it.do(ChairCall(site="01"))
        await it.do(ChairMute(site="02"))
        it.bridge.report(media.partition(".")[0], mic="on", level=-23)
        it.carry(carried(media, "01"))
        await asyncio.sleep(1.5)
        seen = it.samples()
        for row in it.bridge.sites():
            code = row["code"]
            for fact, words in (
                ("line", sites.SITE_LINE.words),
                ("mic", sites.SITE_MIC.words),
                ("floor", sites.SITE_FLOOR.words),
            ):
                shown = {
                    w: rows_of(seen, f"room110_site_{fact}", code)[_key(fact, w, code)]
                    for w in words
                }
                assert shown == {word: word == row[fact] for word in words}, (code, fact)
            assert seen["room110_site_up", code] == (row["link"] == "up")
            assert seen["room110_site_control_up", code] == (row["control"] == "up")
            assert seen["room110_site_gate_open", code] == row["gate"]
            assert seen["room110_site_blocked", code] == row["blocked"]
        assert seen["room110_site_floor", "speaking", "01"] == 1
        assert seen["room110_site_gate_open", "01"] == 1
        assert seen["room110_site_blocked", "02"] == 1
        assert seen["room110_site_rtt_seconds", "01"] == 0.0384
        assert seen["room110_site_rtp_loss_ratio", "downlink", "01"] == 0.012
        assert seen["room110_site_audio_level_dbov", "01"] == -20
        assert seen["room110_site_media_wanted", "audio", "01"] == 1
        assert seen["room110_site_media_wanted", "video", "01"] == 1  # it is on the stage
        assert seen["room110_site_media_wanted", "video", "02"] == 0
        assert seen["room110_site_media_wanted", "audio", "02"] == 0
        # Its line is up and nothing has gone over it yet, so nothing is lost of it.
        assert rows_of(seen, "room110_site_rtp_loss_ratio", "02") == {}


def _key(fact, word, code):
    return (f"room110_site_{fact}", *(v for _, v in sorted({fact: word, "site": code}.items())))


@virtual_time
async def test_flags_ladder_and_help_are_of_now(tmp_path):
    async with observed(tmp_path) as it:
        await it.do(SiteCut(site="02"), TECHNICIAN)
        await it.do(SiteLadder(site="02", to=Ladder.SOUND), TECHNICIAN)
        await it.do(RollcallMark(site="02", mark=Mark.EXCUSED, reason="bão"), SECRETARY)
        await it.do(HelpRaise(), province("02"))
        seen = it.samples()

        assert seen["room110_site_cut", "02"] == 1
        assert seen["room110_site_excused", "02"] == 1
        assert [seen["room110_site_ladder", word, "02"] for word in Ladder] == [0, 0, 1]
        assert seen["room110_site_help", Help.RAISED, "02"] == 1
        assert seen["room110_site_help", "none", "02"] == 0
        assert seen["room110_site_cut", "01"] == 0


@virtual_time
async def test_expected_is_who_was_ready_when_the_session_opens_and_later_everybody(tmp_path):
    async with observed(tmp_path) as it:
        await it.join("01")
        assert set(rows_of(it.samples(), "room110_site_expected").values()) == {0.0}
        await it.open()
        expected = rows_of(it.samples(), "room110_site_expected")
        assert {key[1] for key, value in expected.items() if value} == {"01"}
        await it.do(RollcallMark(site="02", mark=Mark.ABSENT, reason="bão"), SECRETARY)
        await asyncio.sleep(600.0)
        expected = rows_of(it.samples(), "room110_site_expected")
        assert {key[1] for key, value in expected.items() if not value} == {"02"}
        await it.do(ChairPhase(to=Phase.CLOSED))
        assert set(rows_of(it.samples(), "room110_site_expected").values()) == {0.0}


@virtual_time
async def test_moments_are_unix_time_and_stay_as_they_are(tmp_path):
    async with observed(tmp_path) as it:
        media = await it.join("01")
        it.carry(carried(media, "01", path="tcp"))
        await it.open()
        await it.do(ChairCall(site="01"))
        await asyncio.sleep(1.2)
        first = it.samples()
        await asyncio.sleep(0.3)
        second = it.samples()

        assert first["room110_site_path", "tcp", "01"] == 1
        assert first["room110_site_path", "udp", "01"] == 0
        for name in ("session_start", "gate_opened", "line_since"):
            key = f"room110_site_{name}_timestamp_seconds", "01"
            assert first[key] == second[key]
        # The wall stands still in this test, and the conference began 1.2 s before.
        began_s = WALL_S - 1.2
        assert abs(first["room110_site_session_start_timestamp_seconds", "01"] - began_s) < 0.1
        await it.lose(media)
        gone = it.samples()
        assert [name for name in SOMETIMES if rows_of(gone, f"room110_site_{name}", "01")] == []
        assert ("room110_site_line_since_timestamp_seconds", "01") in gone


@virtual_time
async def test_a_speaker_is_heard_or_not_as_desk_and_site_are_told(tmp_path):
    async with observed(tmp_path) as it:
        media = await it.join("01")
        await it.open()
        it.bridge.report(media.partition(".")[0], mic="on", level=None)
        name = "room110_speaker_unheard"
        assert rows_of(it.samples(), name) == {}
        await it.do(ChairCall(site="01"))
        it.carry(carried(media, "01"))
        await asyncio.sleep(2.5)
        assert it.samples()[name, "01", "none"] == 1

        it.carry(carried(media, "01", sources=(replace(MIC, age_s=60.0),)))
        await asyncio.sleep(8.0)
        seen = it.samples()
        assert seen[name, "01", "no_packets"] == 1
        assert sum(rows_of(seen, name).values()) == 1
        assert seen["room110_site_line_cause", "no_sound", "01"] == 1
        assert len(rows_of(seen, "room110_site_line_cause")) == 64

        it.carry(carried(media, "01", sources=(replace(MIC, level_dbov=None),)))
        await asyncio.sleep(8.0)
        assert it.samples()[name, "01", "unmeasured"] == 1
