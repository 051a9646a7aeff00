from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.media.core.keyframes import KeyframeRequests


def run_until(requests: KeyframeRequests, end: float) -> list[float]:
    """Wake it at its deadlines, as the edge does; when it asked."""
    sent = []
    while (at := requests.next_deadline()) is not None and at <= end:
        if requests.due(at):
            sent.append(at)
        following = requests.next_deadline()
        assert following is None or following > at  # else the edge would spin
    return sent


def test_nobody_waits_at_first():
    requests = KeyframeRequests()

    assert requests.next_deadline() is None
    assert not requests.due(100.0)


def test_the_first_wish_goes_out_at_once():
    requests = KeyframeRequests()

    assert requests.ask(0.0)
    assert requests.next_deadline() == 0.5


def test_64_slots_that_open_ask_once():
    requests = KeyframeRequests()

    asked = [requests.ask(10.0 + n / 128) for n in range(64)]

    assert asked == [True] + [False] * 63
    assert requests.sent == 1


def test_an_unanswered_wish_is_repeated_for_five_seconds():
    requests = KeyframeRequests()
    requests.ask(0.0)

    assert run_until(requests, 100.0) == [0.5 * n for n in range(1, 11)]
    assert requests.next_deadline() is None
    assert requests.sent == 11


def test_a_new_wish_prolongs_the_time():
    requests = KeyframeRequests()
    requests.ask(0.0)
    run_until(requests, 4.0)
    assert not requests.ask(4.25)

    assert run_until(requests, 100.0)[-1] == 9.0


def test_a_key_frame_answers_all():
    requests = KeyframeRequests()
    requests.ask(0.0)
    requests.ask(0.1)
    requests.arrived()

    assert requests.next_deadline() is None
    assert not requests.due(0.5)
    assert requests.ask(0.5)


def test_a_wish_soon_after_a_key_frame_is_deferred_and_not_lost():
    requests = KeyframeRequests()
    requests.ask(0.0)
    requests.arrived()

    assert not requests.ask(0.06)
    assert not requests.due(0.499)
    assert requests.next_deadline() == 0.5
    assert requests.due(0.5)


def test_a_wish_after_the_edge_came_late_is_answered_by_itself():
    requests = KeyframeRequests()
    requests.ask(0.0)

    assert requests.ask(0.75)
    assert not requests.due(1.0)
    assert requests.next_deadline() == 1.25


@pytest.mark.parametrize(("late", "sent"), [(5.0, True), (5.001, False)])
def test_an_edge_that_sleeps_too_long_does_not_ask_for_nobody(late, sent):
    requests = KeyframeRequests()
    requests.ask(0.0)

    assert requests.due(late) is sent
    assert (requests.next_deadline() is not None) is sent


@given(st.lists(st.tuples(st.floats(0, 2), st.sampled_from(["ask", "arrived"])), max_size=40))
def test_requests_keep_their_distance_and_no_wish_waits_longer(steps):
    requests = KeyframeRequests()
    now, sent, waiting_since = 0.0, [], None
    for pause, step in steps:
        now += pause
        sent += run_until(requests, now)
        if sent and waiting_since is not None and sent[-1] >= waiting_since:
            waiting_since = None
        assert waiting_since is None or now - waiting_since < 0.5
        if step == "arrived":
            requests.arrived()
            waiting_since = None
        elif requests.ask(now):
            sent.append(now)
            waiting_since = None
        elif waiting_since is None:
            waiting_since = now
    assert all(later >= earlier + 0.5 for earlier, later in pairwise(sent))
    assert requests.sent == len(sent)
