from __future__ import annotations

import pytest

from bridge.conference.events import (
    ClockStarted,
    CutChanged,
    HoldEnded,
    HoldStarted,
    LimitExtended,
    RequestAccepted,
    RequestEnded,
    RequestGranted,
    RequestMade,
    TimeOver,
    TimeWarned,
)
from bridge.conference.evolve import fold
from bridge.conference.floor import NoSuchChangeError
from bridge.conference.words import EndReason, Hold, RequestKind, RequestStatus, Via
from tests.bridge.conference.scene import Scene

BEGUN = Scene().journal[0]


def made(number=1, status=RequestStatus.ACCEPTED, position=None, site="01", **more):
    return RequestMade(
        at_s=1.0,
        request=number,
        floors=("speech",),
        site=site,
        by="x",
        status=status,
        position=position,
        **more,
    )


def granted(at_s, number=1, limit_s=None, **more):
    return RequestGranted(at_s=at_s, request=number, limit_s=limit_s, **more)


def ended(at_s, status=RequestStatus.RELEASED, number=1):
    return RequestEnded(at_s=at_s, request=number, status=status, reason=EndReason.OWN)


def started(at_s, number=1):
    return ClockStarted(at_s=at_s, request=number)


def hold(at_s, cause, *, on=True, number=1):
    return (HoldStarted if on else HoldEnded)(at_s=at_s, request=number, cause=cause)


def after(*events):
    return fold([BEGUN, *events])


def request(*events):
    return after(*events).requests[1]


# Making


def test_a_request_keeps_all_that_was_said_of_it():
    said = {
        "kind": RequestKind.AGENDA,
        "priority": 4,
        "text": "Nhóm 2",
        "limit_s": 420,
        "group": "2",
        "respond": True,
        "item": 3,
        "continues": 9,
    }

    kept = request(made(**said))

    assert {name: getattr(kept, name) for name in said} == said
    assert (kept.floors, kept.site, kept.by, kept.created_s) == (("speech",), "01", "x", 1.0)
    assert (kept.via, kept.granted_s, kept.ended_s, kept.reason) == (Via.LINE, None, None, None)


def test_no_request_is_made_twice():
    with pytest.raises(ValueError, match="made before"):
        after(made(), made())


# The queue


def test_the_queue_is_the_accepted_requests_at_their_positions():
    state = after(
        made(1), made(2), made(3, position=1), made(4, position=2), made(5, RequestStatus.PENDING)
    )
    assert state.queue == (3, 4, 1, 2)


@pytest.mark.parametrize(
    ("number", "position", "queue"),
    [
        (3, 1, (3, 1, 2)),
        (1, 3, (2, 3, 1)),
        (1, 9, (2, 3, 1)),
        (4, 2, (1, 4, 2, 3)),
        (2, 2, (1, 2, 3)),
    ],
)
def test_what_is_accepted_stands_where_it_is_put(number, position, queue):
    state = after(
        made(1),
        made(2),
        made(3),
        made(4, RequestStatus.PENDING),
        RequestAccepted(at_s=2.0, request=number, position=position),
    )

    assert state.queue == queue
    assert state.requests[number].status is RequestStatus.ACCEPTED


@pytest.mark.parametrize("leaves", [granted(2.0, 2), ended(2.0, RequestStatus.DENIED, 2)])
def test_what_is_not_accepted_any_more_leaves_the_queue(leaves):
    assert after(made(1), made(2), made(3), leaves).queue == (1, 3)


def test_what_happens_to_a_request_in_the_queue_moves_nobody():
    state = after(made(1), made(2), LimitExtended(at_s=2.0, request=1, limit_s=60))

    assert state.queue == (1, 2)


# Status


@pytest.mark.parametrize(
    "events",
    [
        [made(status=RequestStatus.GRANTED)],
        [made(), granted(2.0), granted(3.0)],
        [made(), granted(2.0), RequestAccepted(at_s=3.0, request=1, position=1)],
        [made(), ended(2.0, RequestStatus.REVOKED)],
        [made(), granted(2.0), ended(3.0, RequestStatus.DENIED)],
        [made(), ended(2.0, RequestStatus.DENIED), granted(3.0)],
    ],
)
def test_a_change_the_table_does_not_know_is_not_folded(events):
    with pytest.raises(NoSuchChangeError):
        after(*events)


def test_an_event_for_a_request_that_is_not_there_is_no_event_of_ours():
    with pytest.raises(KeyError):
        after(granted(2.0))


def test_a_grant_and_an_end_are_kept_with_their_times():
    kept = request(made(), granted(10.0, limit_s=60, via=Via.PHONE), ended(57.0))

    assert (kept.granted_s, kept.limit_s, kept.via) == (10.0, 60, Via.PHONE)
    assert (kept.ended_s, kept.reason, kept.status) == (57.0, "own", "released")


# The clock


def test_the_clock_runs_only_while_granted_begun_and_not_held():
    events = [
        made(),
        granted(10.0),
        started(11.0),
        hold(15.0, Hold.LINK),
        hold(20.0, Hold.PHASE),
        hold(40.0, Hold.LINK, on=False),
        hold(50.0, Hold.PHASE, on=False),
        ended(57.0),
    ]

    clocks = []
    for count in range(1, len(events) + 1):
        kept = request(*events[:count])
        clocks.append((kept.used_s, kept.since_s, dict(kept.holds or {})))

    assert clocks == [
        (0.0, None, {}),
        (0.0, None, {}),
        (0.0, 11.0, {}),
        (4.0, None, {Hold.LINK: 15.0}),
        (4.0, None, {Hold.LINK: 15.0, Hold.PHASE: 20.0}),
        (4.0, None, {Hold.PHASE: 20.0}),
        (4.0, 50.0, {}),
        (11.0, None, {}),
    ]


def test_a_clock_that_begins_while_held_waits():
    kept = request(made(), granted(10.0), hold(11.0, Hold.CHAIR), started(12.0))
    assert (kept.started, kept.since_s) == (True, None)

    kept = request(
        made(),
        granted(10.0),
        hold(11.0, Hold.CHAIR),
        started(12.0),
        hold(15.0, Hold.CHAIR, on=False),
    )
    assert kept.since_s == 15.0


def test_the_end_of_a_hold_that_was_not_there_leaves_the_clock_running():
    kept = request(made(), granted(10.0), started(10.0), hold(15.0, Hold.LINK, on=False))

    assert (kept.used_s, kept.since_s, kept.holds) == (0.0, 10.0, None)


def test_a_hold_that_begins_again_counts_from_there():
    kept = request(made(), granted(10.0), hold(11.0, Hold.LINK), hold(14.0, Hold.LINK))

    assert dict(kept.holds) == {Hold.LINK: 14.0}


def test_what_has_ended_is_held_by_nothing():
    kept = request(made(), granted(2.0), hold(3.0, Hold.LINK), ended(4.0, RequestStatus.REVOKED))

    assert kept.holds is None


# Time


@pytest.mark.parametrize(
    ("limit_s", "before", "at_s", "warned", "over"),
    [
        # warn_s is 60, the clock began at 0 with a limit of 100.
        (200, [], 10.0, False, False),
        # Nobody is warned or over before he is told so.
        (101, [], 45.0, False, False),
        (104, [], 105.0, False, False),
        (200, [TimeWarned(at_s=40.0, request=1)], 50.0, False, False),
        (109, [TimeWarned(at_s=40.0, request=1)], 50.0, True, False),
        (110, [TimeWarned(at_s=40.0, request=1)], 50.0, True, False),
        (111, [TimeWarned(at_s=40.0, request=1)], 50.0, False, False),
        (40, [TimeWarned(at_s=40.0, request=1)], 50.0, True, False),
        (
            200,
            [TimeWarned(at_s=40.0, request=1), TimeOver(at_s=100.0, request=1)],
            110.0,
            False,
            False,
        ),
        (
            120,
            [TimeWarned(at_s=40.0, request=1), TimeOver(at_s=100.0, request=1)],
            110.0,
            True,
            False,
        ),
        (
            110,
            [TimeWarned(at_s=40.0, request=1), TimeOver(at_s=100.0, request=1)],
            110.0,
            True,
            True,
        ),
        (
            111,
            [TimeWarned(at_s=40.0, request=1), TimeOver(at_s=100.0, request=1)],
            110.5,
            True,
            False,
        ),
    ],
)
def test_a_new_limit_takes_back_a_warning_that_is_ahead_again(limit_s, before, at_s, warned, over):
    kept = request(
        made(),
        granted(0.0, limit_s=100),
        started(0.0),
        *before,
        LimitExtended(at_s=at_s, request=1, limit_s=limit_s),
    )

    assert (kept.limit_s, kept.warned, kept.over) == (limit_s, warned, over)
    assert (kept.used_s, kept.since_s) == (0.0, 0.0)


def test_warning_and_limit_are_marked():
    kept = request(made(), granted(0.0), TimeWarned(at_s=1.0, request=1))
    assert (kept.warned, kept.over) == (True, False)

    kept = request(made(), granted(0.0), TimeOver(at_s=1.0, request=1))
    assert (kept.warned, kept.over) == (False, True)


@pytest.mark.parametrize(("since_s", "spoken"), [(None, 7.0), (10.0, 27.0)])
def test_speaking_time_is_what_was_used_and_what_runs(since_s, spoken):
    kept = request(made(), granted(0.0), started(0.0), hold(7.0, Hold.CHAIR))
    if since_s is not None:
        kept = request(
            made(),
            granted(0.0),
            started(0.0),
            hold(7.0, Hold.CHAIR),
            hold(since_s, Hold.CHAIR, on=False),
        )

    assert kept.spoken_s(30.0) == spoken


# Cuts


def test_a_cut_holds_every_floor_of_its_site_and_of_no_other():
    events = [
        made(1),
        made(2, site="02"),
        made(3),
        granted(2.0, 1),
        granted(2.0, 2),
        started(2.0, 1),
        CutChanged(at_s=5.0, site="01", on=True),
    ]
    state = after(*events)

    assert dict(state.requests[1].holds) == {Hold.TECHNICAL: 5.0}
    assert (state.requests[1].used_s, state.requests[1].since_s) == (3.0, None)
    assert state.requests[2].holds is None
    assert state.requests[3].holds is None
    state = after(*events, CutChanged(at_s=9.0, site="01", on=False))
    assert (state.requests[1].holds, state.requests[1].since_s) == (None, 9.0)


def test_a_cut_leaves_other_holds():
    events = [made(), granted(2.0), hold(3.0, Hold.CHAIR), CutChanged(at_s=5.0, site="01", on=True)]
    assert dict(request(*events).holds) == {Hold.CHAIR: 3.0, Hold.TECHNICAL: 5.0}

    kept = request(*events, CutChanged(at_s=9.0, site="01", on=False))

    assert dict(kept.holds) == {Hold.CHAIR: 3.0}


@pytest.mark.parametrize(("site", "holds"), [("01", {Hold.TECHNICAL: 2.0}), ("02", None)])
def test_a_grant_to_a_cut_site_is_held(site, holds):
    kept = request(CutChanged(at_s=1.0, site=site, on=True), made(), granted(2.0))

    assert kept.holds == holds
