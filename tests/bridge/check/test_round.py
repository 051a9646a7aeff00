"""Rounds with a real room and journal, a fake that measures, and virtual time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from bridge.check.measuring import Unmeasurable
from bridge.check.round import spoken_in
from bridge.conference.check_words import Reason, Verdict
from bridge.conference.checked import Checked, Checks
from bridge.conference.commands import ChairPhase, CheckRun, CheckStop, LinkUp, PersonCommand
from bridge.conference.figures import Figures
from bridge.conference.words import Phase
from tests.bridge.conference.scene import CHAIR, SITES, TECHNICIAN
from tests.bridge.test_service import House, house_in
from tests.support.autojump import virtual_time

TAKES_S = 8.0
GOOD = Figures(rtt_s=0.03, spoken_dbov=-24.0, frames_per_s=25.0, width=1280)


class Measurer:
    """Takes its time, says what it is told to, and writes down what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, bool, str | None]] = []
        self.broken_off: list[str] = []
        self.running = 0
        self.most = 0
        self.answers: dict[str, Figures | Exception] = {}

    async def measure(self, site: str, *, bursts: bool, number: str | None) -> Figures:
        self.asked.append((site, bursts, number))
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await asyncio.sleep(TAKES_S)
        except asyncio.CancelledError:
            self.broken_off.append(site)
            raise
        finally:
            self.running -= 1
        answer = self.answers.get(site, GOOD)
        if isinstance(answer, Exception):
            raise answer
        return answer


@contextlib.asynccontextmanager
async def checking(tmp_path: Path) -> AsyncIterator[tuple[House, Measurer]]:
    async with house_in(tmp_path) as house:
        measurer = Measurer()
        house.bridge._rounds._measuring = measurer
        run = asyncio.create_task(house.bridge.run())
        for site in SITES:
            house.room.post(LinkUp(site=site))
        await house.settled()
        try:
            yield house, measurer
        finally:
            run.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await run


async def wish(house: House, command: PersonCommand) -> None:
    actor = CHAIR if isinstance(command, ChairPhase) else TECHNICIAN
    await house.bridge.submit(command, actor, None)


def found(house: House) -> dict[str, tuple[str, tuple[str, ...]]]:
    results = house.room.conference.checks.sites
    return {site: (result.verdict, result.reasons) for site, result in results.items()}


@virtual_time
async def test_a_round_is_carried_out_four_at_a_time_in_its_order(tmp_path):
    async with checking(tmp_path) as (house, measurer):
        await wish(house, CheckRun(sites="all"))
        await asyncio.sleep(1)
        assert [site for site, *_ in measurer.asked] == list(SITES[:4])
        assert house.bridge._watch.checking == set(SITES[:4])

        await asyncio.sleep(TAKES_S)
        assert house.bridge._watch.checking == {SITES[4]}
        assert set(found(house)) == set(SITES[:4])

        await asyncio.sleep(TAKES_S)
        assert measurer.most == 4
        assert [site for site, *_ in measurer.asked] == list(SITES)
        assert found(house) == dict.fromkeys(SITES, (Verdict.PASS, ()))
        assert house.bridge._watch.checking == set()
        assert house.room.conference.checks.round is None


@virtual_time
async def test_a_line_that_is_checked_is_said_to_be(tmp_path):
    async with checking(tmp_path) as (house, _):
        await wish(house, CheckRun(sites=("01",)))
        await asyncio.sleep(3)
        lines = {row["code"]: row["line"] for row in house.bridge.sites()}
        assert lines["01"] == "checking"
        await asyncio.sleep(TAKES_S)
        lines = {row["code"]: row["line"] for row in house.bridge.sites()}
        assert lines["01"] == "ready"


@virtual_time
async def test_before_the_session_lines_are_filled_and_every_room_has_its_number(tmp_path):
    async with checking(tmp_path) as (house, measurer):
        await wish(house, CheckRun(sites="all"))
        await asyncio.sleep(1)
        numbers = [number for _, _, number in measurer.asked]
        assert all(bursts for _, bursts, _ in measurer.asked)
        assert all(number is not None and len(number) == 2 for number in numbers)
        assert len(set(numbers)) > 1


@virtual_time
async def test_in_the_session_a_check_only_looks_on(tmp_path):
    async with checking(tmp_path) as (house, measurer):
        await wish(house, ChairPhase(to=Phase.OPEN))
        await wish(house, CheckRun(sites=("01",)))
        await asyncio.sleep(TAKES_S + 1)
        assert measurer.asked == [("01", False, None)]
        assert found(house) == {"01": (Verdict.PASS, (Reason.CONFERENCE_OPEN,))}


@virtual_time
async def test_when_the_session_opens_what_is_measured_is_broken_off_and_looked_at(tmp_path):
    async with checking(tmp_path) as (house, measurer):
        await wish(house, CheckRun(sites=("01", "02")))
        await asyncio.sleep(1)
        await wish(house, ChairPhase(to=Phase.OPEN))
        await asyncio.sleep(1)
        assert sorted(measurer.broken_off) == ["01", "02"]
        assert measurer.running == 2

        await asyncio.sleep(TAKES_S)
        assert [asked[:2] for asked in measurer.asked[2:]] == [("01", False), ("02", False)]
        assert set(found(house)) == {"01", "02"}
        await wish(house, ChairPhase(to=Phase.RECESS))
        await asyncio.sleep(TAKES_S)
        assert len(measurer.asked) == 4


@virtual_time
async def test_a_round_that_is_stopped_measures_no_further_and_another_may_follow(tmp_path):
    async with checking(tmp_path) as (house, measurer):
        await wish(house, CheckRun(sites="all"))
        await asyncio.sleep(1)
        await wish(house, CheckStop())
        await wish(house, CheckRun(sites=("79",)))
        await asyncio.sleep(TAKES_S + 1)
        assert sorted(measurer.broken_off) == sorted(SITES[:4])
        assert [site for site, *_ in measurer.asked[4:]] == ["79"]
        assert set(found(house)) == {"79"}
        assert house.bridge._watch.checking == set()


@virtual_time
async def test_who_cannot_be_measured_is_said_to_be_and_a_bug_ends_nothing(tmp_path):
    async with checking(tmp_path) as (house, measurer):
        measurer.answers = {"01": Unmeasurable("no_media"), "02": ZeroDivisionError("a bug")}
        await wish(house, CheckRun(sites=("01", "02", "48")))
        await asyncio.sleep(TAKES_S + 1)
        assert found(house) == {
            "01": (Verdict.FAIL, (Reason.NO_MEDIA,)),
            "02": (Verdict.FAIL, (Reason.NO_ANSWER,)),
            "48": (Verdict.PASS, ()),
        }


@virtual_time
async def test_the_next_conference_knows_nothing_of_it(tmp_path):
    async with checking(tmp_path) as (house, measurer):
        await wish(house, CheckRun(sites=("01",)))
        await asyncio.sleep(TAKES_S + 1)
        assert house.bridge._watch.spoken_dbov == {"01": -24.0}
        await wish(house, CheckRun(sites=("01", "02")))
        await asyncio.sleep(1)
        await house.bridge.begin_next("Hội nghị khác", rehearsal=False, actor=CHAIR)
        await asyncio.sleep(0.1)
        assert measurer.running == 0
        await asyncio.sleep(TAKES_S)
        assert set(measurer.broken_off) == {"01", "02"}
        assert house.bridge._watch.spoken_dbov == {}
        assert found(house) == {}


def test_how_loud_somebody_speaks_is_known_where_somebody_spoke():
    def checked(spoken_dbov: float | None, *reasons: Reason) -> Checked:
        figures = Figures(spoken_dbov=spoken_dbov)
        return Checked(at_s=0.0, by="x", verdict=Verdict.PASS, reasons=reasons, figures=figures)

    sites = {
        "01": checked(-24.0, Reason.NOISE),
        "02": checked(-55.0, Reason.QUIET),
        "48": checked(-90.0, Reason.SILENT),
        "79": checked(None, Reason.NO_LEVEL),
    }
    assert spoken_in(Checks(sites=sites)) == {"01": -24.0}
