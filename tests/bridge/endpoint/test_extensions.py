from __future__ import annotations

import pytest

from bridge.endpoint.extensions import Extensions
from bridge.media.core import rtp

HEADER = b"\x90" + bytes(11)


def value(block: bytes, number: int) -> bytes | None:
    return rtp.extension(HEADER + block, number)


@pytest.mark.parametrize("values", [{}, {4: b"1"}, {10: b"quarter", 4: b"1"}])
def test_constant_ones_stay(values: dict[int, bytes]) -> None:
    it = Extensions.of(values)
    assert it.at(1.0) == it.at(2.0) == it.block
    assert {number: value(it.block, number) for number in values} == values


@pytest.mark.parametrize(
    ("now_s", "ticks"),
    [
        (0.0, 0),
        (1.0, 1 << 18),
        (1 / (1 << 18), 1),
        (63.999999, 0xFFFFFF),
        (64.0, 0),
        (100_000.5, (100_000 % 64 << 18) + (1 << 17)),
    ],
)
def test_the_time_is_6_bits_of_seconds_and_18_of_their_fraction(now_s: float, ticks: int) -> None:
    it = Extensions.of({4: b"1", 10: b"q"}, send_time=2)
    block = it.at(now_s)
    assert value(block, 2) == ticks.to_bytes(3, "big")
    assert (value(block, 4), value(block, 10)) == (b"1", b"q")
    assert len(block) == len(it.block)


def test_the_time_may_be_all_there_is() -> None:
    assert value(Extensions.of({}, send_time=14).at(1.0), 14) == b"\x04\x00\x00"
