"""Attending: the roll call, what is written between a room and room 110, and help."""

from __future__ import annotations

import pytest

from room110.bench.chromium import until
from tests.pages.conftest import SYNTHETIC

pytestmark = pytest.mark.asyncio(loop_scope="package")

ABSENT = SYNTHETIC[5]


async def test_a_room_says_who_is_here_and_the_secretary_marks_who_is_not(hall):
    await hall.desk.click("desk-tabs [data-tab='rollcall']")
    await hall.desk.click("desk-rollcall [data-act='rollcall']")

    await hall.cantho.click("[data-strip='rollcall'] button")
    await hall.cantho.find("#roll-head").fill("Bà Trần Thị Hoa")
    await hall.cantho.find("#roll-title").fill("Giám đốc Sở")
    await hall.cantho.find("#roll-count").fill("14")
    await hall.cantho.click("#roll-send")

    cell = hall.desk.find("desk-rollcall .roll [data-site='92'][data-mark='present']")
    await until(cell.count, lambda count: count == 1)
    assert "(14)" in await cell.inner_text()
    await until(hall.cantho.find("[data-strip='rollcall']").count, lambda count: count == 0)

    # Absent needs a reason.
    await hall.desk.click(f"desk-rollcall .roll [data-site='{ABSENT}']")
    absent = hall.desk.find("desk-rollcall [data-mark='excused']:not([data-site])")
    assert await absent.is_disabled()
    await hall.desk.find("#roll-reason").fill("Đi công tác")
    await absent.click()
    await hall.desk.waits_for(f"desk-rollcall .roll [data-site='{ABSENT}'][data-mark='excused']")
    counts = await hall.desk.find("desk-rollcall .counts").inner_text()
    assert "Có mặt 1" in counts
    assert "Vắng có báo 1" in counts
    assert "14 người" in counts

    # Who answers after the call was closed is late.
    await hall.desk.click("desk-rollcall [data-act='rollcall']")
    await until(hall.camau.find("[data-strip='rollcall']").count, lambda count: count == 0)
    await hall.camau.click("[data-opens='roll']")
    await hall.camau.find("#roll-head").fill("Ông Lê Văn Bình")
    await hall.camau.click("#roll-send")
    await hall.desk.waits_for("desk-rollcall .roll [data-site='96'][data-mark='late']")
    await hall.desk.click("desk-tabs [data-tab='rooms']")


async def test_a_room_and_the_desk_write_to_one_another_and_nobody_else_reads_it(hall):
    await hall.cantho.click("[data-opens='notes']")
    await hall.cantho.click("#note-phrases button:has-text('Chưa nghe rõ')")
    await hall.cantho.click("#note-send")

    badge = hall.desk.find("desk-tabs [data-tab='notes'] .badge")
    await until(badge.inner_text, lambda said: said == "1")
    await hall.desk.click("desk-tabs [data-tab='notes']")
    await hall.desk.waits_for("desk-notes li[data-from='92'] .text:text-is('Chưa nghe rõ')")
    await until(badge.inner_text, lambda said: said == "")

    await hall.choose("92")
    await hall.desk.click("desk-notes .phrases button:has-text('Đề nghị giảm loa')")
    await hall.desk.click("desk-notes form.note button[type='submit']")

    await hall.cantho.waits_for("[data-strip='note'] span:has-text('Đề nghị giảm loa')")
    await hall.cantho.click("[data-strip='note'] button")
    await until(hall.cantho.find("[data-strip='note']").count, lambda count: count == 0)
    assert await hall.camau.find("#notes li").count() == 0
    await hall.cantho.click("[data-sheet='notes'] [data-closes]")

    # The secretary's own words go into the minutes.
    await hall.desk.find("#minutes-text").fill("Đại biểu thống nhất với báo cáo.")
    await hall.desk.click("desk-notes form.minutes button[type='submit']")
    written = hall.desk.find("desk-notes .written")
    await until(written.inner_text, lambda said: said.startswith("Đã ghi vào biên bản"))
    await hall.desk.click("desk-tabs [data-tab='rooms']")


async def test_help_is_seen_at_the_desk_too(hall):
    await hall.cantho.click("#help")
    await hall.desk.click("desk-tabs [data-tab='notes']")

    await hall.desk.click("desk-notes .helps li[data-site='92'] [data-act='help-ack']")

    await hall.cantho.waits_for("#help[data-help='acknowledged']")
    await hall.desk.click("desk-notes .helps li[data-site='92'] [data-act='help-close']")
    await hall.cantho.waits_for("#help[data-help='none']")
    await hall.desk.click("desk-tabs [data-tab='rooms']")
