"""Service: ``room110 serve`` as a process of its own, for a bench to measure from outside."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from config.settings import Settings
from room110.bench.accounts import media_pid, parts
from room110.children import Child
from room110.cli.exits import Exit, Failure
from room110.local import Local
from signaling.client import CommandRefused, new_id
from signaling.messages import ChairCall
from signaling.resilient import ResilientClient

START_S: Final = 60.0
"""A machine that does other work starts three processes slowly."""
LOOK_S: Final = 0.05
PORTS: Final = ("HTTP_PORT", "MEDIA_PORT", "MEDIA_TCP_PORT", "MEDIA_METRICS_PORT")
CALL_S: Final = 10.0


class Measured:
    """Made by :func:`service`."""

    def __init__(self, local: Local, pid: int) -> None:
        self.local = local
        self.pid = pid
        """Of the process that was started."""

    def processes(self) -> dict[str, int]:
        """What each is there for -> its number, now."""
        return parts(self.local.facts(), self.pid)


@asynccontextmanager
async def service(state: Path, *, env: Mapping[str, str] | None = None) -> AsyncIterator[Measured]:
    """A service in *state* on free ports while inside.  Raises Failure when it does not come."""
    settings = {"ROOM110_STATE": str(state), "ROOM110_LOG_LEVEL": "warning"}
    settings |= {f"ROOM110_{name}": "0" for name in PORTS}
    child = Child(["serve"], env=settings | dict(env or {}), on_restart=lambda _why: None)
    await child.start()
    try:
        assert child.process is not None
        local = await _announced(child.process, Settings(state=state))
        yield Measured(local, child.process.pid)
    finally:
        await child.stop()


async def _announced(process: asyncio.subprocess.Process, settings: Settings) -> Local:
    loop = asyncio.get_running_loop()
    end_s = loop.time() + START_S
    while (local := await _found(settings)) is None:
        if process.returncode is not None:
            raise Failure(Exit.FAILED, f"the service ended with {process.returncode}")
        if loop.time() > end_s:
            raise Failure(Exit.FAILED, f"the service did not answer in {START_S:g} s")
        await asyncio.sleep(LOOK_S)
    return local


async def _found(settings: Settings) -> Local | None:
    """The service, once it answers and has its media."""
    try:
        local = Local.find(settings)
        await local.get("/conference")
        return local if media_pid(local.facts()) else None
    except Failure:
        return None


async def call(desk: ResilientClient, site: str) -> None:
    """Give *site* the floor; a line that has just come may need a moment to be known."""
    loop = asyncio.get_running_loop()
    end_s = loop.time() + CALL_S
    while True:
        try:
            await desk.command(ChairCall(type="chair.call", id=new_id(), site=site))
        except CommandRefused:
            if loop.time() > end_s:
                raise
            await asyncio.sleep(LOOK_S)
        else:
            return


async def media(local: Local) -> dict[str, Any]:
    """The plane's own counters."""
    return await local.get("/media")


async def settled(local: Local, codes: set[str], *, timeout_s: float) -> None:
    """Until the service knows a line to each of *codes*.  Raises Failure when it does not come."""
    loop = asyncio.get_running_loop()
    end_s = loop.time() + timeout_s
    while True:
        rows = (await local.get("/sites"))["sites"]
        missing = codes - {row["code"] for row in rows if row["link"] == "up"}
        if not missing:
            return
        if loop.time() > end_s:
            raise Failure(Exit.FAILED, f"no media at {', '.join(sorted(missing))}")
        await asyncio.sleep(4 * LOOK_S)
