"""Soak: a conference that nobody leaves alone, and what the service still holds when all have gone.

For minutes the floor changes every ``TURN_S``; provinces leave and come back, every third without a
goodbye, as a line that breaks; a process of full synthetic sites is killed and started again; a
console with the whole gallery comes and goes.  The other provinces are raw clients (``wire.py``),
because it is the service that is to be loaded, not the machine.

Memory of each process of the service is told at ``EARLY_MIN`` (half time of a short run) and at the
end, when as many are there.  What is left over is counted after everybody has said goodbye, against
the beginning, which is after a first site and console have come and gone: descriptors and threads by
proc(5), and the sessions the service says it has.  A task left over holds one of these, or memory.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random
from typing import Any, Final

from bridge.conference.words import CENTRE, Role
from bridge.media.dtls import DtlsFailed
from bridge.media.slots import SessionKind
from config.roster import load_roster
from room110.bench.accounts import Account, accounts
from room110.bench.guest import guest
from room110.bench.pump import Pump, pumping
from room110.bench.service import Measured, media, service
from room110.bench.shape import Shape
from room110.bench.syscalls import machine
from room110.bench.wire import WireFailed
from room110.children import Child
from room110.cli.exits import Exit, plain_failures
from room110.cli.output import emit, emit_json, say
from signaling.channel import Disconnected
from signaling.client import CommandRefused, new_id
from signaling.messages import ChairCall
from signaling.resilient import ResilientClient

SITES: Final = 63
FULL: Final = 4
"""Of them as full synthetic clients, in the process that is killed."""
TURN_S: Final = 4.0
STAY_S: Final = (20.0, 120.0)
"""A short run is as lively as its length allows: at most a third of it."""
AWAY_S: Final = (1.0, 8.0)
CONSOLE_S: Final = 10.0
KILL_S: Final = 45.0
SAMPLE_S: Final = 30.0
EARLY_MIN: Final = 5.0
REST_S: Final = 20.0
"""After the last goodbye, at most: sockets close within seconds."""
LOOK_S: Final = 0.25
NOT_JOINED: Final = (CommandRefused, Disconnected, DtlsFailed, WireFailed, TimeoutError)
"""Counted and tried again: a machine may be busy."""
SMALL: Final = Shape(burst=1, video_pps=15, video_bytes=830)


def run_soak(*, minutes: float, sites: int, as_json: bool) -> int:
    """Measure and print.  The exit code is 0: figures judge nobody."""
    with plain_failures():
        result = asyncio.run(_run(minutes, sites))
    if as_json:
        emit_json(result)
        return Exit.OK
    for name, value in result.items():
        emit(f"{name:20} {value}")
    return Exit.OK


async def _run(minutes: float, count: int) -> dict[str, Any]:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        running = await stack.enter_async_context(service(folder))
        pump = await stack.enter_async_context(pumping())
        await running.local.open_conference("Bench")
        desk = await stack.enter_async_context(running.local.desk("bench", Role.CHAIR))
        soak = Soak(running, pump, desk, folder, count, minutes)
        await soak.warm_up()
        begin = await soak.accounts_at_rest(None)
        say(f"{count} sites, {minutes:g} min")
        await soak.run()
        end = await soak.accounts_at_rest(begin)
        sessions = await soak.sessions_at_rest()
        return {
            "minutes": minutes,
            "sites": count,
            "machine": machine(),
            "happened": dict(soak.happened),
            "early_min": round(soak.early_s / 60, 2),
            "rss_mb": {
                "begin": _rss(begin),
                "early": _rss(soak.early),
                "end": _rss(soak.late),
                "after": _rss(end),
            },
            "rss_mb_over_time": soak.samples,
            "left_over": left_over(begin, end),
            "sessions_left": sessions,
        }


class Soak:
    def __init__(
        self,
        running: Measured,
        pump: Pump,
        desk: ResilientClient,
        state: Path,
        count: int,
        minutes: float,
    ) -> None:
        self.happened: Counter[str] = Counter()
        self.early: dict[str, Account] = {}
        self.late: dict[str, Account] = {}
        self.early_s = min(EARLY_MIN * 60, minutes * 30)
        self.samples: list[dict[str, float]] = []
        self._running = running
        self._pump = pump
        self._desk = desk
        self._seconds = minutes * 60
        provinces = [site.code for site in load_roster().sites if site.code != CENTRE][:count]
        self._raw = provinces[FULL:] if count > FULL else provinces
        self._full = count - len(self._raw)
        self._present: list[str] = []
        self._over = asyncio.Event()
        self._stay_s = [
            min(stay_s, self._seconds / (3 if stay_s == max(STAY_S) else 12)) for stay_s in STAY_S
        ]
        self._chance = Random(110)  # noqa: S311 - who leaves when, the same in every run
        self._child = Child(
            ["sites", "--sites", str(self._full)],
            env={"ROOM110_STATE": str(state), "ROOM110_LOG_LEVEL": "error"},
            on_restart=lambda _why: None,
        )

    async def warm_up(self) -> None:
        """What a service makes once and keeps is made now."""
        async with self._site(self._raw[0], goodbye=True), self._console():
            await asyncio.sleep(1.0)

    async def accounts_at_rest(self, wanted: dict[str, Account] | None) -> dict[str, Account]:
        """When nothing closes any more, or holds no more than *wanted*."""
        loop = asyncio.get_running_loop()
        end_s = loop.time() + (REST_S if wanted is not None else 2.0)
        while True:
            now = accounts(self._running.processes())
            if loop.time() > end_s or (wanted is not None and not any(_files(wanted, now))):
                return now
            await asyncio.sleep(LOOK_S)

    async def sessions_at_rest(self) -> int:
        """That the service still has; its plane is asked once a second."""
        loop = asyncio.get_running_loop()
        end_s = loop.time() + REST_S
        while True:
            sessions: int = (await media(self._running.local))["sessions"]
            if not sessions or loop.time() > end_s:
                return sessions
            await asyncio.sleep(LOOK_S)

    async def run(self) -> None:
        """The conference; at its end everybody has said goodbye."""
        async with asyncio.TaskGroup() as group:
            for code in self._raw:
                group.create_task(self._come_and_go(code))
            group.create_task(self._consoles())
            group.create_task(self._floor())
            if self._full:
                group.create_task(self._killed())
            group.create_task(self._watch())
            await asyncio.sleep(self._seconds)
            self._over.set()

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        moments = [*_every(SAMPLE_S, self._seconds), self.early_s, self._seconds - LOOK_S]
        for moment_s in sorted(moments):
            await asyncio.sleep(max(0.0, began_s + moment_s - loop.time()))
            now = accounts(self._running.processes())
            if moment_s == self.early_s:
                self.early = now
            self.late = now
            self.samples.append({"min": round(moment_s / 60, 2), **_rss(now)})

    async def _come_and_go(self, code: str) -> None:
        while True:
            goodbye = self._over.is_set() or self._chance.random() < 2 / 3
            try:
                async with self._site(code, goodbye=goodbye):
                    self._present.append(code)
                    self.happened["joins"] += 1
                    await self._pause(self._chance.uniform(*self._stay_s))
                    self._present.remove(code)
                self.happened["leaves" if goodbye else "vanished"] += 1
            except NOT_JOINED:
                self.happened["joins_failed"] += 1
                goodbye = False
            # Whoever vanished comes back to say goodbye: a lost line is kept for minutes.
            if self._over.is_set() and goodbye:
                return
            await self._rest(self._chance.uniform(*AWAY_S))

    async def _consoles(self) -> None:
        while not self._over.is_set():
            try:
                async with self._console():
                    self.happened["consoles"] += 1
                    await self._pause(CONSOLE_S)
            except NOT_JOINED:
                self.happened["joins_failed"] += 1
            await self._pause(CONSOLE_S)

    async def _floor(self) -> None:
        while not self._over.is_set():
            await self._pause(TURN_S)
            if not self._present:
                continue
            site = self._chance.choice(self._present)
            # Refused when it has the floor already, or has just left.
            with contextlib.suppress(CommandRefused):
                await self._desk.command(ChairCall(type="chair.call", id=new_id(), site=site))
                self.happened["floor_changes"] += 1

    async def _killed(self) -> None:
        await self._child.start()
        try:
            while not self._over.is_set():
                await self._pause(min(KILL_S, self._seconds / 2))
                if not self._over.is_set():
                    assert self._child.process is not None
                    self._child.process.kill()
                    await self._child.process.wait()
                    self.happened["killed"] += 1
                    await self._child.start()
        finally:
            await self._child.stop()

    async def _rest(self, seconds: float) -> None:
        """Or a moment, when it is over."""
        await self._pause(seconds)
        await asyncio.sleep(LOOK_S)

    async def _pause(self, seconds: float) -> None:
        """Or until it is over."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), seconds)

    def _site(self, code: str, *, goodbye: bool) -> contextlib.AbstractAsyncContextManager[Any]:
        local = self._running.local
        token = local.site_token(code)
        name = f"site-{code}"
        return guest(local.ws, token, self._pump, name=name, shape=SMALL, goodbye=goodbye)

    def _console(self) -> contextlib.AbstractAsyncContextManager[Any]:
        local = self._running.local
        token = local.token("bench.console", Role.CHAIR, site=CENTRE)
        return guest(local.ws, token, self._pump, name="console", kind=SessionKind.CONSOLE)


def left_over(begin: dict[str, Account], end: dict[str, Account]) -> dict[str, dict[str, int]]:
    """More than at the beginning, by process; a process that is new is all left over."""
    none = Account(cpu_s=0, ticks_s=0, rss_bytes=0, threads=0, files=0)
    return {
        name: {
            "files": one.files - begin.get(name, none).files,
            "threads": one.threads - begin.get(name, none).threads,
        }
        for name, one in end.items()
    }


def _files(begin: dict[str, Account], end: dict[str, Account]) -> Sequence[bool]:
    return [counts["files"] > 0 for counts in left_over(begin, end).values()]


def _every(step_s: float, end_s: float) -> list[float]:
    return [step_s * number for number in range(1, int(end_s / step_s) + 1)]


def _rss(found: dict[str, Account]) -> dict[str, float]:
    return {name: round(one.rss_bytes / 1e6, 1) for name, one in found.items()}
