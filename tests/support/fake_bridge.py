"""A bridge for the doors: remembers what was asked of it and answers what it is told to."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bridge.answers import Accepted, RoomError
from bridge.clients import Said
from bridge.conference.commands import Actor, FloorRequest, PersonCommand
from bridge.conference.events import RequestMade
from bridge.conference.projection import Audience, audience_of
from bridge.conference.words import Refusal, RequestStatus
from bridge.identity import Identity
from bridge.media.slots import SessionKind, slots_for
from bridge.outgoing import Bye, Change, Joined, JoinRefused, MediaRejected, Outbox
from signaling.ports import Paper

REQUESTS = {
    "9": {"site": "11", "status": "granted", "floors": ["speech"], "by": "tech.dienbien"},
    "12": {"site": "14", "status": "accepted", "floors": ["speech"], "by": "tech.sonla"},
}
AGENDA = {
    "items": {
        "1": {
            "kind": "centre",
            "title": "Khai mạc",
            "minutes": 10,
            "status": "done",
            "took_s": 900.0,
        },
        "2": {
            "kind": "site",
            "site": "11",
            "title": "Tham luận",
            "minutes": 7,
            "status": "current",
            "started_s": 2400.0,
            "took_s": 0.0,
        },
    },
    "order": [1, 2],
    "current": 2,
    "due_s": 600.0,
}
VIEW = {
    "rev": 412,
    "conference": "c-1",
    "title": "Hội nghị",
    "rehearsal": False,
    "phase": "open",
    "phase_since_s": 12.5,
    "on_air": "11",
    "programme": {"kind": "stage"},
    "speakers": ["11"],
    "opened_s": 1500.0,
    "locked": False,
    "rollcall_open": True,
    "agenda": AGENDA,
}
DESK = {
    "queue": [12],
    "next": "14",
    "requests": REQUESTS,
    "policy": {"max_floor_users": 1, "limit_s": 300},
    "chair": {"epoch": 1, "away_since_s": 2400.0},
    "consoles": {"thu.ky": ["secretary"]},
    "rollcall": {"opened_s": 60.0, "marks": {"11": {"mark": "present", "head": "Giám đốc"}}},
    "notes": [{"at_s": 9.0, "by": "tech.sonla", "site": "14", "to": "desk", "text": "Nghe rõ"}],
    "description": {"chair": "Bộ trưởng"},
    "check": {"results": {"11": {"at_s": 8.0, "by": "ky.thuat", "verdict": "pass", "reasons": []}}},
    "walk": {"begun_s": 9.0, "current": "14", "visits": {}},
    "sites": {"11": {"link": "up", "cut": True, "help": "raised"}},
}
OWN = {
    "floor": "none",
    "attendance": {"mark": "present", "at_s": 61.0, "by": "tech.dienbien"},
    "notes": [{"at_s": 8.0, "by": "ky.thuat", "to": "11", "text": "Đề nghị bật mic"}],
}
SITES = [
    {"code": "11", "title": "Sở Điện Biên", "line": "good", "mic": "on", "floor": "speaking"},
    {"code": "110", "title": "Phòng 110", "line": "good", "mic": "on", "floor": "none"},
]


@dataclass
class FakeBridge:
    boot: str = "boot-1"
    conference: str = "c-1"
    told: list[tuple[Any, ...]] = field(default_factory=list)
    """Every call that could change something, in order."""
    outboxes: dict[str, Outbox] = field(default_factory=dict)
    answer: Accepted | Refusal | RoomError | None = None
    """What the next commands are answered; None: a plain yes."""
    revision: int = 412
    seen: list[int | None] = field(default_factory=list)
    """The revisions that commands were thought on."""
    done: dict[tuple[str, str], Accepted] = field(default_factory=dict)
    at_join: list[Any] = field(default_factory=list)
    """Put into the outbox while it joins."""
    since: dict[int, Change] = field(default_factory=dict)
    """Revision -> what was missed since, as far as it is known."""
    locked: bool = False
    _rooms: dict[str, str] = field(default_factory=dict)
    _asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for a call that makes it true; 5 s at most."""
        async with asyncio.timeout(5):
            while not condition():
                self._asked.clear()
                await self._asked.wait()

    def _note(self, call: tuple[Any, ...]) -> None:
        self.told.append(call)
        self._asked.set()

    def conference_id(self) -> str:
        return self.conference

    def rev(self) -> int:
        return self.revision

    def now_s(self) -> float:
        return 2467.125

    def join(
        self,
        *,
        identity: Identity,
        kind: SessionKind,
        outbox: Outbox,
        resume: int | None = None,
        device: str | None = None,
        standby: bool = False,
    ) -> Joined:
        if self.locked:
            raise JoinRefused("locked", "the conference takes no further viewer")
        session = f"s-{sum(1 for call in self.told if call[0] == 'join') + 1}"
        more = (resume, device, standby)
        self._note(("join", identity, kind, *(more if any(more) else ())))
        if kind is SessionKind.ROOM and identity.site is not None:
            older = self._rooms.get(identity.site)
            if older in self.outboxes:
                self.outboxes[older].put(Bye(reason="replaced"))
            self._rooms[identity.site] = session
        self.outboxes[session] = outbox
        for message in self.at_join:
            outbox.put(message)
        missed = None if resume is None else self.since.get(resume)
        snapshot = self.view(audience_of(identity.actor)) if missed is None else None
        return Joined(session=session, slots=slots_for(kind), snapshot=snapshot, missed=missed)

    def offer(
        self, session: str, sdp: str, slots: Mapping[str, str], *, restart: bool = False
    ) -> str:
        if "refuse" in sdp:
            raise MediaRejected("the map of slots differs")
        self._note(("restart" if restart else "offer", session, len(sdp), dict(slots)))
        return "v=0 answer"

    def report(self, session: str, *, mic: str, level: int | None, stats: Said = None) -> None:
        self._note(("report", session, mic, level, *([] if stats is None else [stats])))

    def leave(self, session: str, *, said_goodbye: bool) -> None:
        self._note(("leave", session, said_goodbye))
        self.outboxes.pop(session, None)

    async def submit(
        self,
        command: PersonCommand,
        actor: Actor,
        command_id: str | None,
        *,
        seen_rev: int | None = None,
    ) -> Accepted | Refusal:
        self.seen.append(seen_rev)
        if isinstance(self.answer, RoomError):
            raise self.answer
        if isinstance(self.answer, Refusal):
            return self.answer
        if command_id is not None and (actor.user, command_id) in self.done:
            return self.done[actor.user, command_id]
        self._note(("submit", command, actor, command_id))
        self.revision += 1
        accepted = self.answer or Accepted(rev=self.revision, events=_events(command))
        if command_id is not None:
            self.done[actor.user, command_id] = accepted
        return accepted

    async def begin_next(self, title: str, *, rehearsal: bool, actor: Actor) -> Accepted | Refusal:
        if isinstance(self.answer, RoomError):
            raise self.answer
        if isinstance(self.answer, Refusal):
            return self.answer
        self._note(("begin_next", title, rehearsal, actor.user))
        self.conference = "c-2"
        return Accepted(rev=1, events=())

    def view(self, audience: Audience) -> Mapping[str, Any]:
        if audience.kind == "desk":
            return {**VIEW, **DESK}
        if audience.kind == "site":
            return {**VIEW, "own": {"site": audience.site, **OWN}}
        return VIEW

    def sites(self) -> list[dict[str, Any]]:
        return SITES

    def media(self) -> dict[str, Any]:
        return {"packets_in": 7}


def _events(command: PersonCommand) -> tuple[RequestMade, ...]:
    if not isinstance(command, FloorRequest):
        return ()
    return (
        RequestMade(
            at_s=1.0,
            request=13,
            floors=command.floors,
            site=command.site or "11",
            by="x",
            status=RequestStatus.ACCEPTED,
            position=1,
        ),
    )


@dataclass
class FakeMinutes:
    """Papers for the doors: says what it was asked, and from which thread."""

    asked: list[tuple[str, str, str]] = field(default_factory=list)

    def paper(self, conference: str, form: str) -> Paper:
        self.asked.append((conference, form, threading.current_thread().name))
        if form == "json":
            data = '{"title": "Hội nghị"}'.encode()
            return Paper(name="minutes.json", content_type="application/json", data=data)
        data = f"biên bản {form}".encode()
        return Paper(name=f"Biên bản.{form}", content_type="text/plain", data=data)
