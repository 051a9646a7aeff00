"""The agenda, as somebody with the paper in hand knows it."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.conference.commands import (
    AgendaDefer,
    AgendaFinish,
    AgendaLoad,
    AgendaNext,
    AgendaReturn,
    AgendaSkip,
    ChairCall,
)
from bridge.conference.floor import ONGOING
from bridge.conference.words import CENTRE, CONTENT, ItemKind, ItemStatus


@dataclass(slots=True)
class Line:
    draft: object
    status: ItemStatus = ItemStatus.PLANNED
    began_s: float | None = None
    took_s: float = 0.0
    deferred: bool = False

    @property
    def minutes(self):
        return self.draft.minutes


class Plan:
    def __init__(self):
        self.items = {}
        self.order = []
        self.given = 0

    @property
    def current(self):
        return next((n for n, line in self.items.items() if line.status == "current"), None)

    @property
    def planned(self):
        return [number for number in self.order if self.items[number].status == "planned"]

    def note(self, command, now_s):
        """A command that was accepted."""
        match command:
            case AgendaLoad(items=drafts, append=append):
                if not append:
                    for number in self.planned:
                        self.order.remove(number)
                        del self.items[number]
                for draft in drafts:
                    self.given += 1
                    self.items[self.given] = Line(draft)
                    self.order.append(self.given)
            case AgendaNext(item=item) | ChairCall(agenda_item=int(item)):
                number = self.planned[0] if item is None else item
                if number != self.current:
                    self.end(ItemStatus.DONE, now_s)
                    self.items[number].status = ItemStatus.CURRENT
                    self.items[number].began_s = now_s
            case AgendaFinish():
                self.end(ItemStatus.DONE, now_s)
            case AgendaSkip(item=number):
                if number == self.current:
                    self.end(ItemStatus.SKIPPED, now_s)
                self.items[number].status = ItemStatus.SKIPPED
            case AgendaDefer(item=number, after=after):
                if number == self.current:
                    self.end(ItemStatus.PLANNED, now_s)
                self.items[number].deferred = True
                self.order.remove(number)
                place = len(self.order) if after is None else self.order.index(after) + 1
                self.order.insert(place, number)
            case AgendaReturn(item=number):
                first = self.planned[:1]
                self.items[number].status = ItemStatus.PLANNED
                self.items[number].deferred = False
                self.order.remove(number)
                place = self.order.index(first[0]) if first else len(self.order)
                self.order.insert(place, number)

    def end(self, status, now_s):
        number = self.current
        if number is not None:
            line = self.items[number]
            line.took_s += now_s - line.began_s
            line.status = status

    def agree(self, state):
        """After a command."""
        agenda = state.agenda
        assert agenda.order == tuple(self.order)
        assert agenda.current == self.current
        assert agenda.last_id == self.given
        assert agenda.items.keys() == self.items.keys()
        for number, line in self.items.items():
            item = agenda.items[number]
            assert (item.id, item.draft, item.status) == (number, line.draft, line.status)
            assert (item.started_s, item.took_s) == (line.began_s, line.took_s)
            assert item.deferred is line.deferred
        for request in state.requests.values():
            if request.item is not None and request.status in ONGOING:
                assert request.item == self.current

    def turn(self, before, state):
        """After an item has begun: its site is the head of the queue, a film runs."""
        number = self.current
        if number == before.agenda.current:
            return
        draft = self.items[number].draft
        turns = [r for r in state.requests.values() if r.item == number and r.status in ONGOING]
        match draft.kind:
            case ItemKind.SITE:
                (turn,) = turns
                assert (turn.site, turn.limit_s) == (draft.site, draft.minutes * 60)
                assert turn.group == draft.group
                assert state.queue[:1] == (turn.id,) or turn.status == "granted"
            case ItemKind.CLIP:
                (film,) = state.holders_of(CONTENT) or (None,)
                if state.sites[CENTRE].link == "up":
                    assert film.site == CENTRE
                    assert film.item in {number, None}
                else:
                    assert not turns
            case _:
                assert not turns
