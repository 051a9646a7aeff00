"""Pages: what desk, board and site page cost a browser, in a conference of 63 sites.

Three Chromiums, one page each, as three people have them: desk, board, and the site page of the last
province; the other 62 and room 110 are synthetic.

* **A floor change** is measured from the chair's click (the time stamp of the event that sends the
  command) to the first frame of the new speaker that the other page presents (the left edge of every
  presented frame is held against the speaker's card).  Both are read from the machine's one clock.
  The method is right to one frame of the screen (17 ms); sources send a frame every 67 ms.
* **Busy** is what the page's main thread works, by Chromium's own account (``TaskDuration``), in
  milliseconds per second of conference, while the floor changes every ``TURN_S``.  Long tasks are
  those of 50 ms and more, which a hand notices.
* **Memory** is the heap after a collection, and what the page's process has in memory (RSS), at the
  start and at the end.  Nobody looks at pictures meanwhile: a look paints them on a canvas, which
  Chromium keeps, 3.5 MB a change (tried: without the look the page stands still).

Everything shares one machine with the service and the 63 sites: the figures are upper bounds.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bridge.conference.words import CENTRE, Role, SiteCode
from config.roster import RosterSite, load_roster
from room110.bench.chromium import PATIENCE_S, chromium, context, probe
from room110.cli.exits import Exit, Failure
from room110.cli.output import emit, emit_json, say
from room110.crowd import card_of
from room110.measures import percentiles
from room110.premises import Premises, premises
from room110.process import usage

if TYPE_CHECKING:
    from playwright.async_api import Browser, CDPSession, Page

SITES: Final = 63
CHANGES: Final = 20
TURN_S: Final = 5.0
RESOLUTION_MS: Final = 16.7
"""A page is told of a frame when the screen is drawn, 60 times a second."""
STEP: Final = 11
"""Through the roster, so that neighbours do not follow each other: prime to the 62 who speak."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a page has used since it was opened, and holds now."""

    at_s: float
    busy_s: float
    long_tasks: int
    longest_ms: float
    heap_bytes: int
    rss_bytes: int
    nodes: int


class Measured:
    """One page in a browser of its own."""

    def __init__(self, browser: Browser, page: Page, cdp: CDPSession) -> None:
        self.page = page
        self._browser = browser
        self._cdp = cdp
        self._since_ms = 0.0

    async def begin(self) -> Account:
        """Long tasks count from here: opening the page is not the conference."""
        self._since_ms = await probe(self.page, "now")
        return await self.account()

    async def account(self) -> Account:
        await self._cdp.send("HeapProfiler.collectGarbage")
        told = (await self._cdp.send("Performance.getMetrics"))["metrics"]
        figures = {one["name"]: one["value"] for one in told}
        tasks = await probe(self.page, "longTasks", self._since_ms)
        return Account(
            at_s=figures["Timestamp"],
            busy_s=figures["TaskDuration"],
            long_tasks=tasks["count"],
            longest_ms=tasks["longest_ms"],
            heap_bytes=int(figures["JSHeapUsedSize"]),
            rss_bytes=usage(await self._pid()).rss_bytes,
            nodes=int(figures["Nodes"]),
        )

    async def _pid(self) -> int:
        """The process of the page: of the browser's renderers the one that has worked most."""
        cdp = await self._browser.new_browser_cdp_session()
        processes = (await cdp.send("SystemInfo.getProcessInfo"))["processInfo"]
        await cdp.detach()
        renderers = [process for process in processes if process["type"] == "renderer"]
        return int(max(renderers, key=lambda process: process["cpuTime"])["id"])


def run_pages(*, minutes: float, as_json: bool) -> int:
    """Print what was measured; nothing is judged."""
    try:
        result = asyncio.run(_run(minutes))
    except TimeoutError as late:
        raise Failure(Exit.FAILED, f"the pages did not come to it: {late}") from late
    if as_json:
        emit_json(result)
        return Exit.OK
    for name, value in result.items():
        emit(f"{name:20} {value}")
    return Exit.OK


async def _run(minutes: float) -> dict[str, Any]:
    *speakers, seat = load_roster().sites[:SITES]
    turns = (speakers[turn * STEP % len(speakers)] for turn in count())
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        say(f"{SITES} sites connect")
        running = await stack.enter_async_context(premises(Path(folder), sites=len(speakers)))

        async def opened(name: str, role: Role, site: str) -> Measured:
            return await stack.enter_async_context(_page(running, name, role, site))

        desk = await opened("desk", Role.CHAIR, CENTRE)
        board = await opened("board", Role.TECHNICIAN, CENTRE)
        site = await opened("site", Role.SITE, seat.code)
        await _open_session(desk.page, site.page)
        say(f"{CHANGES} floor changes")
        changes_ms = [await _change(desk.page, site.page, next(turns)) for _ in range(CHANGES)]
        pages = {"desk": desk, "board": board, "site": site}
        begun = {name: await page.begin() for name, page in pages.items()}
        say(f"a conference of {minutes:g} min")
        loop = asyncio.get_running_loop()
        end_s = loop.time() + minutes * 60
        while loop.time() < end_s:
            await asyncio.sleep(min(TURN_S, max(0.0, end_s - loop.time())))
            await _give(desk.page, next(turns))
        ended = {name: await page.account() for name, page in pages.items()}
    return {
        "sites": SITES,
        "minutes": minutes,
        "floor_changes": len(changes_ms),
        "click_to_frame_ms": percentiles(changes_ms),
        "resolution_ms": RESOLUTION_MS,
        "pages": {name: cost(begun[name], ended[name]) for name in pages},
    }


@asynccontextmanager
async def _page(
    running: Premises, name: str, role: Role, site: SiteCode
) -> AsyncIterator[Measured]:
    async with chromium() as browser:
        profile = await context(browser)
        page = await profile.new_page()
        # The desk asks before it is left.
        page.on("dialog", lambda dialog: dialog.accept())
        cdp = await profile.new_cdp_session(page)
        await cdp.send("Performance.enable", {"timeDomain": "timeTicks"})
        await page.goto(running.link(name, role=role, site=site, camera="640x360@15"))
        yield Measured(browser, page, cdp)


async def _open_session(desk: Page, site: Page) -> None:
    await site.locator("body[data-media='up']").wait_for(state="attached")
    await desk.locator("desk-phase button[data-to='open']").click()
    await desk.locator("desk-dialog button[data-answer='yes']").click()
    await site.locator("body[data-phase='open']").wait_for(state="attached")


async def _change(desk: Page, site: Page, speaker: RosterSite) -> float:
    """Give *speaker* the floor, as the chair does; milliseconds from click to picture."""
    colour = list(card_of(speaker).colour)
    shown = asyncio.ensure_future(probe(site, "shown", "speaker.1", colour, PATIENCE_S * 1000))
    # The other page is asked before the chair clicks: a page does one thing after the other.
    await probe(site, "now")
    await _give(desk, speaker)
    shown_ms: float = await shown
    clicked_ms: float = await probe(desk, "clicked")
    return shown_ms - clicked_ms


async def _give(desk: Page, speaker: RosterSite) -> None:
    await desk.locator("#find").fill(speaker.code)
    await desk.locator("#find").press("Enter")
    await desk.locator(f"desk-site[data-site='{speaker.code}']").wait_for(state="attached")
    replaces = await desk.locator("desk-stage li[data-request]").count()
    await desk.locator("desk-site button[data-act='give']").click()
    if replaces:
        await desk.locator("desk-dialog button[data-answer='yes']").click()
    row = desk.locator(f"desk-stage li[data-site='{speaker.code}']")
    await row.wait_for(state="attached")


def cost(begun: Account, ended: Account) -> dict[str, float]:
    """Of a page between two accounts; long tasks are counted from the first by the page itself."""
    spent_s = ended.at_s - begun.at_s
    return {
        "busy_ms_per_s": round((ended.busy_s - begun.busy_s) / spent_s * 1000, 1),
        "long_tasks_per_min": round(ended.long_tasks / spent_s * 60, 1),
        "longest_task_ms": ended.longest_ms,
        "heap_mb_begin": round(begun.heap_bytes / 1e6, 1),
        "heap_mb_end": round(ended.heap_bytes / 1e6, 1),
        "rss_mb_begin": round(begun.rss_bytes / 1e6, 1),
        "rss_mb_end": round(ended.rss_bytes / 1e6, 1),
        "nodes_begin": begun.nodes,
        "nodes_end": ended.nodes,
    }
