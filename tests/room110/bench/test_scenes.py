"""Bad lines, thin lines and other ways, each for a moment: what holds whatever the machine does.

What is only a figure is printed by ``room110 bench lines`` and judged by nobody.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from room110.bench import scenes
from room110.bench.chromium import chromium
from room110.bench.film import write_film
from room110.bench.lines import BOTH_FAMILIES, opened
from room110.bench.relay import Queued
from room110.bench.scenes import BUFFER_S, CHANGES, CONDITIONS, UPLINK_BPS, Stage, queues

SHORT_S = 6.0
real = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory) -> AsyncIterator[Stage]:
    """Every camera shows a picture that moves: that of a card is so still that no line is too thin."""
    folder = tmp_path_factory.mktemp("lines")
    film = write_film(folder / "film.y4m", width=640, height=360, rate=15)
    async with (
        chromium(picture=film) as browser,
        opened(browser, folder / "state", camera="640x360@15", sites=2, env=BOTH_FAMILIES) as made,
    ):
        yield replace(made, settle_s=1.0)


def test_queues_are_those_of_a_time():
    queued = [Queued(at_s=float(n), queue_s=n / 100) for n in range(101)]

    assert queues(queued) == {"p50": 0.5, "p99": 0.99, "max": 1.0}
    assert queues(queued, since_s=99.0) == {"p50": 0.99, "p99": 1.0, "max": 1.0}
    assert queues([]) is None


def test_conditions_are_attributes_of_a_line():
    assert {name for values in CONDITIONS.values() for name in values} == {
        "loss",
        "burst_loss",
        "jitter_s",
    }


@real
async def test_loss_on_one_line_is_repaired_and_is_nobody_elses(stage):
    told = await scenes.lossy(stage, SHORT_S, ["loss 5 %"])

    repaired, unrepaired = told["loss 5 %, repair"], told["loss 5 %, no repair"]
    assert repaired["guest"]["nacks"] > 0
    assert repaired["guest"]["repaired"] > 0
    assert unrepaired["guest"]["nacks"] == unrepaired["guest"]["repaired"] == 0
    assert unrepaired["guest"]["missed"] > 0
    for both in (repaired, unrepaired):
        assert both["neighbour"]["missed"] == both["neighbour"]["nacks"] == 0
        assert both["guest"]["concealed"] < 0.5
        assert both["neighbour"]["frames"] > 0
    assert repaired["guest"]["frames"] > 0.5 * repaired["neighbour"]["frames"]


@real
async def test_a_thin_line_gets_a_smaller_picture_and_goes_on(stage):
    # How soon the large one comes is a figure: a browser that has no time says its line is thin.
    told = await scenes.narrow(stage, 2 * SHORT_S, SHORT_S)

    assert told["widths"][-1] < told["full_width"]
    assert told["then"]["frames"] > 0
    assert told["then"]["concealed"] < 0.5
    assert told["since_freed"]["frames"] > 0


@real
async def test_a_thin_line_of_a_publisher_does_not_stay_full(stage):
    told = await scenes.uplink(stage, SHORT_S)

    assert told["watcher"]["frames"] > 0
    assert told["queue_s"]["p50"] < BUFFER_S / 2
    assert told["allowed_bps"]["p50"] < 1.2 * UPLINK_BPS


@real
async def test_the_picture_goes_on_while_the_floor_goes_round(stage):
    told = await scenes.changes(stage, CHANGES * 1.5)

    assert told["keyframes"] >= CHANGES
    assert told["freezes"] <= 1
    assert told["missed"] == 0


@real
async def test_where_udp_does_not_get_through_tcp_does(stage):
    told = await scenes.tcp(stage, 2.0)

    assert told["route"].startswith("tcp ")
    assert told["frames"] > 0


@real
async def test_speakers_of_two_codecs_stand_in_one_slot(stage):
    told = await scenes.codecs(stage, SHORT_S)

    turns = [name for name in told if name[0].isdigit()]
    assert turns == ["1 VP8", "2 H264", "3 VP8"]
    assert all(told[turn]["frames"] > 0 for turn in turns)


@real
async def test_media_over_ipv6(stage):
    told = await scenes.ipv6(stage, 2.0)

    assert told["route"] == "udp ::1"
    assert told["frames"] > 0
