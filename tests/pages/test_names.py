"""A name and a picture change together, as one sees it on the pages."""

from __future__ import annotations

import asyncio

import pytest

from bridge.conference.words import SiteCode
from room110.bench.chromium import probe
from tests.pages.conftest import SYNTHETIC
from tests.support.browser import CARDS

pytestmark = pytest.mark.asyncio(loop_scope="package")

ROUND = (SYNTHETIC[2], SYNTHETIC[9], SYNTHETIC[5], SYNTHETIC[6])
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


async def test_name_and_picture_of_a_new_speaker_come_together(hall):
    await hall.give(ROUND[-1])
    await asyncio.gather(*(shown.sees(ROUND[-1], "speaker.1") for shown in hall.screens))
    for shown in hall.screens:
        await probe(shown.page, "follow", "speaker.1")

    for site in ROUND:
        await hall.give(site)
        await asyncio.gather(*(shown.sees(site, "speaker.1") for shown in hall.screens))

    for shown in hall.screens:
        seen = await probe(shown.page, "named")
        assert {site for site, *_ in seen} == set(ROUND)
        apart = 0
        for site, *colour in seen:
            pictured = _pictured(colour)
            apart = apart + 1 if pictured is not None and pictured != site else 0
            assert apart <= APART, f"{site} is named over the picture of {pictured}"
