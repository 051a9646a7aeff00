"""Lines: what bad lines, thin lines and other ways do to Chromium, printed and judged by nobody.

A conference of a few synthetic sites, so that most of the machine is left to the browser; the scenes
are those of :mod:`room110.bench.scenes`, in their order, each with pages of its own.  The relay of a bad
line runs in this process (:mod:`room110.bench.relay`).

The first figures to doubt are those of a machine that is busy: then the neighbour on a good line freezes
too, which is why it stands beside.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bridge.conference.words import CENTRE, Role
from config.roster import load_roster
from room110.bench import scenes
from room110.bench.chromium import chromium
from room110.bench.film import write_film
from room110.bench.scenes import Stage
from room110.bench.syscalls import machine
from room110.cli.exits import Exit, Failure, plain_failures
from room110.cli.output import emit, emit_json, say
from room110.rehearsal import rehearsal

if TYPE_CHECKING:
    from playwright.async_api import Browser

SITES: Final = 6
Scene = Callable[[Stage, float], Awaitable[dict[str, Any]]]
SCENES: Final[Mapping[str, Scene]] = {
    "lossy": scenes.lossy,
    "narrow": scenes.narrow,
    "uplink": scenes.uplink,
    "changes": scenes.changes,
    "tcp": scenes.tcp,
    "codecs": scenes.codecs,
}
ALONE: Final[Mapping[str, Scene]] = {"ipv6": scenes.ipv6}
"""Scenes that need another service."""
_CAMERA: Final = re.compile(r"\d{2,4}x\d{2,4}@\d{1,2}", re.ASCII)
BOTH_FAMILIES: Final = {
    "ROOM110_MEDIA_HOST": "127.0.0.1,::1",
    "ROOM110_MEDIA_ADVERTISE": "127.0.0.1,::1",
}


def run_lines(*, seconds: float, camera: str, only: Sequence[str], as_json: bool) -> int:
    """Measure and print; *only* names scenes, none means all."""
    known = (*SCENES, *ALONE)
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
        for rows, env in ((SCENES, {}), (ALONE, BOTH_FAMILIES)):
            wanted = {name: scene for name, scene in rows.items() if name in chosen}
            if wanted:
                told |= await _play(browser, folder, env, wanted, seconds, camera)
    return told


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
    state = folder / "-".join(wanted)
    async with rehearsal(state, sites=SITES, env=env) as running:
        local = running.local
        chair = local.token("chair.lines", Role.CHAIR, site=CENTRE)
        await local.post("/conference/phase", {"to": "open"}, token=chair)
        speakers = [site.code for site in load_roster().sites[:SITES]]
        stage = Stage(browser=browser, running=running, speakers=speakers, camera=camera)
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
