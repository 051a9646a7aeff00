"""Rooms of a real service: lines come, break, are mended, say goodbye."""

from __future__ import annotations

import asyncio

from bridge.endpoint.library import ClipLibrary
from config.roster import load_roster
from config.settings import Settings
from room110.crowd import card_of, clip_folder
from room110.local import Local
from room110.rehearse.rooms import Rooms
from room110.whole import running

ROSTER = load_roster()


async def until(local, links, timeout_s=30.0):
    async with asyncio.timeout(timeout_s):
        while True:
            rows = {row["code"]: row["link"] for row in (await local.get("/sites"))["sites"]}
            if {site: rows[site] for site in links} == links:
                return
            await asyncio.sleep(0.05)


async def test_lines_come_break_and_are_mended(tmp_path):
    settings = Settings(state=tmp_path, http_port=0, media_port=0, media_tcp_port=0)
    with ClipLibrary(clip_folder()) as library:
        await library.prepare([card_of(ROSTER.by_code(code)) for code in ("01", "02")])
        async with running(settings):
            local = Local.find(settings)
            rooms = Rooms(local, ROSTER, library)
            await rooms.join(("01", "02"))
            await until(local, {"01": "up", "02": "up"})
            first = rooms.clients["01"]
            assert rooms.endpoints["01"].mic == "on"

            await rooms.lose(("01",))
            await until(local, {"01": "lost", "02": "up"})
            assert rooms.clients["01"] is first

            await rooms.join(("01",))
            await until(local, {"01": "up", "02": "up"})
            assert rooms.clients["01"] is first

            await rooms.leave(("01",))
            await until(local, {"01": "down", "02": "up"})
            await rooms.leave(("01",))
            await rooms.join(("01",))
            await until(local, {"01": "up"})
            await rooms.close()
            await until(local, {"01": "down", "02": "down"})
