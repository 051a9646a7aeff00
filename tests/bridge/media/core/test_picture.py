from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.media.core import vp8
from bridge.media.core.packets import PLAIN, STARTS_FRAME, SYNC
from bridge.media.core.picture import PICTURE_ERRORS, PictureCount, read
from bridge.media.plane import Codec

KEY, DELTA = b"\x00", b"\x01"


def seen(payload: bytes, codec: Codec = Codec.VP8):
    return read(codec, b"head" + payload + b"tail", 4, 4 + len(payload))


# (what it is, payload, expected: descriptor, rest, picture id, bits, tl0, tier, key frame)
ROWS = [
    ("no extension", b"\x10" + KEY, (PLAIN, 4, -1, 0, -1, STARTS_FRAME, True)),
    ("no extension, a delta", b"\x10" + DELTA, (PLAIN, 4, -1, 0, -1, STARTS_FRAME, False)),
    ("not the first of its picture", b"\x00" + KEY, (PLAIN, 4, -1, 0, -1, 0, False)),
    ("another partition begins", b"\x11" + KEY, (PLAIN, 4, -1, 0, -1, 0, False)),
    ("7 bits", b"\x90\x80\x7f" + DELTA, (0x9080, 7, 127, 7, -1, STARTS_FRAME, False)),
    ("15 bits", b"\x90\x80\xff\xfe" + DELTA, (0x9080, 8, 0x7FFE, 15, -1, STARTS_FRAME, False)),
    ("15 bits, small", b"\x90\x80\x80\x05" + KEY, (0x9080, 8, 5, 15, -1, STARTS_FRAME, True)),
    ("TL0PICIDX alone", b"\x90\x40\xff" + DELTA, (0x9040, 7, -1, 0, 255, STARTS_FRAME, False)),
    (
        "all there is, layer 2",
        b"\x90\xe0\x80\x05\x09\x80" + DELTA,
        (0x90E0, 9, 5, 15, 9, STARTS_FRAME | 2, False),
    ),
    (
        "all there is, layer 1, in need of the lowest alone",
        b"\x80\xe0\x80\x05\x09\x60" + DELTA,
        (0x80E0, 9, 5, 15, 9, SYNC | 1, False),
    ),
    (
        "a layer without an id",
        b"\x90\x20\xc0" + DELTA,
        (PLAIN, 4, -1, 0, -1, STARTS_FRAME | 3, False),
    ),
]


@pytest.mark.parametrize(("what", "payload", "expected"), ROWS)
def test_what_stands_in_a_vp8_payload(what, payload, expected):
    assert seen(payload) == expected, what


@pytest.mark.parametrize("codec", [Codec.VP8, Codec.H264])
def test_padding_alone_has_no_picture(codec):
    assert read(codec, bytes(20), 12, 12) == (PLAIN, 12, -1, 0, -1, 0, False)


@pytest.mark.parametrize(
    ("payload", "key"),
    [
        (b"\x67sps", True),
        (b"\x65idr", False),
        (b"\x41delta", False),
        (b"\x78\x00\x02\x67a\x00\x01\x68", True),
        (b"\x7c\x87part", True),
        (b"\x7c\x07part", False),
    ],
)
def test_of_h264_nothing_is_patched_and_a_decoder_begins_at_a_parameter_set(payload, key):
    assert seen(payload, Codec.H264) == (PLAIN, 4, -1, 0, -1, 0, key)


@pytest.mark.parametrize(
    "payload", [b"\x90", b"\x90\x80", b"\x90\x80\x80", b"\x10", b"\x90\xe0\x80\x05\x09\x20"]
)
def test_a_vp8_payload_that_ends_too_early_is_an_error(payload):
    with pytest.raises(vp8.Vp8Malformed):
        read(Codec.VP8, b"head" + payload, 4, 4 + len(payload))


@given(st.sampled_from([Codec.VP8, Codec.H264]), st.binary(max_size=12))
def test_any_bytes_are_read_or_refused_by_name(codec, payload):
    try:
        descriptor, rest, picture_id, bits, tl0, tier, _ = read(codec, payload, 0, len(payload))
    except PICTURE_ERRORS:
        return
    assert 0 <= rest <= len(payload)
    assert (bits != 0) == (picture_id >= 0)
    assert -1 <= picture_id < 1 << 15
    assert -1 <= tl0 < 256
    assert 0 <= tier < 16
    assert (descriptor == PLAIN) == (picture_id < 0 and tl0 < 0)
    if descriptor != PLAIN:
        assert rest >= 3
        assert descriptor.to_bytes(2, "big") == payload[:2]


# Counting.


def count(*ids: tuple[int, int]) -> list[int]:
    """What *ids* (as written, in so many bits) are without wraps, each the newest."""
    counted = PictureCount()
    got = []
    for picture_id, bits in ids:
        got.append(counted.unwrapped(picture_id, bits))
        counted.advance(got[-1], 0, 0)
    return got


@pytest.mark.parametrize("start", [0, 1, 127, 128, 16383, 16384, 32766, 32767])
@pytest.mark.parametrize("step", [0, 1, 2, 100, 16383])
def test_15_bits_go_on_over_the_wrap(start, step):
    assert count((start, 15), ((start + step) & 0x7FFF, 15)) == [start, start + step]


@pytest.mark.parametrize("start", [0, 1, 63, 64, 126, 127])
@pytest.mark.parametrize("step", [0, 1, 2, 63])
def test_7_bits_go_on_over_the_wrap(start, step):
    assert count((start, 7), ((start + step) & 0x7F, 7)) == [start, start + step]


def test_a_source_that_changes_the_length_of_its_picture_ids_is_one_line():
    assert count((126, 7), (127, 7), (128, 15), (129, 15)) == [126, 127, 128, 129]
    assert count((32766, 15), (32767, 15), (0, 7), (1, 7)) == [32766, 32767, 32768, 32769]


def test_an_older_one_is_nearer_behind():
    counted = PictureCount()
    counted.advance(70_000, 0, 0)

    assert counted.unwrapped((70_000 - 5) & 0x7FFF, 15) == 70_000 - 5
    assert counted.unwrapped((70_000 - 5) & 0x7F, 7) == 70_000 - 5


@pytest.mark.parametrize(("newest", "late", "bits"), [(0, 127, 7), (0, 32767, 15), (5, 32760, 15)])
def test_none_is_below_nought_for_that_would_mean_there_is_none(newest, late, bits):
    first, second = count((newest, bits), (late, bits))

    assert first == newest
    assert second >= 0
    assert second % (1 << bits) == late


def test_what_a_packet_has_not_stays_and_the_highest_layer_too():
    counted = PictureCount()
    counted.advance(7, 8, STARTS_FRAME | 2)
    counted.advance(-1, -1, 1)
    assert (counted.picture_id, counted.tl0, counted.top_tid) == (7, 8, 2)

    counted.restart()

    assert (counted.picture_id, counted.tl0, counted.top_tid) == (-1, -1, 2)
    assert counted.unwrapped(3, 15) == 3


@given(st.lists(st.tuples(st.integers(0, 0x7FFF), st.sampled_from([7, 15])), max_size=40))
def test_whatever_is_written_the_number_ends_with_it(ids):
    ids = [(picture_id & (1 << bits) - 1, bits) for picture_id, bits in ids]

    for (picture_id, bits), got in zip(ids, count(*ids), strict=True):
        assert got >= 0
        assert got & (1 << bits) - 1 == picture_id
