"""``python -m tests.mutants``: would the tests notice if a rule of the core were another?

Every mutant (:mod:`tests.mutants.operators`, :mod:`tests.mutants.by_hand`) is tried in a copy, two at
a time.  Those that nobody notices are printed, but for the ones that are no other rule at all, which
``explained.py`` lists with the reason.  The exit code is 1 if there is one unexplained, or an
explanation of something that is noticed after all.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from random import Random
from typing import Final

from tests.mutants import by_hand, operators
from tests.mutants.explained import EXPLAINED
from tests.mutants.mutant import Mutant
from tests.mutants.trials import SoundCoreFailsError, tried
from tests.mutants.words import CORE
from tests.mutants.workshop import Depth, Verdict

WITHOUT_RULES: Final = frozenset({"__init__.py", "commands.py", "events.py"})
"""They collect names."""


def main(arguments: Sequence[str]) -> int:
    chosen = _parser().parse_args(arguments)
    mutants = list(all_mutants(chosen.only))
    if chosen.sample is not None:
        count = min(chosen.sample, len(mutants))
        mutants = sorted(Random(chosen.seed).sample(mutants, count), key=lambda m: m.name)
    _say(f"{len(mutants)} mutants")
    if chosen.list:
        _say("\n".join(mutant.name for mutant in mutants))
        return 0
    try:
        return _report(tried(mutants, processes=chosen.processes, depth=chosen.depth))
    except SoundCoreFailsError as failure:
        _say(f"the core as it is does not pass:\n{failure}")
        return 2


def all_mutants(only: Sequence[str] = ()) -> Iterator[Mutant]:
    """By hand first, then by module."""
    for path in sorted(CORE.glob("*.py")):
        if path.name in WITHOUT_RULES or (only and path.name not in only):
            continue
        source = path.read_text(encoding="utf-8")
        yield from by_hand.mutants(path.name, source)
        yield from operators.mutants(path.name, source)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("only", nargs="*", metavar="MODULE", help="giving.py ...; else all")
    parser.add_argument("--sample", type=int, metavar="N", help="so many by chance")
    parser.add_argument("--seed", type=int, default=110, metavar="N", help="of the sample")
    parser.add_argument("--processes", type=int, default=2, metavar="N")
    parser.add_argument("--depth", type=Depth, choices=list(Depth), default=Depth.LAWS)
    parser.add_argument("--list", action="store_true", help="name them and stop")
    return parser


def _report(trials: Iterator[tuple[Mutant, Verdict]]) -> int:
    began_s, wrong, counts = time.monotonic(), 0, dict.fromkeys(Verdict, 0)
    for number, (mutant, verdict) in enumerate(trials, 1):
        counts[verdict] += 1
        explained = mutant.name in EXPLAINED
        if explained is not (verdict is Verdict.SURVIVED):
            wrong += 1
            what = "explained, but noticed" if explained else f"line {mutant.line}, not noticed"
            _say(f"{what}: {mutant.name}")
        if number % 100 == 0:
            _say(f"... {number}, {time.monotonic() - began_s:.0f} s")
    took_s = time.monotonic() - began_s
    told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
    _say(f"{told}; {wrong} to be looked at; {took_s:.0f} s")
    return bool(wrong)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
