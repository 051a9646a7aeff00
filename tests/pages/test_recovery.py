"""What goes away comes back by itself: a page that is loaded anew, and the service after SIGKILL."""

from __future__ import annotations

import asyncio

import pytest

from room110.bench.chromium import probe, until
from tests.pages.conftest import SYNTHETIC
from tests.support.browser import Screen

pytestmark = pytest.mark.asyncio(loop_scope="package")

SPEAKER = SYNTHETIC[5]
REFUSED = "console: WebSocket connection to"
"""Chromium's own word for a service that is not there; no page can keep it from being said."""


async def test_a_page_loaded_anew_is_back_where_it_was(hall):
    await hall.give(SPEAKER)
    await hall.cantho.click("#floor")
    await hall.cantho.waits_for("body[data-floor='requested']")

    await asyncio.gather(hall.cantho.page.reload(), hall.desk.page.reload())

    await hall.cantho.waits_for("body[data-media='up'][data-floor='requested']")
    await hall.cantho.sees(SPEAKER, "speaker.1")
    await hall.cantho.hears_only([SPEAKER, "110"])
    await hall.desk.waits_for("desk-queue li[data-site='92']")
    await hall.desk.sees(SPEAKER, "speaker.1")
    assert "token" not in hall.cantho.page.url + hall.desk.page.url
    # A console starts with the sound off, also when it is loaded anew.
    await hall.desk.click("#sound")
    await hall.desk.hears_only([SPEAKER])


FAIL = """
([index]) => {
  const pc = globalThis.room110Probe.connection(index);
  for (const name of ["connectionState", "iceConnectionState"]) {
    Object.defineProperty(pc, name, { configurable: true, get: () => "failed" });
  }
  pc.dispatchEvent(new Event("connectionstatechange"));
  for (const name of ["connectionState", "iceConnectionState"]) delete pc[name];
}
"""


async def test_a_lost_way_is_found_again_on_the_same_connection(hall):
    await hall.give(SPEAKER)
    await hall.camau.sees(SPEAKER, "speaker.1")
    before = await probe(hall.camau.page, "connections")
    frames = await hall.camau.frames("speaker.1")
    name = await _ice_name(hall.camau)

    await hall.camau.page.evaluate(FAIL, [len(before) - 1])

    await until(lambda: _ice_name(hall.camau), lambda now: now != name, what="another ICE name")
    await hall.camau.waits_for("body[data-media='up']")
    assert len(await probe(hall.camau.page, "connections")) == len(before)
    await hall.camau.moves("speaker.1")
    assert await hall.camau.frames("speaker.1") > frames


async def _ice_name(shown: Screen) -> str:
    [offer] = await probe(shown.page, "offers")
    return str(offer).partition("a=ice-ufrag:")[2].partition("\r\n")[0]


async def test_pages_come_back_by_themselves_after_the_service_is_killed(hall):
    await hall.give(SPEAKER)
    await hall.cantho.click("#floor")
    await hall.cantho.waits_for("body[data-floor='requested']")
    await asyncio.gather(*(shown.sees(SPEAKER, "speaker.1") for shown in hall.screens))

    await hall.premises.kill()
    for shown in (hall.cantho, hall.camau):
        await shown.waits_for("body[data-control='lost']")
    await hall.premises.again()

    for shown in (hall.cantho, hall.camau):
        await shown.waits_for("body[data-control='up'][data-media='up']")
    await hall.cantho.waits_for("body[data-floor='requested']")
    await hall.desk.waits_for("desk-queue li[data-site='92']")
    await asyncio.gather(
        *(shown.sees(SPEAKER, "speaker.1") for shown in hall.screens),
        hall.camau.hears_only([SPEAKER, "110"]),
    )
    for shown in hall.screens:
        shown.forgive(REFUSED)
