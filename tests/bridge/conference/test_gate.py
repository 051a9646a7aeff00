from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from bridge.conference.commands import (
    ChairCall,
    ChairMute,
    ChairNext,
    ChairPhase,
    LinkLost,
    LinkUp,
)
from bridge.conference.gate import floor_word, gate, on_air, open_gates, speakers
from bridge.conference.state import Request, Site
from bridge.conference.words import FloorWord, Hold, Link, Phase, RequestHandling, RequestStatus
from tests.bridge.conference.scene import in_lobby, in_session, speaking

HOLDS = [
    None,
    {Hold.LINK: 1.0},
    {Hold.PHASE: 1.0},
    {Hold.LINK: 1.0, Hold.PHASE: 1.0},
]


def state_with(*, site, link, blocked, phase, status=None, holds=None, floor="speech"):
    """Any combination, reachable or not: the formula is total."""
    state = in_lobby().state
    requests = {}
    if status is not None:
        requests[1] = Request(
            id=1,
            floor=floor,
            site=site,
            by="x",
            status=status,
            created_s=0.0,
            granted_s=1.0,
            holds=holds,
        )
    sites = {**state.sites, site: Site(link=link, blocked=blocked)}
    return replace(state, phase=phase, sites=sites, requests=requests)


@pytest.mark.parametrize(("link", "blocked", "phase"), [*product(Link, [False, True], Phase)])
def test_a_province_is_heard_only_connected_unblocked_in_session_and_speaking(link, blocked, phase):
    for status, holds in product([None, *RequestStatus], HOLDS):
        state = state_with(
            site="01", link=link, blocked=blocked, phase=phase, status=status, holds=holds
        )

        expected = (link, blocked, phase, status, holds) == ("up", False, "open", "granted", None)

        assert gate(state, "01") is expected
        assert ("01" in open_gates(state)) is expected


@pytest.mark.parametrize(("link", "blocked", "phase"), [*product(Link, [False, True], Phase)])
def test_room_110_is_heard_connected_unblocked_and_in_session(link, blocked, phase):
    state = state_with(site="110", link=link, blocked=blocked, phase=phase)

    expected = (link, blocked, phase) == ("up", False, "open")

    assert gate(state, "110") is expected
    assert open_gates(state) == ({"110"} if expected else set())


def test_another_floor_opens_no_gate():
    state = state_with(
        site="01",
        link=Link.UP,
        blocked=False,
        phase=Phase.OPEN,
        status=RequestStatus.GRANTED,
        floor="content",
    )

    assert not gate(state, "01")
    assert floor_word(state, "01") is FloorWord.NONE


def test_a_site_that_is_not_of_the_conference_has_no_gate():
    with pytest.raises(KeyError):
        gate(in_session().state, "99")


def test_the_newest_speaker_is_on_the_air():
    scene = speaking("01", "02")

    assert on_air(scene.state) == "02"


def test_grants_count_in_their_order_not_by_number():
    scene = in_session(max_floor_users=2)
    scene.ask("01")
    scene.now_s = 5.0
    scene.do(ChairCall(site="02"))
    scene.now_s = 9.0

    scene.do(ChairCall(site="01"))

    assert speakers(scene.state) == ("02", "01")
    assert on_air(scene.state) == "01"


def test_a_muted_speaker_leaves_the_air_to_the_one_before():
    scene = speaking("01", "02")

    scene.do(ChairMute(site="02"))

    assert on_air(scene.state) == "01"
    assert floor_word(scene.state, "02") is FloorWord.SPEAKING


def test_the_air_falls_back_to_room_110_and_then_to_nobody():
    scene = speaking("01")
    scene.do(LinkLost(site="01"))
    assert on_air(scene.state) == "110"

    scene.do(ChairMute(site="110"))

    assert on_air(scene.state) is None


def test_nobody_is_on_the_air_in_lobby_and_recess():
    assert on_air(in_lobby().state) is None
    scene = speaking("01")

    scene.do(ChairPhase(to=Phase.RECESS))

    assert on_air(scene.state) is None
    assert open_gates(scene.state) == set()


def test_the_floor_word_follows_a_site_from_hand_to_hold():
    scene = in_session()
    words = [floor_word(scene.state, "01")]
    for step in (
        lambda: scene.ask("01"),
        lambda: scene.do(ChairNext(site="01")),
        lambda: scene.do(ChairCall(site="01")),
        lambda: scene.do(LinkLost(site="01")),
        lambda: scene.do(LinkUp(site="01")),
        lambda: scene.do(ChairPhase(to=Phase.RECESS)),
        lambda: scene.do(ChairPhase(to=Phase.CLOSED)),
    ):
        step()
        words.append(floor_word(scene.state, "01"))

    assert words == ["none", "requested", "next", "speaking", "held", "speaking", "held", "none"]


def test_a_hand_not_yet_accepted_is_a_request_too_and_next_needs_no_hand():
    scene = in_session(request_handling=RequestHandling.CONFIRM)
    scene.ask("01")
    scene.do(ChairNext(site="02"))

    assert floor_word(scene.state, "01") is FloorWord.REQUESTED
    assert floor_word(scene.state, "02") is FloorWord.NEXT
