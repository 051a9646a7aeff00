"""Run live: what ``room110 rehearse --live`` does: a service of its own, the play, and the reckoning.

When the service has ended its journal is read as any report reads it: the checker follows it record by
record, what it folds to is held against what the desk was shown last, and the documents are written
from it.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from bridge.conference.projection import DESK, project
from bridge.conference.state import Conference
from bridge.endpoint.clip import Layer
from bridge.endpoint.library import ClipLibrary
from bridge.records import read_only
from config.roster import load_roster
from room110.bench.service import service
from room110.cli.exits import plain_failures
from room110.crowd import card_of, chosen, clip_folder
from room110.rehearse.invariants import Checker, checked
from room110.rehearse.live import LivePlayer, live_player
from room110.rehearse.outcome import outcome
from room110.rehearse.pace import Pace
from room110.rehearse.run import JOURNALS, TITLE, folder_of, quiet, report, table, teller
from room110.rehearse.screen import Screen


def run_live(*, out: Path | None, seed: int, sites: int, speed: float, as_json: bool) -> int:
    """As :func:`room110.rehearse.run.run_rehearse`, *speed* times as fast as the clock."""
    folder, tell = folder_of(out), teller(as_json=as_json)
    with plain_failures(), quiet():
        figures = asyncio.run(play_live(folder, seed=seed, sites=sites, speed=speed, tell=tell))
    return report(figures, as_json=as_json)


async def play_live(
    folder: Path, *, seed: int, sites: int, speed: float, tell: Callable[[str], None]
) -> dict[str, Any]:
    """The figures of a conference with WebSocket clients and media."""
    steps = table(seed=seed, sites=sites)
    roster = load_roster()
    began_s = time.perf_counter()
    async with AsyncExitStack() as stack:
        state = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        library = stack.enter_context(ClipLibrary(clip_folder()))
        rooms = chosen(roster, sites)
        await library.prepare([card_of(site) for site in rooms])
        await library.picture(card_of(rooms[-1]), Layer.F)
        async with service(state) as running:
            await running.local.begin_rehearsal(TITLE)
            conference = running.local.facts()["conference"]
            pace = Pace(speed=speed)
            async with live_player(running.local, roster, library, pace, tell) as player:
                await player.play(steps)
        journal = _kept(state / JOURNALS / f"{conference}.journal", folder / JOURNALS)
    checker = checked(read_only(journal).records)
    _reckon(player, checker)
    figures = outcome(
        player,
        checker,
        journal=journal,
        out=folder,
        real_s=time.perf_counter() - began_s,
        must_refuse=True,
    )
    return {
        "mode": "live",
        "seed": seed,
        "speed": speed,
        **figures,
        "hearings": player.hearings,
        "looks_for_leaks": player.ears.looks,
        "worst_tick_late_ms": round(player.late_s * 1000, 1),
    }


def _kept(journal: Path, directory: Path) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    for path in journal.parent.glob(f"{journal.name}*"):
        shutil.copy(path, directory)
    return directory / journal.name


def _reckon(player: LivePlayer, checker: Checker) -> None:
    """What was heard and shown, against the journal."""
    checker.expect("I20", True, f"{player.repeated} were sent again")
    for leak in player.ears.leaks or [""]:
        checker.expect("I21", not leak, leak)
    if player.faults:
        # Nobody waited for the last change to be shown.
        return
    told, shown = shown_of(checker.conference), told_on(player.screen)
    wrong = sorted(name for name in {*told, *shown} if told.get(name) != shown.get(name))
    checker.expect("I18", not wrong, f"the desk was shown something else: {', '.join(wrong)}")


def shown_of(conference: Conference) -> dict[str, Any]:
    """What a desk must be shown of it."""
    titles = {code: site.title for code, site in conference.sites.items()}
    return project(conference, DESK, titles=titles) | {"consoles": {}}


def told_on(screen: Screen) -> dict[str, Any]:
    """What a desk was shown, without what the journal does not know; people come and go."""
    snapshot = {name: value for name, value in screen.snapshot.items() if name != "rev"}
    sites = {
        code: {name: value for name, value in site.items() if name != "name"}
        for code, site in snapshot["sites"].items()
    }
    return snapshot | {"sites": sites, "consoles": {}}
