"""Each rule about a state, on one that is right and on one that is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.conference import gate
from bridge.conference.commands import FloorRequest, LinkUp, SiteProbe
from bridge.conference.state import Probe
from bridge.conference.words import Hold, Link, Phase, ProbeKind, RequestStatus
from room110.rehearse.people import TECHNICIAN, room
from room110.rehearse.standing import SETTLED, STANDING, heard
from tests.room110.rehearse.told import Told

RULES = [*STANDING.items(), *SETTLED.items()]


def spoken_to() -> Told:
    told = Told()
    told.speaking()
    told.do(FloorRequest(), room("02"))
    return told


def with_request(state, number, **fields):
    request = replace(state.requests[number], **fields)
    return replace(state, requests={**state.requests, number: request})


def with_site(state, code, **fields):
    return replace(state, sites={**state.sites, code: replace(state.sites[code], **fields)})


def faults(state, now_s=0.0):
    return {n for n, rules in RULES for rule in rules if list(rule(state, now_s))}


def test_all_is_right():
    assert faults(spoken_to().state) == set()


SPOILED = {
    "I1": lambda s: with_request(s, 2, status=RequestStatus.GRANTED, granted_s=0.0),
    "I2": lambda s: replace(s, requests={**s.requests, 3: replace(s.requests[2], id=3)}),
    "I3": lambda s: replace(s, queue=()),
    "I9": lambda s: with_request(s, 1, since_s=None),
    "I10": lambda s: with_site(s, "01", link=Link.LOST),
    "I15": lambda s: replace(s, phase=Phase.CLOSED),
}


@pytest.mark.parametrize(("invariant", "spoil"), SPOILED.items())
def test_what_is_not_right_is_found(invariant, spoil):
    assert invariant in faults(spoil(spoken_to().state))


def test_time_charged_while_held_is_found():
    state = with_request(spoken_to().state, 1, holds={Hold.CHAIR: 0.0})
    assert "I9" in faults(state)
    assert "I9" in faults(with_request(spoken_to().state, 1, used_s=5.0))


def test_nobody_is_over_his_time_in_silence():
    state = spoken_to().state
    assert faults(state, now_s=301.0) == set()
    assert faults(state, now_s=303.0) == {"I9"}
    assert faults(with_request(state, 1, over=True), now_s=303.0) == set()


def test_a_gate_that_is_open_without_reason_is_found(monkeypatch):
    state = spoken_to().state
    assert heard(state) == {"01", "110"}
    monkeypatch.setattr(gate, "open_gates", lambda _: frozenset({"01", "02", "110"}))
    assert faults(state) == {"I6", "I7"}


def test_a_speaker_in_room_110_is_found():
    assert "I6" in faults(with_request(spoken_to().state, 1, site="110"))


def test_content_of_who_does_not_show_it_is_found(monkeypatch):
    state = with_request(spoken_to().state, 2, floors=("content",), status=RequestStatus.GRANTED)
    state = replace(state, queue=())
    monkeypatch.setattr(gate, "content", lambda _: None)
    assert "I6" in faults(state)


def test_a_microphone_that_is_opened_without_consent_is_found(monkeypatch):
    from room110.rehearse import standing

    wish = standing.mic_wish(spoken_to().state, "01")
    monkeypatch.setattr(standing, "mic_wish", lambda *_: replace(wish, mic="live"))
    assert faults(spoken_to().state) == {"I12"}


def in_the_lobby():
    told = Told()
    told.do(LinkUp(site="02"))
    told.do(SiteProbe(site="02", kind=ProbeKind.TALK), TECHNICIAN)
    return told.state


def test_a_probe_is_right_in_the_lobby_for_a_minute():
    assert faults(in_the_lobby()) == set()
    assert faults(in_the_lobby(), now_s=61.0) == set()
    assert faults(in_the_lobby(), now_s=63.0) == {"I21"}


def test_who_listens_where_nobody_may_is_found(monkeypatch):
    probe = Probe(site="01", kind=ProbeKind.LISTEN, by="t", since_s=0.0)
    monkeypatch.setattr(gate, "private", lambda _: {"01": None})
    assert faults(replace(spoken_to().state, probe=probe)) == {"I21"}
    assert faults(spoken_to().state) == {"I21"}
    assert faults(in_the_lobby()) == {"I21"}
