"""Before a session: line checks and the walk, at the board and in a room.

A conference of its own, in its lobby: two synthetic sites, and site 92 as a page whose camera and
microphone are the browser's.  The tests follow one another as a morning does.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from bridge.conference.words import Role
from room110.bench.chromium import until
from room110.premises import Premises, premises
from tests.pages.conftest import CAMERA, SYNTHETIC
from tests.support.axe import barriers
from tests.support.browser import Screen, screen

pytestmark = pytest.mark.asyncio(loop_scope="package")

FIRST, SECOND = SYNTHETIC[:2]
YES = "desk-dialog button[data-answer='yes']"
CHECK_S = 60.0
"""Three lines at once, some 8 s each, on a machine whose cores are taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Morning:
    premises: Premises
    board: Screen
    cantho: Screen

    async def found(self, code: str) -> dict[str, Any]:
        """The last check of a site, as the desk may read it."""
        return (await self.premises.local.get("/check"))["results"][code]

    async def walk(self) -> dict[str, Any]:
        return (await self.premises.local.get("/check"))["walk"]

    async def judged(self, code: str, **said: str) -> None:
        """Until this was said of the site."""
        await until(
            self.walk,
            lambda walk: said.items() <= walk["visits"].get(code, {}).items(),
            what=f"{said} of {code}",
        )


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def morning(browser, tmp_path_factory) -> AsyncIterator[Morning]:
    async with AsyncExitStack() as stack:
        state = tmp_path_factory.mktemp("morning")
        running = await stack.enter_async_context(premises(state, sites=2))
        room = running.link("site", role=Role.SITE, site="92", camera=CAMERA)
        cantho = await stack.enter_async_context(screen(browser, "92", room))
        await cantho.waits_for("body[data-media='up']")
        address = running.link("board", role=Role.TECHNICIAN)
        board = await stack.enter_async_context(screen(browser, "board", address))
        await board.waits_for(
            "room-seats [data-site='92']:is([data-line='ready'], [data-line='good'])"
        )
        yield Morning(premises=running, board=board, cantho=cantho)
        assert [*await board.faults(), *await cantho.faults()] == []


async def test_all_lines_are_checked_and_a_clerk_types_the_number_that_was_heard(morning):
    board, cantho = morning.board, morning.cantho
    await board.click("board-checks [data-act='check-all']")
    await board.waits_for("desk-dialog .effect:has-text('loa phòng họp đọc một số')")
    await board.click(YES)

    # The room is told at once, and nothing is asked of it yet.
    await cantho.waits_for("[data-key='strip.checking']")
    await board.waits_for("board-checks[data-runs] progress")
    await cantho.waits_for("#heard:not([hidden])", timeout_s=CHECK_S)
    await board.waits_for("board-checks:not([data-runs])", timeout_s=CHECK_S)

    found = await morning.found("92")
    number = found["figures"]["played"]
    word = {"pass": "Đạt", "watch": "Cần theo dõi", "fail": "Không đạt"}[found["verdict"]]
    assert number not in await cantho.page.inner_text("#heard")
    tile = board.find("room-seats [data-site='92']")
    assert await tile.get_attribute("data-verdict") == found["verdict"]
    assert word in str(await tile.get_attribute("aria-label"))

    # Wrong first, and then right; by keyboard.
    await cantho.find("#heard-number").fill(f"{(int(number) + 1) % 100:02}")
    await cantho.find("#heard-number").press("Enter")
    await cantho.waits_for("#heard[data-proof='again'] #heard-said:has-text('Còn 2 lần')")
    assert await barriers(cantho) == []
    await cantho.find("#heard-number").fill(number)
    await cantho.find("#heard-number").press("Enter")
    await cantho.waits_for("#heard[data-proof='right']")

    await tile.click()
    panel = board.find("board-check")
    await board.waits_for("board-check dd[data-figure='heard']:has-text('nghe đúng số')")
    said = await panel.inner_text()
    assert word in said
    assert f"{found['figures']['width']}×{found['figures']['height']}" in said
    assert "Mbit/s" in said
    assert " ms" in said
    assert await barriers(board) == []


async def test_one_line_is_checked_again_compared_and_printed(morning):
    board = morning.board
    await board.click("room-seats [data-site='92']")
    first = await morning.found("92")

    await board.click("board-check [data-act='check']")
    await board.click(YES)

    await board.waits_for("board-check[data-runs]")
    await board.waits_for("board-check:not([data-runs])", timeout_s=CHECK_S)
    assert (await morning.found("92"))["at_s"] > first["at_s"]
    await board.waits_for("board-check .changed:not([hidden]):has-text('So với lần trước')")

    async with board.page.context.expect_page() as opened:
        await board.click("board-checks [data-act='sheet']")
    sheet = await opened.value
    # The window is under the page's policy, and has the sheet's style even so.
    await until(
        lambda: sheet.evaluate("getComputedStyle(document.querySelector('table')).borderCollapse"),
        lambda style: style == "collapse",
        what="the sheet is dressed",
    )
    assert "Cần Thơ" in await sheet.inner_text("table")
    await sheet.close()


async def test_a_technician_walks_from_site_to_site_by_keyboard_alone(morning):
    board, cantho, keys = morning.board, morning.cantho, morning.board.page.keyboard

    async def has_focus(within: str) -> bool:
        return bool(
            await board.page.evaluate("(s) => document.activeElement.closest(s) !== null", within)
        )

    await board.find("board-checks [data-act='walk-begin']").focus()
    await keys.press("Enter")
    await board.waits_for("desk-dialog dialog")
    await keys.press("Enter")
    await board.waits_for(f"board-walk[data-current='{FIRST}'][data-picture='live']")
    assert await has_focus("board-walk")
    await board.waits_for(f"room-seats [data-site='{FIRST}'][data-walked]")

    await keys.press("4")
    await keys.press("5")
    await morning.judged(FIRST, sound="echo", picture="good")
    await board.waits_for("[data-act='walk-sound-echo'][aria-pressed='true']")

    # Digits in a field are text; the note is kept when the turn goes on.
    await board.find("#walk-note").focus()
    await keys.type("Loa cách mic 2 m")
    await keys.press("F4")
    await board.waits_for(f"board-walk[data-current='{SECOND}']")
    await morning.judged(FIRST, sound="echo", note="Loa cách mic 2 m")
    assert await has_focus("#walk-note")
    assert await board.find("#walk-note").input_value() == ""

    await keys.press("F2")
    await keys.press("0")
    await board.waits_for("board-walk[data-current='92'][data-picture='live']")
    assert (await morning.walk())["visits"][SECOND]["skipped"] is True
    await cantho.waits_for("[data-key='strip.tried']")
    assert await has_focus("board-walk")
    await cantho.click("#mic")
    # A turn is a talk: the room hears room 110, whose microphone is open here, and not itself.
    await asyncio.gather(board.hears_only(["92"]), cantho.hears_only(["110"]))
    assert await barriers(board) == []

    # Behind the last nobody is left; who was missed is gone back to by name.
    await keys.press("1")
    await morning.judged("92", sound="good")
    await keys.press("F4")
    await board.waits_for("board-walk:not([data-current])")
    assert await has_focus("board-walk")
    await board.page.select_option("#walk-to", SECOND)
    await board.find("[data-act='walk-go']").press("Enter")
    await board.waits_for(f"board-walk[data-current='{SECOND}']")

    await board.find("[data-act='walk-end']").press("Enter")
    await board.waits_for("board-walk[hidden]")
    assert await has_focus("[data-act='walk-begin']")
    assert await board.find("audio").count() == 0
    await until(cantho.find("[data-strip='probe']").count, lambda count: count == 0)


async def test_in_the_session_a_check_only_looks_on_and_nobody_walks(morning):
    board, cantho, local = morning.board, morning.cantho, morning.premises.local
    await local.post(
        "/conference/phase", {"to": "open"}, token=local.token("c", Role.CHAIR, site="110")
    )
    await board.waits_for("body[data-phase='open']")
    await board.waits_for("[data-act='walk-begin'][aria-disabled='true']")

    await board.click("room-seats [data-site='92']")
    await board.click("board-check [data-act='check']")
    await board.waits_for("desk-dialog .effect:has-text('chỉ xem số liệu sẵn có')")
    await board.click(YES)

    await board.waits_for("board-check li:has-text('đang họp, chỉ đo thụ động')", timeout_s=CHECK_S)
    found = await morning.found("92")
    assert "played" not in found["figures"]
    assert await cantho.find("#heard").is_hidden()
