"""The room: the one task that touches a conference.

Everybody else leaves a command in its inbox.  The room takes all that wait, decides each on the
running state, makes all their events durable in one transaction, and only then applies, emits and
answers.  While the journal writes, nothing is decided, so there is no lock, no answer is ever
taken back, and sixty-four sites that ask at once cost one flush of the disk.

Rule 1: ``rev`` grows by one per accepted command or tick that had events, by nothing otherwise.
Rule 2: what is due comes before what was asked; all of a batch happens at one instant.
Rule 3: a command with an id has one effect, also after a restart, for the journal has the id.
(One that changed nothing is not in the journal; after a restart it is decided anew.)
Rule 4: when the journal cannot write, everyone who waits is told so and nothing has happened; the
room stays at its last durable state.  Facts about lines and what is due are tried again every
:data:`RETRY_S`.
Rule 5: an exception in ``decide`` or ``evolve`` is our bug.  It ends this room: who waits hears
RoomFailed, and ``run`` raises to its parent.
Rule 6: a command belongs to the conference it was sent to, and is never decided in the next one.

Time is conference seconds.  They run with the loop's clock, start at 0 with the conference, and go
on from the last record after a restart, so an outage takes no time.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from itertools import takewhile
from typing import Final

import structlog

from bridge.answers import (
    Accepted,
    Answer,
    Answers,
    RoomClosed,
    RoomError,
    RoomFailed,
    RoomNotDurable,
)
from bridge.batch import Batch, again
from bridge.conference import deadlines, evolve
from bridge.conference.authority import authorise
from bridge.conference.commands import Actor, ChairPhase, PersonCommand, Recover, Tick
from bridge.conference.decide import begin
from bridge.conference.events import Policy
from bridge.conference.state import Conference
from bridge.conference.words import Phase, Refusal, RefusalCode, Role, SiteCode
from bridge.events import Emitter
from bridge.inbox import ConferenceBegin, Inbox, LinkCommand, Wish
from bridge.journal import Journal, Journals
from bridge.records import JournalFailed, Record

_log = structlog.get_logger(__name__)

RETRY_S: Final = 1.0
"""Seconds between two attempts to write what nobody waits for."""

VIET_NAM: Final = timezone(timedelta(hours=7))


def _now() -> datetime:
    return datetime.now(VIET_NAM)


class Room:
    """The service's conference: the present one, and every next.  Made by :meth:`resume`."""

    def __init__(
        self,
        journals: Journals,
        *,
        emitter: Emitter,
        sites: tuple[SiteCode, ...],
        policy: Policy,
        wall: Callable[[], datetime],
        chance: Callable[[int], int],
    ) -> None:
        self.emitter = emitter
        self._journals = journals
        self._sites = sites
        self._policy = policy
        self._wall = wall
        self._chance = chance
        self._clock: Callable[[], float] = asyncio.get_running_loop().time
        self._inbox = Inbox()
        self._deciding: Sequence[Wish] = ()
        self._retry_at: float | None = None
        self._end: type[RoomError] | None = None
        """What newcomers hear, once the room takes no more."""
        self._running = False
        self._ended = asyncio.Event()
        self._journal: Journal
        self._conference: Conference
        self._answers: Answers
        self._rev = 0
        self._last_s = 0.0
        self._base_s = 0.0
        """Conference seconds at *_base_at* of the loop's clock."""
        self._base_at = 0.0

    @classmethod
    async def resume(
        cls,
        journals: Journals,
        *,
        emitter: Emitter,
        sites: tuple[SiteCode, ...],
        title: str,
        policy: Policy | None = None,
        wall: Callable[[], datetime] = _now,
        chance: Callable[[int], int] = secrets.randbelow,
    ) -> Room:
        """Go on with the newest conference unless it is closed, with every link lost from now.

        Else begin one in the lobby, called *title*.  *sites* (110 last) and *policy* are those of
        the conferences begun from now on.  The caller runs :meth:`run` in a task of its own, and
        keeps *journals* open until that has ended.  Raises the errors of the journal.
        """
        room = cls(
            journals,
            emitter=emitter,
            sites=sites,
            policy=policy or Policy(),
            wall=wall,
            chance=chance,
        )
        for conference in reversed(journals.conferences()):
            journal = await journals.open(conference)
            async with contextlib.AsyncExitStack() as unless_resumed:
                unless_resumed.push_async_callback(journal.close)
                records = await journal.load()
                if not records:
                    continue  # the program died while it made the file
                room._adopt(journal, records)
                if room.conference.phase is Phase.CLOSED:
                    break
                await room._commit(room._decide([Wish(command=Recover())]))
                unless_resumed.pop_all()
                return room
        await room._start(Wish(command=ConferenceBegin(title=title, rehearsal=False)), None)
        return room

    @property
    def conference(self) -> Conference:
        """The latest durable state."""
        return self._conference

    @property
    def rev(self) -> int:
        """Its revision."""
        return self._rev

    @property
    def now_s(self) -> float:
        """Conference seconds; they never run back."""
        return max(self._last_s, self._base_s + self._clock() - self._base_at)

    async def submit(
        self, command: PersonCommand, actor: Actor, command_id: str | None = None
    ) -> Accepted | Refusal:
        """Have *command* decided; the answer comes when it is durable and visible.

        *command_id* is the client's, unique per user; the same twice has one effect.  A caller
        that is cancelled while it waits has not taken its command back.
        Raises RoomBusy, RoomNotDurable, CommandIdReused, RoomClosed, RoomFailed.
        """
        return await self._ask(command, actor, command_id)

    async def begin_next(
        self, title: str, *, rehearsal: bool = False, actor: Actor, command_id: str | None = None
    ) -> Accepted | Refusal:
        """Begin another conference in its lobby, for whoever may do the chair's part there.

        A conference in its lobby and a rehearsal are closed first, by the actor's authority; any
        other must be closed already (``bad_state``).  Raises as :meth:`submit`; after
        RoomNotDurable the former conference may be closed and the next not begun.
        """
        return await self._ask(ConferenceBegin(title=title, rehearsal=rehearsal), actor, command_id)

    def post(self, command: LinkCommand) -> None:
        """Tell what the media plane has seen; never blocks, never lost while the room runs.

        Once the room closes it is dropped: the next start takes every line for lost anyway.
        """
        if self._end is None:
            self._inbox.tell(command)

    async def run(self) -> None:
        """Be the room until :meth:`close`.  Raises what a bug raised, once all have been told."""
        self._running = True
        end: type[RoomError] = RoomClosed
        try:
            while self._end is None or len(self._inbox):
                await self._wait()
                await self._work()
        except Exception:
            end = RoomFailed
            _log.exception("room.failed", conference=self._conference.id, rev=self._rev)
            raise
        finally:
            self._end = end
            for wish in (*self._deciding, *self._inbox.take()):
                wish.resolve(end("the room has ended"))
            await self._journal.close()
            self._ended.set()

    async def close(self) -> None:
        """Take no more, answer what waits, close the journal; ``run`` returns."""
        self._end = self._end or RoomClosed
        self._inbox.bell.set()
        if self._running:
            await self._ended.wait()
        else:
            await self._journal.close()

    async def _ask(
        self, command: PersonCommand | ConferenceBegin, actor: Actor, command_id: str | None
    ) -> Answer:
        if self._end is not None:
            raise self._end("the room takes no more commands")
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._inbox.ask(Wish(command=command, actor=actor, command_id=command_id, answer=answer))
        return await answer

    # The loop.

    async def _wait(self) -> None:
        at = self._due_at() if self._retry_at is None else self._retry_at
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(at):
                await self._inbox.bell.wait()
        self._inbox.bell.clear()

    def _due_at(self) -> float | None:
        """The next deadline on the loop's clock."""
        deadline_s = deadlines.next_deadline(self._conference)
        return None if deadline_s is None else self._base_at + deadline_s - self._base_s

    def _due(self) -> list[Wish]:
        deadline_s, at = deadlines.next_deadline(self._conference), self._due_at()
        if deadline_s is None or at is None or at > self._clock():
            return []
        # The sums above round differently from now_s; what is due must not look early there.
        self._last_s = max(self._last_s, deadline_s)
        return [Wish(command=Tick())]

    async def _work(self) -> None:
        """Do all that waits; a begin parts the batch, for it changes the journal."""
        self._retry_at = None
        wishes = [*self._due(), *self._inbox.take()]
        while wishes:
            self._deciding = wishes
            batch = list(
                takewhile(lambda wish: not isinstance(wish.command, ConferenceBegin), wishes)
            )
            wishes = wishes[len(batch) :]
            await self._do(batch)
            if wishes and await self._begin_next(wishes.pop(0)):
                self._refuse_latecomers((*wishes, *self._inbox.take()))
                break
        self._deciding = ()

    async def _do(self, wishes: Sequence[Wish]) -> None:
        try:
            await self._commit(self._decide(wishes))
        except JournalFailed as error:
            _log.error("room.not_durable", conference=self._conference.id, error=str(error))
            for wish in wishes:
                wish.resolve(RoomNotDurable(str(error)))
            if self._end is None:
                self._inbox.put_back(wishes)
                self._retry_at = self._clock() + RETRY_S

    def _decide(self, wishes: Iterable[Wish]) -> Batch:
        batch = Batch(
            state=self._conference,
            rev=self._rev,
            now_s=self.now_s,
            wall=self._wall_text(),
            known=self._answers,
        )
        batch.decide(wishes)
        return batch

    async def _commit(self, batch: Batch) -> None:
        """Durable, then visible, then told, then answered.  JournalFailed: nothing of it."""
        if batch.records:
            await self._journal.append(batch.records)
        for change in batch.changes:
            self._conference, self._rev, self._last_s = change.after, change.rev, change.at_s
            _log.info(
                "conference.changed",
                conference=change.after.id,
                rev=change.rev,
                command=change.command,
                actor=change.actor,
                authority=change.authority,
                events=[type(event).__name__ for event in change.events],
            )
            self.emitter.changed(change)
        for wish, outcome in batch.outcomes:
            self._settle(wish, outcome)

    def _settle(self, wish: Wish, outcome: Answer | RoomError) -> None:
        if isinstance(outcome, Refusal):
            _log.info(
                "conference.refused", command=wish.name, actor=wish.actor.user, code=outcome.code
            )
        elif isinstance(outcome, Accepted):
            self._answers.remember(wish.actor.user, wish.command_id, wish.name, outcome)
        wish.resolve(outcome)

    # The next conference.

    async def _begin_next(self, wish: Wish) -> bool:
        """Whether another conference is the current one now."""
        try:
            no = again(self._answers, wish) or await self._close_for(wish)
            if no is not None:
                self._settle(wish, no)
                return False
            former = self._journal
            accepted = await self._start(wish, self._may_begin(wish.actor))
        except JournalFailed as error:
            _log.error("room.not_durable", conference=self._conference.id, error=str(error))
            wish.resolve(RoomNotDurable(str(error)))
            return False
        await former.close()
        self.emitter.begun()
        wish.resolve(accepted)
        return True

    def _may_begin(self, actor: Actor) -> Role | None:
        lobby = replace(self._conference, phase=Phase.LOBBY)
        return authorise(actor, ChairPhase(to=Phase.OPEN), lobby)

    async def _close_for(self, wish: Wish) -> Refusal | None:
        """See that the present conference is closed; else why it stays."""
        present = self._conference
        if self._may_begin(wish.actor) is None:
            return Refusal(
                code=RefusalCode.NOT_AUTHORIZED,
                text=f"to begin a conference is not for {wish.actor.user}",
            )
        if present.phase is Phase.CLOSED:
            return None
        if present.phase is not Phase.LOBBY and not present.rehearsal:
            return Refusal(code=RefusalCode.BAD_STATE, text=f"the conference is in {present.phase}")
        batch = self._decide([Wish(command=ChairPhase(to=Phase.CLOSED), actor=wish.actor)])
        ((_, outcome),) = batch.outcomes
        if isinstance(outcome, Refusal):
            return outcome
        await self._commit(batch)
        return None

    async def _start(self, wish: Wish, authority: Role | None) -> Accepted:
        """Begin a conference in a journal of its own, and take it."""
        assert isinstance(wish.command, ConferenceBegin)  # see _work
        conference = self._journals.next_id(self._wall_time(), self._chance)
        event = begin(
            conference=conference,
            title=wish.command.title,
            rehearsal=wish.command.rehearsal,
            sites=self._sites,
            policy=self._policy,
        )
        record = Record(
            rev=1,
            at_s=0.0,
            wall=self._wall_text(),
            actor=wish.actor.user,
            authority=authority,
            command_id=wish.command_id,
            command=wish.name,
            events=(event,),
        )
        journal = await self._journals.create(conference)
        try:
            await journal.append([record])
        except BaseException:
            await journal.close()
            raise
        self._adopt(journal, [record])
        _log.info("conference.begun", conference=conference, actor=record.actor)
        return Accepted(rev=record.rev, events=record.events)

    def _adopt(self, journal: Journal, records: Sequence[Record]) -> None:
        """Take the conference that *records* tell of; time goes on from the last of them."""
        self._journal = journal
        self._conference = evolve.fold(event for record in records for event in record.events)
        self._rev, self._last_s = records[-1].rev, records[-1].at_s
        self._base_s, self._base_at = self._last_s, self._clock()
        self._answers = Answers()
        for record in records:
            accepted = Accepted(rev=record.rev, events=record.events)
            self._answers.remember(record.actor, record.command_id, record.command, accepted)

    def _refuse_latecomers(self, wishes: Iterable[Wish]) -> None:
        over = Refusal(code=RefusalCode.BAD_STATE, text="that conference is over")
        for wish in wishes:
            self._settle(wish, again(self._answers, wish) or over)

    def _wall_time(self) -> datetime:
        return self._wall().astimezone(VIET_NAM)

    def _wall_text(self) -> str:
        return self._wall_time().isoformat(timespec="milliseconds")
