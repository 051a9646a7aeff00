"""The page as a whole: both formats, one a second, and whole when a part of it breaks."""

from __future__ import annotations

import asyncio
import re
import subprocess

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from structlog.testing import capture_logs

from bridge.journal import Writes
from monitoring.catalogue import FAMILIES
from monitoring.metrics import Metrics
from monitoring.plane import PLANE, WORKER
from tests.monitoring.observed import observed, samples
from tests.support.autojump import virtual_time
from tests.support.promql import tool

PROCESS = {"process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds"}
BROKEN = ("sites", "traffic", "quality", "clients", "conference", "plane")
"""Parts that need figures."""
OF_THE_SERVICE = "room110_chair_consoles"


@virtual_time
async def test_both_formats_say_the_same(tmp_path):
    async with observed(tmp_path) as it:
        await it.everything()
        it.page()
        plain = samples(it.page())
        open_ = {}
        for family in read_openmetrics(it.page(openmetrics=True)):
            for s in family.samples:
                open_[(s.name, *(v for _, v in sorted(s.labels.items())))] = s.value

        assert plain.keys() == open_.keys()
        moving = ("process_", "python_", "room110_collector_seconds")
        assert {k: v for k, v in plain.items() if not k[0].startswith(moving)} == {
            k: v for k, v in open_.items() if not k[0].startswith(moving)
        }
        assert {key[0] for key in plain} >= PROCESS


@virtual_time
async def test_every_metric_of_the_catalogue_can_be_seen(tmp_path):
    async with observed(tmp_path) as it:
        await it.everything()
        it.page()
        heads = [
            line.split()[2] for line in it.page().splitlines() if line.startswith("# TYPE room110_")
        ]

        # The others are told by the media process.
        assert heads == [family.name for family in FAMILIES if family not in WORKER]


@virtual_time
async def test_what_media_carries_is_told_by_the_process_that_carries_it(tmp_path):
    async with observed(tmp_path) as it:
        apart = Metrics(
            it.bridge,
            names={},
            writes=Writes(),
            build={"version": "0.1.0", "python": "3.11"},
            process="control",
        )
        whole, control = it.samples(), samples(apart.page(False).decode())
        names = {name for name, *_ in whole} - {name for name, *_ in control}

        told = {family.name for family in PLANE}
        names = {re.sub("_(bucket|sum|count)$", "", name) for name in names}
        assert names == told - {"room110_udp_receive_errors_total"}  # nobody knows of any
        assert control["room110_event_loop_lag_seconds_count", "control"] == 0
        assert control["process_open_fds", "control"] > 0


@virtual_time
async def test_control_tells_the_whole_catalogue_but_for_what_media_tells(tmp_path):
    async with observed(tmp_path) as it:
        await it.everything()
        apart = Metrics(
            it.bridge,
            names={},
            writes=Writes(),
            build={"version": "0.1.0", "python": "3.11"},
            process="control",
            around=it.around,
        )
        apart.page(False)
        heads = re.findall(r"^# TYPE (room110_\w+)", apart.page(True).decode(), re.MULTILINE)
        bare = [re.sub("_(total|info)$", "", family.name) for family in FAMILIES]
        elsewhere = {re.sub("_(total|info)$", "", f.name) for f in (*PLANE, *WORKER)}
        assert heads == [name for name in bare if name not in elsewhere]


@virtual_time
async def test_whoever_asks_often_is_given_the_same_page_for_a_second(tmp_path):
    async with observed(tmp_path) as it:
        first = it.metrics.page(False)
        await it.join("01")
        it.clock_s += 0.9
        assert it.metrics.page(False) is first
        assert it.metrics.page(True) != first
        it.clock_s += 0.1
        assert samples(it.metrics.page(False).decode())["room110_site_up", "01"] == 1


@virtual_time
async def test_a_part_that_breaks_is_left_out_counted_and_logged_once(tmp_path, monkeypatch):
    async with observed(tmp_path) as it:
        whole = it.samples()
        assert whole["room110_collector_errors_total",] == 0

        def broken():
            raise RuntimeError("a bug")

        with monkeypatch.context() as patch, capture_logs() as logs:
            patch.setattr(it.bridge, "figures", broken)
            it.page()
            seen = it.samples()
        # All but the service's own part need the figures; the process needs nothing of ours.
        assert (OF_THE_SERVICE,) not in seen
        assert seen["room110_collector_errors_total",] == 2 * len(BROKEN)
        assert "process_cpu_seconds_total" in {key[0] for key in seen}
        assert [(log["event"], log["part"]) for log in logs] == [
            ("metrics.part_failed", part) for part in BROKEN
        ]
        mended = it.samples()
        assert mended.keys() == whole.keys() | {("room110_collector_seconds",)}

        with monkeypatch.context() as patch, capture_logs() as logs:
            patch.setattr(it.bridge, "figures", broken)
            it.page()
        assert len(logs) == len(BROKEN)  # it was mended meanwhile, so it is told again


@virtual_time
async def test_a_word_nobody_knows_costs_its_part_and_no_other(tmp_path):
    async with observed(tmp_path) as it:
        media = await it.join("79")
        it.bridge.report(media.partition(".")[0], mic="melted", level=None)
        seen = it.samples()

        assert ("room110_site_up", "01") not in seen
        assert seen["room110_site_rtp_packets_total", "uplink", "audio", "01"] == 0
        assert seen["room110_collector_errors_total",] == 1

        # Nothing of the half that was written stays: no site stands on the next page twice.
        it.bridge.report(media.partition(".")[0], mic="off", level=None)
        mended = it.samples()
        assert len([key for key in mended if key[0] == "room110_site_up"]) == 64


@virtual_time
async def test_it_measures_the_loop_and_itself(tmp_path):
    async with observed(tmp_path) as it:
        assert ("room110_collector_seconds",) not in it.samples()
        running = asyncio.create_task(it.metrics.run())
        await asyncio.sleep(1.05)
        running.cancel()
        seen = it.samples()

        assert seen["room110_event_loop_lag_seconds_count", "service"] == 10
        assert seen["room110_collector_seconds",] == pytest.approx(0.0)


@virtual_time
async def full_page(directory):
    async with observed(directory) as it:
        await it.everything()
        return it.page()


def test_promtool_has_nothing_to_say_of_a_page(tmp_path):
    checked = subprocess.run(
        [tool("promtool"), "check", "metrics"],
        input=full_page(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
