from __future__ import annotations

import pytest

from bridge.answers import Accepted, Answers, CommandIdReused
from bridge.batch import Batch
from bridge.conference.commands import ChairMute, ChairPhase, LinkUp
from bridge.conference.words import Link, Phase, Refusal, RefusalCode, Role
from bridge.history import History
from bridge.inbox import ConferenceBegin, Wish
from tests.bridge.conference.scene import CHAIR, VIEWER, Scene

MUTE = ChairMute(site="01")
OPEN = ChairPhase(to=Phase.OPEN)


def batch_of(*wishes, known=None, history=None):
    batch = Batch(
        state=Scene().state,
        rev=7,
        now_s=3.0,
        wall="08:00",
        known=known or Answers(),
        history=history or History(rev=7),
    )
    batch.decide(wishes)
    return batch


def test_each_wish_is_decided_on_what_the_one_before_has_left():
    start = Scene().state
    batch = batch_of(
        Wish(command=LinkUp(site="01")),
        Wish(command=MUTE, actor=CHAIR, command_id="k1"),
        Wish(command=MUTE, actor=CHAIR),
        Wish(command=OPEN, actor=VIEWER),
        Wish(command=OPEN, actor=CHAIR),
    )
    outcomes = [outcome for _, outcome in batch.outcomes]
    assert [getattr(outcome, "rev", None) for outcome in outcomes] == [8, 9, 9, None, 10]
    assert isinstance(outcomes[3], Refusal)
    assert outcomes[3].code is RefusalCode.NOT_AUTHORIZED
    assert [(r.rev, r.command, r.actor, r.authority, r.command_id) for r in batch.records] == [
        (8, "link.up", "room110", None, None),
        (9, "chair.mute", "an", Role.CHAIR, "k1"),
        (10, "chair.phase", "an", Role.CHAIR, None),
    ]
    assert {(r.at_s, r.wall) for r in batch.records} == {(3.0, "08:00")}
    first, second, third = batch.changes
    assert first.before == start
    assert (first.after, second.after) == (second.before, third.before)
    assert third.after == batch.state
    assert batch.state.sites["01"].link is Link.UP


def test_an_id_is_known_from_before_and_from_the_batch_itself():
    known = Answers()
    known.remember("an", "old", "chair.mute", Accepted(rev=5, events=()))
    batch = batch_of(
        Wish(command=MUTE, actor=CHAIR, command_id="old"),
        Wish(command=MUTE, actor=CHAIR, command_id="new"),
        Wish(command=MUTE, actor=CHAIR, command_id="new"),
        Wish(command=OPEN, actor=CHAIR, command_id="new"),
        known=known,
    )
    first, second, third, fourth = (outcome for _, outcome in batch.outcomes)
    assert first == Accepted(rev=5, events=(), repeated=True)
    assert isinstance(second, Accepted)
    assert third == Accepted(rev=8, events=second.events, repeated=True)
    assert isinstance(fourth, CommandIdReused)
    assert len(batch.records) == 1
    assert known.again("an", "new", "chair.mute") is None  # until it is durable


def test_a_begin_is_not_for_a_batch():
    with pytest.raises(TypeError):
        batch_of(Wish(command=ConferenceBegin(title="t", rehearsal=False), actor=CHAIR))


def test_a_command_that_was_thought_on_an_older_state_is_refused_with_what_has_changed():
    old = batch_of(Wish(command=MUTE, actor=CHAIR), Wish(command=LinkUp(site="02")))
    history = History(old.changes, rev=9)
    batch = Batch(state=old.state, rev=9, now_s=4.0, wall="08:01", known=Answers(), history=history)
    unmute = ChairMute(site="01", on=False)
    batch.decide(
        [
            Wish(command=unmute, actor=CHAIR, seen_rev=7),
            Wish(command=ChairMute(site="48"), actor=CHAIR, seen_rev=7),
            Wish(command=unmute, actor=CHAIR, seen_rev=8),
            Wish(command=MUTE, actor=CHAIR, seen_rev=9),
            Wish(command=unmute, actor=CHAIR, seen_rev=11),
            Wish(command=unmute, actor=CHAIR, seen_rev=6),
            Wish(command=unmute, actor=CHAIR, seen_rev=99),
            Wish(command=unmute, actor=VIEWER, seen_rev=7),
            Wish(command=unmute, actor=CHAIR),
        ]
    )
    outcomes = [outcome for _, outcome in batch.outcomes]
    words = [o.code if isinstance(o, Refusal) else o.rev for o in outcomes]
    assert words == ["stale", 10, 11, "stale", 11, "stale", "stale", "not_authorized", 11]
    assert outcomes[0].detail == {
        "rev": 9,
        "changed": [{"type": "block_changed", "at_s": 3.0, "site": "01", "on": True}],
    }
    assert [event["on"] for event in outcomes[3].detail["changed"]] == [False]
    assert [outcomes[n].detail for n in (5, 6)] == [{"rev": 11}, {"rev": 11}]
