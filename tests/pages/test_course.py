"""The course: the agenda on the desk and in the rooms, and how late the session is."""

from __future__ import annotations

import pytest

from bridge.conference import desk_view
from bridge.conference.agenda import Agenda, Draft
from bridge.conference.words import ItemKind, ItemStatus
from room110.bench.chromium import until
from tests.pages.conftest import SYNTHETIC

pytestmark = pytest.mark.asyncio(loop_scope="package")

GROUP = "Nhóm vấn đề 1: Cơ chế, chính sách"
ITEMS = [
    {"kind": "centre", "title": "Khai mạc", "minutes": 10, "speaker": "Ông Trần Quốc Hùng"},
    {
        "kind": "site",
        "site": "92",
        "title": "Chuyển giao công nghệ",
        "minutes": 7,
        "speaker": "Bà Trần Thị Hoa",
        "position": "Giám đốc Sở",
    },
    {"kind": "site", "site": SYNTHETIC[2], "title": "Kinh phí", "minutes": 7},
    {"kind": "discussion", "title": "Thảo luận", "minutes": 30, "group": GROUP},
]


async def test_the_agenda_leads_through_the_session(hall):
    await hall.does("/agenda", {"items": ITEMS})
    await hall.seen()
    next_item = "desk-course button[data-act='agenda-next']"

    # Room 110 is on the agenda too; its speaker is named in every room.
    await hall.desk.click(next_item)
    await hall.cantho.waits_for("#picture-chair .picture-name span:text-is('Ông Trần Quốc Hùng')")
    await hall.cantho.waits_for("#conference-title:text-is('Mục 1/4: Khai mạc')")

    # The turn of a site is a request that waits for the chair's word.
    await hall.desk.click(next_item)
    await hall.cantho.waits_for("body[data-situation='turn']")
    await hall.desk.waits_for("desk-queue li[data-site='92'] [data-kind='agenda']")
    await hall.desk.click("desk-queue li[data-site='92'] button[data-act='give']")
    await hall.camau.waits_for(
        "#picture-speaker-1 .picture-name span:text-is('Bà Trần Thị Hoa, Giám đốc Sở')"
    )
    await hall.desk.waits_for("desk-course .late:not(:empty)")

    # Going on ends who speaks for the item, and asks first.
    await hall.desk.click(next_item)
    assert "Cần Thơ" in await hall.desk.find("desk-dialog h2").inner_text()
    await hall.desk.click("desk-dialog button[data-answer='yes']")
    await hall.cantho.waits_for("body[data-floor='none']")

    # In the list: skip, begin another, let the skipped one return.
    await hall.desk.click("desk-tabs [data-tab='agenda']")
    row = "desk-agenda tr:has(strong:text-is('{}'))"
    await hall.desk.click(f"{row.format('Thảo luận')} button[data-act='begin']")
    await hall.desk.waits_for(f"{row.format('Thảo luận')}[data-status='current']")
    await hall.desk.click("desk-agenda tr[data-status='current'] button[data-act='skip']")
    await hall.desk.waits_for("desk-agenda tr[data-status='skipped']")
    await hall.desk.click("desk-agenda tr[data-status='skipped'] button[data-act='return']")
    await hall.desk.waits_for(f"{row.format('Thảo luận')}[data-status='planned']")
    await hall.desk.click("desk-tabs [data-tab='rooms']")

    # A hand says to which group of questions it belongs.
    await hall.camau.click("#floor")
    await hall.camau.click(f"#ask-groups label:has-text('{GROUP}')")
    await hall.camau.click("#ask-form button[type='submit']")
    await hall.camau.waits_for("body[data-situation='requested']")
    group = hall.desk.find("desk-queue li[data-site='96'] [data-kind='group']")
    await until(group.inner_text, lambda said: said == GROUP)

    # The rooms read the agenda.
    await hall.camau.click("[data-opens='agenda']")
    assert await hall.camau.find("#agenda li").count() == len(ITEMS)
    await hall.camau.page.keyboard.press("Escape")
    assert not await hall.camau.find("#agenda").is_visible()
    await hall.does("/agenda", {"items": []})


def _agenda(*, done: int, current: bool, at_s: float = 0.0) -> Agenda:
    drafts = [Draft(kind=ItemKind.CENTRE, title=f"{n}", minutes=10) for n in range(1, 5)]
    agenda = Agenda().with_items(drafts, append=False)
    for number in range(1, done + 1):
        agenda = agenda.started(number, at_s=at_s).ended(number, ItemStatus.DONE, at_s=at_s + 5)
    return agenda.started(done + 1, at_s=at_s) if current else agenda


LATE = """
async ([agenda, opened_s, now_s]) => {
  const { late_s, lateness } = await import("/pages/js/agenda.js");
  const late = late_s({ agenda, ...(opened_s === null ? {} : { opened_s }) }, now_s);
  return [late, lateness(late)];
}
"""


@pytest.mark.parametrize(
    ("agenda", "opened_s", "now_s", "word"),
    [
        (Agenda(), 0.0, 100.0, None),
        (_agenda(done=0, current=False), None, 100.0, None),
        (_agenda(done=0, current=False), 0.0, 59.0, "punctual"),
        (_agenda(done=0, current=False), 0.0, 725.0, "late"),
        (_agenda(done=0, current=True, at_s=100.0), 0.0, 500.0, "late"),
        (_agenda(done=0, current=True), 0.0, 599.0, "punctual"),
        (_agenda(done=0, current=True), 0.0, 720.0, "late"),
        (_agenda(done=2, current=True, at_s=300.0), 0.0, 310.0, "early"),
        (_agenda(done=3, current=False), 1000.0, 1200.0, "early"),
    ],
)
async def test_the_page_reckons_lateness_as_the_core_does(blank, agenda, opened_s, now_s, word):
    late, said = await blank.evaluate(LATE, [desk_view.agenda(agenda), opened_s, now_s])

    expected = agenda.late_s(opened_s=opened_s, now_s=now_s)
    assert late == expected
    assert (said and said["word"]) == word
    if expected is not None:
        assert said["minutes"] == int(abs(expected) // 60)
