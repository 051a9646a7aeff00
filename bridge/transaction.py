"""A transaction: durable, then visible, then told, then answered, in this order and no other.

Whoever hears of a change may rely on it: it is on the disk, it is the present state, and who asked
for it is answered last.
"""

from __future__ import annotations

import structlog

from bridge.answers import Accepted, Answer, RoomError
from bridge.batch import Batch
from bridge.conference.words import Refusal
from bridge.events import Emitter
from bridge.inbox import Wish
from bridge.live_conference import LiveConference
from bridge.origin import following

_log = structlog.get_logger(__name__)


async def commit(live: LiveConference, emitter: Emitter, batch: Batch) -> None:
    """Let *batch* be.  JournalFailed: nothing of it is."""
    if batch.records:
        await live.journal.append(batch.records)
    for record, change in zip(batch.records, batch.changes, strict=True):
        live.apply(change)
        with following(record.command_id):
            _log.info(
                "conference.changed",
                conference=change.after.id,
                rev=change.rev,
                command=change.command,
                actor=change.actor,
                authority=change.authority,
                events=[type(event).__name__ for event in change.events],
            )
            emitter.changed(change)
    for wish, outcome in batch.outcomes:
        settle(live, wish, outcome)


def settle(live: LiveConference, wish: Wish, outcome: Answer | RoomError) -> None:
    """Answer one wish, and remember the answer if it may be asked for again."""
    if isinstance(outcome, Refusal):
        with following(wish.command_id):
            _log.info(
                "conference.refused", command=wish.name, actor=wish.actor.user, code=outcome.code
            )
    elif isinstance(outcome, Accepted):
        live.answers.remember(wish.actor.user, wish.command_id, wish.name, outcome)
    wish.resolve(outcome)
