"""Bad lines, thin lines and other ways, each for a moment: what holds whatever the machine does.

The same scenes as ``room110 bench lines``, which prints the figures.  A second Chromium has a camera
whose picture moves, for the card of a site is so still that no line is too thin for it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from bridge.conference.words import CENTRE, Role
from room110.bench import scenes
from room110.bench.chromium import chromium
from room110.bench.film import write_film
from room110.bench.lines import BOTH_FAMILIES
from room110.bench.scenes import BUFFER_S, CHANGES, UPLINK_BPS, Stage
from room110.premises import premises
from tests.pages.conftest import CAMERA, SYNTHETIC

pytestmark = pytest.mark.asyncio(loop_scope="package")

SHORT_S = 6.0


@pytest.fixture
def stage(browser, hall) -> Stage:
    return Stage(
        browser=browser,
        running=hall.premises,
        speakers=SYNTHETIC[5:7],
        guest="94",
        neighbour="95",
        camera=CAMERA,
    )


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def moving(tmp_path_factory) -> AsyncIterator[object]:
    film = tmp_path_factory.mktemp("film") / "film.y4m"
    async with chromium(picture=write_film(film, width=640, height=360, rate=15)) as running:
        yield running


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


async def test_a_thin_line_gets_a_smaller_picture_and_goes_on(stage, moving):
    # How soon the large one comes is a figure: a browser that has no time says its line is thin.
    told = await scenes.narrow(replace(stage, browser=moving), 2 * SHORT_S, SHORT_S)

    assert told["widths"][-1] < told["full_width"]
    assert told["then"]["frames"] > 0
    assert told["then"]["concealed"] < 0.5
    assert told["since_freed"]["frames"] > 0


async def test_a_thin_line_of_a_publisher_does_not_stay_full(stage, moving):
    told = await scenes.uplink(replace(stage, browser=moving), SHORT_S)

    assert told["watcher"]["frames"] > 0
    assert told["queue_s"]["p50"] < BUFFER_S / 2
    assert told["allowed_bps"]["p50"] < 1.2 * UPLINK_BPS


async def test_the_picture_goes_on_while_the_floor_goes_round(stage):
    told = await scenes.changes(stage, CHANGES * 1.5)

    assert told["keyframes"] >= CHANGES
    assert told["freezes"] <= 1
    assert told["missed"] == 0


async def test_where_udp_does_not_get_through_tcp_does(stage):
    told = await scenes.tcp(stage, 2.0)

    assert told["route"].startswith("tcp ")
    assert told["frames"] > 0


async def test_speakers_of_two_codecs_stand_in_one_slot(stage):
    told = await scenes.codecs(stage, SHORT_S)

    turns = [name for name in told if name[0].isdigit()]
    assert turns == ["1 VP8", "2 H264", "3 VP8"]
    assert all(told[turn]["frames"] > 0 for turn in turns)


async def test_media_over_ipv6(browser, tmp_path):
    async with premises(tmp_path, sites=1, env=BOTH_FAMILIES) as running:
        chair = running.local.token("chair.lines", Role.CHAIR, site=CENTRE)
        await running.local.post("/conference/phase", {"to": "open"}, token=chair)
        stage = Stage(browser=browser, running=running, speakers=SYNTHETIC[:1], camera=CAMERA)

        told = await scenes.ipv6(stage, 2.0)

    assert told["route"] == "udp ::1"
    assert told["frames"] > 0
