"""Fan-out: processor time per forwarded packet, from 1 and 2 publishers to 1 to 60 subscribers.

The service is a process of its own, started here; the clients are raw (``wire.py``) and live in this
one: WebSocket, offer, ICE, DTLS and SRTP with AEAD_AES_128_GCM as any client, then they are drained
and counted by a timer.  Measured is the process that owns the media (``media_pid`` of
``service.json``), all its threads, user and system, divided by the packets that its clients
received; everything else it does meanwhile (reports, timers) is in the figure.

The floor is that of a conference: the first province speaks (``speaker.1``); a second publisher is
room 110 (``chair``).  Publishers are sites too and see each other.  The kernel's own share is
measured in the same run (``syscalls.py``).
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from bridge.conference.words import CENTRE, Role
from config.roster import load_roster
from room110.bench.accounts import account, media_pid
from room110.bench.guest import OpenSocket, guest, on_loopback
from room110.bench.pump import Pump, pumping
from room110.bench.service import Measured, call, service
from room110.bench.shape import Shape
from room110.bench.syscalls import floor, machine
from room110.bench.wire import Wire
from room110.cli.exits import Exit, plain_failures
from room110.cli.output import emit, emit_json, say
from signaling.client import CommandRefused, new_id
from signaling.messages import ChairRevoke
from signaling.resilient import ResilientClient

SIZES: Final = (1, 16, 32, 60)
PUBLISHERS: Final = (1, 2)
BURST: Final = 4
BURSTS: Final = (1, 4, 8, 16)
"""At the largest size; at the others the usual one."""
SETTLE_S: Final = 1.5
"""Until everybody has a key frame (one a second) and what a join costs is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What was measured of one shape."""

    publishers: int
    subscribers: int
    burst: int
    us_per_packet: float
    cpu_s_per_s: float
    ticks_s_per_s: float
    """The same by the kernel's 10 ms clock."""
    packets: int
    """That clients received, publishers too where they see each other."""
    expected: int
    """That were published times those who should have them; right to one burst at either end."""
    delivered: float
    """The former through the latter: far from 1 it was another shape, or a busy machine."""
    lost: int
    """Sequence numbers that came to nobody."""
    bad_samples: int
    """Of the packets that were decrypted: not what was published."""
    samples: int


class Stand(Protocol):
    """A media server, and how clients come to it."""

    pid: int
    sees_each_other: bool
    """Whether publishers receive."""

    def publisher(self, index: int) -> AbstractAsyncContextManager[Wire]: ...

    def subscriber(self, index: int) -> AbstractAsyncContextManager[Wire]: ...

    async def ready(self, publishers: int) -> None:
        """All publishers have come: let them be seen."""


def run_fanout(*, seconds: float, sizes: Sequence[int], woken: bool, as_json: bool) -> int:
    """Measure and print.  The exit code is 0: figures judge nobody."""
    with plain_failures():
        result = asyncio.run(_run(seconds, sizes, woken=woken))
    if as_json:
        emit_json(result)
        return Exit.OK
    for line in lines(result):
        emit(line)
    return Exit.OK


async def _run(seconds: float, sizes: Sequence[int], *, woken: bool) -> dict[str, Any]:
    say(f"the kernel alone, to {max(sizes)} sockets")
    costs = await asyncio.to_thread(floor, subscribers=max(sizes), seconds=seconds / 4)
    with tempfile.TemporaryDirectory() as folder:
        async with (
            service(Path(folder)) as running,
            pumping(woken=woken) as pump,
            room110(running, pump) as stand,
        ):
            windows, profile = await measure(
                stand, pump, sizes=sizes, seconds=seconds, bursts=BURSTS
            )
    return {
        "seconds": seconds,
        "machine": machine(),
        "srtp": profile,
        "receivers": "woken" if woken else "drained",
        "floor": [asdict(cost) for cost in costs],
        "windows": [asdict(window) for window in windows],
        "worst_tick_late_ms": round(pump.late_s * 1000, 1),
    }


def lines(result: dict[str, Any]) -> list[str]:
    """For eyes."""
    return [
        f"SRTP {result['srtp']}; {result['machine']['cpus']} processors; microseconds per packet",
        *(
            f"kernel alone, video in calls of {cost['batch']:2}: {cost['us_per_packet']:6.2f}"
            for cost in result["floor"]
        ),
        *(
            f"{window['publishers']} to {window['subscribers']:2}, bursts of {window['burst']:2}: "
            f"{window['us_per_packet']:6.2f}  ({window['packets']} packets, {window['lost']} lost, "
            f"{window['delivered']:.3f} delivered)"
            for window in result["windows"]
        ),
    ]


class Room110:
    """The stand of our own service.  Made by :func:`room110`."""

    sees_each_other = True

    def __init__(
        self, running: Measured, desk: ResilientClient, pump: Pump, opened: OpenSocket
    ) -> None:
        self.pid = media_pid(running.local.facts())
        self._pump = pump
        self._local = running.local
        self._desk = desk
        self._opened = opened
        self._sites = [site.code for site in load_roster().sites if site.code != CENTRE]

    def publisher(self, index: int) -> AbstractAsyncContextManager[Wire]:
        return self._guest(CENTRE if index else self._sites[0], Shape())

    def subscriber(self, index: int) -> AbstractAsyncContextManager[Wire]:
        return self._guest(self._sites[1 + index], None)

    async def ready(self, publishers: int) -> None:
        """The chair's slots follow from the phase; the speaker is called."""
        del publishers
        # Who left with the floor still holds it.
        with contextlib.suppress(CommandRefused):
            await self._desk.command(ChairRevoke(type="chair.revoke", id=new_id()))
        await call(self._desk, self._sites[0])

    def _guest(self, code: str, shape: Shape | None) -> AbstractAsyncContextManager[Wire]:
        return guest(
            self._local.ws,
            self._local.site_token(code),
            self._pump,
            name=f"site-{code}",
            shape=shape,
            opened=self._opened,
        )


@asynccontextmanager
async def room110(
    running: Measured, pump: Pump, opened: OpenSocket = on_loopback
) -> AsyncIterator[Room110]:
    """An open conference on *running*."""
    await running.local.open_conference("Bench")
    async with running.local.desk("bench", Role.CHAIR) as desk:
        yield Room110(running, desk, pump, opened)


async def measure(
    stand: Stand,
    pump: Pump,
    *,
    sizes: Sequence[int],
    seconds: float,
    publishers: Sequence[int] = PUBLISHERS,
    bursts: Sequence[int],
) -> tuple[list[Window], str]:
    """All shapes, and the SRTP profile that was negotiated."""
    windows, profile = [], ""
    for count in publishers:
        async with AsyncExitStack() as stack:
            sources = [
                await stack.enter_async_context(stand.publisher(index)) for index in range(count)
            ]
            profile = sources[0].profile
            await stand.ready(count)
            joined = 0
            for size in sizes:
                say(f"{count} to {size}")
                await _join(stack, stand, range(joined, size))
                joined = size
                for burst in bursts if size == max(sizes) else (BURST,):
                    for source in sources:
                        assert source.publisher is not None
                        source.publisher.shape = Shape(burst=burst)
                    await asyncio.sleep(SETTLE_S)
                    windows.append(await _window(stand, pump, sources, size, burst, seconds))
    return windows, profile


async def _join(stack: AsyncExitStack, stand: Stand, indices: Sequence[int]) -> None:
    # A context is left in the task that entered it, so one after the other; they come in time.
    for index in indices:
        await stack.enter_async_context(stand.subscriber(index))


async def _window(
    stand: Stand,
    pump: Pump,
    sources: Sequence[Wire],
    subscribers: int,
    burst: int,
    seconds: float,
) -> Window:
    loop = asyncio.get_running_loop()
    before, counted, began_s = account(stand.pid), _count(pump, sources), loop.time()
    await asyncio.sleep(seconds)
    after, ended, spent_s = account(stand.pid), _count(pump, sources), loop.time() - began_s
    told = {name: ended[name] - counted[name] for name in ended}
    viewers = subscribers + (len(sources) - 1 if stand.sees_each_other else 0)
    cpu_s = after.cpu_s - before.cpu_s
    return Window(
        publishers=len(sources),
        subscribers=subscribers,
        burst=burst,
        us_per_packet=round(cpu_s / max(1, told["packets"]) * 1e6, 2),
        cpu_s_per_s=round(cpu_s / spent_s, 4),
        ticks_s_per_s=round((after.ticks_s - before.ticks_s) / spent_s, 4),
        packets=told["packets"],
        expected=told["published"] * viewers,
        delivered=round(told["packets"] / max(1, told["published"] * viewers), 3),
        lost=told["lost"],
        bad_samples=told["bad_samples"],
        samples=told["samples"],
    )


def _count(pump: Pump, sources: Sequence[Wire]) -> Counter[str]:
    pump.drain()
    tallies = [wire.tally for wire in pump.wires]
    published = sum(wire.publisher.packets for wire in sources if wire.publisher is not None)
    return Counter(
        packets=sum(tally.packets for tally in tallies),
        lost=sum(tally.lost for tally in tallies),
        samples=sum(tally.samples for tally in tallies),
        bad_samples=sum(tally.bad_samples for tally in tallies),
        published=published,
    )
