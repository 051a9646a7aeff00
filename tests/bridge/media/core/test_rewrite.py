from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.media.core.rewrite import REMEMBERED_SKIPS, Numbers, Place, Run
from bridge.media.core.rtp import AUDIO_CLOCK_HZ, VIDEO_CLOCK_HZ


def place(number, timestamp=0, at_s=0.0, picture_id=-1, tl0=-1) -> Place:
    return Place(number, timestamp & 0xFFFFFFFF, at_s, picture_id, tl0)


def line(*, hz: int = VIDEO_CLOCK_HZ, seq: int = 0, timestamp: int = 0, **ids: int) -> Numbers:
    return Numbers(clock_rate_hz=hz, seq=seq, timestamp=timestamp, **ids)


def begun(numbers: Numbers, at: Place) -> Run:
    return numbers.begin(at, payload_type=98)


def run_of(first: int = 0, **deltas: int) -> Run:
    names = ("index_delta", "timestamp_delta", "picture_id_delta", "tl0_delta")
    return Run(first=first, payload_type=98, **(dict.fromkeys(names, 0) | deltas))


SEQS = [0, 1, 127, 128, 32767, 32768, 65534, 65535]


# Sequence numbers.


@pytest.mark.parametrize("out", SEQS)
@pytest.mark.parametrize("source", [*SEQS, 3 * 65536 - 1])
@pytest.mark.parametrize("steps", [[0, 1, 2], [0, 2, 1, 3], [0, 3], [0, 2999, 5998], [0, 70000]])
def test_within_a_run_every_number_keeps_its_distance_and_is_counted_without_wraps(
    out, source, steps
):
    run = begun(line(seq=out), place(source))

    got = [source + step + run.at(source + step).index_delta for step in steps]

    assert got == [out + step for step in steps]


@pytest.mark.parametrize("source", SEQS)
@pytest.mark.parametrize("back", [1, 2, 100, 65535, 65536])
def test_a_packet_from_before_the_run_has_no_place_in_it(source, back):
    run = begun(line(seq=7), place(source))

    assert run.at(source) is run
    assert run.at(source - back) is None
    assert run.source_index(7 - back) is None


@pytest.mark.parametrize("out", SEQS)
@pytest.mark.parametrize(("source", "other"), list(pairwise([*SEQS, 0])))
def test_at_a_switch_the_numbers_go_on_after_the_highest(out, source, other):
    numbers = line(seq=out)
    first = begun(numbers, place(source))
    assert source + first.index_delta == out
    numbers.end(first, place(source + 2))
    assert numbers.newest[0] == out + 2

    second = begun(numbers, place(other))
    numbers.end(second, place(other))
    third = begun(numbers, place(source + 9))

    assert other + second.index_delta == out + 3
    assert source + 9 + third.index_delta == out + 4


def test_a_line_is_new_until_something_begins():
    numbers = line(seq=5)
    assert numbers.is_new
    begun(numbers, place(1))

    assert not numbers.is_new


def test_a_run_has_the_subscribers_number_for_the_sources_codec():
    assert line().begin(place(1), payload_type=102).payload_type == 102


# Timestamps.

STAMPS = [0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]


@pytest.mark.parametrize("out", STAMPS)
@pytest.mark.parametrize(("source", "other"), list(pairwise([*STAMPS, 0])))
@pytest.mark.parametrize(
    ("hz", "switched_at_s", "step", "why"),
    [
        (VIDEO_CLOCK_HZ, 10.1, 9000, "picture goes on with real time"),
        (AUDIO_CLOCK_HZ, 10.1, 4800, "sound goes on with real time"),
        (VIDEO_CLOCK_HZ, 10.0, 1, "at least one tick"),
        (VIDEO_CLOCK_HZ, 9.0, 1, "never back, even when our clock is"),
        (VIDEO_CLOCK_HZ, 10.0 + 6 * 3600, 6 * 3600 * 90000, "a long silence"),
        (VIDEO_CLOCK_HZ, 10.0 + 24 * 3600, 0x7F000000, "a very long one stays a step forward"),
    ],
)
def test_timestamps_across_a_switch(out, source, other, hz, switched_at_s, step, why):
    numbers = line(hz=hz, timestamp=out)
    run = begun(numbers, place(0, source, 9.0))
    assert (source + run.timestamp_delta) & 0xFFFFFFFF == out
    numbers.end(run, place(1, source + 3000, 10.0))

    run = begun(numbers, place(77, other, switched_at_s))

    assert (other + run.timestamp_delta - out - 3000) & 0xFFFFFFFF == step, why


def test_the_first_packet_of_all_has_the_drawn_timestamp_whenever_it_comes():
    run = begun(line(timestamp=500), place(0, 9, 1e6))

    assert 9 + run.timestamp_delta == 500


# Picture ids and TL0PICIDX.

PICTURES = [0, 1, 127, 128, 16383, 16384, 32766, 32767]


@pytest.mark.parametrize("out", PICTURES)
@pytest.mark.parametrize("source", [*PICTURES, 32768, 70000])
def test_picture_ids_go_on_at_a_switch(out, source):
    numbers = line(picture_id=out)
    run = begun(numbers, place(0, picture_id=source))
    assert (source + run.picture_id_delta) & 0x7FFF == out
    numbers.end(run, place(9, picture_id=source + 2))

    run = begun(numbers, place(70, picture_id=12345))

    assert (12345 + run.picture_id_delta - out) & 0x7FFF == 3


@pytest.mark.parametrize("out", [0, 1, 127, 128, 254, 255])
@pytest.mark.parametrize("source", [0, 1, 127, 128, 254, 255])
def test_base_layer_indices_go_on_at_a_switch(out, source):
    numbers = line(tl0=out)
    run = begun(numbers, place(0, tl0=source))
    assert (source + run.tl0_delta) & 0xFF == out
    numbers.end(run, place(9, tl0=(source + 2) & 0xFF))

    run = begun(numbers, place(70, tl0=99))

    assert (99 + run.tl0_delta - out) & 0xFF == 3


def test_pictures_are_counted_from_nought_if_nothing_else_is_said():
    run = begun(line(), place(0, picture_id=7, tl0=7))

    assert (7 + run.picture_id_delta, 7 + run.tl0_delta) == (0, 0)


def test_a_source_without_ids_between_two_others_does_not_disturb_them():
    numbers = line(picture_id=40, tl0=50)
    numbers.end(begun(numbers, place(0, picture_id=7, tl0=7)), place(0, picture_id=7, tl0=7))
    numbers.end(begun(numbers, place(10)), place(12))

    run = begun(numbers, place(20, picture_id=300, tl0=200))

    assert (300 + run.picture_id_delta, 200 + run.tl0_delta) == (41, 51)


def test_a_source_that_began_without_ids_and_has_some_later_ends_with_them():
    numbers = line(picture_id=40, tl0=50)
    run = begun(numbers, place(0))
    assert (run.picture_id_delta, run.tl0_delta) == (0, 0)
    numbers.end(run, place(5, picture_id=900, tl0=9))

    run = begun(numbers, place(20, picture_id=3, tl0=3))

    assert (3 + run.picture_id_delta, 3 + run.tl0_delta) == (901, 10)


# What a run leaves out.


def test_what_is_left_out_takes_no_number_and_a_late_packet_has_that_of_its_time():
    run = run_of()
    run.skip(2, 1)  # two packets of picture 1, then one of 3
    run.skip(3, 1)
    run.skip(5, 3)
    rows = {0: (0, 0), 1: (0, 0), 2: None, 3: None, 4: (-2, -1), 5: None, 6: (-3, -2)}

    for index, expected in rows.items():
        then = run.at(index)
        got = None if then is None else (then.index_delta, then.picture_id_delta)
        assert got == expected, index
    assert run.at(6) is run
    assert [run.source_index(out) for out in range(5)] == [0, 1, 4, 6, 7]


def test_a_run_of_another_time_is_the_same_but_for_what_was_left_out():
    run = run_of(first=1, timestamp_delta=5, tl0_delta=6)
    run.skip(4, 9)
    then = run.at(3)

    assert (then.first, then.payload_type, then.timestamp_delta, then.tl0_delta) == (1, 98, 5, 6)


def test_a_picture_left_out_whose_first_packet_never_came_takes_no_picture_id_either():
    run = run_of()
    run.skip(11, 7)  # 10, with which picture 7 began, was lost

    assert (run.at(12).index_delta, run.at(12).picture_id_delta) == (-1, -1)
    assert (run.at(10).index_delta, run.at(10).picture_id_delta) == (0, 0)


def test_what_is_older_than_all_that_is_remembered_has_no_place():
    run = run_of()
    for index in range(10, 10 + 2 * REMEMBERED_SKIPS, 2):
        run.skip(index, index)
    assert run.at(9) is None
    assert run.source_index(9) is None
    assert run.at(11).index_delta == -1
    assert run.source_index(10) == 11

    run.skip(10 + 2 * REMEMBERED_SKIPS, 0)

    assert run.at(11) is None
    assert run.at(13).index_delta == -2


# Laws.


@given(
    st.integers(0, 70_000),
    st.integers(0, 70_000),
    st.lists(st.booleans(), max_size=80),
    st.integers(-5, 90),
)
def test_who_went_out_under_a_number_is_the_inverse_of_placing(first, out, is_left_out, step):
    run = run_of(first=first, index_delta=out - first)
    kept = []
    for n, left_out in enumerate(is_left_out):
        if left_out:
            run.skip(first + n, n)
        else:
            kept.append(first + n)

    placed = {index: run.at(index) for index in range(first, first + len(is_left_out))}

    assert [index for index, then in placed.items() if then is not None] == kept
    sent = [index + placed[index].index_delta for index in kept]
    assert sent == list(range(out, out + len(kept))), "no gap, and no number twice"
    assert [run.source_index(number) for number in sent] == kept
    there = run.source_index(out + step)
    assert there is None or there + run.at(there).index_delta == out + step


@dataclass(frozen=True, slots=True)
class Episode:
    first: int
    timestamp: int
    picture_id: int
    steps: list[tuple[bool, int]]
    """Of each picture: whether it is left out, and its packets."""
    pause_s: float


episodes = st.builds(
    Episode,
    st.integers(0, 200_000),
    st.integers(0, 0xFFFFFFFF),
    st.integers(0, 40_000),
    st.lists(st.tuples(st.booleans(), st.integers(1, 4)), max_size=12),
    st.sampled_from([0.0, 0.001, 0.04, 3.0, 1e5]),
)


@given(
    st.lists(episodes, min_size=1, max_size=6),
    st.integers(0, 0xFFFF),
    st.integers(0, 0xFFFFFFFF),
    st.integers(0, 0x7FFF),
)
def test_whatever_is_switched_and_left_out_the_stream_never_tears(
    episodes, seq, timestamp, picture_id
):
    numbers = line(seq=seq, timestamp=timestamp, picture_id=picture_id)
    indices, pictures, times = [], [], []
    now_s = 0.0
    for episode in episodes:
        now_s += episode.pause_s
        at = place(episode.first, episode.timestamp, now_s, episode.picture_id)
        run = begun(numbers, at)
        index = episode.first
        for n, (is_left_out, packets) in enumerate([(False, 1), *episode.steps]):
            at = place(index, episode.timestamp + 3000 * n, now_s, episode.picture_id + n)
            for _ in range(packets):
                if is_left_out:
                    run.skip(index, at.picture_id)
                else:
                    then = run.at(index)
                    indices.append(index + then.index_delta)
                    pictures.append((at.picture_id + then.picture_id_delta) & 0x7FFF)
                    times.append((at.timestamp + then.timestamp_delta) & 0xFFFFFFFF)
                index += 1
            at = at._replace(number=index - 1)
            now_s += 1 / 30
        numbers.end(run, at)

    assert indices == list(range(seq, seq + len(indices)))
    assert all((after - before) & 0x7FFF in (0, 1) for before, after in pairwise(pictures))
    for (before, after), (was, now) in zip(pairwise(times), pairwise(pictures), strict=True):
        assert (after == before) == (now == was)
        assert (after - before) & 0xFFFFFFFF < 0x80000000
