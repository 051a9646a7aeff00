"""Outcome: what came of a play, as figures, and every fault there was.

The documents are written from the journal alone and held against our own accounts: every request of
the conference in exactly one place of the minutes (I15), every second that was spoken in them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from bridge.conference.words import Phase
from bridge.minutes.files import Telling, write
from room110.rehearse.accounts import TOLERANCE_S
from room110.rehearse.invariants import Checker
from room110.rehearse.player import Player, never_heard

DOCUMENTS: Final = "documents"


def outcome(
    player: Player,
    checker: Checker,
    *,
    journal: Path,
    out: Path,
    real_s: float,
    must_refuse: bool,
) -> dict[str, Any]:
    """The figures, with ``faults``: sentences, none when all was as it must be.

    *must_refuse*: every code of the core is to have been heard.
    """
    written = write(journal, out / DOCUMENTS)
    compare(checker, written.telling)
    unheard = never_heard(player.refusals) if must_refuse and not player.faults else []
    faults = [
        *player.faults,
        *map(str, checker.violations),
        *(f"nobody was refused with {code}" for code in unheard),
    ]
    spoken_s = sum(checker.accounts.spoken_s.values())
    return {
        "conference": checker.conference.id,
        "rehearsal": checker.conference.rehearsal,
        "sites": len(checker.conference.sites),
        "conference_s": round(written.telling.minutes.last.at_s, 1),
        "speeches": checker.accounts.speeches,
        "speaking_s": round(spoken_s, 1),
        "late_s": _rounded(written.telling.minutes.late_s),
        "commands": player.commands,
        "repeated": player.repeated,
        "refusals": _sorted(player.refusals),
        "records": checker.rev,
        "events": _sorted(checker.events),
        "invariants_checked": sum(checker.checks.values()),
        "invariants": dict(sorted(checker.checks.items(), key=_number)),
        "commands_per_s": round(player.commands / player.answered_s) if player.answered_s else 0,
        "journal": str(journal),
        "journal_bytes": sum(f.stat().st_size for f in journal.parent.glob(f"{journal.name}*")),
        "real_s": round(real_s, 1),
        "documents": [str(path) for path in written.paths],
        "faults": faults,
    }


def compare(checker: Checker, telling: Telling) -> None:
    """The minutes against what the checker has counted."""
    minutes, conference = telling.minutes, checker.conference
    if conference.phase is not Phase.CLOSED:
        # It broke off: what goes on is counted by one and not by the other.
        return
    told = Counter(asked.request for asked in minutes.asked)
    checker.expect(
        "I15",
        told == Counter(conference.requests.keys()),
        f"the minutes tell of requests {sorted(told)}",
    )
    spoken_s: dict[str, float] = {}
    for speech in minutes.speeches:
        for part in speech.parts:
            spoken_s[speech.site] = spoken_s.get(speech.site, 0.0) + part.spoken_s
    for site in {*spoken_s, *checker.accounts.spoken_s}:
        ours, theirs = checker.accounts.spoken_s.get(site, 0.0), spoken_s.get(site, 0.0)
        checker.expect(
            "I9",
            abs(ours - theirs) < TOLERANCE_S,
            f"site {site} spoke {ours:g} s, and the minutes say {theirs:g}",
        )
    checker.expect("I14", telling.damaged is None, f"{telling.damaged}")


def lines(figures: Mapping[str, Any]) -> Iterable[str]:
    """The figures for a terminal."""
    for name, value in figures.items():
        if name in {"documents", "faults"}:
            continue
        if isinstance(value, dict):
            yield f"{name}:"
            yield from (f"    {key:22} {count}" for key, count in value.items())
        else:
            yield f"{name:20} {value}"
    yield from figures["documents"]


def _sorted(counted: Counter[str]) -> dict[str, int]:
    return dict(counted.most_common())


def _number(entry: tuple[str, int]) -> int:
    return int(entry[0].removeprefix("I"))


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
