"""The floor goes round, and every page shows and plays whoever has it and nobody else."""

from __future__ import annotations

import asyncio

import pytest

from room110.bench.chromium import until
from tests.pages.conftest import SYNTHETIC

pytestmark = pytest.mark.asyncio(loop_scope="package")

FIRST, SECOND, THIRD = SYNTHETIC[3], SYNTHETIC[6], SYNTHETIC[9]


async def test_each_page_sees_and_hears_whoever_the_chair_gives_the_floor(hall):
    for site in (FIRST, SECOND, THIRD):
        await hall.give(site)

        # Room 110 is heard beside the speaker, but not at its own desk.
        await asyncio.gather(
            *(shown.sees(site, "speaker.1") for shown in hall.screens),
            hall.desk.hears_only([site]),
            hall.cantho.hears_only([site, "110"]),
            hall.camau.hears_only([site, "110"]),
        )


async def test_when_a_speech_is_ended_only_room_110_is_left(hall):
    await hall.give(FIRST)
    await hall.camau.hears_only([FIRST, "110"])

    await hall.end()

    await hall.desk.hears_only([])
    await hall.camau.hears_only(["110"])
    await hall.camau.sees("110", "chair")
    assert await hall.camau.find("[data-slot='speaker.1'][data-site]").count() == 0


async def test_a_blocked_speaker_is_dropped_at_the_gate_and_every_page_falls_silent(hall):
    await hall.give(SECOND)
    await hall.camau.hears_only([SECOND, "110"])
    before = await hall.gate_drops()

    await hall.choose(SECOND)
    await hall.desk.click("desk-site button[data-act='block']")

    await hall.desk.hears_only([])
    await hall.camau.hears_only(["110"])
    await until(hall.gate_drops, lambda now: now > before + 20, what="sound dropped at the gate")
    assert (await hall.site(SECOND))["gate"] is False

    await hall.desk.click("desk-site button[data-act='block']")
    await hall.desk.click("desk-dialog button[data-answer='yes']")

    await hall.camau.hears_only([SECOND, "110"])


async def test_f9_silences_everybody_at_once_and_each_is_let_go_on_by_name(hall):
    await hall.give(THIRD)
    await hall.camau.hears_only([THIRD, "110"])

    await hall.desk.page.keyboard.press("F9")

    await hall.camau.hears_only([])
    await hall.desk.hears_only([])
    assert (await hall.site(THIRD))["floor"] == "held"

    await hall.desk.click("desk-stage li button[data-act='hold']")
    await hall.camau.hears_only([THIRD])
    await hall.desk.click("desk-banner button[data-act='centre']")
    await hall.desk.click("desk-dialog button[data-answer='yes']")

    await hall.camau.hears_only([THIRD, "110"])


async def test_a_site_asks_is_made_next_opens_its_microphone_is_called_and_is_heard(hall):
    await hall.cantho.click("#floor")
    await hall.desk.waits_for("desk-queue li[data-site='92']")
    await hall.cantho.waits_for("body[data-floor='requested']")

    await hall.desk.click("desk-queue li[data-site='92'] button[data-act='prepare']")
    await hall.cantho.waits_for("body[data-situation='next_mic_off']")
    await hall.cantho.click("#mic")
    await hall.cantho.waits_for("body[data-situation='next_ready']")
    # Behind the shut gate: it sends, and nobody hears it.
    await hall.desk.waits_for("desk-queue li[data-site='92'][data-mic='on']")
    before = await hall.gate_drops()
    await until(hall.gate_drops, lambda now: now > before + 20, what="sound dropped at the gate")
    await hall.camau.hears_only(["110"])

    await hall.desk.click("desk-queue li[data-site='92'] button[data-act='give']")

    await hall.cantho.waits_for("body[data-situation='speaking']")
    await asyncio.gather(
        hall.desk.sees("92", "speaker.1"),
        hall.desk.sees("92", "room-seats [data-site='92'] video"),
        hall.camau.sees("92", "speaker.1"),
        hall.desk.hears_only(["92"]),
        hall.camau.hears_only(["92", "110"]),
        # Never its own sound, and the one who listens is room 110.
        hall.cantho.hears_only(["110"]),
    )

    await hall.end()

    await hall.cantho.waits_for("body[data-mic='off'][data-floor='none']")
    await hall.camau.hears_only(["110"])


async def test_a_site_that_is_denied_is_told_so(hall):
    await hall.camau.click("#floor")

    await hall.desk.click("desk-queue li[data-site='96'] button[data-act='deny']")
    await hall.desk.click("desk-dialog button[data-answer='yes']")

    await hall.camau.waits_for("body[data-floor='none']")
    await until(lambda: hall.camau.find("#notice").inner_text(), what="the site is told")


async def test_the_gallery_of_the_desk_shows_every_site_in_its_place(hall):
    for place in (0, 7, SYNTHETIC.index(THIRD)):
        await hall.desk.sees(SYNTHETIC[place], f"room-seats [data-site='{SYNTHETIC[place]}'] video")
