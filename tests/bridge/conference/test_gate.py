from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from bridge.conference.commands import (
    AgendaNext,
    ChairCall,
    ChairHold,
    ChairMute,
    ChairNext,
    ChairPhase,
    FloorRequest,
    LinkLost,
    LinkUp,
    SiteCut,
    SiteLeft,
    SiteProbe,
    Tick,
    ViewBroadcast,
)
from bridge.conference.gate import (
    content,
    floor_word,
    gate,
    may_probe,
    on_air,
    ongoing,
    open_gates,
    private,
    speakers,
    word_of,
)
from bridge.conference.state import Probe, Request, Site
from bridge.conference.words import (
    FloorWord,
    Hold,
    Link,
    Phase,
    ProbeKind,
    RequestHandling,
    RequestStatus,
    Via,
)
from tests.bridge.conference.props import REPORT, at, planned
from tests.bridge.conference.scene import TECHNICIAN, in_lobby, in_session, province, speaking

SPEECH, CONTENT, BOTH = ("speech",), ("content",), ("speech", "content")
HOLDS = [None, {Hold.LINK: 1.0}, {Hold.PHASE: 1.0}, {Hold.LINK: 1.0, Hold.PHASE: 1.0}]


def state_with(*, site, phase=Phase.OPEN, status=None, floors=SPEECH, **more):
    """Any combination, reachable or not: the formula is total."""
    state = in_lobby().state
    requests = {}
    of_site = {name: more.pop(name) for name in ("link", "blocked", "cut") if name in more}
    if status is not None:
        requests[1] = Request(
            id=1,
            floors=floors,
            site=site,
            by="x",
            status=status,
            created_s=0.0,
            granted_s=1.0,
            **more,
        )
    sites = {**state.sites, site: Site(**({"link": Link.UP} | of_site))}
    return replace(state, phase=phase, sites=sites, requests=requests)


VALVES = [*product(Link, [False, True], [False, True], Phase)]
OPEN_VALVE = ("up", False, False, "open")


# The formula


@pytest.mark.parametrize(("link", "blocked", "cut", "phase"), VALVES)
def test_a_province_is_heard_with_line_unmuted_uncut_in_session_and_speaking(
    link, blocked, cut, phase
):
    for status, holds, via in product([None, *RequestStatus], HOLDS, Via):
        state = state_with(
            site="01",
            link=link,
            blocked=blocked,
            cut=cut,
            phase=phase,
            status=status,
            holds=holds,
            via=via,
        )

        speaks = (status, holds, via) == ("granted", None, "line")
        expected = speaks and (link, blocked, cut, phase) == OPEN_VALVE

        assert gate(state, "01") is expected
        assert ("01" in open_gates(state)) is expected


@pytest.mark.parametrize(("link", "blocked", "cut", "phase"), VALVES)
def test_room_110_is_heard_with_line_unmuted_uncut_and_in_session(link, blocked, cut, phase):
    state = state_with(site="110", link=link, blocked=blocked, cut=cut, phase=phase)

    expected = (link, blocked, cut, phase) == OPEN_VALVE

    assert gate(state, "110") is expected
    assert open_gates(state) == ({"110"} if expected else set())


@pytest.mark.parametrize(("link", "blocked", "cut", "phase"), VALVES)
@pytest.mark.parametrize("holds", [None, {Hold.CHAIR: 1.0}])
@pytest.mark.parametrize("site", ["01", "110"])
def test_slides_and_film_have_the_same_valve_but_for_the_mute_of_microphones(
    link, blocked, cut, phase, holds, site
):
    state = state_with(
        site=site,
        link=link,
        blocked=blocked,
        cut=cut,
        phase=phase,
        status=RequestStatus.GRANTED,
        floors=CONTENT,
        holds=holds,
    )

    expected = holds is None and (link, cut, phase) == ("up", False, "open")

    assert content(state) == (site if expected else None)


@pytest.mark.parametrize(
    ("floors", "heard", "shows"),
    [(SPEECH, True, False), (CONTENT, False, True), (BOTH, True, True)],
)
def test_each_floor_opens_its_own_gate(floors, heard, shows):
    state = state_with(site="01", status=RequestStatus.GRANTED, floors=floors)

    assert gate(state, "01") is heard
    assert (content(state) == "01") is shows
    assert floor_word(state, "01") is (FloorWord.SPEAKING if heard else FloorWord.NONE)


def test_a_site_that_is_not_of_the_conference_has_no_gate():
    with pytest.raises(KeyError):
        gate(in_session().state, "99")


# On the air


def test_the_newest_speaker_who_is_heard_is_on_the_air():
    assert on_air(speaking("01", "02").state) == "02"


def test_grants_count_in_their_order_not_by_number():
    scene = in_session(max_floor_users=2)
    scene.ask("01")
    at(scene, 5.0, ChairCall(site="02"))

    at(scene, 9.0, ChairCall(site="01"))

    assert speakers(scene.state) == ("02", "01")
    assert on_air(scene.state) == "01"


@pytest.mark.parametrize(
    ("hinder", "speaking_still"),
    [
        (ChairMute(site="02"), True),
        (SiteCut(site="02"), False),
        (ChairHold(request=2), False),
        (LinkLost(site="02"), False),
    ],
)
def test_a_speaker_who_is_not_heard_leaves_the_air_to_the_one_before(hinder, speaking_still):
    scene = speaking("01", "02")

    scene.do(hinder)

    assert on_air(scene.state) == "01"
    assert ("02" in speakers(scene.state)) is speaking_still


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


def test_who_telephones_is_on_the_air_with_or_without_line_until_held():
    scene = in_session()
    scene.do(SiteLeft(site="01"))
    scene.do(ChairCall(site="01", via=Via.PHONE))
    assert (on_air(scene.state), open_gates(scene.state)) == ("01", {"110"})

    scene.do(ChairHold(request=1))

    assert on_air(scene.state) == "110"


def test_a_broadcast_is_on_the_air_once_it_is_shown_and_opens_no_gate():
    scene = speaking("01")
    scene.do(ViewBroadcast(site="02"))
    assert on_air(scene.state) == "01"

    at(scene, 3.0, Tick())

    assert on_air(scene.state) == "02"
    assert open_gates(scene.state) == {"01", "110"}


@pytest.mark.parametrize(
    ("phase", "link", "shown", "aired"),
    [
        (Phase.OPEN, Link.UP, True, "02"),
        (Phase.OPEN, Link.UP, False, "110"),
        (Phase.OPEN, Link.LOST, True, "110"),
        (Phase.RECESS, Link.UP, True, None),
    ],
)
def test_a_broadcast_is_shown_in_session_with_a_line_even_before_it_is_ended(
    phase, link, shown, aired
):
    state = state_with(site="02", phase=phase, link=link)
    state = replace(state, views=replace(state.views, broadcast="02", broadcast_shown=shown))

    assert on_air(state) == aired


# Private lines


@pytest.mark.parametrize(
    ("kind", "heard"),
    [
        (None, {}),
        (ProbeKind.LISTEN, {"01": None}),
        (ProbeKind.TALK, {"01": None, "110": "01"}),
    ],
)
def test_a_probe_is_heard_by_whom_it_names(kind, heard):
    scene = in_lobby()
    if kind:
        scene.do(SiteProbe(site="01", kind=kind), TECHNICIAN)

    assert private(scene.state) == heard
    assert open_gates(scene.state) == set()


@pytest.mark.parametrize(
    ("phase", "chosen", "link", "may"),
    [
        (Phase.LOBBY, None, Link.UP, True),
        (Phase.LOBBY, None, Link.LOST, False),
        (Phase.OPEN, None, Link.UP, False),
        (Phase.OPEN, "02", Link.UP, False),
        (Phase.OPEN, "01", Link.UP, True),
        (Phase.OPEN, "01", Link.DOWN, False),
        (Phase.RECESS, None, Link.UP, False),
    ],
)
def test_a_probe_is_heard_only_where_one_may_be(phase, chosen, link, may):
    state = replace(state_with(site="01", phase=phase, link=link), next=chosen)
    state = replace(state, probe=Probe(site="01", kind=ProbeKind.LISTEN, by="x", since_s=0.0))

    assert may_probe(state, "01") is may
    assert private(state) == ({"01": None} if may else {})


# The floor word


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


@pytest.mark.parametrize(
    ("status", "holds", "is_next", "word"),
    [
        (None, None, False, "none"),
        (None, None, True, "next"),
        ("pending", None, False, "requested"),
        ("accepted", None, True, "next"),
        ("granted", None, False, "speaking"),
        ("granted", None, True, "speaking"),
        ("granted", {Hold.CHAIR: 1.0}, False, "held"),
        ("granted", {Hold.CHAIR: 1.0}, True, "held"),
    ],
)
def test_what_has_the_floor_is_said_before_what_is_next_and_that_before_a_hand(
    status, holds, is_next, word
):
    request = None
    if status:
        state = state_with(site="01", status=RequestStatus(status), holds=holds)
        request = state.requests[1]

    assert word_of(request, is_next=is_next) == word


# Which request stands for a site


def test_of_several_requests_the_granted_one_stands_for_the_site():
    scene = in_session()
    scene.do(FloorRequest(floors=CONTENT), province("01"))
    scene.do(ChairCall(site="01"))
    scene.ask("01", "02")

    assert {site: request.id for site, request in ongoing(scene.state).items()} == {
        "01": 2,
        "02": 4,
    }


def test_of_what_waits_the_hand_stands_for_the_site_before_its_turn():
    scene = planned(REPORT)
    scene.do(AgendaNext())
    assert ongoing(scene.state)["01"].id == 1
    scene.ask("01")
    assert ongoing(scene.state)["01"].id == 2

    scene.do(ChairCall(site="01", agenda_item=1))

    assert ongoing(scene.state)["01"].id == 1


def test_of_what_is_alike_the_older_stands_for_the_site():
    scene = speaking("01")
    scene.ask("01")
    scene.do(LinkLost(site="01"))
    at(scene, 20.0, Tick())
    assert scene.state.queue == (3, 2)

    assert ongoing(scene.state)["01"].id == 2


def test_slides_alone_and_what_has_ended_stand_for_nobody():
    scene = in_session()
    scene.do(ChairCall(site="01", floors=CONTENT))
    scene.ask("02")
    scene.do(ChairPhase(to=Phase.CLOSED))

    assert ongoing(scene.state) == {}
