"""A name and a picture change together, as one sees it on the pages."""

from __future__ import annotations

import asyncio

import pytest

from bridge.conference.words import SiteCode
from room110.bench.chromium import probe
from room110.bench.line import SimulatedLine
from room110.bench.scenes import Stage
from room110.bench.seat import Way
from tests.pages.conftest import CAMERA, SYNTHETIC
from tests.support.browser import CARDS, Screen

pytestmark = pytest.mark.asyncio(loop_scope="package")

ROUND = (SYNTHETIC[2], SYNTHETIC[9], SYNTHETIC[5], SYNTHETIC[6])
LATE_S = 0.4
"""How much later than its news a site's pictures are: six frames, at which a page that believed the
news would have the wrong name."""
APART = 1
"""Frames in a row at which name and picture may be of two sites: while the page is told of one the
next may come.  However slow the machine is, it is one; who is named when is proved step by step in
test_turn.py."""


def _pictured(colour: list[int]) -> SiteCode | None:
    """Whose card has this left edge, as close as the probe judges."""
    for site in ROUND:
        if max(abs(a - b) for a, b in zip(colour, CARDS[site].colour, strict=True)) <= 24:
            return site
    return None


async def test_name_and_picture_of_a_new_speaker_come_together(browser, hall):
    stage = Stage(browser=browser, running=hall.premises, speakers=ROUND, guest="94", camera=CAMERA)
    await stage.give(ROUND[-1])
    async with (
        stage.relay(down=SimulatedLine(delay_s=LATE_S)) as between,
        stage.seat(stage.guest, Way.over(between)) as seat,
    ):
        screens = (hall.desk, hall.camau, Screen("94, late", seat.page))
        await asyncio.gather(*(shown.sees(ROUND[-1], "speaker.1") for shown in screens))
        for shown in screens:
            await probe(shown.page, "follow", "speaker.1")

        for site in ROUND:
            await stage.give(site)
            await asyncio.gather(*(shown.sees(site, "speaker.1") for shown in screens))

        for shown in screens:
            seen = await probe(shown.page, "named")
            assert {site for site, *_ in seen} == set(ROUND)
            apart = 0
            for site, *colour in seen:
                pictured = _pictured(colour)
                apart = apart + 1 if pictured is not None and pictured != site else 0
                told = f"{shown.name}: {site} is named over the picture of {pictured}"
                assert apart <= APART, told
