"""Machines: a site's spare device, and what a technician does at the board."""

from __future__ import annotations

import pytest
import pytest_asyncio

from bridge.conference.words import Role
from room110.bench.chromium import until
from tests.pages.conftest import CAMERA, SYNTHETIC
from tests.support.browser import screen

pytestmark = pytest.mark.asyncio(loop_scope="package")

HOWLS, NEXT = SYNTHETIC[7], SYNTHETIC[8]
YES = "desk-dialog button[data-answer='yes']"


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def board(browser, whole_hall):
    address = whole_hall.premises.link("board", role=Role.TECHNICIAN)
    async with screen(browser, "board", address) as shown:
        await shown.waits_for("body[data-phase='open']")
        yield shown
        assert await shown.faults() == []


async def test_a_second_machine_waits_and_takes_over_when_a_person_says_so(browser, hall, board):
    address = hall.premises.link("site", role=Role.SITE, site="92", camera=CAMERA)
    async with screen(browser, "spare", address) as spare:
        await spare.waits_for("body[data-situation='standby'][data-device='standby']")
        # The machine that is there goes on, and both it and the board know of the other.
        await hall.cantho.waits_for("body[data-media='up'][data-device='active']")
        await board.waits_for("room-seats [data-site='92'][data-standby]")
        await spare.click("#stay")
        await spare.waits_for("#stay[hidden]")

        await spare.click("#take-over")

        await spare.waits_for("body[data-device='active'][data-media='up']")
        await hall.cantho.waits_for("body[data-situation='standby']")

        # While it is on the stage only a technician switches.
        await hall.give("92")
        await spare.waits_for("body[data-floor='speaking']")
        await hall.cantho.click("#take-over")
        await until(hall.cantho.find("#notice").inner_text, what="why not")
        await board.click("room-seats [data-site='92']")
        await board.click("board-deeds [data-act='switch']")

        await hall.cantho.waits_for("body[data-device='active'][data-media='up']")
        await spare.waits_for("body[data-situation='standby']")
        assert await spare.faults() == []
    await board.waits_for("room-seats [data-site='92']:not([data-standby])")


async def test_a_howl_is_cut_and_let_go_and_the_desk_knows(hall, board):
    await hall.give(HOWLS)
    await hall.camau.hears_only([HOWLS, "110"])
    await board.click(f"room-seats [data-site='{HOWLS}']")

    await board.click("board-deeds [data-act='cut']")

    await hall.camau.hears_only(["110"])
    await hall.desk.waits_for(f"desk-stage li[data-site='{HOWLS}'][data-floor='held']")
    await board.waits_for(f"board-strip li[data-site='{HOWLS}'][data-kind='cut']")

    await hall.desk.click(f"desk-banner [data-act='cut-{HOWLS}']")

    await hall.camau.hears_only([HOWLS, "110"])
    await board.waits_for("board-deeds:not([data-cut])")


async def test_a_technician_listens_to_the_next_speaker_and_the_room_is_told(hall, board):
    await hall.does("/floor/next", {"site": "92"})
    await hall.cantho.click("#open-mic")
    await board.click("room-seats [data-site='92']")

    await board.click("board-deeds [data-act='listen']:enabled")

    await hall.cantho.waits_for("[data-key='strip.probe_listen']")
    await hall.desk.waits_for("desk-banner [data-subject='probe']")
    await board.hears_only(["92"])
    await hall.camau.hears_only(["110"])

    await board.click("board-deeds [data-act='listen']")
    await until(hall.cantho.find("[data-strip='probe']").count, lambda count: count == 0)
    assert await board.find("audio").count() == 0


async def test_media_is_begun_anew_the_line_thinned_and_the_site_hung_up(hall, board):
    await hall.give("96")
    await board.click("room-seats [data-site='96']")
    await board.click("board-deeds [data-act='restart']")
    # It speaks: that would be noticed, so it is asked.
    await board.click(YES)
    await hall.camau.waits_for("body:not([data-media='up'])")
    await hall.camau.waits_for("body[data-media='up']")

    await board.page.select_option("#ladder", "sound")
    await until(lambda: hall.site("96"), lambda site: site.get("ladder") == "sound")
    await board.page.select_option("#ladder", "full")
    await until(lambda: hall.site("96"), lambda site: site.get("ladder") != "sound")

    await board.find("#board-note").fill("Đề nghị bật mic")
    await board.find("#board-note").press("Enter")
    await hall.camau.waits_for("[data-strip='note'] span:has-text('Đề nghị bật mic')")
    await hall.camau.click("[data-strip='note'] button")

    await board.click("board-deeds [data-act='drop']")
    await board.click(YES)
    await hall.camau.waits_for("body[data-situation='dropped']")
    await hall.camau.click("#again")
    await hall.camau.waits_for("body[data-media='up']")
