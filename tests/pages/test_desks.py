"""Several desks: two persons act on one list, and the chair goes from one to another."""

from __future__ import annotations

import pytest
import pytest_asyncio

from bridge.conference import events
from bridge.conference.authority import AUTHORITY, Scope
from bridge.conference.codec import encode
from bridge.conference.commands import (
    AgendaSkip,
    ChairAccept,
    ChairAssume,
    ChairGrant,
    HelpAck,
    NoteSend,
    ProgrammeSlate,
    RollcallMark,
    SiteCut,
    WalkNext,
)
from bridge.conference.words import ChairChange, EndReason, Phase, RequestStatus, Role
from room110.bench.chromium import until
from tests.pages.conftest import SYNTHETIC
from tests.support.browser import screen

pytestmark = pytest.mark.asyncio(loop_scope="package")

FIRST, SECOND = SYNTHETIC[8], SYNTHETIC[9]
YES = "desk-dialog button[data-answer='yes']"


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def deputy(browser, whole_hall):
    address = whole_hall.premises.link("desk", role=Role.DEPUTY)
    async with screen(browser, "deputy", address) as shown:
        await shown.waits_for("body[data-phase='open']")
        yield shown
        assert await shown.faults() == []


async def test_of_two_who_act_at_once_the_second_is_told_what_the_first_did(hall):
    await hall.give(FIRST)
    await hall.choose("92")
    await hall.desk.click("desk-site button[data-act='give']")
    await hall.desk.waits_for("desk-dialog dialog")

    # While the question stands another desk gives the floor to somebody else.
    await hall.does("/floor/grants", {"site": SECOND})
    await hall.desk.waits_for(f"desk-stage li[data-site='{SECOND}']")
    await hall.desk.click(YES)

    notice = hall.desk.find("desk-notice")
    await until(notice.inner_text, lambda said: "Đã thay đổi:" in said, what="it says why not")
    name = await hall.desk.find(f"desk-stage li[data-site='{SECOND}'] .name").inner_text()
    assert "được mời phát biểu" in await notice.inner_text()
    assert name.rpartition(" ")[2] in await notice.inner_text()
    assert (await hall.site(SECOND))["floor"] == "speaking"


async def test_the_chair_is_handed_to_a_deputy_and_taken_back(hall, deputy):
    await hall.seen(deputy)
    await deputy.waits_for("desk-banner [data-subject='chair']")
    assert await deputy.find("desk-site [data-act='block-all']").is_disabled()

    await hall.desk.click("desk-tabs [data-tab='rules']")
    await hall.desk.waits_for("desk-rules[data-successors='1']")
    await hall.desk.click("desk-rules [data-act='handover']")
    await hall.desk.click(YES)

    # From now on the deputy gives the floor, and the chair's own desk can only take it back.
    await hall.desk.waits_for("desk-banner [data-subject='chair'] button:enabled")
    assert await hall.desk.find("desk-phase button[data-to='recess']").is_disabled()
    await deputy.find("#find").fill(FIRST)
    await deputy.find("#find").press("Enter")
    await deputy.click("desk-site button[data-act='give']")
    await hall.desk.waits_for(f"desk-stage li[data-site='{FIRST}']")

    await hall.desk.click("desk-banner [data-act='chair']")
    await hall.desk.click(YES)
    await hall.desk.waits_for("desk-phase button[data-to='recess']:enabled")
    await deputy.waits_for("desk-phase button[data-to='recess']:disabled")
    await hall.desk.click("desk-tabs [data-tab='rooms']")


async def test_a_lost_chair_is_counted_down_and_then_a_deputy_may_assume_it(hall, deputy):
    await hall.does("/policy", {"chair_grace_s": 2})
    address = hall.desk.page.url

    await hall.desk.page.goto("about:blank")

    text = deputy.find("desk-banner [data-subject='chair'] span")
    assume = deputy.find("desk-banner [data-act='chair']")
    await until(text.inner_text, lambda said: "mất kết nối" in said, what="the chair is away")
    assert await assume.is_disabled()
    await deputy.waits_for("desk-banner [data-act='chair']:enabled")
    await assume.click()
    await deputy.click(YES)
    await deputy.waits_for("desk-phase button[data-to='recess']:enabled")

    await hall.desk.page.goto(address)
    await hall.desk.click("desk-banner [data-act='chair']")
    await hall.desk.click(YES)
    await hall.desk.waits_for("desk-phase button[data-to='recess']:enabled")
    await hall.desk.click("#sound")


async def test_a_secretary_keeps_the_list_and_the_roll_and_gives_no_floor(browser, hall):
    address = hall.premises.link("desk", role=Role.SECRETARY)
    async with screen(browser, "secretary", address) as desk:
        await desk.waits_for("body[data-phase='open']")
        await desk.find("#find").fill(SECOND)
        await desk.find("#find").press("Enter")
        await desk.click("desk-site button[data-act='enlist']")
        await desk.waits_for(f"desk-queue li[data-site='{SECOND}']")

        assert await desk.find("desk-queue button[data-act='give']").is_disabled()
        assert await desk.find("desk-site button[data-act='give']").is_disabled()
        await desk.click("desk-tabs [data-tab='rollcall']")
        assert await desk.find("desk-rollcall [data-act='rollcall']").is_enabled()
        assert await desk.faults() == []


async def test_a_locked_conference_says_so_and_takes_no_spare_machine(browser, hall):
    await hall.desk.click("desk-tabs [data-tab='rules']")
    await hall.desk.click("desk-rules [data-act='lock']")
    await hall.desk.waits_for("desk-banner [data-subject='locked']")

    address = hall.premises.link("site", role=Role.SITE, site="92")
    async with screen(browser, "spare", address) as spare:
        await spare.waits_for("body[data-situation='locked']")
        assert await spare.faults() == []

    await hall.desk.click("desk-rules [data-act='lock']")
    await until(hall.desk.find("desk-banner [data-subject='locked']").count, lambda n: n == 0)
    await hall.desk.click("desk-tabs [data-tab='rooms']")


POWERS = """
async ([you, state]) => [...(await import("/pages/js/desk-powers.js")).powers(you, state)].sort()
"""
MEANS = {
    "floor": ChairGrant,
    "list": ChairAccept,
    "plan": AgendaSkip,
    "paper": RollcallMark,
    "care": SiteCut,
    "slate": ProgrammeSlate,
    "help": HelpAck,
    "note": NoteSend,
    "walk": WalkNext,
}
AT_A_DESK = (Role.CHAIR, Role.DEPUTY, Role.SECRETARY, Role.TECHNICIAN)


def _has(role: Role, phase: Phase) -> list[str]:
    reaches = {Scope.ANY, Scope.PLANNED}
    found = [
        power
        for power, command in MEANS.items()
        if AUTHORITY[command].get(role, {}).get(phase) in reaches
    ]
    # The chair may take back what it has; that is no button.
    if role is not Role.CHAIR and role in AUTHORITY[ChairAssume]:
        found.append("assume")
    return sorted(found)


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("role", AT_A_DESK)
async def test_a_desk_offers_what_the_service_lets_its_person_do(blank, role, phase):
    you = {"user": "u", "roles": [role]}

    seen = await blank.evaluate(POWERS, [you, {"phase": phase, "chair": {}}])

    assert seen == _has(role, phase)


@pytest.mark.parametrize(
    ("role", "user", "expected"),
    [
        (Role.DEPUTY, "d", _has(Role.CHAIR, Phase.OPEN)),
        (Role.DEPUTY, "other", _has(Role.DEPUTY, Phase.OPEN)),
        (Role.CHAIR, "c", ["assume"]),
    ],
)
async def test_whoever_has_the_chair_has_its_powers_and_nobody_else(blank, role, user, expected):
    state = {"phase": "open", "chair": {"deputy": "d"}}

    assert await blank.evaluate(POWERS, [{"user": user, "roles": [role]}, state]) == expected


CLASH = """
async ([changed]) => {
  const { clashWords } = await import("/pages/js/desk-clash.js");
  const { loadWords } = await import("/pages/js/i18n.js");
  return clashWords(changed, {
    words: await loadWords(""),
    name: (site) => `(${site})`,
    siteOf: (request) => (request === 9 ? "11" : undefined),
    titleOf: () => "Thảo luận",
  });
}
"""
T = {"at_s": 1.0}


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (events.RequestGranted(**T, request=9, limit_s=300), "(11) được mời phát biểu"),
        (events.RequestGranted(**T, request=8, limit_s=300), "một điểm cầu được mời phát biểu"),
        (
            events.RequestEnded(
                **T, request=9, status=RequestStatus.DENIED, reason=EndReason.CHAIR
            ),
            "đăng ký của (11) bị từ chối",
        ),
        (events.BlockChanged(**T, site="11", on=True), "(11) bị tắt tiếng"),
        (events.BlockChanged(**T, site="11", on=False), "(11) được bỏ tắt tiếng"),
        (events.NextChosen(**T, site="11"), "(11) được báo chuẩn bị"),
        (events.NextChosen(**T, site=None), "không còn ai được báo chuẩn bị"),
        (events.PhaseChanged(**T, to=Phase.RECESS), "hội nghị tạm nghỉ"),
        (events.ItemStarted(**T, item=3), "mục “Thảo luận” bắt đầu"),
        (
            events.ChairPassed(**T, to="deputy.1", how=ChairChange.HANDED_OVER),
            "quyền điều hành được giao cho deputy.1",
        ),
        (
            events.ChairPassed(**T, to=None, how=ChairChange.RECLAIMED),
            "chủ trì nhận lại quyền điều hành",
        ),
        (events.LockChanged(**T, on=True), "một thay đổi khác"),
    ],
)
async def test_what_has_changed_is_said_in_words(blank, event, said):
    assert await blank.evaluate(CLASH, [[encode(event)]]) == said


async def test_of_many_changes_the_last_three_are_said_and_each_once(blank):
    passing = [encode(events.NextChosen(**T, site=site)) for site in ("01", "02", "04", "04", "06")]

    said = await blank.evaluate(CLASH, [passing])

    assert said.count(";") == 2
    assert "(01)" not in said
