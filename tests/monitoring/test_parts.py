"""What stands on the page is written part by part; what no list names is not hidden."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bridge.media.core.drops import DropReason
from monitoring.parts import PARTS
from monitoring.service import SERVICE
from tests.monitoring.observed import carried, observed, rows_of
from tests.support.autojump import virtual_time
from tests.support.fake_plane import NOTHING


def test_the_part_that_counts_the_errors_of_the_others_is_the_last():
    assert PARTS[-1][0] is SERVICE


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
        seen = it.samples()

        drops = {k[1]: v for k, v in rows_of(seen, "room110_dropped_packets_total").items()}
        assert drops == {**dict.fromkeys(map(str, DropReason), 0), "gate": 7, "brand_new": 1}
        assert seen["room110_media_sessions", "connected"] == 1
        assert seen["room110_media_sessions", "connecting"] == 1
        assert seen["room110_media_packets_total", "in"] == 11
        assert seen["room110_media_bytes_total", "out"] == 13
        assert seen["room110_keyframe_requests_total",] == 5
        assert seen["room110_slot_switches_total",] == 3
