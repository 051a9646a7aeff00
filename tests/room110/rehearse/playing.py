"""Playing: the parts of a script, looked at as the table they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from random import Random

from config.agenda import load_agenda
from config.roster import load_roster
from room110.rehearse import steps
from room110.rehearse.cast import Cast, cast

ROSTER = load_roster()


def a_cast(sites: int = 63) -> Cast:
    rows = load_agenda(None, ROSTER).rows
    return cast(ROSTER, rows, sites=sites, chance=Random(1))


def part(of, sites: int = 63) -> tuple[steps.Step, ...]:
    return tuple(of(a_cast(sites), Random(1)))


def said(script: Iterable[steps.Step]) -> Iterator[steps.Say]:
    """All that is said, in order."""
    for step in script:
        match step:
            case steps.Say():
                yield step
            case steps.Together(says=says):
                yield from says
            case steps.AtLeisure(steps=inner):
                yield from said(inner)


def commands_of(script: Iterable[steps.Step], kind: type) -> list:
    return [say.command for say in said(script) if isinstance(say.command, kind)]


def refused(script: Iterable[steps.Step]) -> set[str]:
    return {say.refused.value for say in said(script) if say.refused is not None}
