"""Floor: how many commands a second become durable, and how soon everybody is told of one.

* **Acknowledged**: the real room on a real disk, in this process, without doors.  So many clients
  each have one command under way, a call for help and its end by turns, which leave the state as
  large as it was.  A command is acknowledged when the journal has flushed it; those that wait together
  share a flush, so more clients are more commands and not more writes.
* **Told**: a service of its own, room 110's desk and 64 rooms connected to it by WebSocket, all of
  these in this process and without media.  The chair calls one site after the other, by telephone,
  which needs no line.  Time runs from the call of ``command`` to the ``ok``, and to the change at the
  last of the rooms, decoded.

Durations are of the clock on the wall: a machine that does other work makes them longer.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final

import structlog

from bridge.conference import commands
from bridge.conference.actor import Actor
from bridge.conference.words import Phase, Role, Via
from bridge.events import Emitter
from bridge.journal import Journals
from bridge.media.slots import SessionKind
from bridge.room import Room
from config.agenda import load_agenda
from config.roster import Roster, load_roster
from room110.bench.service import service
from room110.bench.syscalls import machine
from room110.cli.exits import Exit, plain_failures
from room110.cli.output import emit, emit_json
from room110.local import Local
from room110.measures import percentiles
from signaling.client import Client, connect, new_id
from signaling.messages import AgendaItem, AgendaLoad, ChairCall, ChairPhase
from signaling.notices import Change

CLIENTS: Final = (1, 8, 64)
ROOMS: Final = 64
PAUSE_S: Final = 0.02
"""Between two calls: they are of a person."""


def run_floor(*, seconds: float, calls: int, as_json: bool) -> int:
    """Measure and print.  The exit code is 0: figures judge nobody."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    try:
        with plain_failures():
            result = asyncio.run(_run(seconds, calls))
    finally:
        structlog.configure(**before)
    if as_json:
        emit_json(result)
        return Exit.OK
    for row in result["acknowledged"]:
        emit("  ".join(f"{name} {value}" for name, value in row.items()))
    emit(f"told  {result['told']}")
    return Exit.OK


async def _run(seconds: float, calls: int) -> dict[str, Any]:
    roster = load_roster()
    return {
        "machine": machine(),
        "acknowledged": [await acknowledged(roster, count, seconds) for count in CLIENTS],
        "told": await told(roster, calls),
    }


async def acknowledged(roster: Roster, clients: int, seconds: float) -> dict[str, Any]:
    """Commands of so many clients, each with one under way, through one room."""
    with tempfile.TemporaryDirectory() as directory:
        async with _room(Path(directory), roster) as (room, journals):
            writes = journals.writes
            done, written_s = writes.done, writes.seconds
            loop = asyncio.get_running_loop()
            began_s = loop.time()
            end_s = began_s + seconds
            waits = await asyncio.gather(
                *(_client(room, site.code, end_s) for site in roster.sites[:clients])
            )
            spent_s = loop.time() - began_s
            count = sum(map(len, waits))
            flushes = writes.done - done
            return {
                "clients": clients,
                "commands_per_s": round(count / spent_s),
                "flushes_per_s": round(flushes / spent_s),
                "commands_per_flush": round(count / flushes, 1),
                "flush_ms": round((writes.seconds - written_s) / flushes * 1000, 2),
                "answer_ms": _ms([wait for waited in waits for wait in waited]),
            }


async def _client(room: Room, site: str, end_s: float) -> list[float]:
    """Seconds until each answer."""
    actor = Actor(user=f"site.{site}", roles=frozenset({Role.SITE}), site=site)
    loop = asyncio.get_running_loop()
    waits = []
    while loop.time() < end_s:
        for command in (commands.HelpRaise(), commands.HelpClose()):
            began_s = loop.time()
            await room.submit(command, actor, new_id())
            waits.append(loop.time() - began_s)
    return waits


@asynccontextmanager
async def _room(directory: Path, roster: Roster) -> AsyncIterator[tuple[Room, Journals]]:
    journals = Journals(directory)
    room = await Room.resume(journals, emitter=Emitter(), sites=roster.codes, title="Bench")
    running = asyncio.create_task(room.run())
    try:
        yield room, journals
    finally:
        await room.close()
        await running
        journals.close()


async def told(roster: Roster, calls: int) -> dict[str, Any]:
    """From the chair's call to the last of the rooms."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        running = await stack.enter_async_context(service(folder))
        local = running.local
        await local.begin_rehearsal("Bench")
        rooms = [
            await stack.enter_async_context(
                connect(local.ws, local.site_token(site.code), SessionKind.ROOM)
            )
            for site in roster.sites[:ROOMS]
        ]
        desk = await stack.enter_async_context(_desk(local))
        items = tuple(
            AgendaItem(**{name: getattr(row, name) for name in AgendaItem.model_fields})
            for row in load_agenda(None, roster).rows
        )
        await desk.command(AgendaLoad(type="agenda.load", id=new_id(), items=items))
        await desk.command(ChairPhase(type="chair.phase", id=new_id(), to=Phase.OPEN))
        arrivals: list[dict[int, float]] = [{} for _ in rooms]
        listening = [
            asyncio.create_task(_listen(client, arrived))
            for client, arrived in zip(rooms, arrivals, strict=True)
        ]
        figures = await _call(desk, roster, arrivals, calls)
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)
        return {"rooms": len(rooms), "calls": calls, **figures}


def _desk(local: Local) -> Any:
    token = local.token("bench", Role.CHAIR, site="110")
    return connect(local.ws, token, SessionKind.CONSOLE)


async def _listen(client: Client, arrived: dict[int, float]) -> None:
    """Revision -> when it came."""
    async for message in client:
        if isinstance(message, Change):
            arrived[message.rev] = time.perf_counter()


async def _call(
    desk: Client, roster: Roster, arrivals: Sequence[dict[int, float]], calls: int
) -> dict[str, Any]:
    answered, last = [], []
    for number in range(calls):
        site = roster.sites[number % (len(roster) - 1)].code
        call = ChairCall(type="chair.call", id=new_id(), site=site, via=Via.PHONE)
        began_s = time.perf_counter()
        ok = await desk.command(call)
        answered.append(time.perf_counter() - began_s)
        while not all(ok.rev in arrived for arrived in arrivals):  # noqa: ASYNC110  # 64 of them
            await asyncio.sleep(0.001)
        last.append(max(arrived[ok.rev] for arrived in arrivals) - began_s)
        await asyncio.sleep(PAUSE_S)
    return {"answer_ms": _ms(answered), "last_told_ms": _ms(last)}


def _ms(seconds: Sequence[float]) -> dict[str, float] | None:
    return percentiles([round(s * 1000, 2) for s in seconds])
