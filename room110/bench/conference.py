"""Conference: the full load of DESIGN section 8, on one machine, and what the service pays for it.

64 sites: room 110 and 63 provinces, every microphone sending, the stage two pictures of 1.5 Mbit/s
and two sounds to all, a console of room 110 with the gallery of all, a new speaker every ``TURN_S``.
Three kinds of processes: the service; the hall (``hall.py``), the full synthetic clients; and this
one, which is the chair and, as raw clients, room 110's camera and the taps.

* **CPU** is of each process of the service, in seconds of processor per second.
* **Added delay** is of room 110's video packets, from the publisher's send call to the kernel's stamp
  at the last of the taps (``tap.py``): one joined before all, two after all.
* **Loss** is what endpoints miss: sequence numbers that never came, packets of theirs that the
  service reports as lost, and packets of room 110's picture, told by their own numbers, that went in
  and did not come to each tap.  The service's own drops stand beside it by name: sound behind a shut
  gate is one, and not a loss.
* **Memory** is each process's resident size, and ``held_mb`` what all hold together, with what they
  share counted once (``memory.py``).
* **Grant to key frame** is from the chair's command to the new speaker's key frame at every site.

The machine carries all of it, so the figures are upper bounds; ``worst_tick_late_ms`` says how busy
it was.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final

from bridge.conference.words import CENTRE, Role
from config.roster import RosterSite, load_roster
from room110.bench.accounts import Account, accounts, udp_errors
from room110.bench.guest import guest
from room110.bench.hall import JOIN_S, told_of
from room110.bench.memory import held_bytes
from room110.bench.pump import Pump, pumping
from room110.bench.service import Measured, call, media, service, settled
from room110.bench.shape import Shape
from room110.bench.syscalls import machine
from room110.bench.tap import Sent, Tap, added_ms, missing
from room110.bench.wire import Wire
from room110.cli.exits import Exit, Failure, plain_failures
from room110.cli.output import emit, emit_json, say
from room110.measures import Record, percentiles
from signaling.client import new_id
from signaling.messages import ChairRevoke
from signaling.resilient import ResilientClient

SITES: Final = 63
TURN_S: Final = 5.0
SETTLE_S: Final = 2.0
TAPS_AT_END: Final = 2
STEP: Final = 11
"""Through the roster, so that neighbours do not follow each other."""
STAGE: Final = Shape(burst=7, video_pps=170)
"""1.5 Mbit/s, 25 frames a second."""
THUMBNAIL: Final = Shape(burst=1, video_pps=15, video_bytes=830)
"""100 kbit/s."""


def run_conference(*, minutes: float, sites: int, as_json: bool) -> int:
    """Measure and print.  The exit code is 0: figures judge nobody."""
    with plain_failures():
        result = asyncio.run(_run(minutes, sites))
    if as_json:
        emit_json(result)
        return Exit.OK
    for name, value in result.items():
        emit(f"{name:24} {value}")
    return Exit.OK


async def _run(minutes: float, count: int) -> dict[str, Any]:
    provinces = load_roster().sites[:count]
    early, crowd, late = provinces[:1], provinces[1:-TAPS_AT_END], provinces[-TAPS_AT_END:]
    turns = max(1, int(minutes * 60 / TURN_S))
    speakers = [crowd[turn * STEP % len(crowd)] for turn in range(turns)]
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        running = await stack.enter_async_context(service(folder))
        pump = await stack.enter_async_context(pumping())
        await running.local.open_conference("Bench")
        desk = await stack.enter_async_context(running.local.desk("bench", Role.CHAIR))
        chair = await stack.enter_async_context(_raw(running, pump, CENTRE, STAGE, Wire))
        taps = [
            await stack.enter_async_context(_raw(running, pump, site.code, THUMBNAIL, Tap))
            for site in early
        ]
        say(f"{len(provinces)} sites connect")
        hall = await stack.enter_async_context(_hall(folder, crowd, speakers))
        taps += [
            await stack.enter_async_context(_raw(running, pump, site.code, THUMBNAIL, Tap))
            for site in late
        ]
        await settled(running.local, {site.code for site in provinces}, timeout_s=JOIN_S)
        await asyncio.sleep(SETTLE_S)
        say(f"{turns} floor changes, one every {TURN_S:g} s")
        return await _measure(running, pump, desk, hall, chair, taps, speakers)


async def _measure(
    running: Measured,
    pump: Pump,
    desk: ResilientClient,
    hall: Hall,
    chair: Wire,
    taps: Sequence[Tap],
    speakers: Sequence[RosterSite],
) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    sent = Sent()
    chair.on_sent = sent.note
    pump.late_s = 0.0
    hall.tell({"begin": True})
    processes = running.processes()
    clients = {"hall": hall.pid, "taps": os.getpid()}
    clients_before = accounts(clients)
    before, media_before, kernel_before = (
        accounts(processes),
        await media(running.local),
        udp_errors(),
    )
    raw_before, began_s = _raw_counts(pump), loop.time()
    record = await _hold(desk, speakers)
    spent_s = loop.time() - began_s
    after, media_after, raw_after = (
        accounts(processes),
        await media(running.local),
        _raw_counts(pump),
    )
    clients_after = accounts(clients)
    hall.tell({"end": told_of(record)})
    told = await hall.told()
    chair.on_sent = None
    arrived = [tap.arrived_ns for tap in taps]
    delays = [*added_ms(sent.at_ns, arrived)]
    raw = {name: raw_after[name] - raw_before[name] for name in raw_after}
    return {
        "seconds": round(spent_s, 1),
        "sites": told["sites"] + len(taps) + 1,
        "machine": machine(),
        "cpu_s_per_s": cost(before, after, spent_s),
        "clients_cpu_s_per_s": cost(clients_before, clients_after, spent_s),
        "rss_mb": {name: round(one.rss_bytes / 1e6, 1) for name, one in after.items()},
        "held_mb": round(held_bytes(processes.values()) / 1e6, 1),
        "added_delay_ms": percentiles(delays),
        "added_delay_packets": len(delays),
        "missing_at_taps": missing(sent.at_ns, arrived),
        "grant_to_keyframe_s": told["grant_to_keyframe_s"],
        "floor_changes": told["floor_changes"],
        "keyframes_missed": told["keyframes_missed"],
        "lost_to_endpoints": told["lost"] + raw["lost"],
        "lost_from_endpoints": told["lost_up"],
        "packets": {
            "published": told["sent"] + raw["published"],
            "in": media_after["packets_in"] - media_before["packets_in"],
            "out": media_after["packets_out"] - media_before["packets_out"],
            "received": told["received"] + raw["packets"],
        },
        "drops": _more(media_before["drops"], media_after["drops"]),
        "kernel_drops": _more(kernel_before, udp_errors()),
        "worst_tick_late_ms": round(pump.late_s * 1000, 1),
        "faults": told["faults"],
    }


async def _hold(desk: ResilientClient, speakers: Sequence[RosterSite]) -> Record:
    """The floor goes round; what was done and when."""
    loop = asyncio.get_running_loop()
    record = Record()
    next_s = loop.time()
    before = None
    for site in speakers:
        if site == before:
            # Who holds the floor cannot be called again.
            await _revoke(desk)
        before = site
        sent_s = loop.time()
        await call(desk, site.code)
        record.calls.append((sent_s, site.code))
        record.acknowledged_s[sent_s] = loop.time()
        next_s += TURN_S
        await asyncio.sleep(max(0.0, next_s - loop.time()))
    record.ended_s = loop.time()
    await _revoke(desk)
    record.acknowledged_s[record.ended_s] = loop.time()
    return record


async def _revoke(desk: ResilientClient) -> None:
    await desk.command(ChairRevoke(type="chair.revoke", id=new_id()))


def _raw(
    running: Measured, pump: Pump, code: str, shape: Shape, made: type[Any]
) -> contextlib.AbstractAsyncContextManager[Any]:
    local = running.local
    token = local.site_token(code)
    return guest(local.ws, token, pump, name=f"site-{code}", shape=shape, made=made)


class Hall:
    """The other process.  Made by :func:`_hall`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        return self._process.pid

    def tell(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message).encode() + b"\n")

    async def told(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise Failure(Exit.FAILED, "the hall ended; see above")
        message: dict[str, Any] = json.loads(line)
        return message


@asynccontextmanager
async def _hall(
    state: Path, sites: Sequence[RosterSite], speakers: Sequence[RosterSite]
) -> AsyncIterator[Hall]:
    """All of *sites*, with media, while inside."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "room110.bench.hall",
        str(state),
        ",".join(site.code for site in sites),
        ",".join(site.code for site in speakers),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 20,
    )
    hall = Hall(process)
    try:
        await hall.told()
        yield hall
    finally:
        # It leaves when nobody speaks to it any more; the tap of a bench that failed too.
        if process.stdin is not None:
            process.stdin.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), SETTLE_S * 4)
        if process.returncode is None:
            process.kill()
            await process.wait()


def cost(before: dict[str, Account], after: dict[str, Account], spent_s: float) -> dict[str, float]:
    """Of each process and of all, in seconds of processor a second."""
    each = {
        name: round((one.cpu_s - before[name].cpu_s) / spent_s, 4) for name, one in after.items()
    }
    return each | {"total": round(sum(each.values()), 4)}


def _raw_counts(pump: Pump) -> dict[str, int]:
    pump.drain()
    return {
        "packets": sum(wire.tally.packets for wire in pump.wires),
        "lost": sum(wire.tally.lost for wire in pump.wires),
        "published": sum(wire.publisher.packets for wire in pump.wires if wire.publisher),
    }


def _more(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {name: count - before.get(name, 0) for name, count in after.items()}
