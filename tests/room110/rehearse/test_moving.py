"""Each rule about a change, where the events alone do not show it; the rest stands in
test_invariants."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.conference import events as e
from bridge.conference.commands import FloorRequest
from bridge.conference.words import ChairChange, EndReason, OnExpiry, RequestStatus, Role
from room110.rehearse.moving import MOVING, Move
from room110.rehearse.people import room
from tests.room110.rehearse.told import Told


@pytest.fixture
def told():
    told = Told()
    told.speaking()
    for site in ("02", "48", "79"):
        told.do(FloorRequest(), room(site))
    return told


EVENT = e.HelpChanged(at_s=0.0, site="02", to=None)


def faults(told, after, event=EVENT, before=None, **fields):
    record = replace(told.records[-1], **fields)
    move = Move(before=before or told.state, event=event, after=after, record=record)
    return {n for n, rules in MOVING.items() for rule in rules if list(rule(move))}


def with_request(state, number, **fields):
    request = replace(state.requests[number], **fields)
    return replace(state, requests={**state.requests, number: request})


def test_nothing_happens_to_nobody(told):
    assert faults(told, told.state) == set()


SPOILED = {
    "I3": lambda s: replace(s, queue=(3, 2, 4)),
    "I4": lambda s: with_request(s, 2, status=RequestStatus.RELEASED),
    "I11": lambda s: replace(s, chair=replace(s.chair, epoch=7)),
    "I17": lambda s: with_request(s, 1, limit_s=10),
}


@pytest.mark.parametrize(("invariant", "spoil"), SPOILED.items())
def test_what_is_not_right_is_found(told, invariant, spoil):
    assert faults(told, spoil(told.state)) == {invariant}


def test_what_has_ended_stays(told):
    done = with_request(told.state, 1, status=RequestStatus.RELEASED, reason=EndReason.OWN)
    other = with_request(done, 1, used_s=5.0)
    assert faults(told, other, before=done) == {"I5"}
    gone = replace(done, requests={n: r for n, r in done.requests.items() if n != 1})
    assert faults(told, gone, before=done) == {"I5"}


def test_a_reason_that_does_not_fit_is_found(told):
    odd = with_request(told.state, 2, status=RequestStatus.DENIED, reason=EndReason.LINK_LOST)
    assert faults(told, odd) == {"I4"}


def test_one_that_is_moved_may_be_moved(told):
    moved = e.RequestAccepted(at_s=0.0, request=4, position=1)
    assert faults(told, replace(told.state, queue=(4, 2, 3)), moved) == set()


def test_a_floor_that_goes_round_by_itself_needs_no_chair(told):
    granted = e.RequestGranted(at_s=0.0, request=2, limit_s=300)
    after = with_request(told.state, 2, status=RequestStatus.GRANTED, limit_s=300)
    by_house = {"authority": None, "actor": "room110"}
    assert "I8" in faults(told, after, granted, **by_house)
    policy = replace(told.state.policy, auto_advance=True)
    before = replace(told.state, policy=policy)
    assert "I8" not in faults(told, replace(after, policy=policy), granted, before, **by_house)


def test_nothing_goes_by_itself_while_the_chair_is_away(told):
    policy = replace(told.state.policy, auto_advance=True, on_expiry=OnExpiry.REVOKE)
    chair = replace(told.state.chair, away_since_s=0.0)
    before = replace(told.state, policy=policy, chair=chair)
    for event in (
        e.RequestGranted(at_s=0.0, request=2, limit_s=300),
        e.RequestEnded(
            at_s=0.0, request=1, status=RequestStatus.REVOKED, reason=EndReason.TIME_LIMIT
        ),
    ):
        assert "I11" in faults(told, before, event, before, authority=None, actor="room110")


def test_a_chair_that_went_without_a_word_is_found(told):
    taken = replace(told.state, chair=replace(told.state.chair, deputy="deputy"))
    assert faults(told, taken) == {"I11"}


def test_who_is_not_the_chair_does_not_act_as_it(told):
    held = replace(told.state, chair=replace(told.state.chair, deputy="deputy"))
    by = {"authority": Role.CHAIR, "command": "chair.hold"}
    assert faults(told, held, before=held, actor="chair", **by) == {"I11"}
    assert faults(told, held, before=held, actor="deputy", **by) == set()


def test_who_assumes_the_chair_takes_it_for_himself(told):
    chair = replace(told.state.chair, away_since_s=-60.0)
    before = replace(told.state, chair=chair)
    event = e.ChairPassed(at_s=0.0, to="deputy", how=ChairChange.ASSUMED)
    after = replace(before, chair=replace(chair, deputy="deputy", epoch=chair.epoch + 1))
    assert faults(told, after, event, before, actor="deputy") == set()
    assert faults(told, after, event, before, actor="another") == {"I11"}


def test_a_speech_is_continued_once(told):
    lost = with_request(told.state, 1, status=RequestStatus.REVOKED, reason=EndReason.LINK_LOST)
    before = with_request(lost, 2, continues=1)
    event = e.RequestMade(
        at_s=0.0, request=5, floors=("speech",), site="01", by="x", continues=1, position=1,
        status=RequestStatus.ACCEPTED,
    )  # fmt: skip
    after = replace(before, queue=(5, 2, 3, 4))
    assert faults(told, after, event, before, authority=None) == {"I10"}
