from __future__ import annotations

import pytest

from bridge.media.core import rtp
from room110.bench.tally import SAMPLE, Tally


def hear(tally, *sequences, ssrc=1):
    for sequence in sequences:
        data = rtp.pack_header(False, 96, sequence & 0xFFFF, 0, ssrc) + bytes(8)
        tally.take(bytearray(data), len(data))


@pytest.mark.parametrize("first", [5, 65533])
def test_a_stream_is_whole_when_all_numbers_came(first):
    tally = Tally()
    hear(tally, *range(first, first + 10))

    assert tally.lost == 0
    assert (tally.packets, tally.bytes) == (10, 200)
    assert tally.streams[1].highest == first + 9


@pytest.mark.parametrize("first", [5, 65533])
def test_what_did_not_come_is_lost_and_what_came_late_is_not(first):
    tally = Tally()
    hear(tally, first, first + 1, first + 4, first + 3)

    assert tally.lost == 1


def test_streams_are_told_apart_and_reported():
    tally = Tally()
    hear(tally, 1, 2, 3)
    hear(tally, 9, 11, ssrc=2)

    assert {block.ssrc: (block.highest, block.lost) for block in tally.blocks()} == {
        1: (3, 0),
        2: (11, 1),
    }


def test_every_so_many_packets_one_is_to_be_looked_at():
    tally = Tally()
    data = bytearray(rtp.pack_header(False, 96, 0, 0, 1))
    looked = [tally.take(data, len(data)) for _ in range(3 * SAMPLE)]

    assert looked.count(True) == 3
