"""Run: what ``room110 rehearse`` does, from a seed to figures, documents and an exit code."""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, Final

import structlog

from bridge.records import JournalError
from config.agenda import load_agenda
from config.roster import load_roster
from room110.cli.exits import Exit, Failure
from room110.cli.output import emit, emit_json, say
from room110.rehearse.cast import cast
from room110.rehearse.outcome import lines, outcome
from room110.rehearse.script import script
from room110.rehearse.steps import Script
from room110.rehearse.stress import stress
from room110.rehearse.virtual import virtual_player
from room110.rehearse.virtual_time import run_autojump

TITLE: Final = "Hội nghị trực tuyến Giám đốc các Sở Khoa học và Công nghệ"
SEED: Final = 110
SITES: Final = 63
JOURNALS: Final = "journal"


def run_rehearse(*, out: Path | None, seed: int, sites: int, as_stress: bool, as_json: bool) -> int:
    """Play, print, and say by the exit code whether all was as it must be.

    *out* is where journal and documents are kept, by default a new folder of the system.
    """
    folder = folder_of(out)
    tell = teller(as_json=as_json)
    try:
        with quiet():
            figures = play_virtually(folder, seed=seed, sites=sites, as_stress=as_stress, tell=tell)
    except (OSError, JournalError) as error:
        raise Failure(Exit.CONFIGURATION, f"{folder}: {error}") from error
    return report(figures, as_json=as_json)


def folder_of(out: Path | None) -> Path:
    """Where all is kept."""
    folder = Path(tempfile.mkdtemp(prefix="room110-rehearse-")) if out is None else out
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(Exit.CONFIGURATION, f"{folder}: {error}") from error
    return folder


def teller(*, as_json: bool) -> Callable[[str], None]:
    """Who tells the chapters to a person; to a program nobody."""
    return (lambda _title: None) if as_json else say


def report(figures: Mapping[str, Any], *, as_json: bool) -> int:
    """Print the figures; the exit code."""
    if as_json:
        emit_json(figures)
    else:
        for line in lines(figures):
            emit(line)
    for fault in figures["faults"]:
        say(f"room110: {fault}")
    return Exit.FAILED if figures["faults"] else Exit.OK


def play_virtually(
    folder: Path, *, seed: int, sites: int, as_stress: bool, tell: Callable[[str], None]
) -> dict[str, Any]:
    """The figures of a conference in virtual time."""
    figures = run_autojump(
        _virtually(
            folder, table(seed=seed, sites=sites, as_stress=as_stress), seed, as_stress, tell
        )
    )
    return {"mode": "stress" if as_stress else "virtual", "seed": seed, **figures}


def table(*, seed: int, sites: int, as_stress: bool = False) -> Script:
    """The script of that seed."""
    chance = Random(seed)  # noqa: S311  # a rehearsal is the same each time
    roster = load_roster()
    if as_stress:
        return stress(roster.codes[:sites], chance)
    rows = load_agenda(None, roster).rows
    return script(cast(roster, rows, sites=sites, chance=chance), chance)


async def _virtually(
    folder: Path, steps: Script, seed: int, as_stress: bool, tell: Callable[[str], None]
) -> dict[str, Any]:
    began_s = time.perf_counter()
    directory = folder / JOURNALS
    async with virtual_player(directory, load_roster(), TITLE, seed=seed, tell=tell) as player:
        await player.play(steps)
    return outcome(
        player,
        player.checker,
        journal=player.journal,
        out=folder,
        real_s=time.perf_counter() - began_s,
        must_refuse=not as_stress,
    )


@contextmanager
def quiet() -> Iterator[None]:
    """Rooms and endpoints tell their log of every change; here nobody reads it."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    try:
        yield
    finally:
        structlog.configure(**before)
