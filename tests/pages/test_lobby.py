"""Nobody hears room 110 before the session is opened, however open its microphone is.

The room device is a page in a browser of its own, whose microphone hums at 220 Hz all the time; it
takes the seat of the synthetic room 110.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from bridge.conference.words import Role
from room110.bench.chromium import chromium, until
from room110.rehearsal import rehearsal
from tests.support.browser import screen

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_nobody_hears_room_110_in_the_lobby_or_in_a_recess(browser, files, tmp_path):
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(rehearsal(tmp_path, sites=1))
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

        for shown in (centre, site, desk):
            assert await shown.faults() == []
