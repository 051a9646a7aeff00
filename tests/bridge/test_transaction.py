"""Durable, visible, told, answered: in this order."""

from __future__ import annotations

import asyncio

import pytest
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from bridge.answers import Accepted, Answers
from bridge.batch import Batch
from bridge.conference.commands import ChairMute
from bridge.conference.words import Refusal
from bridge.events import Emitter
from bridge.history import History
from bridge.inbox import Wish
from bridge.origin import origin
from bridge.records import JournalFailed
from bridge.transaction import commit
from tests.bridge.conference.scene import CHAIR, VIEWER, Scene


class Live:
    """A live conference that writes down what is done to it."""

    def __init__(self, log, *, fails=False):
        self.log, self.fails, self.journal, self.answers = log, fails, self, Answers()

    async def append(self, records):
        if self.fails:
            raise JournalFailed("disk full")
        self.log.append(("durable", [record.rev for record in records]))

    def apply(self, change):
        self.log.append(("visible", change.rev))


def batch_of(*wishes):
    batch = Batch(
        state=Scene().state,
        rev=1,
        now_s=0.0,
        wall="08:00",
        known=Answers(),
        history=History(rev=1),
    )
    batch.decide(wishes)
    return batch


def asked(log, name, command, actor):
    answer = asyncio.get_running_loop().create_future()
    answer.add_done_callback(lambda done: log.append(("answered", name, type(done.result()))))
    return Wish(command=command, actor=actor, command_id=name, answer=answer)


async def test_nobody_hears_of_what_is_not_durable_and_who_asked_is_answered_last():
    log = []
    emitter = Emitter()
    emitter.on_changed(lambda change: log.append(("told", change.rev)))
    live = Live(log)
    batch = batch_of(
        asked(log, "k1", ChairMute(site="01"), CHAIR),
        asked(log, "k2", ChairMute(site="01"), VIEWER),
    )
    await commit(live, emitter, batch)
    await asyncio.sleep(0)
    assert log == [
        ("durable", [2]),
        ("visible", 2),
        ("told", 2),
        ("answered", "k1", Accepted),
        ("answered", "k2", Refusal),
    ]
    assert live.answers.again("an", "k1", "chair.mute").rev == 2
    assert live.answers.again("em", "k2", "chair.mute") is None


async def test_what_cannot_be_written_has_not_happened():
    log = []
    emitter = Emitter()
    emitter.on_changed(log.append)
    with pytest.raises(JournalFailed):
        await commit(
            Live(log, fails=True), emitter, batch_of(asked(log, "k1", ChairMute(site="01"), CHAIR))
        )
    await asyncio.sleep(0)
    assert log == []


async def test_what_changes_nothing_is_not_written():
    log = []
    await commit(
        Live(log), Emitter(), batch_of(asked(log, "k", ChairMute(site="01", on=False), CHAIR))
    )
    await asyncio.sleep(0)
    assert log == [("answered", "k", Accepted)]


async def test_who_is_told_and_who_reads_the_log_know_the_command_it_comes_from():
    heard = []
    emitter = Emitter()
    emitter.on_changed(lambda change: heard.append((change.rev, origin())))
    batch = batch_of(
        asked([], "k1", ChairMute(site="01"), CHAIR),
        Wish(command=ChairMute(site="02"), actor=CHAIR),
        asked([], "k3", ChairMute(site="01"), VIEWER),
    )
    with capture_logs([merge_contextvars]) as log:
        await commit(Live([]), emitter, batch)
    assert heard == [(2, "k1"), (3, None)]
    assert [(entry["event"], entry.get("command_id")) for entry in log] == [
        ("conference.changed", "k1"),
        ("conference.changed", None),
        ("conference.refused", "k3"),
    ]
    assert origin() is None
