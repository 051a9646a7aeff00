"""Pictures of the pages with a conference running, for docs and README: ``make screenshots``.

Among 58 synthetic sites three rooms are real pages in browsers of their own: one speaks, one waits,
one is room 110; three sites have not come.  Nobody is to be seen: every camera shows a card.
"""

from __future__ import annotations

import asyncio
import io
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.async_api import ViewportSize

from bridge.conference.words import CENTRE, Role
from room110.bench.chromium import chromium, until
from room110.cli.output import say
from room110.premises import Premises, premises
from tests.support.browser import CARDS, Screen, screen, write_card, write_tone

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
MOST_BYTES = 400_000
SETTLE_S = 180.0
SMALL: Final[ViewportSize] = {"width": 320, "height": 180}
"""Of a page whose picture is taken: to paint it costs this machine more than to decode it."""
SITES = 58
SPEAKS, WAITS, NEXT = "92", "94", "48"
ASKS = (NEXT, "19", "31")
BLOCKED, HELP = "22", "68"
CHECKED = ("01", "02", "04", "06", "08", "10", "11", "12", "31", "79", WAITS, CENTRE)
"""Some, and not all: on a machine that plays every room a check of everybody takes minutes."""
JUDGED = (
    ("01", {"sound": "good", "picture": "good"}),
    ("02", {"sound": "echo", "picture": "good", "note": "Loa đặt sát mic"}),
    ("04", {"sound": "good", "picture": "dark"}),
)
WALKED_TO = "06"
AGENDA = (
    {
        "kind": "site",
        "site": SPEAKS,
        "title": "Chuyển giao công nghệ cho nông dân",
        "minutes": 7,
        "speaker": "Bà Trần Thị Hoa",
        "position": "Giám đốc Sở",
    },
    {"kind": "discussion", "title": "Thảo luận", "minutes": 30},
    {"kind": "centre", "title": "Kết luận", "minutes": 15, "speaker": "Ông Trần Quốc Hùng"},
)


async def take() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        say(f"{SITES} sites connect")
        running = await stack.enter_async_context(premises(folder / "state", sites=SITES))

        async def room_of(site: str) -> Screen:
            card = CARDS[site]
            sound = write_tone(folder / f"{site}.wav", card.tone_hz)
            picture = write_card(folder / f"{site}.y4m", card)
            browser = await stack.enter_async_context(chromium(sound=sound, picture=picture))
            address = running.link("site", role=Role.SITE, site=site, camera="640x360@15")
            return await stack.enter_async_context(screen(browser, site, address))

        async def console(page: str, role: Role) -> Screen:
            browser = await stack.enter_async_context(chromium())
            address = running.link(page, role=role)
            return await stack.enter_async_context(screen(browser, page, address))

        speaker = await room_of(SPEAKS)
        waiting = await room_of(WAITS)
        centre = await room_of(CENTRE)
        for room in (speaker, waiting, centre):
            await room.waits_for("body[data-media='up']")
        await _before_the_session(running, console, waiting)
        await _hold_conference(running)
        for room, button in ((speaker, "#mic"), (centre, "#mic"), (waiting, "#floor")):
            await room.click(button)
        await speaker.waits_for("body[data-situation='speaking']")
        await centre.waits_for("body[data-situation='centre_live']")
        await waiting.waits_for("body[data-floor='requested']")
        for room in (waiting, centre):
            await room.sees(SPEAKS, "speaker.1")
        await speaker.sees(CENTRE, "chair")
        await _save(speaker, "site-speaking")
        await _save(waiting, "site-waiting")
        await _save(centre, "site-110")
        for room in (speaker, waiting, centre):
            await room.page.set_viewport_size(SMALL)
        desk = await console("desk", Role.CHAIR)
        await desk.sees(SPEAKS, "speaker.1", timeout_s=SETTLE_S)
        await desk.find("#find").fill("hà giang")
        await desk.find("#find").press("Enter")
        await _at_least(SITES + 2, desk, "room-seats [data-picture='live']")
        # Only now: on a busy machine a line is lost in the rush, and who is lost is not next.
        await desk.click(f"desk-queue li[data-site='{NEXT}'] button[data-act='prepare']")
        await desk.waits_for(f"desk-queue li[data-next][data-site='{NEXT}']")
        await _save(desk, "desk")
        # Its gallery is half of what this machine has to do.
        await desk.page.close()
        board = await console("board", Role.TECHNICIAN)
        await board.click(f"room-seats [data-site='{HELP}']")
        await _at_least(SITES + 3, board, "room-seats [data-line='good']")
        await _save(board, "board")


async def _before_the_session(
    running: Premises, console: Callable[[str, Role], Awaitable[Screen]], room: Screen
) -> None:
    """Some lines are checked, a room is asked for its number, and technicians walk."""
    local = running.local
    token = local.token("technician.110.board", Role.TECHNICIAN, site=CENTRE)
    await local.post("/check", {"sites": list(CHECKED)}, token=token)
    await room.waits_for("#heard:not([hidden])", timeout_s=SETTLE_S)
    await _save(room, "site-check")
    board = await console("board", Role.TECHNICIAN)
    await board.waits_for("board-checks:not([data-runs])", timeout_s=SETTLE_S)
    await board.click(f"room-seats [data-site='{WAITS}']")
    await local.post("/walk", {"anew": True}, token=token)
    for site, said in JUDGED:
        await local.post(f"/sites/{site}/walk", said, token=token)
    await local.post("/walk/site", {"site": WALKED_TO}, token=token)
    await board.waits_for(f"board-walk[data-current='{WALKED_TO}'][data-picture='live']")
    await _save(board, "board-walk")
    await board.page.close()
    await local._ask("DELETE", "/walk", None, token=token)


async def _hold_conference(running: Premises) -> None:
    """The session is open, one speaks, some ask, one is blocked, one needs help."""
    local = running.local
    chair = local.token("chair", Role.CHAIR, site=CENTRE)

    async def does(path: str, body: Mapping[str, object], *, token: str = chair) -> None:
        await local.post(path, body, token=token)

    await does("/agenda", {"items": AGENDA})
    await does("/conference/phase", {"to": "open"})
    await does("/agenda/next", {})
    await does("/floor/grants", {"site": SPEAKS, "agenda_item": 1})
    for site in ASKS:
        await does("/floor/requests", {}, token=local.site_token(site))
    await does(f"/sites/{BLOCKED}/mute", {"on": True})
    await does(f"/sites/{HELP}/help", {}, token=local.site_token(HELP))


async def _at_least(count: int, shown: Screen, selector: str) -> None:
    """Until so many are there; a busy machine needs its time."""
    rows = shown.find(selector)
    await until(
        rows.count, lambda now: now >= count, timeout_s=SETTLE_S, what=f"{count} {selector}"
    )


async def _save(shown: Screen, name: str) -> None:
    path = FOLDER / f"{name}.png"
    picture = Image.open(io.BytesIO(await shown.page.screenshot())).convert("RGB")
    picture.save(path, optimize=True)
    if path.stat().st_size > MOST_BYTES:
        picture.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    say(f"{path.relative_to(FOLDER.parents[1])}  {path.stat().st_size // 1000} KB")
    if faults := await shown.faults():
        raise SystemExit("\n".join(faults))


if __name__ == "__main__":
    asyncio.run(take())
