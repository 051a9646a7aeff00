"""Demo: a conference, its Prometheus, and three lines that break, each in its own way.

The service runs in two processes of its own, Prometheus in another, the rooms and the script here.
When the conference is open and two speak, one listener's line dies, another's loses 10 % of what it is
sent, and one of the two who speak has his mixer shut.  Every alert is told when it begins to ring, with
the seconds since the lines broke, then the lines are mended, and it is told when each ends.  After that
everything stays for whoever wants to look, until Ctrl-C.

Durations of the rules are divided by ten, or are the real ones (a divisor of 1); then the script takes
some three minutes.  Which, and what rings for what, is printed.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import tempfile
from collections.abc import Callable, Sequence, Set
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

from bridge.conference.words import CENTRE, Role
from bridge.endpoint.library import ClipLibrary
from config.roster import RosterSite, load_roster
from room110.alarms import faults, scaled
from room110.alarms.faults import Fault
from room110.alarms.prometheus import Alarm, Prometheus, prometheus
from room110.alarms.rooms import Rooms, rooms
from room110.bench.service import Measured, call, service, settled
from room110.cli.exits import Exit, Failure, plain_failures
from room110.cli.output import emit
from room110.crowd import chosen, clip_folder
from room110.until import until_told

TWO_SPEAK: Final = {"ROOM110_MAX_FLOOR_USERS": "2"}
JOIN_S: Final = 120.0
LOOK_S: Final = 0.25
CALM_SCRAPES: Final = 14
"""Until the ranges of the rules have filled: of the longest that count here, a minute of the real one."""
DEADLINE_S: Final = 60.0
"""For all to ring with the durations divided by ten, and then for all to end; ten times as long with the
real ones is more than enough."""


def targets(facts: dict[str, Any]) -> dict[str, str]:
    """Job -> address, of ``service.json``."""
    return {
        "room110": facts["http"].removeprefix("http://"),
        "room110-media": facts["media_metrics"].removeprefix("http://").partition("/")[0],
    }


def run_alarms(*, sites: int, divisor: float, port: int, stay: bool) -> int:
    """Play it; the exit code: 1 when another alert rang than was to, or one did not."""
    return asyncio.run(_until_told(sites, divisor, port, stay=stay))


async def _until_told(sites: int, divisor: float, port: int, *, stay: bool) -> int:
    told: list[int] = []
    with plain_failures(), contextlib.suppress(asyncio.CancelledError), until_told() as never:
        async with AsyncExitStack() as stack:
            show = await _begun(stack, sites, divisor, port)
            told.append(Exit.OK if await show.play() else Exit.FAILED)
            if stay:
                say("  everything stays as it is; Ctrl-C ends it")
                await never
    say("  over")
    return told[0] if told else Exit.OK


def say(line: str) -> None:
    """At once, also into a pipe."""
    emit(line)
    sys.stdout.flush()


async def _begun(stack: AsyncExitStack, sites: int, divisor: float, port: int) -> Show:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="room110-alarms-")))
    library = stack.enter_context(ClipLibrary(clip_folder()))
    seats = chosen(load_roster(), sites)
    say(f"  the service, Prometheus and {len(seats)} rooms come (the first time, clips are made)")
    running = await stack.enter_async_context(service(folder / "state", env=TWO_SPEAK))
    broken = script(seats)
    codes = [fault.site for fault in broken]
    coming = stack.enter_async_context(rooms(running.local, library, seats, breakable=codes))
    watching = stack.enter_async_context(
        prometheus(
            folder / "prometheus",
            targets=targets(running.local.facts()),
            divisor=divisor,
            port=port,
        )
    )
    crowd, judge = await coming, await watching
    await settled(running.local, {site.code for site in seats}, timeout_s=JOIN_S)
    desk = await stack.enter_async_context(running.local.desk("alarms", Role.CHAIR))
    await running.local.open_conference("Trình diễn: đường truyền và cảnh báo")
    # Whoever is called first speaks and listens well; the last has his mixer shut.
    for code in (seats[0].code, broken[-1].site):
        await call(desk, code)
    return Show(running, crowd, judge, broken, seats, divisor)


def script(seats: Sequence[RosterSite]) -> tuple[Fault, ...]:
    """Three lines; the last is of one who speaks.  Raises Failure when there are too few."""
    if len(seats) < 5:  # noqa: PLR2004 - the speaker, three to break, room 110
        raise Failure(Exit.USAGE, "it takes four provinces: one to speak and three to break")
    _, dead, lossy, silent = (site.code for site in seats[:4])
    return (faults.cut(dead), faults.loss_down(lossy), faults.hushed(silent))


class Show:
    """A conference that is open and two who speak."""

    def __init__(
        self,
        running: Measured,
        crowd: Rooms,
        judge: Prometheus,
        broken: Sequence[Fault],
        seats: Sequence[RosterSite],
        divisor: float,
    ) -> None:
        self._running = running
        self._crowd = crowd
        self._judge = judge
        self._broken = broken
        self._names = {site.code: site.name for site in seats}
        self._divisor = divisor
        self._every_s = scaled.scrape_s(divisor)
        self._deadline_s = DEADLINE_S * max(1.0, 10.0 / divisor)
        self._last: Set[Alarm] = frozenset()
        """What rang at the last look."""
        self._strange: set[Alarm] = set()

    async def play(self) -> bool:
        """Whether exactly what was to ring has rung, and has ended."""
        self._introduce()
        await asyncio.sleep(CALM_SCRAPES * self._every_s)
        due = faults.planned(self._broken)
        self._note(await self._judge.firing())
        for fault in self._broken:
            fault.begin(self._crowd)
        say(f"  all three are broken at 0 s; {len(due - faults.ALWAYS)} alerts must ring")
        rang = await self._follow("rings", lambda firing: due <= firing)
        for fault in self._broken:
            fault.end(self._crowd)
        say("  all three are mended at 0 s")
        ended = await self._follow("ends ", lambda firing: firing <= faults.ALWAYS)
        for one in sorted(self._strange):
            say(f"  NOT PLANNED: {one}")
        is_right = rang and ended and not self._strange
        say("  exactly these alerts rang, and they ended" if is_right else "  that was not right")
        return is_right

    def _introduce(self) -> None:
        local = self._running.local
        token = local.token("technician", Role.TECHNICIAN, site=CENTRE)
        how = "the real ones" if self._divisor == 1 else f"divided by {self._divisor:g}"
        say(f"""
  Prometheus  {self._judge.url}/alerts
  board       {local.http}/board#token={token}
  metrics     {local.http}/metrics
  rules       durations are {how}; asked every {self._every_s:g} s
""")
        for fault in self._broken:
            rings = ", ".join(str(one) for one in sorted(fault.alarms))
            say(f"  {fault.site} {self._names[fault.site]}: {fault.what}  ->  {rings}")

    async def _follow(self, word: str, is_done: Callable[[Set[Alarm]], bool]) -> bool:
        """Tell what begins to ring, or ends, until it is done; whether it was in time."""
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        while loop.time() - began_s < self._deadline_s:
            before, firing = self._last, await self._judge.firing()
            self._note(firing)
            passed_s = loop.time() - began_s
            for one in sorted(firing - before if word == "rings" else before - firing):
                say(f"  {passed_s:5.1f} s  {word}  {one}")
            if is_done({one for one in firing if one.name not in faults.BUSY}):
                return True
            await asyncio.sleep(LOOK_S)
        return False

    def _note(self, firing: Set[Alarm]) -> None:
        self._last = firing
        self._strange |= faults.strange(firing, self._broken)
