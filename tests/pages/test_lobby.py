"""Nobody hears room 110 before the session is opened, however open its microphone is; the phases of a
conference from its lobby to a close by mistake.

The room device is a page in a browser of its own, whose microphone hums at 220 Hz all the time; it
takes the seat of the synthetic room 110.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import AsyncExitStack
from datetime import datetime, timedelta

import pytest

from bridge.conference.words import Role
from bridge.live_conference import VIET_NAM
from room110.bench.chromium import chromium, until
from room110.premises import premises
from tests.support.browser import screen

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_nobody_hears_room_110_in_the_lobby_or_in_a_recess(browser, files, tmp_path):
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(premises(tmp_path, sites=1))
        room = await stack.enter_async_context(
            chromium(sound=files["centre"], picture=files["picture"])
        )

        async def opened(where, page, role, site):
            address = running.link(page, role=role, site=site, camera="640x360@15")
            return await stack.enter_async_context(screen(where, site, address))

        centre = await opened(room, "site", Role.SITE, "110")
        site = await opened(browser, "site", Role.SITE, "92")
        desk = await opened(browser, "desk", Role.CHAIR, "110")

        async def drops():
            return (await running.local.get("/media"))["drops"].get("gate", 0)

        async def sends_and_is_not_heard():
            before = await drops()
            await until(drops, lambda now: now > before + 100, what="room 110 sends")
            await site.hears_only([])

        await asyncio.gather(*(s.waits_for("body[data-media='up']") for s in (centre, site)))
        await _lobby_counts_down(running, site)
        await centre.click("#mic")
        await centre.waits_for("body[data-mic='on']")
        await sends_and_is_not_heard()

        await desk.click("desk-phase button[data-to='open']")
        await desk.click("desk-dialog button[data-answer='yes']")

        await centre.waits_for("body[data-situation='centre_live']")
        await desk.waits_for("desk-lamp[data-state='live']")
        await site.hears_only(["110"])

        await desk.click("desk-phase button[data-to='recess']")

        # The service shuts the microphone; a person opens it again, and nobody hears it.
        await centre.waits_for("body[data-phase='recess'][data-mic='off']")
        await centre.click("#mic")
        await centre.waits_for("body[data-mic='on']")
        await sends_and_is_not_heard()
        await desk.waits_for("desk-lamp[data-state='shut']")

        await _closed_by_mistake_and_opened_again(desk, site)

        for shown in (centre, site, desk):
            assert await shown.faults() == []


async def _lobby_counts_down(running, site) -> None:
    soon = datetime.now(VIET_NAM) + timedelta(minutes=24)
    chair = running.local.token("chair.tests", Role.CHAIR, site="110")
    starts = soon.isoformat(timespec="seconds")
    await running.local.post("/conference/description", {"starts": starts}, token=chair)

    below = site.find("#slate-below")
    expected = f"Hội nghị bắt đầu lúc {soon:%H:%M} – còn 24 phút · Đã kết nối "
    counted = re.compile(re.escape(expected) + r"[12]/63 điểm cầu")
    await until(below.inner_text, lambda said: counted.fullmatch(said) is not None, what=expected)


async def _closed_by_mistake_and_opened_again(desk, site) -> None:
    await desk.click("desk-phase button[data-to='closed']")
    await desk.click("desk-dialog button[data-answer='yes']")
    await desk.waits_for("desk-dialog h2:text-is('Chắc chắn kết thúc hội nghị?')")
    await desk.click("desk-dialog button[data-answer='yes']")
    await site.waits_for("body[data-situation='closed']")

    await desk.click("desk-phase button[data-to='open']")
    await desk.click("desk-dialog button[data-answer='yes']")
    await site.waits_for("body[data-phase='open']")
