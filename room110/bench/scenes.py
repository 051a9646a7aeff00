"""Scenes: what provincial lines do to Chromium, one measurement each, over real pages and sockets.

Every scene brings a conference into the state it needs and returns what Chromium counted.  A freeze is
Chromium's own: a frame that came later than three times the mean of the last ones, and than the mean
plus 150 ms.  ``concealed`` is the part of the sound that was made up.  Both also come of a machine that
has no time, so every scene with a bad line has somebody on a good one beside it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bridge.conference.words import CENTRE, Role, SiteCode
from room110.bench.chromium import until
from room110.bench.line import SimulatedLine
from room110.bench.relay import HOST, Queued, Relay, relay
from room110.bench.seat import DIRECT, SPEAKER, Got, Seat, Way, seat
from room110.measures import percentiles
from room110.premises import Premises

if TYPE_CHECKING:
    from playwright.async_api import Browser

LOOK_S: Final = 0.5
FRAMES: Final = 10
"""Who has decoded so many plays."""
SETTLE_S: Final = 3.0
TURN_S: Final = 3.0
CHANGES: Final = 8
KNOWN_S: Final = 7.0
"""A browser that watches says what its line carries from its sixth second on."""
SLOW_S: Final = 60.0
"""A large layer is back long before, or it is not."""
NARROW_BPS: Final = 400_000
UPLINK_BPS: Final = 800_000
BUFFER_S: Final = 0.3
DELAY_S: Final = 0.02
CONDITIONS: Final[dict[str, dict[str, float]]] = {
    "clean": {},
    "loss 5 %": {"loss": 0.05},
    "bursts 5 %": {"burst_loss": 0.05},
    "jitter 40 ms": {"jitter_s": 0.04},
    "loss 5 %, jitter 40 ms": {"loss": 0.05, "jitter_s": 0.04},
}
_CLEAN: Final = {"loss": 0.0, "burst_loss": 0.0, "jitter_s": 0.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A conference of synthetic sites, and the seats of two people before Chromium."""

    browser: Browser
    running: Premises
    speakers: Sequence[SiteCode]
    """Synthetic sites, at least two."""
    guest: SiteCode = "92"
    neighbour: SiteCode = "95"
    camera: str = "640x360@15"
    settle_s: float = SETTLE_S
    """What a browser is given to get used to a line, before it is measured."""

    @asynccontextmanager
    async def seat(self, site: SiteCode, way: Way = DIRECT, **query: str) -> AsyncIterator[Seat]:
        async with seat(
            self.browser, self.running, site, way, camera=self.camera, **query
        ) as taken:
            await until(lambda: self._is_up(site), what=f"the service hears {site}")
            yield taken

    @asynccontextmanager
    async def relay(
        self, *, up: SimulatedLine | None = None, down: SimulatedLine | None = None
    ) -> AsyncIterator[Relay]:
        places = self.running.local.facts()["media"]
        udp = next(place for place in places if place.endswith("/udp"))
        port = int(udp.removesuffix("/udp").rpartition(":")[2])
        async with relay((HOST, port), up=up, down=down) as made:
            yield made

    async def give(self, site: SiteCode) -> None:
        """The floor, taken from whoever has it."""
        local = self.running.local
        token = local.token("chair.lines", Role.CHAIR, site=CENTRE)
        if site not in (await local.get("/floor"))["speakers"]:
            await local.post("/floor/grants", {"site": site}, token=token)

    async def plays(self, shown: Seat) -> Got:
        """Until it decodes and has settled; what it had then."""
        before = (await shown.got()).frames
        await until(
            shown.got,
            lambda now: now.frames >= before + FRAMES,
            what=f"{shown.site} decodes {SPEAKER}",
        )
        await asyncio.sleep(self.settle_s)
        return await shown.got()

    async def drops(self) -> dict[str, int]:
        told: dict[str, int] = (await self.running.local.get("/media"))["drops"]
        return told

    async def _is_up(self, site: SiteCode) -> bool:
        return bool((await self.running.sites())[site]["link"] == "up")


# One subscriber's line is bad.


async def lossy(
    stage: Stage, seconds: float, conditions: Iterable[str] = CONDITIONS
) -> dict[str, Any]:
    """Loss, bursts and jitter on one downlink, with and without repair."""
    told: dict[str, Any] = {}
    await stage.give(stage.speakers[0])
    async with stage.seat(stage.neighbour) as neighbour:
        for repair in (True, False):
            down = SimulatedLine(delay_s=DELAY_S)
            async with (
                stage.relay(up=SimulatedLine(delay_s=DELAY_S), down=down) as between,
                stage.seat(stage.guest, Way.over(between, repair=repair)) as guest,
            ):
                await stage.plays(guest)
                for name in conditions:
                    _change(down, **_CLEAN | CONDITIONS[name])
                    mode = "repair" if repair else "no repair"
                    told[f"{name}, {mode}"] = await _beside(guest, neighbour, seconds)
                    _change(down, **_CLEAN)
                    await asyncio.sleep(stage.settle_s)
    return told


async def _beside(guest: Seat, neighbour: Seat, seconds: float) -> dict[str, Any]:
    before, before_beside = await guest.got(), await neighbour.got()
    await asyncio.sleep(seconds)
    return {
        "guest": (await guest.got()).since(before),
        "neighbour": (await neighbour.got()).since(before_beside),
    }


def _change(line: SimulatedLine, **values: float) -> None:
    for name, value in values.items():
        setattr(line, name, value)


async def narrow(stage: Stage, seconds: float, within_s: float = SLOW_S) -> dict[str, Any]:
    """One downlink of ``NARROW_BPS`` for a while, from a browser that sends all its layers."""
    down = SimulatedLine(delay_s=DELAY_S, buffer_s=BUFFER_S)
    async with (
        stage.seat(stage.neighbour) as publisher,
        stage.relay(up=SimulatedLine(delay_s=DELAY_S), down=down) as between,
        stage.seat(stage.guest, Way.over(between)) as guest,
    ):
        await publisher.page.locator("#mic").click()
        await stage.give(publisher.site)
        full = int(stage.camera.partition("x")[0])
        first_s = await _back(guest, full, within_s)
        await asyncio.sleep(KNOWN_S)
        before = await guest.got()
        between.down.limit(NARROW_BPS)
        early, widths = await _watched(guest, SETTLE_S)
        middle = await guest.got()
        late, more = await _watched(guest, seconds - SETTLE_S)
        after = await guest.got()
        between.down.limit(None)
        back_s = await _back(guest, full, within_s)
        await asyncio.sleep(SETTLE_S)
        return {
            "full_width": full,
            "full_at_first_s": first_s,
            "first_3_s": middle.since(before),
            "then": after.since(middle),
            "widths": [*widths, *more],
            "full_again_s": back_s,
            "since_freed": (await guest.got()).since(after),
            "queue_s": queues(between.down.queued),
            "lost_in_buffer": down.lost.total(),
            "publisher": {rid: _layer(row) for rid, row in (await publisher.sent()).items()},
            "looks": early + late,
        }


async def _back(shown: Seat, full: int, within_s: float) -> float | None:
    """How long until the large picture is there again; None: longer than *within_s*."""
    loop = asyncio.get_running_loop()
    freed_s = loop.time()
    while await shown.width() < full:
        await asyncio.sleep(LOOK_S)
        if loop.time() - freed_s > within_s:
            return None
    return round(loop.time() - freed_s, 1)


async def _watched(shown: Seat, seconds: float) -> tuple[int, list[int]]:
    """How often was looked, and the widths that were seen, without repetitions."""
    seen: list[int] = []
    looks = round(seconds / LOOK_S)
    for _ in range(looks):
        await asyncio.sleep(LOOK_S)
        width = await shown.width()
        if seen[-1:] != [width]:
            seen.append(width)
    return looks, seen


# A publisher's line is thin.


async def uplink(stage: Stage, seconds: float) -> dict[str, Any]:
    """A browser that publishes over ``UPLINK_BPS``."""
    up = SimulatedLine(delay_s=DELAY_S, limit_bps=UPLINK_BPS, buffer_s=BUFFER_S)
    async with (
        stage.relay(up=up, down=SimulatedLine(delay_s=DELAY_S)) as between,
        stage.seat(stage.guest) as watcher,
        stage.seat(stage.neighbour, Way.over(between)) as publisher,
    ):
        await publisher.page.locator("#mic").click()
        await stage.give(publisher.site)
        before, begun_s = await stage.plays(watcher), asyncio.get_running_loop().time()
        bytes_before = between.up.bytes
        allowed = []
        for _ in range(round(seconds)):
            await asyncio.sleep(1.0)
            pairs = await publisher.rows("candidate-pair")
            allowed += [p["availableOutgoingBitrate"] for p in pairs if p.get("nominated")]
        return {
            "watcher": (await watcher.got()).since(before),
            "width": await watcher.width(),
            "queue_s": queues(between.up.queued, since_s=begun_s),
            "queue_at_start_s": queues(between.up.queued),
            "carried_bps": round((between.up.bytes - bytes_before) * 8 / seconds),
            "allowed_bps": percentiles(allowed),
            "lost_in_buffer": up.lost.total(),
            "layers": {rid: _layer(row) for rid, row in (await publisher.sent()).items()},
        }


# Clean lines.


async def changes(stage: Stage, seconds: float) -> dict[str, Any]:
    """``CHANGES`` new speakers, one every ``TURN_S`` or as *seconds* allow."""
    turn_s = min(TURN_S, seconds / CHANGES)
    first, second = stage.speakers[:2]
    await stage.give(first)
    async with stage.seat(stage.guest) as guest:
        before = await stage.plays(guest)
        for turn in range(CHANGES):
            await stage.give(first if turn % 2 else second)
            await asyncio.sleep(turn_s)
        return (await guest.got()).since(before) | {"changes": CHANGES}


async def tcp(stage: Stage, seconds: float) -> dict[str, Any]:
    """No UDP gets through."""
    await stage.give(stage.speakers[0])
    async with stage.seat(stage.guest, Way(transport="tcp")) as guest:
        before = await stage.plays(guest)
        await asyncio.sleep(seconds)
        return {"route": await guest.route(), **(await guest.got()).since(before)}


async def codecs(stage: Stage, seconds: float) -> dict[str, Any]:
    """VP8, H.264 and VP8 again in one slot."""
    told: dict[str, Any] = {}
    async with (
        stage.seat(stage.neighbour, codec="h264") as publisher,
        stage.seat(stage.guest) as guest,
    ):
        for turn, site in enumerate((stage.speakers[0], publisher.site, stage.speakers[1])):
            wanted = "H264" if site == publisher.site else "VP8"
            await stage.give(site)
            await until(guest.codec, wanted.__eq__, what=f"{wanted} comes")
            before = await stage.plays(guest)
            await asyncio.sleep(seconds / 3)
            told[f"{turn + 1} {await guest.codec()}"] = (await guest.got()).since(before)
    return told


async def ipv6(stage: Stage, seconds: float) -> dict[str, Any]:
    """Only ``::1``; owed a service that offers it."""
    await stage.give(stage.speakers[0])
    async with stage.seat(stage.guest, Way(address="::1")) as guest:
        before = await stage.plays(guest)
        await asyncio.sleep(seconds)
        return {"route": await guest.route(), **(await guest.got()).since(before)}


def queues(queued: Sequence[Queued], *, since_s: float = 0.0) -> dict[str, float] | None:
    """What datagrams waited at the bottleneck."""
    return percentiles([each.queue_s for each in queued if each.at_s >= since_s])


def _layer(row: dict[str, Any]) -> dict[str, Any]:
    names = ("frameWidth", "framesSent", "targetBitrate", "qualityLimitationReason")
    return {name: row.get(name) for name in names}
