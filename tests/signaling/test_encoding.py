from __future__ import annotations

import json
from types import MappingProxyType

import pytest

from bridge.hearing import Unheard as UnheardReason
from bridge.outgoing import (
    Bye,
    Change,
    Device,
    MediaReset,
    MediaSet,
    MediaWant,
    Outgoing,
    Stage,
    Unheard,
)
from signaling.decoding import decode_server
from signaling.encoding import REMEMBERED, Encoder


def change(rev: int) -> Change:
    return Change(rev=rev, now_s=1.5, events=(), set=MappingProxyType({"title": "Hội nghị"}))


@pytest.mark.parametrize(
    "message",
    [
        change(1),
        Stage(rev=1, slots=MappingProxyType({"chair": "110"})),
        MediaWant(layers=("q", "f")),
        MediaSet(mic="ask", on_air=True),
        MediaReset(reason="lost"),
        Device(role="standby"),
        Unheard(reason=UnheardReason.NO_PACKETS),
        Unheard(reason=None),
        Bye(reason="too_slow"),
    ],
)
def test_what_the_bridge_says_is_of_the_protocol(message: Outgoing) -> None:
    text = Encoder().encode(message)
    assert json.loads(decode_server(text).wire()) == json.loads(text)


def test_a_change_is_encoded_once_for_all_who_share_it() -> None:
    encoder = Encoder()
    desk, site = change(1), change(1)
    first = encoder.encode(desk)
    encoder.encode(site)
    assert encoder.encode(desk) is first
    assert encoder.encode(site) is not first


def test_the_memory_is_bounded_and_never_mistakes_a_new_change_for_an_old_one() -> None:
    encoder = Encoder()
    for rev in range(REMEMBERED * 3):
        assert json.loads(encoder.encode(change(rev)))["rev"] == rev
    assert len(encoder._changes) == REMEMBERED
