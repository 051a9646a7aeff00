"""The conference in a line per event."""

from __future__ import annotations

import asyncio

import pytest

from config.roster import load_roster
from room110.story import Story
from signaling.notices import Change
from tests.support.autojump import virtual_time

SNAPSHOT = {
    "phase": "open",
    "queue": [2, 3],
    "sites": {"01": {"link": "up"}, "79": {"link": "lost"}},
    "requests": {"1": {"site": "01"}, "2": {"site": "79"}, "3": {"site": "48"}},
}


def change(*events, now=65.9, **patch):
    return Change(type="change", rev=1, now=now, events=list(events), set=patch)


@pytest.fixture
def story():
    story = Story(load_roster())
    story.begin(SNAPSHOT)
    return story


@pytest.mark.parametrize(
    ("event", "line"),
    [
        ({"type": "phase_changed", "to": "recess"}, "the conference is recess"),
        (
            {"type": "link_changed", "site": "79", "to": "lost"},
            "79 Hồ Chí Minh: line lost (1 up)",
        ),
        (
            {"type": "request_made", "request": 9, "site": "01", "status": "accepted"},
            "01 Hà Nội asks for the floor",
        ),
        (
            {"type": "request_made", "request": 9, "site": "01", "continues": 1},
            "01 Hà Nội asks for the floor, for the rest of its time",
        ),
        (
            {"type": "request_granted", "request": 1, "limit_s": 300},
            "01 Hà Nội HAS THE FLOOR, 300 s",
        ),
        ({"type": "request_granted", "request": 1}, "01 Hà Nội HAS THE FLOOR"),
        (
            {"type": "request_ended", "request": 1, "status": "revoked", "reason": "replaced"},
            "01 Hà Nội: revoked (replaced)",
        ),
        ({"type": "hold_started", "request": 1, "cause": "link"}, "01 Hà Nội is held (link)"),
        ({"type": "hold_ended", "request": 1, "cause": "link"}, "01 Hà Nội goes on"),
        ({"type": "block_changed", "site": "01", "on": True}, "01 Hà Nội is blocked"),
        ({"type": "block_changed", "site": "01", "on": False}, "01 Hà Nội is no longer blocked"),
        (
            {"type": "next_chosen", "site": "01"},
            "01 Hà Nội is next: it prepares behind its shut gate",
        ),
    ],
)
def test_each_event_has_its_line_with_the_time_before_it(story, event, line):
    assert story.follow(change(event)) == [f"01:05  {line}"]


@pytest.mark.parametrize(
    "event",
    [
        {"type": "next_chosen"},
        {"type": "request_accepted", "request": 1, "position": 1},
        {"type": "something_of_tomorrow"},
    ],
)
def test_some_events_have_none(story, event):
    assert story.follow(change(event)) == []


def test_links_are_counted_after_the_change(story):
    up = {"type": "link_changed", "site": "79", "to": "up"}
    assert story.follow(change(up, sites={"79": {"link": "up"}})) == [
        "01:05  79 Hồ Chí Minh: line up (2 up)"
    ]


def test_a_request_that_ended_is_still_known_by_its_site(story):
    story.follow(change({"type": "request_made", "request": 9, "site": "14"}, queue=[9]))
    ended = {"type": "request_ended", "request": 9, "status": "denied", "reason": "chair"}
    assert story.follow(change(ended, requests={"9": None})) == ["01:05  14 Sơn La: denied (chair)"]


def test_phase_and_queue_are_those_of_the_snapshot(story):
    assert (story.phase, story.queue) == ("open", [(2, "79"), (3, "48")])
    story.follow(change(phase="recess", queue=[3]))
    assert (story.phase, story.queue) == ("recess", [(3, "48")])


def test_before_the_first_snapshot_there_is_nothing():
    assert (Story(load_roster()).phase, Story(load_roster()).queue) == ("", [])


def test_a_code_nobody_knows_is_said_as_it_is(story):
    assert story.name("99") == "99"


@virtual_time
async def test_who_waits_for_sites_goes_on_when_they_are_there_or_the_time_is_over():
    story = Story(load_roster())
    story.begin(SNAPSHOT)
    waiting = asyncio.create_task(story.connected(2, timeout_s=30))
    await asyncio.sleep(5)
    assert not waiting.done()
    story.follow(change(sites={"79": {"link": "up"}}))
    await waiting
    loop = asyncio.get_running_loop()
    before_s = loop.time()
    await story.connected(3, timeout_s=30)
    assert loop.time() == before_s + 30
