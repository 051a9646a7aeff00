from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.media.core.history import PACKETS, PacketHistory

STARTS = [0, 1, 7, 32760, 32768, 65528, 65532, 65535]
N = 8


def packet(number: int) -> bytes:
    return b"%d" % number


class History:
    """A history of eight; numbers that do not wrap go in and are told apart by their bytes."""

    def __init__(self, start: int) -> None:
        self._start = start
        self._history = PacketHistory(N)

    def put(self, *numbers: int) -> None:
        for number in numbers:
            self._history.put((self._start + number) & 0xFFFF, packet(number))

    def has(self, number: int) -> bool:
        got = self._history.get((self._start + number) & 0xFFFF)
        assert got in (None, packet(number))
        return got is not None

    def all(self, *, around: range) -> list[int]:
        return [number for number in around if self.has(number)]


def test_an_empty_history_has_nothing():
    history = PacketHistory(N)

    assert [history.get(seq) for seq in range(0x10000)] == [None] * 0x10000


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize(
    ("numbers", "kept", "why"),
    [
        ([0], [0], "one"),
        ([0, 1, 2], [0, 1, 2], "in order"),
        ([0, 2, 1], [0, 1, 2], "the late one is asked for as well"),
        ([5, 0], [0, 5], "older than the first"),
        ([8, 0], [8], "eight behind is too old"),
        ([7, 0], [0, 7], "seven behind is not"),
        (range(9), [*range(1, 9)], "the ninth pushes out the first"),
        ([0, 1, 2, 8], [1, 2, 8], "a gap pushes out as well"),
        ([0, 1, 2, 9], [2, 9], "whether or not something came"),
        ([0, 1, 2, 17], [17], "a gap of more than all"),
        ([0, 1, 2, 30000], [30000], "a large one"),
        ([0, 1, 2, 0x8002], [0, 1, 2], "half the circle is no step forward"),
        ([0, 1, 2, 2], [0, 1, 2], "a copy"),
        ([0, 9, 0, 1, 2], [2, 9], "what is too late takes no place"),
    ],
)
def test_the_last_eight_are_kept(start, numbers, kept, why):
    history = History(start)
    history.put(*numbers)

    assert history.all(around=range(-20, 30010)) == kept, why


@pytest.mark.parametrize("start", STARTS)
def test_a_number_that_is_used_again_does_not_bring_up_the_old_packet(start):
    history = History(start)
    history.put(0)
    # Each step leaves out the number in the slot of packet 0 until the numbers are round.
    for number in range(1, 0x10000 + 4):
        if number % N:
            history.put(number)

    assert not history.has(0x10000)
    assert history.all(around=range(0x10000 - 4, 0x10000 + 4)) == [
        0x10000 + step for step in (-4, -3, -2, -1, 1, 2, 3)
    ]


def test_a_stream_that_begins_anew_is_kept_from_there():
    history = PacketHistory(N)
    history.put(30000, b"old")
    history.clear()

    assert history.get(30000) is None
    history.put(100, b"new")
    assert (history.get(100), history.get(30000)) == (b"new", None)
    history.clear()
    history.put(30001, b"near the old one")
    assert history.get(30000) is None


@pytest.mark.parametrize("start", STARTS)
def test_half_the_circle_is_the_most(start):
    history = PacketHistory(0x8000)
    history.put((start + 0x7FFF) & 0xFFFF, b"newest")
    history.put(start, b"oldest")
    assert (history.get(start), history.get((start + 0x7FFF) & 0xFFFF)) == (b"oldest", b"newest")

    history.put((start + 0x8000) & 0xFFFF, b"next")

    assert history.get(start) is None
    assert history.get((start + 0x8000) & 0xFFFF) == b"next"


@pytest.mark.parametrize("packets", [-1, 0, 3, 500, 0x8001, 0x10000])
def test_other_sizes_are_refused(packets):
    with pytest.raises(ValueError, match="no power of two"):
        PacketHistory(packets)


def test_512_are_kept_unless_said_otherwise():
    history = PacketHistory()
    for seq in range(1000):
        history.put(seq, packet(seq))

    assert PACKETS == 512
    assert [seq for seq in range(1000) if history.get(seq)] == [*range(1000 - 512, 1000)]


@given(
    st.integers(0, 0xFFFF),
    st.sampled_from([1, 2, 8, 64]),
    st.lists(st.integers(-70, 200) | st.integers(-5, 5) | st.just(1), max_size=200),
)
def test_it_has_what_came_of_the_last_n_and_nothing_else(start, size, steps):
    history = PacketHistory(size)
    newest, came = 0, {}
    for index, step in enumerate((0, *steps)):
        number = newest + step
        newest = max(newest, number)
        if number > newest - size:
            came[number] = packet(index)
        history.put((start + number) & 0xFFFF, packet(index))

        for near in range(newest - 2 * size, newest + 2 * size):
            expected = came.get(near) if newest - size < near <= newest else None
            assert history.get((start + near) & 0xFFFF) == expected
