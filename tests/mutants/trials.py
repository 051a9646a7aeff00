"""Trials: many mutants, some at a time, each in a workshop that nobody else works in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import SimpleQueue, get_context

from tests.mutants.mutant import Mutant
from tests.mutants.workshop import Depth, Verdict, Workshop


class SoundCoreFailsError(Exception):
    """The core as it is does not pass its tests: nothing is to be learnt from mutants."""


def tried(
    mutants: Sequence[Mutant], *, processes: int, depth: Depth
) -> Iterator[tuple[Mutant, Verdict]]:
    """Each mutant and what became of it, in their order.

    Raises :class:`SoundCoreFailsError` before the first.
    """
    context = get_context("spawn")
    free = context.SimpleQueue()
    with ExitStack() as stack:
        workshops = [stack.enter_context(Workshop()) for _ in range(processes)]
        for workshop in workshops:
            free.put(workshop)
        verdict = workshops[0].run(workshops[0].stages(mutants[0].module, depth))
        if verdict is not Verdict.SURVIVED:
            raise SoundCoreFailsError(f"{workshops[0].said()}\n{verdict}")
        pool = ProcessPoolExecutor(
            processes, mp_context=context, initializer=_open, initargs=(free, depth)
        )
        with pool:
            yield from zip(mutants, pool.map(_try_out, mutants), strict=True)


_workshop: Workshop
_depth: Depth


def _open(free: SimpleQueue[Workshop], depth: Depth) -> None:
    global _workshop, _depth  # one of each to a process
    _workshop, _depth = free.get(), depth


def _try_out(mutant: Mutant) -> Verdict:
    return _workshop.try_out(mutant, _depth)
