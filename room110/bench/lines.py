"""Lines: what bad lines, thin lines and other ways do to Chromium, printed and judged by nobody.

A conference of a few synthetic sites, so that most of the machine is left to the browser; the scenes
are those of :mod:`room110.bench.scenes`, in their order, each with pages of its own.  The relay of a bad
line runs in this process (:mod:`room110.bench.relay`).

The first figures to doubt are those of a machine that is busy: then the neighbour on a good line freezes
too, which is why it stands beside.
"""

from __future__ import annotations

import asyncio
import csv
import re
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bridge.conference.words import CENTRE, Role
from config.roster import load_roster
from room110.bench import scenes
from room110.bench.chromium import chromium, until
from room110.bench.film import write_film
from room110.bench.line import SimulatedLine
from room110.bench.scenes import Stage
from room110.bench.seat import Way
from room110.bench.syscalls import machine
from room110.cli.exits import Exit, Failure, plain_failures
from room110.cli.output import emit, emit_json, say
from room110.premises import premises

if TYPE_CHECKING:
    from playwright.async_api import Browser

SITES: Final = 6
GUEST: Final = "92"
"""Whose line is bad."""
Scene = Callable[[Stage, float], Awaitable[dict[str, Any]]]
SCENES: Final[Mapping[str, Scene]] = {
    "lossy": scenes.lossy,
    "narrow": scenes.narrow,
    "uplink": scenes.uplink,
    "changes": scenes.changes,
    "tcp": scenes.tcp,
    "codecs": scenes.codecs,
}


async def capped(stage: Stage, seconds: float) -> dict[str, Any]:
    """The same thin downlink, which the roster knows."""
    down = SimulatedLine(
        delay_s=scenes.DELAY_S, buffer_s=scenes.BUFFER_S, limit_bps=scenes.NARROW_BPS
    )
    async with (
        stage.seat(stage.neighbour) as publisher,
        stage.relay(up=SimulatedLine(delay_s=scenes.DELAY_S), down=down) as between,
        stage.seat(stage.guest, Way.over(between)) as guest,
    ):
        await publisher.page.locator("#mic").click()
        await stage.give(publisher.site)
        await until(guest.width, what=f"{guest.site} decodes")
        begun, since_s = await guest.got(), asyncio.get_running_loop().time()
        await asyncio.sleep(seconds)
        return {
            "got": (await guest.got()).since(begun),
            "width": await guest.width(),
            "queue_s": scenes.queues(between.down.queued, since_s=since_s),
            "lost_in_buffer": down.lost.total(),
        }


ALONE: Final[Mapping[str, Scene]] = {"ipv6": scenes.ipv6}
CAPPED: Final[Mapping[str, Scene]] = {"capped": capped}
"""Scenes that need another service."""
_CAMERA: Final = re.compile(r"\d{2,4}x\d{2,4}@\d{1,2}", re.ASCII)
BOTH_FAMILIES: Final = {
    "ROOM110_MEDIA_HOST": "127.0.0.1,::1",
    "ROOM110_MEDIA_ADVERTISE": "127.0.0.1,::1",
}


def run_lines(*, seconds: float, camera: str, only: Sequence[str], as_json: bool) -> int:
    """Measure and print; *only* names scenes, none means all."""
    known = (*SCENES, *ALONE, *CAPPED)
    chosen = tuple(only) or known
    if unknown := [name for name in chosen if name not in known]:
        raise Failure(Exit.USAGE, f"no scene is called {unknown[0]}; there are {', '.join(known)}")
    if _CAMERA.fullmatch(camera) is None:
        raise Failure(Exit.USAGE, f"{camera!r} is no picture such as 1280x720@15")
    with plain_failures():
        result = asyncio.run(_run(seconds, camera, chosen))
    if as_json:
        emit_json(result)
        return Exit.OK
    for name, figures in result.items():
        emit(f"{name}: {figures}" if not isinstance(figures, dict) else name)
        for what, value in figures.items() if isinstance(figures, dict) else ():
            emit(f"  {what:34} {value}")
    return Exit.OK


async def _run(seconds: float, camera: str, chosen: Sequence[str]) -> dict[str, Any]:
    told: dict[str, Any] = {"seconds": seconds, "camera": camera, "machine": machine()}
    width, height, rate = (int(word) for word in camera.replace("@", "x").split("x"))
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        film = write_film(folder / "film.y4m", width=width, height=height, rate=rate)
        browser = await stack.enter_async_context(chromium(picture=film))
        roster = {"ROOM110_ROSTER": str(_capped_roster(folder))}
        for rows, env in ((SCENES, {}), (ALONE, BOTH_FAMILIES), (CAPPED, roster)):
            wanted = {name: scene for name, scene in rows.items() if name in chosen}
            if wanted:
                told |= await _play(browser, folder, env, wanted, seconds, camera)
    return told


def _capped_roster(folder: Path) -> Path:
    """The roster, in which the guest's line is known to be thin."""
    caps = {GUEST: str(scenes.NARROW_BPS // 1000)}
    path = folder / "roster.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("code", "slug", "name", "type", "region", "title", "bandwidth_kbps"))
        for site in load_roster().sites:
            if site.code != CENTRE:
                rest = (site.name, "-", "-", site.title, caps.get(site.code, ""))
                rows.writerow((site.code, site.slug, *rest))
    return path


async def _play(
    browser: Browser,
    folder: Path,
    env: Mapping[str, str],
    wanted: Mapping[str, Scene],
    seconds: float,
    camera: str,
) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    told: dict[str, Any] = {}
    async with opened(browser, folder / "-".join(wanted), camera=camera, env=env) as stage:
        for name, scene in wanted.items():
            say(f"{name}: {(scene.__doc__ or '').strip()}")
            began_s = loop.time()
            try:
                told[name] = await scene(stage, seconds)
            except TimeoutError as late:
                told[name] = {"failed": str(late)}
            told[name]["took_s"] = round(loop.time() - began_s, 1)
        told["drops"] = await stage.drops()
    return told


@asynccontextmanager
async def opened(
    browser: Browser,
    state: Path,
    *,
    camera: str,
    sites: int = SITES,
    env: Mapping[str, str] | None = None,
) -> AsyncIterator[Stage]:
    """A conference of *sites* provinces in session; *env* are settings of its service."""
    async with premises(state, sites=sites, env=env) as running:
        local = running.local
        chair = local.token("chair.lines", Role.CHAIR, site=CENTRE)
        await local.post("/conference/phase", {"to": "open"}, token=chair)
        speakers = [site.code for site in load_roster().sites[:sites]]
        yield Stage(browser=browser, running=running, speakers=speakers, guest=GUEST, camera=camera)
