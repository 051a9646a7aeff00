from __future__ import annotations

import pytest

from bridge.conference.commands import (
    ChairCall,
    ChairNext,
    ChairPhase,
    LinkLost,
    LinkUp,
    ProgrammeSlate,
    Recover,
    SiteLeft,
    SiteProbe,
    Tick,
    ViewBroadcast,
    ViewCarousel,
    ViewWatch,
)
from bridge.conference.deadlines import next_deadline
from bridge.conference.words import Phase, ProbeKind, SlateKind, Via
from tests.bridge.conference.props import at
from tests.bridge.conference.scene import (
    TECHNICIAN,
    Scene,
    in_lobby,
    in_session,
    shorthand,
    speaking,
)

LISTEN, TALK = ProbeKind.LISTEN, ProbeKind.TALK


def probe(site, kind=LISTEN):
    return SiteProbe(site=site, kind=kind)


# Broadcast


def test_a_site_is_told_before_it_is_on_the_screen():
    scene = in_session()

    assert shorthand(at(scene, 10.0, ViewBroadcast(site="01"))) == [("BroadcastChosen", "01")]
    assert scene.do(ViewBroadcast(site="01")) == ()
    assert not scene.state.views.broadcast_shown
    assert at(scene, 12.9, Tick()) == ()
    assert next_deadline(scene.state) == 13.0

    assert shorthand(at(scene, 13.0, Tick())) == [("BroadcastShown", "01")]
    assert scene.state.views.broadcast_shown
    assert at(scene, 20.0, Tick()) == ()
    assert next_deadline(scene.state) is None


def test_another_site_is_told_anew_and_none_is_at_once():
    scene = in_session()
    scene.do(ViewBroadcast(site="01"))
    at(scene, 3.0, Tick())

    at(scene, 10.0, ViewBroadcast(site="02"))
    assert (scene.state.views.broadcast, scene.state.views.broadcast_shown) == ("02", False)
    assert next_deadline(scene.state) == 13.0

    assert shorthand(scene.do(ViewBroadcast(site=None))) == [("BroadcastChosen",)]
    assert scene.do(ViewBroadcast(site=None)) == ()
    assert next_deadline(scene.state) is None


@pytest.mark.parametrize("phase", [Phase.LOBBY, Phase.RECESS, Phase.CLOSED])
def test_outside_the_session_nobody_is_shown(phase):
    scene = in_lobby() if phase is Phase.LOBBY else in_session()
    scene.do(ChairPhase(to=phase))

    assert scene.no(ViewBroadcast(site="01")) == "bad_state"
    assert scene.do(ViewBroadcast(site=None)) == ()


def test_who_is_not_there_is_not_shown():
    scene = in_session()
    scene.do(SiteLeft(site="01"))

    assert scene.no(ViewBroadcast(site="01")) == "site_offline"
    assert scene.no(ViewBroadcast(site="99")) == "site_not_found"


@pytest.mark.parametrize(
    ("speakers", "site", "code"),
    [
        ((), "79", None),
        (("01",), "79", None),
        (("01", "02"), "79", "floor_full"),
        (("01", "02", "48"), "79", "floor_full"),
        (("01", "02"), "02", None),
        (("01", "02"), "110", None),
    ],
)
def test_a_site_is_shown_while_the_stage_has_a_picture_for_it(speakers, site, code):
    scene = speaking(*speakers) if speakers else in_session()

    if code:
        assert scene.no(ViewBroadcast(site=site)) == code
    else:
        assert scene.do(ViewBroadcast(site=site))


def test_who_speaks_by_telephone_needs_no_picture():
    scene = in_session(max_floor_users=2)
    scene.do(ChairCall(site="01"))
    scene.do(ChairCall(site="02", via=Via.PHONE))

    assert scene.do(ViewBroadcast(site="79"))


@pytest.mark.parametrize(
    "end", [LinkLost(site="01"), SiteLeft(site="01"), ChairPhase(to=Phase.RECESS)]
)
def test_a_broadcast_ends_with_the_line_or_the_session(end):
    scene = in_session()
    scene.do(ViewBroadcast(site="01"))

    events = scene.do(end)

    assert shorthand(events)[-1] == ("BroadcastChosen",)
    assert scene.state.views.broadcast is None


def test_the_line_of_another_ends_no_broadcast():
    scene = in_session()
    scene.do(ViewBroadcast(site="01"))

    scene.do(LinkLost(site="02"))

    assert scene.state.views.broadcast == "01"


# The monitor


def test_the_desks_watch_a_site_or_nobody():
    scene = in_lobby()

    assert shorthand(at(scene, 4.0, ViewWatch(site="01"))) == [("WatchChosen", "01")]
    assert scene.state.views.watch_since_s == 4.0
    assert scene.do(ViewWatch(site="01")) == ()
    assert shorthand(scene.do(ViewWatch(site=None))) == [("WatchChosen",)]
    assert scene.no(ViewWatch(site="99")) == "site_not_found"


@pytest.mark.parametrize(
    ("site", "events"),
    [
        ("48", [("CarouselSet", ()), ("WatchChosen", "48")]),
        ("01", [("CarouselSet", ())]),
        (None, [("CarouselSet", ()), ("WatchChosen",)]),
    ],
)
def test_who_watches_somebody_has_stopped_the_carousel(site, events):
    scene = in_session()
    scene.do(ViewCarousel(sites="online"))
    assert scene.state.views.watch == "01"

    assert shorthand(scene.do(ViewWatch(site=site))) == events
    assert scene.state.views.carousel is None


def test_the_carousel_shows_one_after_another():
    scene = in_session()

    events = scene.do(ViewCarousel(sites=("48", "01", "48"), every_s=5))
    assert shorthand(events) == [("CarouselSet", ("48", "01"), 5), ("WatchChosen", "48")]
    seen = []
    for now_s in (4.9, 5.0, 9.9, 10.0, 15.0):
        at(scene, now_s, Tick())
        seen.append(scene.state.views.watch)

    assert seen == ["48", "01", "01", "48", "01"]
    assert next_deadline(scene.state) == 20.0


def test_the_carousel_of_all_is_of_the_provinces_that_are_there():
    scene = in_session()
    scene.do(LinkLost(site="01"))
    scene.do(SiteLeft(site="48"))

    scene.do(ViewCarousel(sites="online"))

    assert scene.state.views.carousel.sites == ("01", "02", "48", "79")
    assert scene.state.views.carousel.every_s == 8
    seen = [scene.state.views.watch]
    for now_s in (8.0, 16.0):
        at(scene, now_s, Tick())
        seen.append(scene.state.views.watch)
    assert seen == ["02", "79", "02"]


def test_a_carousel_goes_on_from_whom_the_desks_watch():
    scene = in_session()
    scene.do(ViewWatch(site="02"))

    scene.do(ViewCarousel(sites="online"))

    assert scene.state.views.watch == "48"


def test_a_carousel_with_nobody_to_turn_to_waits():
    scene = in_session()
    scene.do(ViewCarousel(sites=("01",)))
    assert next_deadline(scene.state) is None

    nobody = Scene()
    assert shorthand(nobody.do(ViewCarousel(sites="online"))) == [
        ("CarouselSet", ("01", "02", "48", "79"))
    ]
    nobody.now_s = 100.0
    nobody.do(LinkUp(site="02"))
    assert next_deadline(nobody.state) == 8.0
    nobody.do(Tick())
    assert nobody.state.views.watch == "02"


def test_a_carousel_is_stopped_and_the_monitor_stays():
    scene = in_session()
    scene.do(ViewCarousel(sites="online"))

    assert shorthand(scene.do(ViewCarousel(sites=None))) == [("CarouselSet", ())]
    assert scene.do(ViewCarousel(sites=None)) == ()
    assert scene.state.views.watch == "01"
    assert next_deadline(scene.state) is None


@pytest.mark.parametrize(
    ("again", "news"),
    [
        (ViewCarousel(sites=("01", "02"), every_s=5), False),
        (ViewCarousel(sites=("01", "02"), every_s=6), True),
        (ViewCarousel(sites=("01",), every_s=5), True),
    ],
)
def test_a_carousel_that_runs_already_is_not_pushed_on(again, news):
    scene = in_session()
    scene.do(ViewCarousel(sites=("01", "02"), every_s=5))

    assert bool(scene.do(again)) is news


@pytest.mark.parametrize("sites", [(), ("01", "99")])
def test_a_carousel_is_of_sites_that_there_are(sites):
    assert in_session().no(ViewCarousel(sites=sites)) == "site_not_found"


# Slates


def test_what_a_slate_says_is_written_changed_and_wiped():
    scene = in_session()

    events = scene.do(ProgrammeSlate(slate=SlateKind.RECESS, text="Giải lao", until="09:45"))
    assert shorthand(events) == [("SlateWritten", "recess", "Giải lao", "09:45")]
    assert scene.do(ProgrammeSlate(slate=SlateKind.RECESS, text="Giải lao", until="09:45")) == ()
    assert scene.do(ProgrammeSlate(slate=SlateKind.RECESS, text="Giải lao", until="10:00"))
    assert scene.do(ProgrammeSlate(slate=SlateKind.RECESS, until="10:00"))
    scene.do(ProgrammeSlate(slate=SlateKind.END, text="Cảm ơn"))
    assert scene.do(ProgrammeSlate(slate=SlateKind.NOTICE)) == ()

    scene.do(ProgrammeSlate(slate=SlateKind.RECESS))

    assert set(scene.state.slates) == {"end"}


# Probes


def test_a_probe_ends_by_itself_after_a_minute():
    scene = in_lobby()

    events = at(scene, 10.0, probe("01"), TECHNICIAN)
    assert shorthand(events) == [("ProbeStarted", "01", "listen", "cuong")]
    assert at(scene, 69.9, Tick()) == ()
    assert next_deadline(scene.state) == 70.0

    assert shorthand(at(scene, 70.0, Tick())) == [("ProbeEnded", "01")]
    assert next_deadline(scene.state) is None


@pytest.mark.parametrize(
    ("second", "events"),
    [
        (probe("01"), []),
        (probe("01", TALK), [("ProbeEnded", "01"), ("ProbeStarted", "01", "talk", "cuong")]),
        (probe("02"), [("ProbeEnded", "01"), ("ProbeStarted", "02", "listen", "cuong")]),
        (probe(None), [("ProbeEnded", "01")]),
    ],
)
def test_there_is_one_probe_at_a_time(second, events):
    scene = in_lobby()
    scene.do(probe("01"), TECHNICIAN)

    assert shorthand(scene.do(second, TECHNICIAN)) == events


def test_no_probe_is_ended_twice():
    assert in_lobby().do(probe(None), TECHNICIAN) == ()


def test_the_same_probe_again_lasts_no_longer():
    scene = in_lobby()
    scene.do(probe("01"), TECHNICIAN)
    at(scene, 50.0, probe("01"), TECHNICIAN)

    assert shorthand(at(scene, 60.0, Tick())) == [("ProbeEnded", "01")]


@pytest.mark.parametrize(
    ("phase", "chosen", "code"),
    [
        (Phase.LOBBY, None, None),
        (Phase.OPEN, None, "bad_state"),
        (Phase.OPEN, "02", "bad_state"),
        (Phase.OPEN, "01", None),
        (Phase.RECESS, None, "bad_state"),
        (Phase.CLOSED, None, "bad_state"),
    ],
)
def test_in_the_lobby_anybody_is_probed_else_the_next_alone(phase, chosen, code):
    scene = in_lobby() if phase is Phase.LOBBY else in_session()
    scene.do(ChairPhase(to=phase))
    if chosen:
        scene.do(ChairNext(site=chosen))

    if code:
        assert scene.no(probe("01"), TECHNICIAN) == code
    else:
        assert scene.do(probe("01"), TECHNICIAN)


@pytest.mark.parametrize(
    ("site", "code"), [("99", "site_not_found"), ("110", "bad_state"), ("02", "site_offline")]
)
def test_room_110_and_who_is_not_there_are_not_probed(site, code):
    scene = in_lobby()
    scene.do(SiteLeft(site="02"))

    assert scene.no(probe(site), TECHNICIAN) == code


@pytest.mark.parametrize(
    "end",
    [
        ChairNext(site="02"),
        ChairNext(site=None),
        ChairCall(site="01"),
        LinkLost(site="01"),
        ChairPhase(to=Phase.RECESS),
        Recover(alive=frozenset({"01", "02", "48", "79", "110"})),
    ],
)
def test_a_probe_ends_when_nobody_may_have_it(end):
    scene = in_session()
    scene.do(ChairNext(site="01"))
    scene.do(probe("01"), TECHNICIAN)

    events = scene.do(end)

    assert ("ProbeEnded", "01") in shorthand(events)
    assert scene.state.probe is None


def test_the_opening_ends_a_probe_of_the_lobby():
    scene = in_lobby()
    scene.do(probe("01"), TECHNICIAN)

    assert shorthand(scene.do(ChairPhase(to=Phase.OPEN)))[-1] == ("ProbeEnded", "01")


def test_a_probe_in_the_lobby_lasts_while_its_line_does():
    scene = in_lobby()
    scene.do(probe("01"), TECHNICIAN)
    scene.do(LinkLost(site="02"))
    assert scene.state.probe.site == "01"

    assert shorthand(scene.do(LinkLost(site="01")))[-1] == ("ProbeEnded", "01")
