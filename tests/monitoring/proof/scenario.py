"""Scenario: a conference in good order, then with everything broken at once, mended, and its media
worker killed; all of it seen by two Prometheuses.

One has the rules with durations divided by ten, and is asked everything of it.  The other has them as
they are, and comes for the killed worker alone: what a connection takes to come back cannot be divided,
and whether the real rules keep quiet meanwhile is the question.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bridge.conference.words import CENTRE, Role
from bridge.endpoint.library import ClipLibrary
from bridge.media.slots import SessionKind
from config.roster import RosterSite, load_roster
from monitoring.dashboards.expressions import Expression, expressions
from room110.alarms import faults
from room110.alarms.demo import TWO_SPEAK, targets
from room110.alarms.prometheus import Alarm, Asked, Prometheus, alarm, prometheus
from room110.alarms.rooms import Rooms, rooms
from room110.bench.service import Measured, call, service, settled
from room110.crowd import chosen
from signaling.client import Client, connect
from tests.support.eventually import eventually

DIVISOR = 10.0
CALM_S = 8.0
"""Longer than every divided range that is not one of counts since the beginning."""
STRANGERS_S = 2.0
"""After the last that must ring: two more looks at the rules."""
DEADLINE_S = 45.0
JOIN_S = 120.0
LOOK_S = 0.2
NO_CONSOLE = Alarm("Room110NoConsole")
RESTARTED = Alarm("Room110ProcessRestarted", "media")
PICTURES = """
room110_site_media_wanted{media="video"} == 1
and on (site, media) time() - room110_site_last_rtp_timestamp_seconds < 5
"""
AGENDA = {"items": [{"kind": "centre", "title": "Khai mạc", "minutes": 10}]}


@dataclass(kw_only=True)
class Report:
    """What was seen."""

    calm: set[Alarm] = field(default_factory=set)
    broken: set[Alarm] = field(default_factory=set)
    mended: set[Alarm] = field(default_factory=set)
    killed: set[Alarm] = field(default_factory=set)
    """With the real durations, until nothing is about to ring."""
    faults: tuple[faults.Fault, ...] = ()
    left: str = ""
    """The site whose room was closed."""
    answers: list[tuple[Expression, str | None]] = field(default_factory=list)
    """Every question of every dashboard: ``None`` when it has series, else what is wrong."""
    back: bool = False
    """All rooms came back from the killed worker."""
    took_s: dict[str, float] = field(default_factory=dict)

    @property
    def planned(self) -> set[Alarm]:
        left = Alarm("Room110SiteDown", self.left)
        return {*faults.planned(self.faults), left, NO_CONSOLE}


async def play(folder: Path, clips: Path, *, sites: int) -> Report:
    """All of it; about a minute with nine provinces."""
    seats = chosen(load_roster(), sites)
    async with AsyncExitStack() as stack:
        library = stack.enter_context(ClipLibrary(clips))
        scenario = Scenario(folder, library, seats)
        running = await stack.enter_async_context(service(folder / "state", env=TWO_SPEAK))
        await scenario.begin(stack, running)
        for step in (scenario.calm, scenario.break_all, scenario.mend_all, scenario.kill):
            began_s = time.monotonic()
            await step()
            scenario.report.took_s[step.__name__] = round(time.monotonic() - began_s, 1)
        await scenario.ask_everything()
        return scenario.report


class Scenario:
    """Steps in their order."""

    def __init__(self, folder: Path, library: ClipLibrary, seats: Sequence[RosterSite]) -> None:
        self.report = Report()
        self._folder = folder
        self._library = library
        self._seats = seats
        self._running: Measured
        self._crowd: Rooms
        self._quick: Prometheus
        self._desk = AsyncExitStack()
        self._began_s = 0.0
        speaker, cut, lossy, hushed, self.report.left = (site.code for site in seats[:5])
        self._speakers = (speaker, hushed)
        self.report.faults = (
            faults.loss_up(speaker),
            faults.cut(cut),
            faults.loss_down(lossy, while_a_speaker_loses=True),
            faults.hushed(hushed),
        )

    async def begin(self, stack: AsyncExitStack, running: Measured) -> None:
        """Service and Prometheus, then the rooms in the lobby, then the opening."""
        self._running = running
        local = running.local
        self._began_s = time.time()
        # The boards ask how late the session is: that wants a plan.
        chair = local.token("chair", Role.CHAIR, site=CENTRE)
        await local.post("/agenda", AGENDA, token=chair)
        self._quick = await self._watched(stack, DIVISOR)
        self._crowd = await stack.enter_async_context(
            rooms(
                local,
                self._library,
                self._seats,
                breakable=[fault.site for fault in self.report.faults],
            )
        )
        await self._joined({site.code for site in self._seats})
        stack.push_async_callback(self._desk.aclose)
        desk = await self._sit_down()
        await local.open_conference("Proof")
        await local.post("/agenda/next", {}, token=chair)
        for code in self._speakers:
            await call(desk, code)

    async def calm(self) -> None:
        """Nothing is wrong, once Prometheus has seen the pictures that the desk asked for: for those the
        divided rules have no patience, and before it has heard of them nothing is about to ring."""
        codes = {site.code for site in self._seats}
        await eventually(lambda: _all_are_seen(self._quick, codes), timeout_s=DEADLINE_S)
        await self._until(self._quick, lambda firing: _judged(firing) <= faults.ALWAYS)
        await eventually(lambda: _nothing_pending(self._quick), timeout_s=DEADLINE_S)
        began_s = time.time()
        await asyncio.sleep(CALM_S)
        self.report.calm = await self._quick.fired(begin_s=began_s, end_s=time.time())

    async def break_all(self) -> None:
        """Everything at once; until all ring that must, and then a while for those that must not."""
        began_s = time.time()
        for fault in self.report.faults:
            fault.begin(self._crowd)
        await self._crowd.leave(self.report.left)
        # Without a goodbye: its machine has died.
        await self._desk.aclose()
        rang: set[Alarm] = set()

        def all_rang(firing: set[Alarm]) -> bool:
            rang.update(firing)
            return self.report.planned <= rang

        await self._until(self._quick, all_rang)
        await asyncio.sleep(STRANGERS_S)
        self.report.broken = await self._quick.fired(begin_s=began_s, end_s=time.time())

    async def mend_all(self) -> None:
        """Until nothing rings any more."""
        for fault in self.report.faults:
            fault.end(self._crowd)
        self._crowd.come(site for site in self._seats if site.code == self.report.left)
        await self._sit_down()
        await self._until(self._quick, lambda firing: _judged(firing) <= faults.ALWAYS)
        self.report.mended = _judged(await self._quick.firing())
        await self._joined({site.code for site in self._seats})

    async def kill(self) -> None:
        """The media worker, under the eyes of the real rules; until all are back and nothing is about
        to ring."""
        local = self._running.local
        async with AsyncExitStack() as stack:
            real = await self._watched(stack, 1.0)
            began_s = time.time()
            before = local.facts()["media_pid"]
            os.kill(before, 9)
            await eventually(
                lambda: local.facts()["media_pid"] not in {before, 0, None},
                timeout_s=DEADLINE_S,
            )
            await self._joined({site.code for site in self._seats})
            self.report.back = True
            await self._until(real, lambda firing: RESTARTED in firing)
            await eventually(lambda: _nothing_pending(real), timeout_s=DEADLINE_S)
            fired = await real.fired(begin_s=began_s, end_s=time.time())
            self.report.killed = _judged(fired)

    async def ask_everything(self) -> None:
        """Of all that was seen, as a range, for a site that speaks and for room 110."""
        end_s = time.time()
        for site in (self._speakers[0], CENTRE):
            for one in expressions(site=site):
                try:
                    series = await self._quick.since(one.text, begin_s=self._began_s, end_s=end_s)
                    wrong = None if series else "empty"
                except Asked as no:
                    wrong = str(no)
                self.report.answers.append((one, wrong))

    # What the steps are made of.

    async def _sit_down(self) -> Client:
        local = self._running.local
        token = local.token("proof", Role.CHAIR, site=CENTRE)
        desk = connect(local.ws, token, SessionKind.CONSOLE, goodbye=False)
        client = await self._desk.enter_async_context(desk)
        reading = asyncio.create_task(_read(client))
        self._desk.callback(reading.cancel)
        return client

    async def _watched(self, stack: AsyncExitStack, divisor: float) -> Prometheus:
        at = targets(self._running.local.facts())
        place = self._folder / f"prometheus-{divisor:g}"
        return await stack.enter_async_context(prometheus(place, targets=at, divisor=divisor))

    async def _joined(self, codes: set[str]) -> None:
        await settled(self._running.local, codes, timeout_s=JOIN_S)

    async def _until(self, judge: Prometheus, is_so: Callable[[set[Alarm]], bool]) -> None:
        """Or the deadline: what is missing then is for the tests to say."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DEADLINE_S):
                while True:
                    if is_so(await judge.firing()):
                        return
                    await asyncio.sleep(LOOK_S)


def _judged(alarms: set[Alarm]) -> set[Alarm]:
    """Without what a busy machine is told of."""
    return {one for one in alarms if one.name not in faults.BUSY}


async def _read(client: Client) -> None:
    async for _ in client:
        pass


async def _nothing_pending(judge: Prometheus) -> bool:
    """No condition is true that has not yet lasted."""
    pending = await judge.now('ALERTS{alertstate="pending"}')
    return not _judged({alarm(one["metric"]) for one in pending})


async def _all_are_seen(judge: Prometheus, codes: set[str]) -> bool:
    """The picture of each of these is asked for, and comes."""
    return codes <= {one["metric"]["site"] for one in await judge.now(PICTURES)}
