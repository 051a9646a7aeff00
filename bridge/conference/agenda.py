"""The agenda: what is to be treated, in which order, and how far it has come.

It is an object of its own and no part of the queue (practice.md A2): a province whose report is
planned may raise its hand, and calling it for a reply does not consume its report.  Only the turn
of the current item becomes a floor request.

An item is *planned*, then *current* (one at most), then *done*, or it is *skipped*.  What was
skipped or done may return, what is planned or current may be deferred; the order is one list, and
its current item stands where it stands.  How late the session is: the minutes planned for what
is over, beside the time it took.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from bridge.conference.words import ItemKind, ItemStatus, SiteCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An item as it is written on paper."""

    kind: ItemKind
    title: str
    minutes: int
    """Planned length; the speaking time of a site's item."""
    site: SiteCode | None = None
    """Of a ``site`` item, and only of one."""
    speaker: str | None = None
    position: str | None = None
    """What the speaker is: *Giám đốc Sở*."""
    group: str | None = None
    """The group of questions it belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    id: int
    draft: Draft
    status: ItemStatus = ItemStatus.PLANNED
    started_s: float | None = None
    """When it last became current."""
    took_s: float = 0.0
    """Time as the current item, without the run that goes on."""
    deferred: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    items: Mapping[int, Item] = field(default_factory=dict)
    """By id; ids count from 1 and are never given again."""
    order: tuple[int, ...] = ()
    current: int | None = None
    last_id: int = 0

    @property
    def planned(self) -> tuple[Item, ...]:
        """What is still to come, in order."""
        items = (self.items[number] for number in self.order)
        return tuple(item for item in items if item.status is ItemStatus.PLANNED)

    @property
    def due_s(self) -> float:
        """Planned time of what is over, done or skipped: what was skipped makes up for delay."""
        over = {ItemStatus.DONE, ItemStatus.SKIPPED}
        return sum(i.draft.minutes * 60.0 for i in self.items.values() if i.status in over)

    def with_items(self, drafts: Iterable[Draft], *, append: bool) -> Agenda:
        """With *drafts* at the end; without what was planned, unless *append*."""
        keep = [
            number
            for number in self.order
            if append or self.items[number].status is not ItemStatus.PLANNED
        ]
        new = {
            number: Item(id=number, draft=draft)
            for number, draft in enumerate(drafts, self.last_id + 1)
        }
        return replace(
            self,
            items={number: self.items[number] for number in keep} | new,
            order=(*keep, *new),
            last_id=self.last_id + len(new),
        )

    def started(self, number: int, *, at_s: float) -> Agenda:
        item = replace(self.items[number], status=ItemStatus.CURRENT, started_s=at_s)
        return replace(self, items={**self.items, number: item}, current=number)

    def ended(self, number: int, status: ItemStatus, *, at_s: float) -> Agenda:
        """The item is done, skipped, or planned again."""
        item = self.items[number]
        if self.current == number and item.started_s is not None:
            item = replace(item, took_s=item.took_s + at_s - item.started_s)
        items = {**self.items, number: replace(item, status=status)}
        return replace(self, items=items, current=None if self.current == number else self.current)

    def moved(self, number: int, *, after: int | None, first: bool, deferred: bool) -> Agenda:
        """Planned again: before all that is planned, behind the item *after*, or at the end."""
        others = [other for other in self.order if other != number]
        planned = [o for o in others if self.items[o].status is ItemStatus.PLANNED]
        place = len(others)
        if first and planned:
            place = others.index(planned[0])
        elif after is not None:
            place = others.index(after) + 1
        item = replace(self.items[number], status=ItemStatus.PLANNED, deferred=deferred)
        return replace(
            self,
            items={**self.items, number: item},
            order=(*others[:place], number, *others[place:]),
        )

    def late_s(self, *, opened_s: float | None, now_s: float) -> float | None:
        """How far behind the plan the session is at *now_s*; negative: ahead.  None: not begun.

        What is over counts with its planned minutes, the current item with the time it has had,
        up to what is planned: it makes late only what comes after its end.
        """
        if opened_s is None or not self.items:
            return None
        due_s = self.due_s
        if self.current is not None:
            item = self.items[self.current]
            had_s = item.took_s + now_s - (item.started_s or 0.0)
            due_s += min(item.draft.minutes * 60.0, had_s)
        return now_s - opened_s - due_s
