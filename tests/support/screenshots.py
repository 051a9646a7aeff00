"""Pictures of the pages with a conference running, for docs and README: ``make screenshots``.

Desk, board, a site that speaks, one that is told to prepare and one that waits, and room 110, among
synthetic sites; 1600x900, as on a laptop beside the projector.  Nobody is on them: every camera shows
a card.
"""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from bridge.conference.words import Role
from config.roster import load_roster
from room110.bench.chromium import chromium
from room110.cli.output import say
from room110.rehearsal import rehearsal
from tests.support.browser import CARDS, Screen, screen, write_card, write_tone

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
MOST_BYTES = 400_000
SITES = 60
"""The first of the roster; of the last three one waits, one has a page, one has not come."""
SPEAKER, NEXT, ASKERS = "92", "48", ("19", "31", "01")


async def take() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        running = await stack.enter_async_context(rehearsal(folder / "state", sites=SITES))

        async def opened(page: str, role: Role, site: str) -> Screen:
            """Each in a browser of its own, whose camera and microphone are that site's."""
            card = CARDS[site]
            browser = await stack.enter_async_context(
                chromium(
                    sound=write_tone(folder / f"{site}.wav", card.tone_hz),
                    picture=write_card(folder / f"{site}.y4m", card),
                )
            )
            address = running.link(page, role=role, site=site)
            return await stack.enter_async_context(screen(browser, page, address))
