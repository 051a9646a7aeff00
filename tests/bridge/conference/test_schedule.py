from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.conference.agenda import Draft
from bridge.conference.commands import (
    AgendaDefer,
    AgendaFinish,
    AgendaLoad,
    AgendaNext,
    AgendaReturn,
    AgendaSkip,
    ChairCall,
    ChairGrant,
    ChairPhase,
    LinkLost,
    SiteLeft,
    Tick,
)
from bridge.conference.gate import content
from bridge.conference.schedule import MAX_ITEMS
from bridge.conference.words import ItemKind, ItemStatus, Phase
from tests.bridge.conference.props import (
    FILM,
    OPENING,
    PAPER,
    PAUSE,
    REPORT,
    SECOND,
    TALK,
    at,
    planned,
)
from tests.bridge.conference.scene import SECRETARY, in_lobby, in_session, shorthand

SPEECH, CONTENT = ("speech",), ("content",)


def statuses(scene):
    return {number: item.status for number, item in scene.state.agenda.items.items()}


# Loading


def test_a_paper_is_loaded_whole():
    scene = in_lobby()

    events = scene.do(AgendaLoad(items=PAPER), SECRETARY)

    assert shorthand(events) == [("AgendaLoaded", PAPER)]
    assert scene.state.agenda.order == (1, 2, 3, 4, 5, 6)


@pytest.mark.parametrize(("append", "order"), [(False, (2,)), (True, (1, 2))])
def test_another_paper_replaces_what_is_planned_or_stands_behind_it(append, order):
    scene = planned(TALK)

    scene.do(AgendaLoad(items=(PAUSE,), append=append))

    assert scene.state.agenda.order == order


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (replace(REPORT, site=None), "bad_state"),
        (replace(TALK, site="01"), "bad_state"),
        (replace(FILM, site="110"), "bad_state"),
        (replace(REPORT, site="99"), "site_not_found"),
        (replace(REPORT, site="110"), "chair_seat_needs_no_floor"),
    ],
)
def test_one_bad_item_and_nothing_is_loaded(draft, code):
    scene = planned(OPENING)
    before = scene.state

    assert scene.no(AgendaLoad(items=(TALK, draft, REPORT))) == code
    assert scene.state is before


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        (replace(REPORT, site=None), replace(REPORT, site="99"), "site_not_found"),
        (replace(REPORT, site="110"), replace(REPORT, site="99"), "site_not_found"),
        (replace(REPORT, site="110"), replace(REPORT, site=None), "bad_state"),
    ],
)
def test_of_several_bad_items_the_first_no_in_the_order_of_codes_is_heard(first, second, code):
    assert in_session().no(AgendaLoad(items=(first, second))) == code
    assert in_session().no(AgendaLoad(items=(second, first))) == code


@pytest.mark.parametrize(
    ("done", "waiting", "append", "new", "fits"),
    [
        (0, 0, False, MAX_ITEMS, True),
        (0, 0, False, MAX_ITEMS + 1, False),
        (0, 10, False, MAX_ITEMS, True),
        (0, 10, True, MAX_ITEMS - 10, True),
        (0, 10, True, MAX_ITEMS - 9, False),
        (1, 9, False, MAX_ITEMS - 1, True),
        (1, 9, False, MAX_ITEMS, False),
    ],
)
def test_an_agenda_has_an_end(done, waiting, append, new, fits):
    scene = in_session()
    scene.do(AgendaLoad(items=(TALK,) * (done + waiting)))
    for _ in range(done):
        scene.do(AgendaNext())
    if done:
        scene.do(AgendaFinish())
    command = AgendaLoad(items=(TALK,) * new, append=append)

    if fits:
        assert scene.do(command)
    else:
        assert scene.no(command) == "request_limit"


# Going on


def test_going_on_ends_the_old_item_and_begins_the_next():
    scene = planned(TALK, OPENING, PAUSE)
    assert shorthand(scene.do(AgendaNext())) == [("ItemStarted", 1)]
    scene.now_s = 60.0

    events = scene.do(AgendaNext())

    assert shorthand(events) == [("ItemEnded", 1, "done"), ("ItemStarted", 2)]
    assert {event.at_s for event in events} == {60.0}
    assert scene.state.agenda.current == 2


def test_the_turn_of_a_site_waits_at_the_head_of_the_queue():
    scene = planned(REPORT)
    scene.ask("48")

    events = scene.do(AgendaNext())

    assert shorthand(events) == [
        ("ItemStarted", 1),
        ("RequestMade", 2, SPEECH, "01", "an", "accepted", 1, "agenda", 420, "Nhóm 1", 1),
    ]
    assert scene.state.queue == (2, 1)
    scene.do(ChairGrant(request=2))
    assert scene.request(2).limit_s == 420


def test_a_turn_comes_also_to_a_site_with_its_hand_up_or_no_line():
    scene = planned(REPORT)
    scene.ask("01")
    scene.do(SiteLeft(site="01"))

    scene.do(AgendaNext())

    assert [scene.request(number).kind for number in scene.state.queue] == ["agenda", "hand"]


@pytest.mark.parametrize("item", [OPENING, TALK, PAUSE])
def test_other_items_have_no_floor(item):
    scene = planned(item)

    scene.do(AgendaNext())

    assert scene.state.requests == {}
    assert statuses(scene) == {1: "current"}


@pytest.mark.parametrize(
    ("granted", "end"),
    [
        (True, ("RequestEnded", 1, "revoked", "agenda")),
        (False, ("RequestEnded", 1, "denied", "agenda")),
    ],
)
def test_what_waits_or_speaks_for_the_old_item_ends_with_it(granted, end):
    scene = planned(REPORT, SECOND)
    scene.do(AgendaNext())
    if granted:
        scene.do(ChairGrant(request=1))

    events = scene.do(AgendaNext())

    assert shorthand(events) == [
        end,
        ("ItemEnded", 1, "done"),
        ("ItemStarted", 2),
        ("RequestMade", 2, SPEECH, "02", "an", "accepted", 1, "agenda", 360, 2),
    ]


def test_who_speaks_for_no_item_goes_on_with_any():
    scene = planned(TALK, PAUSE)
    scene.do(AgendaNext())
    scene.do(ChairCall(site="01"))

    scene.do(AgendaNext())

    assert [holder.site for holder in scene.state.holders] == ["01"]


def test_the_rest_of_a_turn_ends_with_its_item_too():
    scene = planned(REPORT, TALK)
    scene.do(AgendaNext())
    scene.do(ChairGrant(request=1))
    scene.do(LinkLost(site="01"))
    at(scene, 20.0, Tick())
    assert scene.state.queue == (2,)

    scene.do(AgendaNext())

    assert (scene.request(2).status, scene.request(2).reason) == ("denied", "agenda")


def test_an_item_may_be_named():
    scene = planned(TALK, REPORT, PAUSE)

    scene.do(AgendaNext(item=3))
    assert scene.state.agenda.current == 3
    assert scene.do(AgendaNext(item=3)) == ()
    scene.do(AgendaNext())

    assert statuses(scene) == {1: "current", 2: "planned", 3: "done"}
    assert scene.no(AgendaNext(item=9)) == "item_not_found"
    assert scene.no(AgendaNext(item=3)) == "bad_state"


def test_after_the_last_item_nothing_follows():
    scene = planned(TALK)
    scene.do(AgendaNext())

    assert scene.no(AgendaNext()) == "item_not_found"
    assert scene.state.agenda.current == 1


@pytest.mark.parametrize("phases", [[], [Phase.OPEN, Phase.RECESS], [Phase.OPEN, Phase.CLOSED]])
def test_the_agenda_goes_on_in_session_alone(phases):
    scene = in_lobby()
    scene.do(AgendaLoad(items=(TALK,)))
    for phase in phases:
        scene.do(ChairPhase(to=phase))

    assert scene.no(AgendaNext()) == "bad_state"
    assert scene.no(AgendaNext(item=1)) == "bad_state"


# The film


def test_a_film_is_shown_without_a_word_of_the_chair():
    scene = planned(FILM)
    scene.ask("01")

    events = scene.do(AgendaNext())

    assert shorthand(events) == [
        ("ItemStarted", 1),
        ("RequestMade", 2, CONTENT, "110", "an", "accepted", 1, "agenda", 1),
        ("RequestGranted", 2),
        ("ClockStarted", 2),
    ]
    assert content(scene.state) == "110"
    events = scene.do(AgendaFinish())
    assert shorthand(events) == [("RequestEnded", 2, "revoked", "agenda"), ("ItemEnded", 1, "done")]
    assert content(scene.state) is None


def test_a_film_takes_the_place_of_slides():
    scene = planned(FILM)
    scene.do(ChairCall(site="01", floors=CONTENT))

    events = scene.do(AgendaNext())

    assert content(scene.state) == "110"
    assert [type(event).__name__ for event in events] == [
        "ItemStarted",
        "RequestMade",
        "RequestEnded",
        "RequestGranted",
        "ClockStarted",
    ]
    assert scene.request(1).reason == "replaced"


def test_where_room_110_shows_something_or_has_no_line_a_film_changes_nothing():
    showing = planned(FILM)
    showing.do(ChairCall(site="110", floors=CONTENT))
    away = planned(FILM)
    away.do(SiteLeft(site="110"))

    for scene in (showing, away):
        assert shorthand(scene.do(AgendaNext())) == [("ItemStarted", 1)]


# Ending, skipping, putting off, returning


def test_an_item_may_end_and_none_follow():
    scene = planned(TALK, PAUSE)
    assert scene.no(AgendaFinish()) == "bad_state"
    scene.do(AgendaNext())

    assert shorthand(scene.do(AgendaFinish())) == [("ItemEnded", 1, "done")]
    assert scene.state.agenda.current is None


@pytest.mark.parametrize(
    ("number", "event"), [(1, ("ItemEnded", 1, "skipped")), (2, ("ItemEnded", 2, "skipped"))]
)
def test_an_item_is_passed_over_whether_it_is_current_or_to_come(number, event):
    scene = planned(TALK, PAUSE)
    scene.do(AgendaNext())

    assert shorthand(scene.do(AgendaSkip(item=number))) == [event]
    assert scene.do(AgendaSkip(item=number)) == ()
    assert statuses(scene)[number] == "skipped"


def test_passing_over_a_report_ends_its_turn():
    scene = planned(REPORT)
    scene.do(AgendaNext())

    events = scene.do(AgendaSkip(item=1))

    assert shorthand(events) == [
        ("RequestEnded", 1, "denied", "agenda"),
        ("ItemEnded", 1, "skipped"),
    ]


@pytest.mark.parametrize(
    ("number", "after", "events", "order"),
    [
        (1, None, [("ItemEnded", 1, "planned"), ("ItemMoved", 1, True)], (2, 3, 1)),
        (1, 2, [("ItemEnded", 1, "planned"), ("ItemMoved", 1, 2, True)], (2, 1, 3)),
        (2, None, [("ItemMoved", 2, True)], (1, 3, 2)),
        (2, 3, [("ItemMoved", 2, 3, True)], (1, 3, 2)),
    ],
)
def test_an_item_is_put_off_whether_it_is_current_or_to_come(number, after, events, order):
    scene = planned(TALK, PAUSE, OPENING)
    scene.do(AgendaNext())

    assert shorthand(scene.do(AgendaDefer(item=number, after=after))) == events
    assert scene.state.agenda.order == order
    assert scene.state.agenda.current == (None if number == 1 else 1)
    assert scene.state.agenda.items[number].deferred


def test_a_speaker_whose_report_is_put_off_ends():
    scene = planned(REPORT)
    scene.do(AgendaNext())
    scene.do(ChairGrant(request=1))

    scene.do(AgendaDefer(item=1))

    assert scene.request(1).reason == "agenda"
    scene.do(AgendaNext())
    assert scene.state.queue == (2,)


@pytest.mark.parametrize("ended", ["done", "skipped"])
def test_what_is_over_returns_as_the_next(ended):
    scene = planned(TALK, PAUSE, OPENING)
    scene.do(AgendaNext())
    scene.do(AgendaFinish() if ended == "done" else AgendaSkip(item=1))
    assert statuses(scene)[1] == ended

    events = scene.do(AgendaReturn(item=1))

    assert shorthand(events) == [("ItemMoved", 1, True)]
    assert events[0].first
    assert scene.state.agenda.planned[0].id == 1
    assert not scene.state.agenda.items[1].deferred


@pytest.mark.parametrize(
    ("status", "command", "code"),
    [
        (ItemStatus.DONE, AgendaSkip(item=1), "bad_state"),
        (ItemStatus.DONE, AgendaDefer(item=1), "bad_state"),
        (ItemStatus.SKIPPED, AgendaDefer(item=1), "bad_state"),
        (ItemStatus.PLANNED, AgendaDefer(item=1, after=1), "bad_state"),
        (ItemStatus.PLANNED, AgendaReturn(item=1), "bad_state"),
        (ItemStatus.CURRENT, AgendaReturn(item=1), "bad_state"),
        (ItemStatus.SKIPPED, AgendaNext(item=1), "bad_state"),
        (ItemStatus.PLANNED, AgendaSkip(item=9), "item_not_found"),
        (ItemStatus.PLANNED, AgendaDefer(item=9), "item_not_found"),
        (ItemStatus.PLANNED, AgendaDefer(item=1, after=9), "item_not_found"),
        (ItemStatus.PLANNED, AgendaReturn(item=9), "item_not_found"),
    ],
)
def test_what_an_item_is_says_what_can_become_of_it(status, command, code):
    scene = planned(TALK, PAUSE)
    if status is not ItemStatus.PLANNED:
        scene.do(AgendaNext())
    if status is ItemStatus.DONE:
        scene.do(AgendaFinish())
    if status is ItemStatus.SKIPPED:
        scene.do(AgendaSkip(item=1))

    assert scene.no(command) == code


@pytest.mark.parametrize(
    "command",
    [AgendaLoad(items=()), AgendaSkip(item=1), AgendaDefer(item=1), AgendaReturn(item=2)],
)
def test_after_the_end_the_agenda_is_what_it_was(command):
    scene = planned(TALK, PAUSE)
    scene.do(AgendaSkip(item=2))
    scene.do(ChairPhase(to=Phase.CLOSED))

    assert scene.no(command) == "bad_state"


def test_the_secretary_plans_in_recess_and_lobby():
    scene = in_lobby()
    scene.do(AgendaLoad(items=(TALK, PAUSE)), SECRETARY)
    scene.do(AgendaSkip(item=1), SECRETARY)
    scene.do(ChairPhase(to=Phase.OPEN))
    scene.do(ChairPhase(to=Phase.RECESS))

    scene.do(AgendaReturn(item=1), SECRETARY)
    scene.do(AgendaDefer(item=2, after=1), SECRETARY)

    assert scene.state.agenda.order == (1, 2)


def test_a_report_may_stand_on_the_agenda_twice():
    again = Draft(kind=ItemKind.SITE, title="Giải trình", minutes=3, site="01")
    scene = planned(REPORT, again)
    scene.do(AgendaNext())
    scene.do(ChairGrant(request=1))

    scene.do(AgendaNext())

    assert [(r.item, r.status) for r in scene.state.requests.values()] == [
        (1, "revoked"),
        (2, "accepted"),
    ]
