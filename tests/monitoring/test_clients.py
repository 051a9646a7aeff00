"""What pages say of themselves: shown while they are connected, counted for good."""

from __future__ import annotations

import asyncio

from tests.monitoring.observed import WALL_S, observed
from tests.support.autojump import virtual_time


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
