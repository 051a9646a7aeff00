from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.endpoint.book import PayloadBook
from bridge.endpoint.ear import HOLES_REMEMBERED, Continuity, PictureEar, Run, SoundEar

WRAPS = [0, 1, 127, 128, 32767, 32768, 65534, 65535]


def heard(sequences: list[int], *, first: int = 0) -> Continuity:
    continuity = Continuity()
    for number in sequences:
        continuity.take((first + number) % 65536, (number * 960) % 2**32, float(number))
    return continuity


@pytest.mark.parametrize("first", WRAPS)
@pytest.mark.parametrize(
    ("order", "gaps", "skipped", "reordered", "duplicates"),
    [
        ([0, 1, 2, 3], 0, 0, 0, 0),
        ([0, 2, 3], 1, 1, 0, 0),
        ([0, 4, 5], 1, 3, 0, 0),
        ([0, 2, 1, 3], 1, 0, 1, 0),
        ([0, 1, 1, 2], 0, 0, 0, 1),
        ([0, 2, 1, 1, 3], 1, 0, 1, 1),
        ([0, 3, 6], 2, 4, 0, 0),
        ([2, 1, 3], 0, 0, 0, 1),
    ],
)
def test_order_is_counted_over_the_wrap(
    first: int, order: list[int], gaps: int, skipped: int, reordered: int, duplicates: int
) -> None:
    seen = heard(order, first=first)
    assert (seen.gaps, seen.skipped, seen.reordered, seen.duplicates) == (
        gaps,
        skipped,
        reordered,
        duplicates,
    )
    assert seen.packets == len(order)
    assert (seen.first_s, seen.last_s) == (order[0], order[-1])


@given(st.permutations(range(1, 12)), st.sampled_from(WRAPS))
def test_whatever_the_order_nothing_is_missing_when_all_have_come(
    order: list[int], first: int
) -> None:
    seen = heard([0, *order], first=first)
    assert seen.skipped == 0
    assert seen.duplicates == 0


@given(st.sets(st.integers(1, 60), min_size=1), st.sampled_from(WRAPS))
def test_what_never_comes_is_what_is_skipped(lost: set[int], first: int) -> None:
    seen = heard([n for n in range(62) if n not in lost], first=first)
    assert seen.skipped == len(lost)


def test_holes_are_waited_for_no_longer_than_the_bound() -> None:
    seen = heard([0, 5000, 5001])
    seen.take(1, 960, 9.0)
    assert seen.duplicates == 1
    seen.take(5000 - HOLES_REMEMBERED, 0, 9.0)
    assert seen.reordered == 1
    many = heard(list(range(0, 4 * HOLES_REMEMBERED, 2)))
    many.take(1, 960, 9.0)
    assert many.duplicates == 1


@pytest.mark.parametrize("first", [0, 1, 2**31 - 1, 2**31, 2**32 - 961, 2**32 - 1])
def test_a_timestamp_that_goes_back_is_seen_and_one_that_wraps_is_not_one(first: int) -> None:
    continuity = Continuity()
    for sequence, step in enumerate([0, 960, 960, 1920]):
        continuity.take(sequence, (first + step) % 2**32, 0.0)
    assert continuity.backward == 0
    continuity.take(4, (first + 1919) % 2**32, 0.0)
    assert continuity.backward == 1


def test_a_late_packet_has_an_old_timestamp_by_right() -> None:
    assert heard([0, 2, 1, 3]).backward == 0


def book() -> PayloadBook:
    tones = PayloadBook()
    tones.add("01", [b"ha noi"])
    tones.add("79", [b"hcm"])
    return tones


def listen(ear: SoundEar, *payloads: bytes) -> None:
    for number, payload in enumerate(payloads):
        ear.hear(number, number * 960, payload, float(number))


def test_an_ear_knows_who_was_heard_when() -> None:
    ear = SoundEar("11", book())
    listen(ear, b"ha noi", b"ha noi", b"hcm", b"?", b"ha noi")
    assert list(ear.runs) == [
        Run(site="01", first_s=0, last_s=1, packets=2),
        Run(site="79", first_s=2, last_s=2, packets=1),
        Run(site=None, first_s=3, last_s=3, packets=1),
        Run(site="01", first_s=4, last_s=4, packets=1),
    ]
    assert ear.last_heard_s == {"01": 4, "79": 2}
    assert ear.unknown == 1
    assert ear.bytes == 6 + 6 + 3 + 1 + 6


def test_own_sound_is_counted() -> None:
    ear = SoundEar("79", book())
    listen(ear, b"hcm", b"ha noi", b"?", b"hcm")
    assert ear.own_sound == 2


def picture_ear() -> PictureEar:
    keys = PayloadBook()
    keys.add("01", [b"key1"])
    keys.add("79", [b"key2"])
    return PictureEar(keys, prefix_bytes=4)


def test_a_picture_is_broken_until_a_key_frame_and_again_after_a_gap() -> None:
    ear = picture_ear()
    states = []
    for sequence, opens in [(0, False), (1, True), (2, False), (4, False), (3, False), (5, True)]:
        ear.see(sequence, sequence, b"key1...", 0.0, opens_keyframe=opens)
        states.append(ear.broken)
    assert states == [True, False, False, True, False, False]


@pytest.mark.parametrize("first", [0, 65530, 40_000])
def test_a_picture_is_whole_when_the_last_hole_behind_its_key_frame_is_filled(first: int) -> None:
    ear = picture_ear()
    states = []
    for step, opens in [(0, True), (2, False), (5, True), (7, False), (9, False)]:
        ear.see((first + step) & 0xFFFF, 0, b"key1...", 0.0, opens_keyframe=opens)
    for step in (1, 8, 3, 6, 4):  # those before the key frame mean nothing
        ear.see((first + step) & 0xFFFF, 0, b"key1...", 0.0, opens_keyframe=False)
        states.append(ear.broken)
    assert states == [True, True, True, False, False]


def test_a_key_frame_that_came_twice_mends_nothing_behind_it() -> None:
    ear = picture_ear()
    for sequence, opens in [(0, True), (2, False), (0, True)]:
        ear.see(sequence, 0, b"key1...", 0.0, opens_keyframe=opens)
    assert ear.broken


def test_a_packet_that_came_twice_breaks_nothing() -> None:
    ear = picture_ear()
    ear.see(0, 0, b"key1...", 0.0, opens_keyframe=True)
    ear.see(0, 0, b"key1...", 0.1, opens_keyframe=False)
    assert not ear.broken


def test_the_first_key_frame_of_a_site_after_a_moment_is_found() -> None:
    ear = picture_ear()
    for sequence, (at_s, data) in enumerate(
        [(1.0, b"key1..."), (2.0, b"key1..."), (2.5, b"key2..."), (3.0, b"other")]
    ):
        ear.see(sequence, sequence, data, at_s, opens_keyframe=True)
    assert ear.first_keyframe(after_s=0.5) == 1.0
    assert ear.first_keyframe(after_s=1.0) == 2.0
    assert ear.first_keyframe(after_s=1.0, site="79") == 2.5
    assert ear.first_keyframe(after_s=2.5, site="79") is None
    assert ear.keyframes == 4
    assert ear.keyframe_log[-1].site is None
