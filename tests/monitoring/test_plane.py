from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.media.core.drops import DropReason
from bridge.media.host import PARTINGS
from bridge.media.plane import DELAY_BOUNDS_S
from bridge.media.times import NO_JOIN, NO_SWITCH, Spread
from bridge.media.told import Load
from monitoring.columns import Sheet
from monitoring.plane import PLANE, WORKER, write_plane, write_worker
from tests.monitoring.observed import carried, samples
from tests.support.fake_plane import NOTHING


class FakeHost:
    def __init__(self) -> None:
        self.has_control = True
        self.partings: dict[str, int] = {}
        self.skipped = 0


def written(write, families, what) -> dict[tuple[str, ...], float]:
    sheet = Sheet(families)
    write(sheet, what)
    return samples(sheet.page(openmetrics=False).decode())


def test_every_drop_has_a_line_before_it_happens():
    seen = written(write_plane, PLANE, NOTHING)
    for reason in DropReason:
        assert seen["room110_dropped_packets_total", reason] == 0


def test_the_plane_in_numbers():
    sessions = (carried("a.1", "01"), carried("b.1", "02"), carried("c.1", "04", connected=False))
    counts = tuple(range(len(DELAY_BOUNDS_S) + 1))
    stats = replace(
        NOTHING,
        sessions=sessions,
        packets_in=1,
        packets_out=2,
        bytes_in=3,
        bytes_out=4,
        drops={"gate": 5, "newer_than_us": 6},
        keyframe_requests=7,
        switches=8,
        delays=counts,
        delay_s=0.5,
        switched=Spread(counts=(0, 3, *NO_SWITCH.counts[2:]), total_s=0.12),
        begun={"ice": Spread(counts=(1, *NO_JOIN.counts[1:]), total_s=0.05)},
        load=Load(datagrams_refused=9, tcp_connections=10, tcp_waiting_bytes=11),
    )
    seen = written(write_plane, PLANE, stats)
    assert seen["room110_media_sessions", "connected"] == 2
    assert seen["room110_media_sessions", "connecting"] == 1
    assert seen["room110_media_packets_total", "in"] == 1
    assert seen["room110_media_packets_total", "out"] == 2
    assert seen["room110_media_bytes_total", "in"] == 3
    assert seen["room110_media_bytes_total", "out"] == 4
    assert seen["room110_dropped_packets_total", "gate"] == 5
    assert seen["room110_dropped_packets_total", "newer_than_us"] == 6
    assert seen["room110_keyframe_requests_total",] == 7
    assert seen["room110_slot_switches_total",] == 8
    assert seen["room110_media_delay_seconds_count",] == sum(counts)
    assert seen["room110_media_delay_seconds_sum",] == 0.5
    assert seen["room110_floor_switch_seconds_bucket", "0.025"] == 0
    assert seen["room110_floor_switch_seconds_bucket", "0.05"] == 3
    assert seen["room110_floor_switch_seconds_sum",] == 0.12
    assert seen["room110_media_join_seconds_count", "ice"] == 1
    assert seen["room110_media_join_seconds_count", "dtls"] == 0
    assert seen["room110_udp_receive_errors_total",] == 9
    assert seen["room110_tcp_connections",] == 10
    assert seen["room110_tcp_waiting_bytes",] == 11


def test_what_the_kernel_does_not_say_has_no_line():
    seen = written(write_plane, PLANE, NOTHING)
    assert ("room110_udp_receive_errors_total",) not in seen


@pytest.mark.parametrize("reason", PARTINGS)
def test_the_worker_says_how_it_is_with_control(reason):
    host = FakeHost()
    host.partings[reason] = 2
    host.skipped, host.has_control = 3, False
    seen = written(write_worker, WORKER, host)
    assert seen["room110_worker_has_control",] == 0
    assert seen["room110_worker_control_lost_total", reason] == 2
    assert sum(v for k, v in seen.items() if k[0] == "room110_worker_control_lost_total") == 2
    assert seen["room110_worker_stats_skipped_total",] == 3
