"""Slides and film: a site asks to show them, the chair agrees, and everybody sees them large, with
the speaker beside them and nobody on them."""

from __future__ import annotations

import asyncio

import pytest

from room110.bench.chromium import until
from tests.pages.conftest import SYNTHETIC
from tests.support.browser import Screen

pytestmark = pytest.mark.asyncio(loop_scope="package")

SPEAKER = SYNTHETIC[4]


async def place(shown: Screen, slot: str) -> dict[str, float]:
    box = await shown.find(f"room-picture[data-slot='{slot}']").bounding_box()
    assert box is not None
    return box


async def test_slides_are_asked_for_shown_large_beside_the_speaker_and_taken_back(hall):
    await hall.give(SPEAKER)
    # Chromium chooses the screen by itself here; a person would be asked.
    await hall.camau.click("#content")
    await hall.camau.waits_for("#content[data-do='withdraw']")
    await hall.desk.waits_for("desk-queue li[data-site='96'] [data-kind='content']")

    await hall.desk.click("desk-queue li[data-site='96'] button[data-act='give']")

    await hall.camau.waits_for("[data-strip='content'][data-key='strip.content_shown']")
    await asyncio.gather(
        *(
            shown.waits_for("room-picture[data-slot='content'][data-site='96']")
            for shown in (hall.desk, hall.cantho)
        ),
        # A screen on which nothing moves is sent once in seconds.
        *(
            until(lambda shown=shown: shown.frames("content"), lambda count: count > 0)
            for shown in (hall.desk, hall.cantho)
        ),
        hall.cantho.sees(SPEAKER, "speaker.1"),
    )
    for shown in (hall.desk, hall.cantho):
        slides, speaker = await place(shown, "content"), await place(shown, "speaker.1")
        assert slides["width"] > 2 * speaker["width"]
        assert slides["x"] + slides["width"] <= speaker["x"]
    # Who shows slides speaks no word for it, and hears the speaker like all others.
    await hall.camau.hears_only([SPEAKER, "110"])

    await hall.camau.click("#content")

    await hall.camau.waits_for("#content[data-do='ask']")
    for shown in (hall.desk, hall.cantho):
        slides = shown.find("room-picture[data-slot='content'][data-site]")
        await until(slides.count, lambda count: count == 0)


async def test_the_chair_ends_slides_and_keeps_the_speaker(hall):
    await hall.give(SPEAKER)
    await hall.camau.click("#content")
    await hall.desk.click("desk-queue li[data-site='96'] button[data-act='give']")
    await hall.desk.waits_for("desk-stage li[data-content]")

    await hall.desk.click("desk-stage li[data-content] button[data-act='end']")
    await hall.desk.click("desk-dialog button[data-answer='yes']")

    await hall.camau.waits_for("#content[data-do='ask']")
    assert (await hall.site(SPEAKER))["floor"] == "speaking"
