from __future__ import annotations

import dataclasses
import json
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.conference.codec import TYPES, EventDecodeError, decode, encode
from bridge.conference.events import (
    ConferenceBegun,
    Event,
    NextChosen,
    Policy,
    RequestEnded,
    RequestGranted,
    RequestMade,
)
from bridge.conference.words import EndReason, RequestStatus

SECONDS = st.floats(min_value=0, max_value=1e9)


def drawn(kind):
    """Any value of a dataclass, its defaulted fields too."""
    known = {"policy": drawn(Policy)} if kind is ConferenceBegun else {}
    for field in dataclasses.fields(kind):
        known.setdefault(field.name, SECONDS if field.type == "float" else ...)
    return st.builds(kind, **known)


EVENTS = st.one_of([drawn(kind) for kind in get_args(Event)])

ENDED = {
    "type": "request_ended",
    "at_s": 3.5,
    "request": 7,
    "status": "denied",
    "reason": "chair",
}


@settings(derandomize=True, deadline=None, max_examples=300)
@given(EVENTS)
def test_an_event_comes_back_from_the_journal_as_it_went_in(event):
    assert decode(json.loads(json.dumps(encode(event), allow_nan=False))) == event


def test_every_event_has_a_name_that_does_not_change():
    assert set(TYPES.values()) == set(get_args(Event))
    assert list(TYPES) == [
        "conference_begun",
        "phase_changed",
        "link_changed",
        "request_made",
        "request_accepted",
        "request_granted",
        "request_ended",
        "hold_started",
        "hold_ended",
        "block_changed",
        "help_changed",
        "next_chosen",
    ]


def test_an_event_is_plain_json_without_the_fields_that_say_nothing():
    event = RequestEnded(at_s=3.5, request=7, status=RequestStatus.DENIED, reason=EndReason.CHAIR)

    assert encode(event) == ENDED
    assert type(encode(event)["status"]) is str


def test_a_none_that_is_no_default_is_written():
    assert encode(NextChosen(at_s=1.0, site=None)) == {
        "type": "next_chosen",
        "at_s": 1.0,
        "site": None,
    }
    assert encode(RequestGranted(at_s=1.0, request=1, limit_s=None))["limit_s"] is None


def test_a_policy_is_written_out_so_that_new_defaults_do_not_change_the_past():
    begun = ConferenceBegun(
        at_s=0.0,
        conference="c1",
        title="Hội nghị",
        rehearsal=False,
        sites=("01", "110"),
        policy=Policy(limit_s=None),
    )

    policy = encode(begun)["policy"]

    assert set(policy) == {field.name for field in dataclasses.fields(Policy)}
    assert policy["limit_s"] is None
    assert policy["request_handling"] == "queue"


def test_a_field_that_is_absent_takes_its_default():
    written = encode(
        RequestMade(
            at_s=0.0, request=1, floor="speech", site="01", by="x", status=RequestStatus.PENDING
        )
    )

    assert set(written) == {"type", "at_s", "request", "floor", "site", "by", "status"}
    assert decode(written).text is None


def test_whole_seconds_are_seconds():
    assert decode(ENDED | {"at_s": 3}).at_s == 3.0
    assert type(decode(ENDED | {"at_s": 3}).at_s) is float


BEGUN = encode(
    ConferenceBegun(
        at_s=0.0, conference="c", title="t", rehearsal=True, sites=("01", "110"), policy=Policy()
    )
)


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ({}, "unknown event type None"),
        (ENDED | {"type": "request_endet"}, "unknown event type 'request_endet'"),
        (ENDED | {"type": ["request_ended"]}, "unknown event type"),
        (ENDED | {"resaon": "own"}, "request_ended: unknown field 'resaon'"),
        ({k: v for k, v in ENDED.items() if k != "reason"}, "request_ended: .*reason"),
        (ENDED | {"status": "dinied"}, "request_ended.status: unknown word 'dinied'"),
        (ENDED | {"status": 4}, "request_ended.status: str expected, not 4"),
        (ENDED | {"request": "7"}, "request_ended.request: int expected, not '7'"),
        (ENDED | {"request": True}, "request_ended.request: int expected, not True"),
        (ENDED | {"request": None}, "request_ended.request: int expected, not None"),
        (ENDED | {"at_s": True}, "request_ended.at_s: float expected, not True"),
        (ENDED | {"at_s": float("nan")}, "request_ended.at_s: nan is no time"),
        (ENDED | {"at_s": float("inf")}, "request_ended.at_s: inf is no time"),
        (ENDED | {"text": 5}, "request_ended.text: str expected, not 5"),
        (BEGUN | {"sites": "01"}, "conference_begun.sites: list expected, not '01'"),
        (BEGUN | {"sites": [1]}, "conference_begun.sites: str expected, not 1"),
        (BEGUN | {"rehearsal": 1}, "conference_begun.rehearsal: bool expected, not 1"),
        (BEGUN | {"policy": None}, "conference_begun.policy: dict expected, not None"),
        (BEGUN | {"policy": {"x": 1}}, "conference_begun.policy: unknown field 'x'"),
        (BEGUN | {"policy": {"limit_s": 1.5}}, "conference_begun.policy.limit_s: int expected"),
    ],
)
def test_what_is_not_an_event_is_refused_with_the_place(document, complaint):
    with pytest.raises(EventDecodeError, match=complaint):
        decode(document)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.sampled_from([ENDED, BEGUN]), st.data())
def test_anything_is_an_event_or_an_error_and_nothing_else(document, data):
    name = data.draw(st.sampled_from(sorted(document)))
    try:
        event = decode(document | {name: data.draw(JSON)})
    except EventDecodeError:
        return
    assert decode(encode(event)) == event
