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
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import takewhile
from typing import Final

import structlog

from bridge.answers import Accepted, Answer, RoomClosed, RoomError, RoomFailed, RoomNotDurable
from bridge.batch import Batch, again
from bridge.conference.commands import Actor, ChairPhase, PersonCommand, Recover
from bridge.conference.events import Policy
from bridge.conference.state import Conference
from bridge.conference.words import Phase, Refusal, RefusalCode, Role, SiteCode
from bridge.events import Emitter
from bridge.history import History
from bridge.inbox import ConferenceBegin, Fact, Inbox, Wish
from bridge.journal import Journals
from bridge.live_conference import LiveConference, Setting, may_begin
from bridge.records import JournalFailed
from bridge.transaction import commit, settle

_log = structlog.get_logger(__name__)

RETRY_S: Final = 1.0
"""Seconds between two attempts to write what nobody waits for."""


def _now() -> datetime:
    return datetime.now(UTC)


class Room:
    """The service's conference: the present one, and every next.  Made by :meth:`resume`."""

    def __init__(self, setting: Setting, emitter: Emitter) -> None:
        self.emitter = emitter
        self._setting = setting
        self._inbox = Inbox()
        self._deciding: Sequence[Wish] = ()
        self._retry_at: float | None = None
        self._end: type[RoomError] | None = None
        """What newcomers hear, once the room takes no more."""
        self._running = False
        self._ended = asyncio.Event()
        self._live: LiveConference

    @classmethod
    async def resume(
        cls,
        journals: Journals,
        *,
        emitter: Emitter,
        sites: tuple[SiteCode, ...],
        title: str,
        titles: tuple[str, ...] = (),
        names: tuple[str, ...] = (),
        policy: Policy | None = None,
        alive: frozenset[SiteCode] = frozenset(),
        wall: Callable[[], datetime] = _now,
        chance: Callable[[int], int] = secrets.randbelow,
    ) -> Room:
        """Go on with the newest conference unless it is closed, with every link lost from now but
        those of the sites *alive*, whose media outlived the service.

        Else begin one in the lobby, called *title*.  *sites* (110 last) and *policy* are those of
        the conferences begun from now on.  The caller runs :meth:`run` in a task of its own, and
        keeps *journals* open until that has ended.  Raises the errors of the journal.
        """
        setting = Setting(
            journals=journals,
            sites=sites,
            titles=titles,
            names=names,
            policy=policy or Policy(),
            wall=wall,
            chance=chance,
        )
        room = cls(setting, emitter)
        live = await setting.newest(went_on=bool(alive))
        if live is None:
            first = Wish(command=ConferenceBegin(title=title, rehearsal=False))
            room._live, _ = await setting.begin(first, None)
            return room
        room._live = live
        try:
            await commit(live, emitter, room._decide([Wish(command=Recover(alive=alive))]))
        except BaseException:
            await live.journal.close()
            raise
        return room

    @property
    def conference(self) -> Conference:
        """The latest durable state."""
        return self._live.state

    @property
    def rev(self) -> int:
        """Its revision."""
        return self._live.rev

    @property
    def history(self) -> History:
        """What led to it, as far back as is kept."""
        return self._live.history

    @property
    def begun(self) -> str:
        """Time of day, ISO 8601, when the conference began."""
        return self._live.begun

    @property
    def now_s(self) -> float:
        """Conference seconds; they never run back."""
        return self._live.now_s

    async def submit(
        self,
        command: PersonCommand,
        actor: Actor,
        command_id: str | None = None,
        *,
        seen_rev: int | None = None,
    ) -> Accepted | Refusal:
        """Have *command* decided; the answer comes when it is durable and visible.

        *command_id* is the client's, unique per user; the same twice has one effect.  *seen_rev* is
        the revision the actor looked at: what clashes with a change since is refused.  A caller
        that is cancelled while it waits has not taken its command back.
        Raises RoomBusy, RoomNotDurable, CommandIdReused, RoomClosed, RoomFailed.
        """
        return await self._ask(
            Wish(command=command, actor=actor, command_id=command_id, seen_rev=seen_rev)
        )

    async def begin_next(
        self, title: str, *, rehearsal: bool = False, actor: Actor, command_id: str | None = None
    ) -> Accepted | Refusal:
        """Begin another conference in its lobby, for whoever may do the chair's part there.

        A conference in its lobby and a rehearsal are closed first, by the actor's authority; any
        other must be closed already (``bad_state``).  Raises as :meth:`submit`; after
        RoomNotDurable the former conference may be closed and the next not begun.
        """
        begin = ConferenceBegin(title=title, rehearsal=rehearsal)
        return await self._ask(Wish(command=begin, actor=actor, command_id=command_id))

    def post(self, command: Fact) -> None:
        """Tell what the house has seen; never blocks, never lost while the room runs.

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
            _log.exception("room.failed", conference=self.conference.id, rev=self.rev)
            raise
        finally:
            self._end = end
            for wish in (*self._deciding, *self._inbox.take()):
                wish.resolve(end("the room has ended"))
            try:
                await self._live.journal.close()
            finally:
                self._ended.set()

    async def close(self) -> None:
        """Take no more, answer what waits, close the journal; ``run`` returns."""
        self._end = self._end or RoomClosed
        self._inbox.bell.set()
        if self._running:
            await self._ended.wait()
        else:
            await self._live.journal.close()

    async def _ask(self, wish: Wish) -> Answer:
        if self._end is not None:
            raise self._end("the room takes no more commands")
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._inbox.ask(replace(wish, answer=answer))
        return await answer

    # The loop.

    async def _wait(self) -> None:
        at = self._live.due_at() if self._retry_at is None else self._retry_at
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(at):
                await self._inbox.bell.wait()
        self._inbox.bell.clear()

    async def _work(self) -> None:
        """Do all that waits; a begin parts the batch, for it changes the journal."""
        self._retry_at = None
        wishes = [*self._live.due(), *self._inbox.take()]
        while wishes:
            self._deciding = wishes
            batch = list(
                takewhile(lambda wish: not isinstance(wish.command, ConferenceBegin), wishes)
            )
            wishes = wishes[len(batch) :]
            await self._do(batch)
            if wishes and await self._begin_next(*wishes):
                break
            wishes = wishes[1:]
        self._deciding = ()

    async def _do(self, wishes: Sequence[Wish]) -> None:
        try:
            await commit(self._live, self.emitter, self._decide(wishes))
        except JournalFailed as error:
            _log.error("room.not_durable", conference=self.conference.id, error=str(error))
            for wish in wishes:
                wish.resolve(RoomNotDurable(str(error)))
            if self._end is None:
                self._inbox.put_back(wishes)
                self._retry_at = asyncio.get_running_loop().time() + RETRY_S

    def _decide(self, wishes: Iterable[Wish]) -> Batch:
        return self._live.decide(wishes, wall=self._setting.wall_text())

    # The next conference.

    async def _begin_next(self, wish: Wish, *later: Wish) -> bool:
        """Whether another conference is the current one now; then *later* wishes are settled."""
        role = again(self._live.answers, wish) or may_begin(self.conference, wish.actor)
        if not isinstance(role, Role):
            settle(self._live, wish, role)
            return False
        former = self._live
        try:
            no = await self._close_by(wish.actor)
            if no is not None:
                settle(self._live, wish, no)
                return False
            self._live, accepted = await self._setting.begin(wish, role)
        except JournalFailed as error:
            _log.error("room.not_durable", conference=self.conference.id, error=str(error))
            wish.resolve(RoomNotDurable(str(error)))
            return False
        await former.journal.close()
        _log.info("conference.begun", conference=self.conference.id, actor=wish.actor.user)
        over = Refusal(code=RefusalCode.BAD_STATE, text="that conference is over")
        for late in (*later, *self._inbox.take()):
            settle(self._live, late, again(self._live.answers, late) or over)
        self.emitter.begun()
        wish.resolve(accepted)
        return True

    async def _close_by(self, actor: Actor) -> Refusal | None:
        """See that the present conference is closed; else why it stays."""
        if self.conference.phase is Phase.CLOSED:
            return None
        batch = self._decide([Wish(command=ChairPhase(to=Phase.CLOSED), actor=actor)])
        ((_, outcome),) = batch.outcomes
        if isinstance(outcome, Refusal):
            return outcome
        await commit(self._live, self.emitter, batch)
        return None
