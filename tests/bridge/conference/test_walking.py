from __future__ import annotations

import pytest

from bridge.conference.check_words import WalkPicture, WalkSound
from bridge.conference.commands import (
    ChairPhase,
    LinkLost,
    LinkUp,
    Recover,
    SiteProbe,
    Tick,
    WalkBegin,
    WalkEnd,
    WalkGo,
    WalkJudge,
    WalkNext,
    WalkSkip,
)
from bridge.conference.gate import private
from bridge.conference.words import Phase, ProbeKind
from tests.bridge.conference.props import at
from tests.bridge.conference.scene import (
    CHAIR,
    PROVINCES,
    SITES,
    TECHNICIAN,
    in_lobby,
    in_session,
    shorthand,
)


def walking(*, anew=False):
    scene = in_lobby()
    scene.do(WalkBegin(anew=anew), TECHNICIAN)
    return scene


def turn(site, by="cuong"):
    return [("WalkMoved", site), ("ProbeStarted", site, "talk", by)]


def test_it_begins_at_the_first_seat_with_a_line_of_its_own():
    scene = in_lobby()

    events = at(scene, 3.0, WalkBegin(anew=True), TECHNICIAN)

    assert shorthand(events) == [("WalkBegun", "cuong", True), *turn("01")]
    assert {event.at_s for event in events} == {3.0}
    assert private(scene.state) == {"01": None, "110": "01"}


def test_to_begin_what_is_on_is_nothing():
    scene = walking()

    assert scene.do(WalkBegin(), TECHNICIAN) == ()
    assert scene.do(WalkBegin(anew=True), CHAIR) == ()


def test_next_goes_on_in_the_order_of_the_seats_and_ends_behind_the_last():
    scene = walking()
    seen = []
    for now_s in (10.0, 20.0, 30.0):
        events = at(scene, now_s, WalkNext(), TECHNICIAN)
        assert {event.at_s for event in events} == {now_s}
        assert shorthand(events) == [
            ("ProbeEnded", PROVINCES[len(seen)]),
            *turn(PROVINCES[len(seen) + 1]),
        ]
        seen.append(scene.state.walk.current)

    last = scene.do(WalkNext(), CHAIR)

    assert seen == ["02", "48", "79"]
    assert shorthand(last) == [("ProbeEnded", "79"), ("WalkMoved",)]
    assert scene.state.walk.is_on
    assert private(scene.state) == {}


def test_behind_the_last_it_begins_at_the_first_of_whom_nothing_was_said():
    scene = walking()
    for _ in PROVINCES:
        scene.do(WalkNext(), TECHNICIAN)
    scene.do(WalkJudge(site="01", sound=WalkSound.GOOD), TECHNICIAN)

    assert shorthand(scene.do(WalkNext(), TECHNICIAN)) == turn("02")


def test_who_has_no_line_was_judged_or_was_skipped_is_passed():
    scene = walking()
    scene.do(LinkLost(site="02"))
    scene.do(WalkJudge(site="48", picture=WalkPicture.GOOD), TECHNICIAN)

    scene.do(WalkNext(), TECHNICIAN)
    assert scene.state.walk.current == "79"

    scene.do(WalkSkip(), TECHNICIAN)
    scene.do(WalkEnd(), TECHNICIAN)
    scene.do(WalkBegin(), TECHNICIAN)
    assert scene.state.walk.current == "01"
    scene.do(WalkNext(), TECHNICIAN)
    assert scene.state.walk.current is None


def test_a_note_alone_is_no_verdict():
    scene = walking()
    scene.do(WalkJudge(site="02", note="?"), TECHNICIAN)
    scene.do(WalkNext(), TECHNICIAN)

    assert scene.state.walk.current == "02"


def test_skip_says_so_and_goes_on():
    scene = walking()

    events = at(scene, 4.0, WalkSkip(), TECHNICIAN)

    assert shorthand(events) == [("WalkSkipped", "01"), ("ProbeEnded", "01"), *turn("02")]
    assert {event.at_s for event in events} == {4.0}
    assert scene.state.walk.visit("01").skipped


def test_nobody_is_skipped_when_it_is_nobodys_turn():
    scene = walking()
    for _ in PROVINCES:
        scene.do(WalkNext(), TECHNICIAN)

    assert scene.no(WalkSkip(), TECHNICIAN) == "bad_state"


@pytest.mark.parametrize("wish", [WalkNext(), WalkSkip(), WalkGo(site="02")])
def test_who_has_not_begun_goes_nowhere(wish):
    scene = in_lobby()

    assert scene.no(wish, TECHNICIAN) == "bad_state"
    scene.do(WalkBegin(), TECHNICIAN)
    scene.do(WalkEnd(), TECHNICIAN)
    assert scene.no(wish, TECHNICIAN) == "bad_state"


def test_one_goes_back_by_name_and_on_from_there():
    scene = walking()
    scene.do(WalkGo(site="48"), TECHNICIAN)
    assert scene.state.walk.current == "48"

    assert shorthand(scene.do(WalkGo(site="02"), CHAIR)) == [
        ("ProbeEnded", "48"),
        *turn("02", "an"),
    ]
    scene.do(WalkNext(), TECHNICIAN)
    assert scene.state.walk.current == "48"


def test_where_one_cannot_go():
    scene = walking()
    scene.do(LinkLost(site="02"))

    assert scene.no(WalkGo(site="02"), TECHNICIAN) == "site_offline"
    assert scene.no(WalkGo(site="99"), TECHNICIAN) == "site_not_found"
    assert scene.no(WalkGo(site="110"), TECHNICIAN) == "bad_state"
    assert scene.no(WalkJudge(site="110", note="?"), TECHNICIAN) == "bad_state"


def test_to_go_where_one_is_begins_the_talk_again_when_it_is_over():
    scene = walking()
    assert scene.do(WalkGo(site="01"), TECHNICIAN) == ()

    at(scene, 60.0, Tick())
    assert scene.state.probe is None
    assert scene.state.walk.current == "01"

    assert shorthand(scene.do(WalkGo(site="01"), TECHNICIAN)) == [turn("01")[1]]
    assert scene.state.walk.since_s == 0.0


@pytest.mark.parametrize("kind", ProbeKind)
def test_a_probe_of_another_kind_or_site_gives_way(kind):
    scene = walking()
    other = "01" if kind is ProbeKind.LISTEN else "48"
    scene.do(SiteProbe(site=other, kind=kind), TECHNICIAN)

    assert shorthand(scene.do(WalkGo(site="01"), TECHNICIAN)) == [
        ("ProbeEnded", other),
        turn("01")[1],
    ]


def test_a_talk_that_somebody_had_begun_makes_it_nobodys_turn_yet():
    scene = walking()
    scene.do(SiteProbe(site="48", kind=ProbeKind.TALK), TECHNICIAN)

    events = scene.do(WalkGo(site="48"), TECHNICIAN)

    assert shorthand(events) == [("ProbeEnded", "48"), *turn("48")]
    assert scene.state.walk.current == "48"


def test_of_every_site_is_said_what_there_is_to_say_and_once():
    scene = walking()
    wish = WalkJudge(site="48", sound=WalkSound.ECHO, note="Loa gần mic")

    events = at(scene, 8.0, wish, TECHNICIAN)

    assert shorthand(events) == [("WalkJudged", "48", "cuong", "echo", "Loa gần mic")]
    assert events[0].at_s == 8.0
    assert scene.do(wish, CHAIR) == ()
    assert scene.do(WalkJudge(site="48"), TECHNICIAN) == ()
    assert shorthand(scene.do(WalkJudge(site="48", picture=WalkPicture.DARK), CHAIR)) == [
        ("WalkJudged", "48", "an", "dark")
    ]
    assert scene.no(WalkJudge(site="99", note="?"), TECHNICIAN) == "site_not_found"


def test_nothing_is_said_before_somebody_has_walked():
    scene = in_lobby()
    wish = WalkJudge(site="01", sound=WalkSound.GOOD)

    assert scene.no(wish, TECHNICIAN) == "bad_state"
    scene.do(WalkBegin(), TECHNICIAN)
    scene.do(WalkEnd(), TECHNICIAN)
    assert scene.do(wish, TECHNICIAN)


def test_the_end_ends_the_talk_and_no_other():
    scene = walking()

    events = at(scene, 9.0, WalkEnd(), TECHNICIAN)

    assert shorthand(events) == [("ProbeEnded", "01"), ("WalkEnded",)]
    assert {event.at_s for event in events} == {9.0}
    assert scene.do(WalkEnd(), TECHNICIAN) == ()
    scene.do(WalkBegin(), TECHNICIAN)
    scene.do(SiteProbe(site="02"), TECHNICIAN)
    assert shorthand(scene.do(WalkEnd(), TECHNICIAN)) == [("WalkEnded",)]
    assert scene.state.probe.site == "02"


@pytest.mark.parametrize("to", [Phase.OPEN, Phase.CLOSED])
def test_in_the_session_nobody_walks(to):
    scene = walking()

    events = at(scene, 5.0, ChairPhase(to=to))

    assert ("WalkEnded",) in shorthand(events)
    assert {event.at_s for event in events} == {5.0}
    assert scene.state.probe is None
    assert scene.state.walk.current is None


def test_in_a_recess_one_goes_on_where_nothing_was_said():
    scene = walking()
    scene.do(WalkJudge(site="01", sound=WalkSound.GOOD), TECHNICIAN)
    scene.do(ChairPhase(to=Phase.OPEN))
    scene.do(ChairPhase(to=Phase.RECESS))

    assert shorthand(scene.do(WalkBegin(), TECHNICIAN)) == [
        ("WalkBegun", "cuong"),
        *turn("02"),
    ]
    assert private(scene.state) == {"02": None, "110": "02"}
    assert scene.no(SiteProbe(site="79"), TECHNICIAN) == "bad_state"
    scene.do(ChairPhase(to=Phase.OPEN))
    assert not scene.state.walk.is_on


def test_anew_forgets_what_was_said():
    scene = walking()
    scene.do(WalkJudge(site="01", sound=WalkSound.GOOD), TECHNICIAN)
    scene.do(WalkEnd(), TECHNICIAN)
    scene.do(WalkBegin(anew=True), TECHNICIAN)

    assert scene.state.walk.current == "01"
    assert scene.state.walk.visits == {}


def test_a_lost_line_ends_the_talk_and_not_the_turn():
    scene = walking()
    scene.do(LinkLost(site="01"))
    assert scene.state.probe is None
    assert scene.state.walk.current == "01"

    scene.do(LinkUp(site="01"))
    scene.do(WalkGo(site="01"), TECHNICIAN)
    assert scene.state.probe.site == "01"


def test_it_survives_a_restart():
    scene = walking()
    scene.do(WalkNext(), TECHNICIAN)
    scene.do(Recover(alive=frozenset(SITES)))

    assert scene.state.walk.is_on
    assert scene.state.walk.current == "02"
    assert scene.state.probe is None


def test_where_nobody_has_a_line_it_is_nobodys_turn():
    scene = in_lobby()
    for site in PROVINCES:
        scene.do(LinkLost(site=site))

    assert shorthand(scene.do(WalkBegin(), TECHNICIAN)) == [("WalkBegun", "cuong")]
    assert scene.state.walk.is_on


def test_in_a_session_that_never_had_one_nothing_is_swept():
    assert not in_session().state.walk.is_on
