"""What every site has sent and been sent: counters that never fall, and quality while it goes."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from tests.monitoring.observed import (
    ACKNOWLEDGED,
    CAMERA,
    MIC,
    ROSTER,
    SOUND,
    WALL_S,
    carried,
    observed,
    rows_of,
)
from tests.support.autojump import virtual_time

JITTER = "room110_site_rtp_jitter_seconds"
QUALITY = (
    "room110_site_rtt_seconds",
    "room110_site_rtp_loss_ratio",
    JITTER,
    "room110_site_audio_level_dbov",
    "room110_site_audio_mos",
    "room110_site_audio_loss_ratio",
    "room110_site_audio_delay_seconds",
    "room110_site_last_packet_timestamp_seconds",
    "room110_site_last_rtp_timestamp_seconds",
    "room110_site_last_report_timestamp_seconds",
    "room110_site_stage_heard_timestamp_seconds",
    "room110_site_allowed_bytes_per_second",
    "room110_site_downlink_estimate_bytes_per_second",
    "room110_site_pictures_withheld",
)


@virtual_time
async def test_before_anybody_has_come_counters_are_0_and_quality_is_not_there(tmp_path):
    async with observed(tmp_path) as it:
        seen = it.samples()
        for code in ROSTER.codes:
            assert seen["room110_site_rtp_packets_total", "uplink", "audio", code] == 0
            assert seen["room110_site_rtp_packets_unrepaired_total", "video", code] == 0
            assert seen["room110_site_rtp_retransmitted_packets_total", "downlink", code] == 0
            assert seen["room110_site_rtcp_feedback_total", "uplink", code, "nack"] == 0
            assert seen["room110_site_keyframes_total", code] == 0
        for name in QUALITY:
            assert rows_of(seen, name) == {}


@virtual_time
async def test_a_site_that_goes_loses_its_quality_and_keeps_its_row_and_its_counters(tmp_path):
    async with observed(tmp_path) as it:
        media = await it.everything()
        await asyncio.sleep(0.5)
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
        for name, count in (("packets", 200), ("bytes", 10_000), ("packets_lost", 3)):
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
async def test_what_was_lost_repaired_and_asked_for_is_told_apart(tmp_path):
    async with observed(tmp_path) as it:
        media = await it.join("01")
        camera = replace(CAMERA, lost=2, repaired=9)
        for _ in range(2):
            it.carry(
                carried(media, "01", sources=(MIC, camera), acknowledged=ACKNOWLEDGED, repeated=7)
            )
            await asyncio.sleep(1.0)
        await asyncio.sleep(0.5)
        seen = it.samples()

        assert seen["room110_site_rtp_packets_lost_total", "uplink", "video", "01"] == 11
        assert seen["room110_site_rtp_packets_unrepaired_total", "video", "01"] == 2
        assert seen["room110_site_rtp_packets_unrepaired_total", "audio", "01"] == 3
        assert seen["room110_site_rtp_retransmitted_packets_total", "uplink", "01"] == 9
        assert seen["room110_site_rtp_retransmitted_packets_total", "downlink", "01"] == 7
        assert seen["room110_site_rtcp_feedback_total", "uplink", "01", "nack"] == 2
        assert seen["room110_site_rtcp_feedback_total", "downlink", "01", "remb"] == 4
        assert seen["room110_site_rtcp_feedback_total", "downlink", "01", "nack"] == 0


@virtual_time
async def test_how_sound_is_heard_stands_beside_what_it_was_estimated_from(tmp_path):
    async with observed(tmp_path) as it:
        await it.everything()
        await asyncio.sleep(0.25)
        seen = it.samples()

        up = seen["room110_site_audio_loss_ratio", "uplink", "01"]
        assert up == 0.0
        delay = seen["room110_site_audio_delay_seconds", "uplink", "01"]
        assert delay == round(0.0384 / 2 + 0.04 + 0.02, 6)
        assert seen["room110_site_audio_mos", "uplink", "01"] == 4.37
        assert seen["room110_site_audio_mos", "downlink", "01"] == 4.39  # its page said: no buffer
        assert seen["room110_site_allowed_bytes_per_second", "01"] == 125_000
        assert seen["room110_site_downlink_estimate_bytes_per_second", "01"] == 62_500
        assert seen["room110_site_pictures_withheld", "bandwidth", "01"] == 1
        assert seen["room110_site_pictures_withheld", "codec", "01"] == 0


@virtual_time
async def test_when_something_was_last_heard_is_unix_time(tmp_path):
    async with observed(tmp_path) as it:
        media = await it.join("01")
        it.carry(
            carried(
                media,
                "01",
                age_s=0.25,
                sources=(replace(MIC, age_s=0.5), replace(CAMERA, age_s=3.0)),
                acknowledged=ACKNOWLEDGED,
            )
        )
        await asyncio.sleep(1.5)
        seen = it.samples()
        # The look was half a second ago, and the wall stands still.
        looked_s = WALL_S - 0.5

        def ago(name, *labels):
            return round(
                looked_s - seen[f"room110_site_{name}_timestamp_seconds", *labels, "01"], 2
            )

        assert ago("last_packet") == 0.25
        assert ago("last_rtp", "audio") == 0.5
        assert ago("last_rtp", "video") == 3.0
        assert ago("last_report") == 0.5
        assert ago("stage_heard") == 0.75


@virtual_time
async def test_spreads_of_all_sites_are_histograms(tmp_path):
    async with observed(tmp_path) as it:
        media = await it.join("01")
        for packets in (50, 100):
            it.carry(carried(media, "01", sinks=(replace(SOUND, packets=packets),)))
            await asyncio.sleep(1.0)
        await asyncio.sleep(0.5)
        seen = it.samples()

        assert seen["room110_rtt_seconds_count",] == 2
        assert seen["room110_rtt_seconds_bucket", "0.02"] == 0
        assert seen["room110_rtt_seconds_bucket", "0.05"] == 2
        assert seen["room110_rtp_loss_ratio_count", "downlink"] == 1
        assert seen["room110_rtp_jitter_seconds_count", "uplink", "audio"] == 2
