"""The page of the media process: written at most once a second, and of both formats."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics

from bridge.media.told import Load
from monitoring.plane import LOGGED_MESSAGES, LOOP_LAG, PLANE, WORKER
from monitoring.worker import WorkerMetrics
from tests.monitoring.observed import samples
from tests.monitoring.test_plane import FakeHost
from tests.support.autojump import virtual_time
from tests.support.fake_plane import NOTHING, FakePlane


class Window:
    def __init__(self) -> None:
        self.plane = FakePlane()
        self.now_s = 100.0
        self.metrics = WorkerMetrics(self.plane, FakeHost(), clock=lambda: self.now_s)


def test_it_has_every_family_that_media_tells():
    window = Window()
    window.plane.stats = replace(NOTHING, load=Load(datagrams_refused=0))
    text = window.metrics.page(False).decode()
    heads = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE room110_")]

    assert heads == [family.name for family in (*PLANE, LOOP_LAG, LOGGED_MESSAGES, *WORKER)]
    assert 'process_cpu_seconds_total{process="media"}' in text


def test_openmetrics_is_understood():
    assert list(read_openmetrics(Window().metrics.page(True).decode()))


@pytest.mark.parametrize(("later_s", "packets"), [(0.9, 0), (1.0, 7)])
def test_whoever_asks_often_is_given_the_same_page_for_a_second(later_s, packets):
    window = Window()
    window.metrics.page(False)
    window.plane.stats = replace(NOTHING, packets_in=7)
    window.now_s += later_s
    seen = samples(window.metrics.page(False).decode())
    assert seen["room110_media_packets_total", "in"] == packets


@virtual_time
async def test_it_measures_the_loop():
    window = Window()
    measuring = asyncio.create_task(window.metrics.run())
    await asyncio.sleep(1.05)
    measuring.cancel()
    seen = samples(window.metrics.page(False).decode())
    assert seen["room110_event_loop_lag_seconds_count", "media"] == 10
