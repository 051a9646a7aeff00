"""What stands on the page: the words and numbers of REST, 64 sites, and counters that never fall."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bridge.conference.commands import ChairCall, ChairMute, FloorRequest
from bridge.conference.words import Role
from bridge.identity import Identity
from bridge.media.core.drops import DropReason
from bridge.media.plane import SessionEnded
from bridge.media.slots import SessionKind
from monitoring import sites
from tests.monitoring.observed import CAMERA, MIC, ROSTER, WALL_S, carried, observed
from tests.support.autojump import virtual_time
from tests.support.fake_plane import NOTHING, FakeOutbox

ALWAYS = ("room110_site_up", "room110_site_gate_open", "room110_site_blocked")
JITTER = "room110_site_rtp_jitter_seconds"
QUALITY = (
    "room110_site_rtt_seconds",
    "room110_site_rtp_loss_ratio",
    JITTER,
    "room110_site_audio_level_dbov",
)


def rows_of(samples, name, site=None):
    return {k: v for k, v in samples.items() if k[0] == name and (site is None or site in k[1:])}


@virtual_time
async def test_every_site_of_the_roster_is_there_before_anybody_has_come(tmp_path):
    async with observed(tmp_path) as it:
        seen = it.samples()
        for code in ROSTER.codes:
            for name in ALWAYS:
                assert seen[name, code] == 0
            assert seen["room110_site_line", "absent", code] == 1
            assert seen["room110_site_connects_total", code] == 0
            assert seen["room110_site_rtp_packets_total", "uplink", "audio", code] == 0
        assert seen["room110_site_info", "Hà Nội", "province", "01"] == 1
        assert seen["room110_site_info", "Phòng 110", "centre", "110"] == 1
        for name in QUALITY:
            assert rows_of(seen, name) == {}


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
async def test_a_site_that_goes_loses_its_quality_and_keeps_its_row_and_its_counters(tmp_path):
    async with observed(tmp_path) as it:
        await it.open()
        media = await it.join("01")
        it.carry(carried(media, "01"))
        await asyncio.sleep(1.5)
        there = it.samples()
        assert all(rows_of(there, name, "01") for name in QUALITY)
        await it.lose(media)
        # At once, and not only after the next look.
        assert [name for name in QUALITY if name != JITTER and rows_of(it.samples(), name)] == []
        await asyncio.sleep(1.0)
        gone = it.samples()

        assert [name for name in QUALITY if rows_of(gone, name)] == []
        assert len(rows_of(gone, "room110_site_up")) == 64
        assert len(rows_of(gone, "room110_site_line")) == 64 * 9
        assert gone["room110_site_line", "lost", "01"] == 1
        assert gone["room110_site_up", "01"] == 0
        assert gone["room110_site_disconnects_total", "lost", "01"] == 1
        for name, count in (("packets", 100), ("bytes", 10_000), ("packets_lost", 3)):
            assert gone[f"room110_site_rtp_{name}_total", "uplink", "audio", "01"] == count


@virtual_time
async def test_a_reconnect_goes_on_from_the_counters(tmp_path):
    async with observed(tmp_path) as it:
        await it.open()
        first = await it.join("01")
        it.carry(carried(first, "01"))
        await asyncio.sleep(1.5)
        before = it.samples()
        await it.lose(first)
        second = await it.join("01")
        it.carry(carried(second, "01", sources=(replace(MIC, packets=30, lost=1), CAMERA)))
        await asyncio.sleep(1.0)
        after = it.samples()

        flow = ("uplink", "audio", "01")
        assert after["room110_site_rtp_packets_total", *flow] == 130
        assert after["room110_site_rtp_packets_lost_total", *flow] == 4
        assert after["room110_site_keyframes_total", "01"] == 4
        assert after["room110_site_keyframe_requests_total", "01"] == 10
        assert after["room110_site_connects_total", "01"] == 2
        for key, value in before.items():
            if key[0].endswith("_total"):
                assert after[key] >= value, key


@virtual_time
async def test_what_a_page_says_is_shown_while_it_is_connected_and_counted_for_good(tmp_path):
    async with observed(tmp_path) as it:
        media = await it.join("01")
        session = media.partition(".")[0]
        stats = {
            "frames_decoded": 300,
            "frames_dropped": 2,
            "freeze_count": 1,
            "freeze_s": 0.4,
            "concealed_ratio": 0.02,
            "jitter_buffer_s": 0.06,
            "quality_limited_cpu_s": 3,
            "quality_limited_bandwidth_s": 4,
            "available_outgoing_bps": 2_000_000,
            "rtt_s": 0.031,
        }
        await asyncio.sleep(2.0)
        it.bridge.report(session, mic="on", level=-23, stats=stats)
        it.bridge.report(session, mic="on", level=-23, stats=stats)
        await asyncio.sleep(3.0)
        seen = it.samples()

        client = {
            k[0].removeprefix("room110_site_client_") + "".join(f" {w}" for w in k[1:]): v
            for k, v in seen.items()
            if "_client_" in k[0] and k[-1] == "01"
        }
        assert client == {
            "frames_total decoded 01": 300,
            "frames_total dropped 01": 2,
            "freezes_total 01": 1,
            "freeze_seconds_total 01": 0.4,
            "quality_limited_seconds_total cpu 01": 3,
            "quality_limited_seconds_total bandwidth 01": 4,
            "concealed_ratio 01": 0.02,
            "jitter_buffer_seconds 01": 0.06,
            "available_outgoing_bytes_per_second 01": 250_000,
            "rtt_seconds 01": 0.031,
            "report_timestamp_seconds 01": WALL_S - 3.0,
            "reports_total taken 01": 1,
            "reports_total ignored 01": 1,
        }
        it.bridge.leave(session, said_goodbye=True)
        await it.settled()
        gone = it.samples()
        assert gone["room110_site_client_frames_total", "decoded", "01"] == 300
        assert ("room110_site_client_rtt_seconds", "01") not in gone
        assert gone["room110_site_disconnects_total", "bye", "01"] == 1


@virtual_time
async def test_the_conference_in_numbers(tmp_path):
    async with observed(tmp_path) as it:
        await it.open()
        await it.join("01")
        await it.do(ChairCall(site="01"))
        await it.do(FloorRequest(site="02"))
        identity = Identity(
            user="an",
            roles=frozenset({Role.CHAIR}),
            site="110",
            conference=it.bridge.conference_id(),
        )
        it.bridge.join(identity=identity, kind=SessionKind.CONSOLE, outbox=FakeOutbox())
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
async def test_every_reason_to_drop_is_there_and_a_new_one_is_not_hidden(tmp_path):
    async with observed(tmp_path) as it:
        media = await it.join("01")
        it.plane.stats = replace(
            NOTHING,
            sessions=(carried(media, "01"), carried("x", "02", connected=False)),
            drops={"gate": 7, "brand_new": 1},
            packets_in=11,
            bytes_out=13,
            keyframe_requests=5,
            switches=3,
        )
        await asyncio.sleep(1.5)
        it.plane.say(SessionEnded(session=media, reason="peer_closed"))
        seen = it.samples()

        drops = {k[1]: v for k, v in rows_of(seen, "room110_dropped_packets_total").items()}
        assert drops == {**dict.fromkeys(map(str, DropReason), 0), "gate": 7, "brand_new": 1}
        assert seen["room110_media_sessions", "connected"] == 1
        assert seen["room110_media_sessions", "connecting"] == 1
        assert seen["room110_media_packets_total", "in"] == 11
        assert seen["room110_media_bytes_total", "out"] == 13
        assert seen["room110_keyframe_requests_total",] == 5
        assert seen["room110_slot_switches_total",] == 3
        assert seen["room110_media_sessions_lost_total", "peer_closed"] == 1
