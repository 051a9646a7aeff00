"""Showing: whom everybody sees without a word, whom the desk watches, and what stands on the screens
instead of the stage."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bridge.live_conference import VIET_NAM
from room110.bench.chromium import until
from tests.pages.conftest import SYNTHETIC

pytestmark = pytest.mark.asyncio(loop_scope="package")

WATCHED = SYNTHETIC[8]


async def test_a_site_is_told_before_it_is_on_the_screen(hall):
    await hall.choose("92")
    await hall.desk.click("desk-site button[data-act='broadcast']")

    await hall.cantho.waits_for("[data-key='strip.broadcast_preparing']")
    await hall.desk.waits_for("desk-banner [data-subject='broadcast']")
    assert await hall.cantho.find("#lamp-seen").get_attribute("data-state") == "no"

    await hall.cantho.waits_for("[data-key='strip.broadcast_shown']")
    await hall.cantho.waits_for("#lamp-seen[data-state='yes']")
    await hall.camau.sees("92", "speaker.1")
    # Seen, and not heard.
    assert (await hall.site("92"))["gate"] is False

    await hall.desk.click("desk-banner [data-act='broadcast']")
    await until(hall.cantho.find("[data-strip='broadcast']").count, lambda count: count == 0)


async def test_the_desk_watches_a_site_and_then_all_in_turn(hall):
    await hall.choose(WATCHED)
    await hall.desk.click("desk-site button[data-act='watch']")
    await hall.desk.click("desk-tabs [data-tab='views']")

    await hall.desk.waits_for(f"desk-views[data-watch='{WATCHED}']")
    await hall.desk.sees(WATCHED, "desk-views[data-watch] video")

    await hall.desk.click("desk-views [data-act='carousel']")
    await hall.desk.waits_for("desk-views[data-carousel]")
    await hall.desk.click("desk-views [data-act='carousel']")
    await hall.desk.waits_for("desk-views:not([data-carousel])")
    await hall.desk.click("desk-views [data-act='unwatch']")
    await hall.desk.waits_for("desk-views:not([data-watch])")
    await hall.desk.click("desk-tabs [data-tab='rooms']")


async def test_a_recess_says_until_when_and_a_notice_covers_the_stage(hall):
    soon = (datetime.now(VIET_NAM) + timedelta(minutes=15)).strftime("%H:%M")
    await hall.desk.click("desk-tabs [data-tab='views']")
    await hall.desk.page.select_option("#slate-kind", "recess")
    await hall.desk.find("#slate-text").fill("Mời Quý vị dùng trà")
    await hall.desk.find("#slate-until").fill(soon)
    await hall.desk.click("desk-views form button[type='submit']")
    await hall.desk.waits_for("desk-views [data-act='slate-clear']:enabled")
    await hall.desk.click("desk-phase button[data-to='recess']")

    await hall.cantho.waits_for("#slate-text:text-is('Mời Quý vị dùng trà')")
    below = await hall.cantho.find("#slate-below").inner_text()
    assert below.startswith(f"Tiếp tục lúc {soon} · Đã kết nối ")
    assert soon in await hall.desk.find("#phase").inner_text()

    await hall.desk.click("desk-phase button[data-to='open']")
    await hall.desk.click("desk-dialog button[data-answer='yes']")
    await hall.cantho.waits_for("body[data-phase='open']")
    await hall.desk.click("desk-views [data-act='slate-clear']")
    await hall.desk.page.select_option("#slate-kind", "notice")
    await hall.desk.find("#slate-text").fill("Sự cố tại điểm cầu trung tâm")
    await hall.desk.click("desk-views form button[type='submit']")
    await hall.cantho.waits_for("#slate-text:text-is('Sự cố tại điểm cầu trung tâm')")
    await hall.desk.click("desk-views [data-act='slate-clear']")
    await hall.cantho.waits_for("#slate[hidden]")
    await hall.desk.click("desk-tabs [data-tab='rooms']")


LINES = """
async ([snapshot, now_ms]) => {
  const { slateLines } = await import("/pages/js/slate.js");
  const { loadWords } = await import("/pages/js/i18n.js");
  const hm = (at) => new Date(at + 7 * 3600e3).toISOString().slice(11, 16);
  const date = (at) => new Date(at + 7 * 3600e3).toISOString().slice(5, 10);
  const { main, below } = slateLines(snapshot, await loadWords(""), { now_ms, text: hm, date });
  return [main, below];
}
"""
MOMENT = """
async ([clock, now_ms]) => (await import("/pages/js/slate.js")).momentOf(clock, now_ms)
"""
STARTS = "2020-05-29T08:00:00+07:00"
SOON = "Hội nghị sắp bắt đầu"


def _ms(text: str) -> float:
    return datetime.fromisoformat(text).timestamp() * 1000


@pytest.mark.parametrize(
    ("slate", "more", "now", "expected"),
    [
        ("lobby", {}, "2020-05-29T07:36:00+07:00", [SOON, ""]),
        (
            "lobby",
            {"starts": STARTS},
            "2020-05-29T07:36:00+07:00",
            [SOON, "Hội nghị bắt đầu lúc 08:00 – còn 24 phút"],
        ),
        (
            "lobby",
            {"starts": STARTS},
            "2020-05-29T05:54:30+07:00",
            [SOON, "Hội nghị bắt đầu lúc 08:00 – còn 2 giờ 06 phút"],
        ),
        (
            "lobby",
            {"starts": STARTS},
            "2020-05-28T09:00:00+07:00",
            [SOON, "Hội nghị bắt đầu lúc 08:00 ngày 05-29"],
        ),
        (
            "lobby",
            {"starts": STARTS},
            "2020-05-29T08:03:00+07:00",
            [SOON, "Hội nghị bắt đầu lúc 08:00"],
        ),
        (
            "lobby",
            {"starts": STARTS, "until": "2020-05-29T08:30:00+07:00", "text": "Xin chờ"},
            "2020-05-29T08:03:00+07:00",
            ["Xin chờ", "Hội nghị bắt đầu lúc 08:30 – còn 27 phút"],
        ),
        (
            "recess",
            {"until": "2020-05-29T09:45:00+07:00"},
            STARTS,
            ["Hội nghị tạm nghỉ", "Tiếp tục lúc 09:45"],
        ),
        ("end", {"starts": STARTS}, STARTS, ["Hội nghị đã kết thúc. Trân trọng cảm ơn!", ""]),
        ("notice", {"text": "Xin giữ máy"}, STARTS, ["Xin giữ máy", ""]),
    ],
)
async def test_a_slate_says_what_and_until_when(blank, slate, more, now, expected):
    written = {key: more[key] for key in ("text", "until") if key in more}
    programme = {"kind": "slate", "slate": slate, **written}
    starts = {"starts": more["starts"]} if "starts" in more else {}

    assert await blank.evaluate(LINES, [{"programme": programme, **starts}, _ms(now)]) == expected


@pytest.mark.parametrize(
    ("clock", "now", "moment"),
    [
        ("09:45", "2020-05-29T09:30:00+07:00", "2020-05-29T09:45+07:00"),
        ("9h45", "2020-05-29T06:00:00+07:00", "2020-05-29T09:45+07:00"),
        ("09:45", "2020-05-29T10:00:00+07:00", "2020-05-29T09:45+07:00"),
        ("00:15", "2020-05-29T23:50:00+07:00", "2020-05-30T00:15+07:00"),
        ("25:00", "2020-05-29T10:00:00+07:00", None),
        ("", "2020-05-29T10:00:00+07:00", None),
    ],
)
async def test_a_time_of_day_is_a_moment_in_viet_nam(blank, clock, now, moment):
    assert await blank.evaluate(MOMENT, [clock, _ms(now)]) == moment
