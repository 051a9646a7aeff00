"""Slides and film: large on the site's page and the desk's stage, and nobody stands on them.

The floor for content comes with the procedure; here the test itself says that a site shows some, in
the words of the service, between the service and the page.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bridge.conference.words import Role
from room110.bench.chromium import context, until
from tests.pages.conftest import CAMERA, SYNTHETIC, Hall
from tests.support.browser import Screen

pytestmark = pytest.mark.asyncio(loop_scope="package")

SPEAKER, SHOWER = SYNTHETIC[4], SYNTHETIC[13]


@asynccontextmanager
async def told(browser, hall: Hall, page: str, role: Role, site: str) -> AsyncIterator[Screen]:
    """A page that is told of content whenever it is told of a speaker."""
    profile = await context(browser)
    shown = Screen(page, await profile.new_page())

    def add_content(text: str | bytes) -> str | bytes:
        message: dict[str, Any] = json.loads(text)
        if message["type"] == "stage" and "speaker.1" in message["slots"]:
            message["slots"]["content"] = SHOWER
        return json.dumps(message)

    def between(socket) -> None:
        service = socket.connect_to_server()
        service.on_message(lambda text: socket.send(add_content(text)))

    await shown.page.route_web_socket("**/ws", between)
    try:
        await shown.page.goto(hall.rehearsal.link(page, role=role, site=site, camera=CAMERA))
        yield shown
    finally:
        await profile.close()


async def place(shown: Screen, slot: str) -> dict[str, float]:
    box = await shown.find(f"room-picture[data-slot='{slot}']").bounding_box()
    assert box is not None
    return box


@pytest.mark.parametrize(
    ("page", "role", "site"), [("site", Role.SITE, "94"), ("desk", Role.CHAIR, "110")]
)
async def test_slides_are_large_and_the_speaker_stands_beside_them(browser, hall, page, role, site):
    async with told(browser, hall, page, role, site) as shown:
        await hall.give(SPEAKER)

        await shown.sees(SPEAKER, "speaker.1")
        await shown.waits_for(f"room-picture[data-slot='content'][data-site='{SHOWER}']")
        slides, speaker = await place(shown, "content"), await place(shown, "speaker.1")
        assert slides["width"] > 2 * speaker["width"]
        assert slides["x"] + slides["width"] <= speaker["x"]
        # Nothing of it has come: its title stands there, and no name that would cover a slide.
        title = shown.find("room-picture[data-slot='content'] .picture-title")
        assert await title.inner_text()

        await hall.end()

        await until(
            shown.find("room-picture[data-slot='content'][data-site]").count, lambda n: n == 0
        )
        assert await shown.faults() == []
