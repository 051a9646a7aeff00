"""The pages live under their strict policy, and the tests would see it broken."""

from __future__ import annotations

import pytest

from bridge.conference.words import Role
from tests.support.browser import screen

pytestmark = pytest.mark.asyncio(loop_scope="package")

PAGES = [("site", Role.SITE, "92"), ("desk", Role.CHAIR, "110"), ("board", Role.TECHNICIAN, "110")]


async def test_a_script_in_the_page_is_refused_and_told(browser, hall):
    # Without a token it joins nothing, so no seat is taken.
    async with screen(browser, "broken", f"{hall.premises.local.http}/site") as broken:
        await broken.page.evaluate(
            "document.body.append(Object.assign(document.createElement('img'),"
            " {src: 'http://127.0.0.1:9/elsewhere.png'}))"
        )
        await broken.page.evaluate("new Promise((done) => requestAnimationFrame(done))")

        faults = await broken.faults()

        assert any("policy: img-src" in fault for fault in faults)


@pytest.mark.parametrize("lang", ["vi", "en"])
async def test_the_board_shows_every_line_in_both_languages(browser, hall, lang):
    address = hall.premises.link("board", role=Role.TECHNICIAN, lang=lang)
    async with screen(browser, f"board {lang}", address) as board:
        await board.waits_for("[data-site='01'][data-line='good']")
        await board.waits_for("[data-site='92']:is([data-line='good'], [data-line='ready'])")
        await board.waits_for("[data-site='79'][data-line='absent']")

        assert await board.find("html").get_attribute("lang") == lang
        assert await board.faults() == []


async def test_a_page_without_a_token_says_so_and_asks_for_nothing(browser, hall):
    async with screen(browser, "stranger", f"{hall.premises.local.http}/site") as stranger:
        await stranger.waits_for("body[data-situation='no_token']")

        assert await stranger.faults() == []
