"""A live conference: one conference as it runs, with its journal, its time and its answers.

What is visible here is durable.  The room decides a batch on it, appends the batch, and applies
its changes one by one; nobody else touches it.

Time is conference seconds.  They run with the loop's clock, start at 0 with the conference, and go
on from the last record after a restart, so an outage takes no time.  But where media has outlived
it people have gone on speaking: then the time since the last record has passed, as the wall says.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Final

from bridge.answers import Accepted, Answers
from bridge.batch import Batch, change_of
from bridge.conference import deadlines, evolve
from bridge.conference.authority import authorise
from bridge.conference.commands import Actor, ChairPhase, Tick
from bridge.conference.decide import begin
from bridge.conference.events import ConferenceBegun, Policy
from bridge.conference.evolve import begun, fold_into
from bridge.conference.state import Conference
from bridge.conference.words import Phase, Refusal, RefusalCode, Role, SiteCode
from bridge.events import Change
from bridge.history import KEPT, History
from bridge.inbox import ConferenceBegin, Wish
from bridge.journal import Journal, Journals
from bridge.records import JournalOld, Record

VIET_NAM: Final = timezone(timedelta(hours=7))


MOST_PASSED_S: Final = 3600.0
"""Nobody speaks longer without a word in the journal; what is more, a clock was set."""


class LiveConference:
    def __init__(
        self, journal: Journal, records: Sequence[Record], *, passed_s: float = 0.0
    ) -> None:
        """Of an open *journal* that says *records*, at least one; *passed_s* ago the last."""
        self.journal = journal
        self.state, changes = _replayed(records)
        self.rev = records[-1].rev
        self.history = History(changes, rev=self.rev)
        self.begun = records[0].wall
        """Time of day, ISO 8601, when the conference began."""
        self.answers = Answers()
        """Of this conference: a command id does not outlive it."""
        for record in records:
            accepted = Accepted(rev=record.rev, events=record.events)
            self.answers.remember(record.actor, record.command_id, record.command, accepted)
        self._clock: Callable[[], float] = asyncio.get_running_loop().time
        self._base_at = self._clock()
        self._base_s = records[-1].at_s + passed_s
        """Conference seconds at *_base_at* of the loop's clock."""
        self._last_s = self._base_s

    @property
    def now_s(self) -> float:
        """Conference seconds; they never run back."""
        return max(self._last_s, self._base_s + self._clock() - self._base_at)

    def due_at(self) -> float | None:
        """The next deadline on the loop's clock."""
        deadline_s = deadlines.next_deadline(self.state)
        return None if deadline_s is None else self._base_at + deadline_s - self._base_s

    def due(self) -> list[Wish]:
        """The tick, if it is time for one."""
        deadline_s, at = deadlines.next_deadline(self.state), self.due_at()
        if deadline_s is None or at is None or at > self._clock():
            return []
        # The sums above round differently from now_s; what is due must not look early there.
        self._last_s = max(self._last_s, deadline_s)
        return [Wish(command=Tick())]

    def decide(self, wishes: Iterable[Wish], *, wall: str) -> Batch:
        """What comes of *wishes* now; nothing of it is visible yet."""
        batch = Batch(
            state=self.state,
            rev=self.rev,
            now_s=self.now_s,
            wall=wall,
            known=self.answers,
            history=self.history,
        )
        batch.decide(wishes)
        return batch

    def apply(self, change: Change) -> None:
        """Make a durable change the present state."""
        self.state, self.rev, self._last_s = change.after, change.rev, change.at_s
        self.history.add(change)


def _replayed(records: Sequence[Record]) -> tuple[Conference, list[Change]]:
    """The state after *records*, and the last changes on the way to it.

    ValueError: they do not begin a conference.
    """
    first, *rest = records
    opening, *others = first.events
    if not isinstance(opening, ConferenceBegun):
        raise ValueError("a journal starts with ConferenceBegun")  # noqa: TRY004  # a bad journal
    state = fold_into(begun(opening), others)
    changes: list[Change] = []
    for record in rest:
        before, state = state, fold_into(state, record.events)
        if records[-1].rev - record.rev < KEPT:
            changes.append(change_of(record, before=before, after=state))
    return state, changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What all conferences of the service have in common, and where they begin."""

    journals: Journals
    sites: tuple[SiteCode, ...]
    """Of the conferences begun from now on; room 110 last."""
    titles: tuple[str, ...]
    """Of *sites*, in their order; or none."""
    names: tuple[str, ...]
    policy: Policy
    wall: Callable[[], datetime]
    """The time of day, with its zone."""
    chance: Callable[[int], int]
    """A random number below the argument."""

    def wall_text(self) -> str:
        """Now in Viet Nam, ISO 8601."""
        return self._now().isoformat(timespec="milliseconds")

    async def newest(self, *, went_on: bool = False) -> LiveConference | None:
        """The newest conference, unless it is closed and too old to be opened again.

        *went_on*: its media did, and so its time.  Raises the errors of the journal; JournalOld is none where that conference is closed.
        """
        for conference in reversed(self.journals.conferences()):
            try:
                journal = await self.journals.open(conference)
            except JournalOld:
                records = self.journals.reading(conference).records
                state = records and evolve.fold(e for r in records for e in r.events)
                if state and state.phase is Phase.CLOSED:
                    return None
                raise
            live = None
            try:
                records = tuple(await journal.load())
                if records:
                    passed_s = self._since_s(records[-1]) if went_on else 0.0
                    live = LiveConference(
                        journal, records, passed_s=min(max(0.0, passed_s), MOST_PASSED_S)
                    )
                    if self._goes_on(live.state, records[-1]):
                        return live
            except BaseException:
                await journal.close()
                raise
            await journal.close()
            if live is not None:
                break
            # Without a first record the program died while it made the file: look further back.
        return None

    def _goes_on(self, state: Conference, last: Record) -> bool:
        """Time stands still in a journal: whether it may be opened again, the wall says."""
        if state.phase is not Phase.CLOSED:
            return True
        return 0 <= self._since_s(last) <= state.policy.reopen_within_s

    def _since_s(self, record: Record) -> float:
        """Seconds since *record* by the wall, which may have been set."""
        return (self._now() - datetime.fromisoformat(record.wall)).total_seconds()

    async def begin(self, wish: Wish, authority: Role | None) -> tuple[LiveConference, Accepted]:
        """A conference in a new journal, and the answer.  JournalFailed: there is none."""
        if not isinstance(wish.command, ConferenceBegin):
            raise TypeError(f"{wish.name} begins nothing")
        event = begin(
            conference=self.journals.next_id(self._now(), self.chance),
            title=wish.command.title,
            rehearsal=wish.command.rehearsal,
            sites=self.sites,
            policy=self.policy,
            titles=self.titles,
            names=self.names,
        )
        record = Record(
            rev=1,
            at_s=event.at_s,
            wall=self.wall_text(),
            actor=wish.actor.user,
            authority=authority,
            command_id=wish.command_id,
            command=wish.name,
            events=(event,),
        )
        journal = await self.journals.create(event.conference)
        try:
            await journal.append([record])
            accepted = Accepted(rev=record.rev, events=record.events)
            return LiveConference(journal, [record]), accepted
        except BaseException:
            await journal.close()
            raise

    def _now(self) -> datetime:
        return self.wall().astimezone(VIET_NAM)


def may_begin(present: Conference, actor: Actor) -> Role | Refusal:
    """By which role *actor* may begin the conference after *present*.

    Whoever may do the chair's part in a lobby may begin one.  What runs is not swept away; a
    lobby and a rehearsal are, if the actor may also close them.
    """
    lobby = replace(present, phase=Phase.LOBBY)
    role = authorise(actor, ChairPhase(to=Phase.OPEN), lobby)
    if role is None:
        return Refusal(
            code=RefusalCode.NOT_AUTHORIZED, text=f"to begin a conference is not for {actor.user}"
        )
    if present.phase not in {Phase.LOBBY, Phase.CLOSED} and not present.rehearsal:
        return Refusal(code=RefusalCode.BAD_STATE, text=f"the conference is in {present.phase}")
    return role
