"""Who waits, as a clerk with a list knows: the order of the queue, and what each asked for."""

from __future__ import annotations

from bridge.conference.commands import (
    AgendaNext,
    ChairAccept,
    ChairCall,
    FloorRequest,
    Tick,
)
from bridge.conference.events import (
    RequestAccepted,
    RequestEnded,
    RequestGranted,
    RequestMade,
)
from bridge.conference.words import (
    EndReason,
    Link,
    Phase,
    RequestHandling,
    RequestKind,
    RequestStatus,
    Role,
)


class Waiting:
    def __init__(self, facts):
        self.facts = facts
        self.queue = []
        self.priority = {}
        self.asked_limit_s = {}
        """Request -> the speaking time it asked for."""

    def behind(self, priority, number=None):
        """The place behind the last of that priority or a higher one."""
        others = [other for other in self.queue if other != number]
        places = [i for i, other in enumerate(others, 1) if self.priority[other] >= priority]
        return max(places, default=0) + 1

    def follow(self, event, command, authority):
        """One event: the place it names is the place there is for it."""
        match event:
            case RequestMade(request=number):
                self.priority[number] = event.priority
                self._made(event, command, authority)
                if event.status is RequestStatus.ACCEPTED:
                    self.queue.insert(event.position - 1, number)
            case RequestAccepted(request=number, position=position):
                assert isinstance(command, ChairAccept)
                length = len([other for other in self.queue if other != number])
                wished = command.position
                if wished is None or not 1 <= wished <= length + 1:
                    wished = self.behind(self.priority[number], number)
                assert position == wished
                self.queue = [other for other in self.queue if other != number]
                self.queue.insert(position - 1, number)
            case RequestGranted(request=number) | RequestEnded(request=number):
                self.queue = [other for other in self.queue if other != number]

    def _made(self, event, command, authority):
        self.asked_limit_s[event.request] = event.limit_s
        match command:
            case FloorRequest():
                own = authority is Role.SITE
                asked = 2 if command.priority is None else command.priority
                confirm = own and self.facts.policy.request_handling is RequestHandling.CONFIRM
                waits = RequestStatus.PENDING if confirm else RequestStatus.ACCEPTED
                assert event.kind is RequestKind.HAND
                assert event.priority == (min(asked, 2) if own else asked)  # I16
                assert event.limit_s == (None if own else command.limit_s)  # I17
                assert event.status is waits
                assert event.position == (None if confirm else self.behind(event.priority))
            case ChairCall(agenda_item=item):
                kind = RequestKind.CALL if item is None else RequestKind.AGENDA
                minutes = None if item is None else self.facts.plan.items[item].minutes
                assert (event.kind, event.item, event.position) == (kind, item, 1)
                assert event.limit_s == (None if item is None else minutes * 60)
            case AgendaNext():
                assert (event.kind, event.position) == (RequestKind.AGENDA, 1)
            case Tick():
                assert event.position == 1
                assert event.continues is not None
            case _:
                raise AssertionError(command)

    def agree(self, state):  # I3
        """After an event."""
        assert state.queue == tuple(self.queue)

    def rests(self, before, state, cut_off):  # I10
        """After a tick: who was cut off goes on first, the oldest speaker before the others."""
        if self.facts.policy.auto_advance:
            rests = {r.continues: r for r in state.requests.values() if r.id not in before.requests}
            assert rests.keys() == set(cut_off)
        else:
            oldest_first = sorted(cut_off, key=lambda n: (before.requests[n].granted_s, n))
            head = [state.requests[number] for number in state.queue[: len(cut_off)]]
            assert [rest.continues for rest in head] == oldest_first
            rests = {rest.continues: rest for rest in head}
        for number, rest in rests.items():
            ended = before.requests[number]
            for name in ("site", "floors", "kind", "priority", "text", "group", "respond", "item"):
                assert getattr(rest, name) == getattr(ended, name)
            assert rest.by == ended.by
            assert state.requests[number].reason is EndReason.LINK_LOST
            if ended.limit_s is None:
                assert self.asked_limit_s[rest.id] is None
            else:
                left_s = max(30.0, ended.limit_s - self.facts.speeches.spoken_s[number])
                assert 0 <= self.asked_limit_s[rest.id] - left_s < 1

    def could_be_granted(self, state):
        """The first of the queue whom nothing keeps from the floor; nobody while none is given."""
        facts = self.facts
        if facts.phase is not Phase.OPEN or not facts.seat.here or not facts.policy.auto_advance:
            return None
        for number in self.queue:
            request = state.requests[number]
            site = state.sites[request.site]
            if site.link is not Link.UP or site.blocked or site.cut:
                continue
            holders = [state.holders_of(floor) for floor in request.floors]
            room = [facts.policy.max_floor_users if f == "speech" else 1 for f in request.floors]
            has_room = all(len(h) < most for h, most in zip(holders, room, strict=True))
            if has_room and not any(r.site == request.site for h in holders for r in h):
                return number
        return None
