"""Speaking: what the chair does with a speaker and his time, and what the speaker reads of it."""

from __future__ import annotations

import pytest

from bridge.conference.words import Role
from room110.bench.chromium import until
from tests.pages.conftest import SYNTHETIC

pytestmark = pytest.mark.asyncio(loop_scope="package")

ABSENT = "79"
RED = "rgb(255, 138, 122)"
"""The page's colour of what is bad."""


async def test_a_speaker_is_interrupted_goes_on_and_is_given_more_time(hall):
    await hall.give("92")
    await hall.cantho.click("#open-mic")
    await hall.cantho.waits_for("body[data-situation='speaking']")

    await hall.desk.click("desk-stage li[data-site='92'] button[data-act='hold']")

    await hall.cantho.waits_for("body[data-situation='held'][data-gate='false']")
    # Nobody else's button says so, and the clock stands.
    clock = hall.desk.find("desk-stage li[data-site='92'] .clock")
    stands = await clock.inner_text()
    await hall.desk.click("desk-stage li[data-site='92'] button[data-act='extend-2']")
    await until(clock.inner_text, lambda now: now.endswith("/ 07:00"), what="two minutes more")
    assert (await clock.inner_text()).partition(" ")[0] == stands.partition(" ")[0]

    await hall.desk.click("desk-stage li[data-site='92'] button[data-act='hold']")

    await hall.cantho.waits_for("body[data-situation='speaking'][data-gate='true']")
    assert "07:00" in await hall.cantho.find("#speech-clock").inner_text()


async def test_a_switch_does_what_it_shows(hall):
    await hall.give("92")
    await hall.cantho.click("#open-mic")
    await hall.cantho.waits_for("#mic[aria-checked='true']")

    # The second press comes before the page is drawn again, as when the service was a moment quicker.
    await hall.cantho.find("#mic").evaluate("mic => { mic.click(); mic.click(); }")

    await hall.cantho.waits_for("#mic[data-mic='off'][aria-checked='false']")


async def test_the_time_is_told_to_the_speaker_politely(hall):
    await hall.does("/floor/grants", {"site": "92", "limit_s": 2})
    await hall.cantho.click("#open-mic")

    note = hall.cantho.find("#speech-note")
    await hall.cantho.waits_for("#speech[data-note='last']")
    assert await note.inner_text() == "Còn 1 phút"
    await hall.cantho.waits_for("#speech[data-note='over']")
    assert await note.inner_text() == ("Đã hết thời gian dự kiến. Kính đề nghị Quý vị kết luận.")
    await hall.desk.waits_for("desk-stage li[data-site='92'][data-time='over']")

    # It is never red and never blinks, and who does not speak sees no clock.
    style = "node => [getComputedStyle(node).color, getComputedStyle(node).animationName]"
    colour, animation = await note.evaluate(style)
    assert colour != RED
    assert animation == "none"
    assert not await hall.camau.find("#speech").is_visible()

    # Who is over goes on, and an extension takes the note back.
    await hall.desk.click("desk-stage li[data-site='92'] button[data-act='extend-1']")
    await hall.cantho.waits_for("#speech[data-note='last']")


async def test_a_site_without_a_line_speaks_by_telephone(hall):
    await hall.choose(ABSENT)
    assert await hall.desk.find("desk-site button[data-act='phone']").is_enabled()

    await hall.desk.click("desk-site button[data-act='phone']")

    row = f"desk-stage li[data-site='{ABSENT}'][data-via='phone'][data-floor='speaking']"
    await hall.desk.waits_for(row)
    await hall.end()


async def test_several_speak_in_a_discussion_and_only_the_oldest_has_to_end(hall):
    await hall.desk.click("desk-tabs [data-tab='rules']")
    await hall.desk.page.select_option("#rule-mode", "3")
    await until(lambda: hall.premises.local.get("/policy"), lambda now: now["max_floor_users"] == 3)
    speakers = SYNTHETIC[1:4]
    for site in speakers:
        await hall.does("/floor/grants", {"site": site, "on_full": "reject"})
    await hall.desk.waits_for("desk-speakers[data-count='3']")
    await hall.seen()

    await hall.choose("92")
    await hall.desk.click("desk-site button[data-act='give']")

    asked = await hall.desk.find("desk-dialog .effect").inner_text()
    names = [
        await hall.desk.find(f"desk-stage li[data-site='{site}'] .name").inner_text()
        for site in speakers
    ]
    assert names[0] in asked
    assert names[1] not in asked
    assert names[2] not in asked
    await hall.desk.click("desk-dialog button[data-answer='yes']")
    await hall.desk.waits_for("desk-stage li[data-site='92']")
    assert (await hall.site(speakers[0]))["floor"] == "none"
    await hall.desk.click("desk-tabs [data-tab='rooms']")


async def test_hands_wait_to_be_confirmed_or_are_not_taken(hall):
    await hall.desk.click("desk-tabs [data-tab='rules']")
    await hall.desk.page.select_option("#rule-hands", "confirm")
    await until(
        lambda: hall.premises.local.get("/policy"),
        lambda now: now["request_handling"] == "confirm",
    )
    await hall.camau.click("#floor")
    await hall.camau.waits_for("body[data-situation='pending']")
    await hall.desk.click("desk-queue li[data-site='96'] button[data-act='accept']")
    await hall.camau.waits_for("body[data-situation='requested']")

    await hall.desk.page.select_option("#rule-hands", "block")
    await until(
        lambda: hall.premises.local.get("/policy"), lambda now: now["request_handling"] == "block"
    )
    await hall.cantho.click("#floor")

    await until(
        hall.cantho.find("#notice").inner_text,
        lambda said: said == "Hội nghị đang không nhận đăng ký phát biểu.",
    )
    await hall.desk.click("desk-tabs [data-tab='rooms']")


async def test_a_reply_is_marked_and_the_queue_is_put_in_another_order(hall):
    await hall.give(SYNTHETIC[0])
    await hall.does("/floor/requests", role=Role.SITE, site=SYNTHETIC[7])
    await hall.camau.click("#reply")
    row = hall.desk.find("desk-queue li[data-site='96']")
    await hall.desk.waits_for("desk-queue li[data-site='96'] [data-kind='respond']")
    assert await row.locator(".place").inner_text() == "2"

    await row.locator("button[data-act='up']").click()

    await until(row.locator(".place").inner_text, lambda place: place == "1")
    assert await row.locator("button[data-act='up']").is_disabled()
