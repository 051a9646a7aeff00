from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.media.core.nack import (
    GIVE_UP_AFTER_S,
    LATE_S,
    MAX_MISSING,
    MAX_TRIES,
    RETRY_MAX_S,
    RETRY_MIN_S,
    RTT_UNKNOWN_S,
    Missing,
)

STARTS = [0, 1, 2, 3, 32766, 32768, 65530, 65533, 65534, 65535]
RTT_S = 0.125


class Stream:
    """Numbers that do not wrap go in and come out; behind them they do."""

    def __init__(self, start: int = 0) -> None:
        self.missing = Missing()
        self._start = start

    def come(self, *numbers: int, at: float = 0.0) -> None:
        for number in numbers:
            self.missing.on_packet((self._start + number) & 0xFFFF, at)

    def due(self, at: float, rtt_s: float | None = RTT_S) -> list[int]:
        asked = self.missing.due(at, rtt_s)
        return [((seq - self._start + 0x8000) & 0xFFFF) - 0x8000 for seq in asked]

    def keyframe(self, number: int) -> None:
        self.missing.keyframe((self._start + number) & 0xFFFF)

    def run_until(self, end: float, rtt_s: float | None = RTT_S) -> list[tuple[float, list[int]]]:
        """Wake it at its deadlines, as the edge does; when it asked for what."""
        asked = []
        while (at := self.missing.next_deadline()) is not None and at <= end:
            numbers = self.due(at, rtt_s)
            if numbers:
                asked.append((at, numbers))
            following = self.missing.next_deadline()
            assert following is None or following > at  # else the edge would spin
        return asked


def test_nothing_is_missing_at_first():
    stream = Stream()

    assert stream.due(100.0) == []
    assert stream.missing.next_deadline() is None
    assert not stream.missing.gave_up


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize(
    ("numbers", "asked_now", "asked_later", "why"),
    [
        ([0, 1, 2, 3], [], [], "in order"),
        ([0, 2], [], [1], "one late packet may be a swap; after 20 ms it is none"),
        ([0, 2, 1, 3, 4], [], [], "a swap of neighbours"),
        ([0, 2, 4, 1, 3, 6, 5, 7], [], [], "swaps without end"),
        ([0, 2, 3], [1], [], "two later ones have come"),
        ([0, 4], [], [1, 2, 3], "one packet later, however far"),
        ([0, 3, 4], [1, 2], [], "two lost ones"),
        ([0, 2, 4], [1], [3], "the second of two gaps has one later packet yet"),
        ([0, 2, 4, 5], [1, 3], [], "and then two"),
        ([0, 4, 2, 5], [1, 3], [], "what came late is no later packet and not missing"),
        ([0, 4, 2, 2, 4, 4], [], [1, 3], "nor are copies"),
        ([0, 3, 4, 1], [2], [], "one of two comes late"),
        ([0, 3, 4, 1, 2], [], [], "both do"),
        ([5, 3, 1], [], [], "what is older than the first packet is not missing"),
        ([0, 0, 0], [], [], "copies"),
    ],
)
def test_what_is_asked_for_first(start, numbers, asked_now, asked_later, why):
    stream = Stream(start)
    stream.come(*numbers)

    assert stream.due(0.0) == asked_now, why
    assert stream.due(LATE_S - 0.001) == []
    assert stream.due(LATE_S) == asked_later, why
    assert stream.missing.asked == len(asked_now) + len(asked_later)
    assert not stream.missing.gave_up


@pytest.mark.parametrize("start", STARTS)
def test_a_packet_that_comes_is_asked_for_no_more(start):
    stream = Stream(start)
    stream.come(0, 3, 4, at=1.0)
    assert stream.due(1.0) == [1, 2]

    stream.come(1, at=1.1)

    assert stream.due(1.0 + RTT_S) == [2]
    stream.come(2, at=1.2)
    assert stream.missing.next_deadline() is None
    assert stream.due(9.0) == []
    assert not stream.missing.gave_up


@pytest.mark.parametrize("start", STARTS)
def test_a_new_gap_does_not_hasten_the_old_ones(start):
    stream = Stream(start)
    stream.come(0, 2, 3, at=0.0)
    assert stream.due(0.0) == [1]

    stream.come(5, 6, 7, at=RTT_S / 2)

    assert stream.due(RTT_S / 2) == [4]
    assert stream.run_until(RTT_S * 1.5) == [(RTT_S, [1]), (RTT_S * 1.5, [4])]


@pytest.mark.parametrize(
    ("rtt_s", "wait_s"),
    [
        (None, RTT_UNKNOWN_S),
        (0.0, RETRY_MIN_S),
        (0.03125, 0.03125),
        (0.25, 0.25),
        (7.0, RETRY_MAX_S),
    ],
)
def test_it_is_asked_for_again_after_a_round_trip(rtt_s, wait_s):
    stream = Stream()
    stream.come(0, 2, 3, at=0.0)

    asked = stream.run_until(100.0, rtt_s)

    tries = min(MAX_TRIES, int(GIVE_UP_AFTER_S / wait_s - 1e-9) + 1)
    assert [numbers for _, numbers in asked] == [[1]] * tries
    assert [at for at, _ in asked] == pytest.approx([wait_s * n for n in range(tries)])
    assert stream.missing.gave_up
    assert stream.missing.next_deadline() is None
    assert stream.missing.asked == tries


def test_after_the_last_question_its_answer_is_waited_for():
    stream = Stream()
    stream.come(0, 2, 3)
    assert len(stream.run_until((MAX_TRIES - 1) * RTT_S)) == MAX_TRIES
    assert not stream.missing.gave_up

    assert stream.due(MAX_TRIES * RTT_S - 0.001) == []
    assert not stream.missing.gave_up
    assert stream.due(MAX_TRIES * RTT_S) == []
    assert stream.missing.gave_up


def test_an_edge_that_slept_asks_for_nothing_old():
    stream = Stream()
    stream.come(0, 2, 3)

    assert stream.due(GIVE_UP_AFTER_S) == []
    assert stream.missing.gave_up


def test_a_hole_takes_all_others_with_it():
    stream = Stream()
    stream.come(0, 2, 3, at=0.0)
    stream.come(5, 6, at=0.9)
    assert stream.due(0.9) == [1, 4]

    assert stream.run_until(100.0) == []
    assert stream.missing.gave_up
    stream.missing.gave_up = False
    stream.come(8, 9, at=2.0)
    assert stream.due(2.0) == [7]
    assert not stream.missing.gave_up


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("gap", [MAX_MISSING, MAX_MISSING + 1, 2999, 0x7FFE])
def test_a_wide_gap_is_given_up_at_once(start, gap):
    stream = Stream(start)
    stream.come(0, gap + 1)
    wide = gap > MAX_MISSING

    assert stream.missing.gave_up is wide
    assert stream.due(LATE_S) == ([] if wide else [*range(1, gap + 1)])
    stream.missing.gave_up = False
    stream.come(gap + 3, gap + 4, at=0.5)
    assert stream.missing.gave_up is not wide  # no room for one more


@pytest.mark.parametrize("start", STARTS)
def test_half_the_circle_is_no_advance(start):
    stream = Stream(start)
    stream.come(0, 0x8000, 2, 3)

    assert stream.due(0.0) == [1]
    assert not stream.missing.gave_up


@pytest.mark.parametrize("start", STARTS)
def test_many_small_gaps_are_no_better_than_one(start):
    stream = Stream(start)
    stream.come(*range(0, 2 * MAX_MISSING + 1, 2))
    assert not stream.missing.gave_up

    stream.come(2 * MAX_MISSING + 2)

    assert stream.missing.gave_up
    assert stream.missing.next_deadline() is None


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize(
    ("keyframe", "asked", "why"),
    [
        (0, [1, 3, 5], "older than all"),
        (2, [3, 5], "between"),
        (4, [5], "between"),
        (3, [3, 5], "it is told late: itself is not older"),
        (7, [], "newer than all"),
    ],
)
def test_a_key_frame_makes_what_is_older_worthless(start, keyframe, asked, why):
    stream = Stream(start)
    stream.come(0, 2, 4, 6, 7)

    stream.keyframe(keyframe)

    assert stream.due(0.0) == asked, why


@pytest.mark.parametrize(("keyframe", "gave_up"), [(101, False), (50, True)])
def test_a_key_frame_behind_the_hole_fills_it(keyframe, gave_up):
    stream = Stream()
    stream.come(0, 101)
    assert stream.missing.gave_up

    stream.come(keyframe)
    stream.keyframe(keyframe)

    assert stream.missing.gave_up is gave_up


@pytest.mark.parametrize("start", STARTS)
def test_numbers_that_begin_anew_have_no_gap(start):
    stream = Stream(start)
    stream.come(0, 2, 3)
    stream.missing.gave_up = True

    stream.missing.restart((start + 40000) & 0xFFFF)

    assert not stream.missing.gave_up
    assert stream.missing.next_deadline() is None
    stream.come(40001, 40003, 40004, at=1.0)
    assert stream.missing.due(1.0, RTT_S) == ((start + 40002) & 0xFFFF,)


@pytest.mark.parametrize("silence_s", [0.4, 60.0, 7200.0])
def test_silence_is_no_loss(silence_s):
    stream = Stream(65533)
    for number in range(8):
        stream.come(number, at=number * silence_s)
        assert stream.due(number * silence_s) == []

    assert stream.run_until(1e9) == []
    assert not stream.missing.gave_up


def test_numbers_may_go_round_many_times():
    missing = Missing()
    for number in range(3 * 0x10000):
        now = number / 250
        if number % 1000 != 999:
            missing.on_packet(number & 0xFFFF, now)
        asked = missing.due(now, RTT_S)

        second_after_it = number % 1000 == 1 and number > 1
        assert asked == (((number - 2) & 0xFFFF,) if second_after_it else ())
        for seq in asked:
            missing.on_packet(seq, now)
    assert not missing.gave_up


@given(st.integers(0, 0xFFFF), st.lists(st.floats(0, 5), max_size=60))
def test_nothing_that_comes_in_order_is_ever_asked_for(start, pauses):
    stream = Stream(start)
    now = 0.0
    for number, pause in enumerate(pauses):
        now += pause
        assert stream.run_until(now) == []
        stream.come(number, at=now)
        assert stream.due(now) == []
    assert not stream.missing.gave_up
    assert stream.missing.next_deadline() is None


@given(
    st.integers(0, 0xFFFF),
    st.lists(
        st.tuples(
            st.sampled_from(["comes", "comes", "comes", "lost", "late", "keyframe"]),
            st.floats(0.0, 0.05),
        ),
        max_size=120,
    ),
    st.none() | st.floats(0, 1),
    st.booleans(),
)
def test_what_is_lost_is_asked_for_some_times_unless_given_up(start, packets, rtt_s, edge_sleeps):
    stream = Stream(start)
    stream.come(0)
    now = 0.0
    came: set[int] = {0}
    delayed: list[int] = []
    asked: dict[int, int] = {}
    settled = 0  # numbers below were given up or made worthless by a key frame
    newest = 0

    last_asked: dict[int, float] = {}

    def take(at, numbers):
        for number in numbers:
            assert settled <= number < newest
            assert number not in came
            assert at - last_asked.get(number, -1.0) >= RETRY_MIN_S - 1e-9
            last_asked[number] = at
            asked[number] = asked.get(number, 0) + 1

    def let_pass(until):
        if not edge_sleeps:
            for at, numbers in stream.run_until(until, rtt_s):
                take(at, numbers)
        take(until, stream.due(until, rtt_s))

    for number, (fate, pause) in enumerate(packets, start=1):
        now += pause
        let_pass(now)
        if stream.missing.gave_up:
            stream.missing.gave_up = False
            settled = newest
        if fate == "lost":
            continue
        if fate == "late":
            delayed.append(number)
            continue
        newest = number
        stream.come(number, at=now)
        came.add(number)
        if fate == "keyframe":
            stream.keyframe(number)
            settled = number
        if delayed:
            stream.come(delayed[0], at=now)
            came.add(delayed.pop(0))
        if stream.missing.gave_up:
            stream.missing.gave_up = False
            settled = newest
        let_pass(now)

    let_pass(now + LATE_S)
    open_ones = set(range(settled, newest)) - came
    if not stream.missing.gave_up:
        assert open_ones <= set(asked)
    let_pass(now + 10.0)
    assert stream.missing.gave_up or not open_ones
    assert stream.missing.next_deadline() is None
    assert all(tries <= MAX_TRIES for tries in asked.values())
    assert sum(asked.values()) == stream.missing.asked


@given(st.lists(st.tuples(st.integers(0, 0xFFFF), st.floats(0, 0.5)), max_size=80))
def test_any_numbers_keep_it_small(packets):
    missing = Missing()
    now = 0.0
    for seq, pause in packets:
        now += pause
        missing.on_packet(seq, now)
        asked = missing.due(now, 0.1)
        assert len(asked) <= MAX_MISSING
        assert len(set(asked)) == len(asked)
        assert seq not in asked
        following = missing.next_deadline()
        assert following is None or now < following <= now + RETRY_MAX_S
