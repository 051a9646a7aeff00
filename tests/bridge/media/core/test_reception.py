from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.media.core.reception import IN_STREAM, JUMPED, RESTARTED, Reception

STARTS: Final = [0, 1, 127, 128, 32767, 32768, 65534, 65535]


def reception(rate: int = 8000) -> Reception:
    return Reception(ssrc=0xBEEF, clock_rate_hz=rate)


def receive(stream: Reception, *seqs: int) -> list[int]:
    return [stream.on_packet(seq & 0xFFFF, 0, 0.0) for seq in seqs]


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize(
    ("steps", "highest", "lost", "why"),
    [
        ([0], 0, 0, "one packet"),
        ([0, 1, 2], 2, 0, "in order"),
        ([0, 3], 3, 2, "two lost"),
        ([0, 2, 1], 2, 0, "reordered is not lost"),
        ([0, -99], 0, -1, "from before the first"),
        ([0, 0], 0, -1, "a copy counts as received"),
        ([0, 2999], 2999, 2998, "the largest loss"),
        ([0, 2999, 2900], 2999, 2997, "the latest packet"),
    ],
)
def test_what_came_and_what_was_lost(start, steps, highest, lost, why):
    stream = reception()

    verdicts = receive(stream, *(start + step for step in steps))

    assert set(verdicts) == {IN_STREAM}, why
    assert stream.packets == len(steps)
    assert stream.lost == lost, why
    block = stream.report(0.0)
    assert (block.ssrc, block.highest, block.lost) == (0xBEEF, start + highest, lost), why


def test_before_any_packet_there_is_nothing_to_report():
    block = reception().report(5.0)

    assert (block.highest, block.lost, block.fraction_lost, block.jitter) == (0, 0, 0, 0)
    assert (block.last_sr, block.delay_since_sr) == (0, 0)


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("jump", [3000, 32767, 32768, 65536 - 102])
def test_a_jump_is_suspect_until_the_next_packet_confirms_it(start, jump):
    stream = reception()
    receive(stream, start, start + 2)  # one lost
    before = stream.report(0.0).highest

    assert receive(stream, start + 2 + jump) == [JUMPED]
    assert (stream.packets, stream.lost, stream.restarts) == (2, 1, 0)
    assert receive(stream, start + 2 + jump + 1) == [RESTARTED]

    assert (stream.packets, stream.lost, stream.restarts) == (3, 1, 1)
    assert receive(stream, start + 2 + jump + 3) == [IN_STREAM]
    assert (stream.packets, stream.lost) == (4, 2)
    block = stream.report(0.0)
    assert block.highest > before
    assert block.highest & 0xFFFF == (start + 2 + jump + 3) & 0xFFFF
    assert (block.lost, block.fraction_lost) == (2, 256 // 3)


def test_a_hundred_back_is_a_jump_and_less_is_late():
    stream = reception()
    receive(stream, 500)

    assert receive(stream, 401, 400) == [IN_STREAM, JUMPED]


def test_a_stray_packet_does_not_restart_a_stream_that_goes_on():
    stream = reception()
    receive(stream, 0)

    assert receive(stream, 20000, 1, 20001, 2, 20002) == [
        JUMPED,
        IN_STREAM,
        JUMPED,
        IN_STREAM,
        JUMPED,
    ]
    assert receive(stream, 40000, 50000, 50002, 50001) == [JUMPED] * 4
    assert (stream.packets, stream.lost, stream.restarts) == (3, 0, 0)


def test_a_jump_right_to_the_end_of_the_numbers_is_confirmed_by_zero():
    stream = reception()
    receive(stream, 10000)

    assert receive(stream, 65535, 0, 1) == [JUMPED, RESTARTED, IN_STREAM]


def test_after_a_restart_time_and_timestamp_are_those_of_the_new_numbers():
    stream = reception()
    stream.on_packet(0, 100, 1.0)
    stream.on_packet(20000, 7000, 2.0)
    stream.on_packet(20001, 7160, 2.02)

    assert (stream.newest_timestamp, stream.newest_at_s, stream.jitter_s) == (7160, 2.02, 0.0)


@pytest.mark.parametrize(
    ("seqs", "fraction", "why"),
    [
        ([3, 4, 5], 0, "no loss"),
        ([6], 192, "three of four"),
        ([3, 3, 3], 0, "copies are not negative loss"),
        ([], 0, "nothing expected"),
        ([1, 2, 0], 0, "late ones alone"),
        ([2999], 255, "nearly all, but 256 would not fit"),
    ],
)
def test_the_fraction_is_about_the_time_since_the_last_report(seqs, fraction, why):
    stream = reception()
    receive(stream, 0, 2)
    assert stream.report(1.0).fraction_lost == 256 // 3

    receive(stream, *seqs)

    assert stream.report(2.0).fraction_lost == fraction, why
    assert stream.report(3.0).fraction_lost == 0


def test_the_reported_loss_stays_in_24_bits():
    lost = reception()
    receive(lost, *range(0, 2999 * 2900, 2999))
    copied = reception()
    receive(copied, 0)
    copied.packets += 0x900000

    assert lost.lost > 0x7FFFFF
    assert lost.report(0.0).lost == 0x7FFFFF
    assert copied.report(0.0).lost == -0x800000


def test_the_extended_number_counts_the_rounds():
    stream = reception()
    receive(stream, *range(0, 3 * 65536, 2048))

    assert stream.report(0.0).highest == 3 * 65536 - 2048


@pytest.mark.parametrize("start", [0, 0x7FFFFFFF, 0xFFFFFF00])
def test_jitter_is_a_sixteenth_of_each_difference(start):
    stream = reception(8000)
    rows = [
        (0, 1.0, 0.0, "the first one says nothing"),
        (160, 1.02, 0.0, "as sent"),
        (320, 1.05, 5.0, "80 ticks late"),
        (480, 1.06, 5.0 + (80 - 5.0) / 16, "early again by as much"),
        (640, 1.08, (5.0 + (80 - 5.0) / 16) * 15 / 16, "as sent"),
    ]

    for seq, (ticks, at, jitter, why) in enumerate(rows):
        stream.on_packet(seq, (start + ticks) & 0xFFFFFFFF, at)
        assert stream.jitter_s * 8000 == pytest.approx(jitter, abs=1e-6), why
    assert stream.report(2.0).jitter == 9


def test_a_picture_sent_in_many_packets_is_no_jitter():
    stream = reception(90000)
    stream.on_packet(0, 0, 1.0)
    for seq in range(1, 30):
        stream.on_packet(seq, 0, 1.0 + seq * 0.001)
    stream.on_packet(30, 3600, 1.04)

    assert stream.jitter_s == pytest.approx(0.0, abs=1e-9)
    assert (stream.newest_timestamp, stream.newest_at_s) == (3600, 1.04)


def test_late_packets_neither_count_as_jitter_nor_as_newest():
    stream = reception(8000)
    stream.on_packet(0, 0, 1.0)
    stream.on_packet(2, 320, 1.04)
    stream.on_packet(1, 160, 1.09)

    assert stream.jitter_s == pytest.approx(0.0, abs=1e-9)
    assert (stream.newest_timestamp, stream.newest_at_s) == (320, 1.04)


@pytest.mark.parametrize(("late_s", "counts"), [(4.9, True), (5.1, False), (-5.1, False)])
def test_a_clock_set_anew_is_no_jitter(late_s, counts):
    stream = reception(8000)
    stream.on_packet(0, 0, 10.0)
    stream.on_packet(1, round(-late_s * 8000) & 0xFFFFFFFF, 10.0)

    assert (stream.jitter_s > 1e-9) is counts
    stream.on_packet(2, round(-late_s * 8000) + 160 & 0xFFFFFFFF, 10.02)
    assert (stream.jitter_s > 1e-9) is counts


def test_a_report_says_how_long_ago_the_sender_reported():
    stream = reception()
    stream.on_sender_report(0x1234_5678_9ABC_DEF0, 10.0)

    block = stream.report(11.5)

    assert (block.last_sr, block.delay_since_sr) == (0x5678_9ABC, 0x1_8000)
    assert stream.report(1e6).delay_since_sr == 0xFFFFFFFF


@given(
    st.integers(0, 0xFFFF),
    st.lists(st.integers(0, 500), min_size=1, max_size=60, unique=True),
)
def test_expected_is_received_and_lost_whatever_the_order(start, steps):
    stream = reception()
    steps = sorted(steps, key=lambda step: (step // 50, step % 7))  # reordered inside fifty
    first, newest = steps[0], max(steps)

    receive(stream, *(start + step for step in steps))

    assert stream.packets == len(steps)
    assert stream.lost == newest - first + 1 - len(steps)


@given(
    st.lists(
        st.tuples(st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF), st.floats(0, 100)),
        max_size=40,
    )
)
def test_any_numbers_give_a_block_that_fits(packets):
    stream = reception()
    highest = 0
    for seq, timestamp, now in packets:
        stream.on_packet(seq, timestamp, now)
        block = stream.report(now)
        assert 0 <= block.fraction_lost <= 255
        assert -0x800000 <= block.lost <= 0x7FFFFF
        assert 0 <= block.jitter <= 0xFFFFFFFF
        assert block.highest >= highest
        highest = block.highest


# The number without wraps.


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize(
    ("steps", "indices"),
    [
        ([0, 1, 2], [0, 1, 2]),
        ([0, 2, 1, 3], [0, 2, 1, 3]),
        ([0, 0, 1, 1], [0, 0, 1, 1]),
        ([0, -99], [0, -99]),
        ([0, 2999, 2900, 5998], [0, 2999, 2900, 5998]),
        (list(range(0, 140_000, 2999)), list(range(0, 140_000, 2999))),
    ],
)
def test_every_packet_has_an_index_that_knows_no_wrap(start, steps, indices):
    stream = reception()
    assert (stream.index, stream.highest) == (0, 0)
    newest = start
    for step, index in zip(steps, indices, strict=True):
        receive(stream, start + step)
        newest = max(newest, start + index)
        assert stream.index == start + index
        assert stream.highest == newest


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("seq", [0, 1, 30_000, 65535])
def test_a_restart_begins_above_all_indices_before_and_remembers_where_they_ended(start, seq):
    stream = reception()
    stream.on_packet(start, 100, 1.0)
    stream.on_packet((start + 2) & 0xFFFF, 300, 1.02)
    stream.on_packet((start + 1) & 0xFFFF, 200, 1.03)
    ended = stream.highest
    assert stream.before_restart == (0, 0, 0.0)
    jump = (start + 20_000) & 0xFFFF
    stream.on_packet(jump, 7, 2.0)
    assert stream.highest == ended

    assert stream.on_packet((jump + 1) & 0xFFFF, 8, 2.1) == RESTARTED

    assert stream.before_restart == (start + 2, 300, 1.02)
    assert stream.index == stream.highest > ended
    assert stream.index & 0xFFFF == (jump + 1) & 0xFFFF


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("back", [1, 99, 100, 3000, 65535])
def test_a_packet_that_was_sent_again_is_received_however_late(start, back):
    stream = reception()
    receive(stream, *(start + step for step in range(0, 70_000, 2000)))
    newest, lost, jitter_s = start + 68_000, stream.lost, stream.jitter_s

    stream.on_repeat((newest - back) & 0xFFFF)

    assert (stream.index, stream.highest) == (newest - back, newest)
    assert stream.lost == lost - 1
    assert (stream.jitter_s, stream.newest_timestamp) == (jitter_s, 0)
    assert receive(stream, newest + 1) == [IN_STREAM]


@given(st.lists(st.integers(0, 0xFFFF), max_size=40))
def test_whatever_comes_the_index_ends_in_the_number_and_the_highest_never_falls(seqs):
    stream = reception()
    highest = -1
    for seq in seqs:
        if receive(stream, seq) != [JUMPED]:
            assert stream.index & 0xFFFF == seq
            assert stream.index <= stream.highest
            assert stream.highest >= highest
            highest = stream.highest
