"""A mutant: one rule of the core, written differently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    module: str
    """Below bridge/conference."""
    scope: str
    """Function or class it is in."""
    line: int
    change: str
    """What is different, in one line."""
    source: str
    """The whole module with the change."""
    ordinal: int = 1
    """Of several that read the same."""

    @property
    def name(self) -> str:
        """The same for as long as the line reads as it does, wherever it stands."""
        again = f" #{self.ordinal}" if self.ordinal > 1 else ""
        return f"{self.module} {self.scope}: {self.change}{again}"


def numbered(mutants: Iterable[Mutant]) -> Iterator[Mutant]:
    """With an ordinal where several have one name."""
    seen: Counter[str] = Counter()
    for mutant in mutants:
        seen[mutant.name] += 1
        yield replace(mutant, ordinal=seen[mutant.name])
