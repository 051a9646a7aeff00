"""Programme: the items of the agenda, and how each of them went.

An item that was put on the agenda and taken off again before its turn leaves no trace; one that
had begun does, also if the agenda was loaded anew over it.  How long an item took is the core's
figure: all its runs together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from bridge.conference.agenda import Item
from bridge.conference.events import AgendaLoaded, ItemEnded, ItemMoved, ItemStarted
from bridge.conference.state import Conference
from bridge.conference.words import ItemKind, ItemStatus, SiteCode
from bridge.minutes.steps import Moment, Step, title_of


class Outcome(StrEnum):
    DONE = "done"
    SKIPPED = "skipped"
    CURRENT = "current"
    """The journal ends in it."""
    NOT_REACHED = "not_reached"
    """Planned at the end, perhaps once begun and deferred."""
    REPLACED = "replaced"
    """Begun, deferred, and no longer on the agenda."""


_OUTCOMES = {
    ItemStatus.DONE: Outcome.DONE,
    ItemStatus.SKIPPED: Outcome.SKIPPED,
    ItemStatus.CURRENT: Outcome.CURRENT,
    ItemStatus.PLANNED: Outcome.NOT_REACHED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFacts:
    item: int
    kind: ItemKind
    title: str
    site: SiteCode | None
    site_title: str | None
    speaker: str | None
    position: str | None
    group: str | None
    minutes: int
    """Planned."""
    took_s: float
    outcome: Outcome
    begun: tuple[Moment, ...]
    """Each time it became current."""
    ended: tuple[Moment, ...]
    """Each time it was done or skipped."""
    deferred: tuple[Moment, ...]
    returned: tuple[Moment, ...]


@dataclass(slots=True)
class _Runs:
    last: Item
    begun: list[Moment] = field(default_factory=list)
    ended: list[Moment] = field(default_factory=list)
    deferred: list[Moment] = field(default_factory=list)
    returned: list[Moment] = field(default_factory=list)


class Programme:
    """Gathers the items, step by step."""

    def __init__(self) -> None:
        self._runs: dict[int, _Runs] = {}

    def see(self, step: Step) -> None:
        match step.event:
            case AgendaLoaded():
                for number, item in step.after.agenda.items.items():
                    self._runs.setdefault(number, _Runs(item))
                return
            case ItemStarted(item=number):
                self._runs[number].begun.append(step.at)
            case ItemEnded(item=number, status=status):
                # Planned again is no end: the move that follows says that it was deferred.
                if status is not ItemStatus.PLANNED:
                    self._runs[number].ended.append(step.at)
            case ItemMoved(item=number):
                over = step.before.agenda.items[number].status is not ItemStatus.PLANNED
                runs = self._runs[number]
                (runs.returned if over else runs.deferred).append(step.at)
            case _:
                return
        self._runs[number].last = step.after.agenda.items[number]

    def told(self, last: Conference, *, now_s: float) -> tuple[ItemFacts, ...]:
        """In the order of the agenda at the end; what was replaced comes first."""
        order = last.agenda.order
        replaced = [n for n, runs in self._runs.items() if n not in order and runs.begun]
        return tuple(
            _facts(last, number, self._runs[number], now_s=now_s) for number in (*replaced, *order)
        )


def _facts(last: Conference, number: int, runs: _Runs, *, now_s: float) -> ItemFacts:
    kept = last.agenda.items.get(number)
    item = kept or runs.last
    outcome = _OUTCOMES[item.status] if kept else Outcome.REPLACED
    took_s = item.took_s
    if outcome is Outcome.CURRENT and item.started_s is not None:
        took_s += now_s - item.started_s
    draft = item.draft
    return ItemFacts(
        item=number,
        kind=draft.kind,
        title=draft.title,
        site=draft.site,
        site_title=None if draft.site is None else title_of(last, draft.site),
        speaker=draft.speaker,
        position=draft.position,
        group=draft.group,
        minutes=draft.minutes,
        took_s=took_s,
        outcome=outcome,
        begun=tuple(runs.begun),
        ended=tuple(runs.ended),
        deferred=tuple(runs.deferred),
        returned=tuple(runs.returned),
    )
