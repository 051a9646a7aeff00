from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.media.core.serial import (
    distance16,
    distance32,
    extend16,
    latest16,
    newer16,
    newer32,
)

STARTS = [0, 1, 127, 128, 32767, 32768, 65534, 65535]


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize(
    ("step", "newer"),
    [(-32767, False), (-1, False), (0, False), (1, True), (32767, True)],
)
def test_16_bits_are_newer_when_the_way_forward_is_the_shorter(start, step, newer):
    other = (start + step) & 0xFFFF

    assert newer16(other, start) is newer
    assert distance16(other, start) == step


@pytest.mark.parametrize("start", [*STARTS, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF])
@pytest.mark.parametrize(
    ("step", "newer"),
    [(-0x7FFFFFFF, False), (-1, False), (0, False), (1, True), (0x7FFFFFFF, True)],
)
def test_32_bits_are_newer_when_the_way_forward_is_the_shorter(start, step, newer):
    other = (start + step) & 0xFFFFFFFF

    assert newer32(other, start) is newer
    assert distance32(other, start) == step


@pytest.mark.parametrize("start", STARTS)
def test_across_half_the_circle_neither_is_newer_and_the_distance_is_back(start):
    assert not newer16(start ^ 0x8000, start)
    assert distance16(start ^ 0x8000, start) == -0x8000
    assert not newer32(start ^ 0x80000000, start)
    assert distance32(start ^ 0x80000000, start) == -0x80000000


@given(st.integers(0, 2**40), st.integers(-32768, 32767))
def test_extending_finds_the_number_again(near, step):
    assert extend16((near + step) & 0xFFFF, near) == near + step


@pytest.mark.parametrize("newest", [*STARTS, 65536, 3 * 65536 + 5])
@pytest.mark.parametrize("back", [0, 1, 32767, 32768, 65535])
def test_the_latest_is_the_newest_itself_or_behind_it(newest, back):
    assert latest16((newest - back) & 0xFFFF, newest) == newest - back


@given(st.integers(0, 0xFFFF), st.integers(0, 2**40))
def test_the_latest_ends_as_asked_and_no_later_one_does(value, newest):
    found = latest16(value, newest)

    assert found & 0xFFFF == value
    assert found <= newest < found + 65536
