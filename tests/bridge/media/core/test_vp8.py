from __future__ import annotations

import pytest
from aiortc.codecs.vpx import VpxPayloadDescriptor
from hypothesis import given
from hypothesis import strategies as st

from bridge.media.core.packets import write
from bridge.media.core.picture import read
from bridge.media.core.rewrite import Run
from bridge.media.core.vp8 import (
    Vp8Malformed,
    dimensions,
    pack_descriptor,
    parse,
)
from bridge.media.plane import Codec

KEY = b"\x10"
DELTA = b"\x11"


@pytest.mark.parametrize(
    ("descriptor", "picture_id", "tl0", "why"),
    [
        ("10", -1, -1, "nothing extended"),
        ("90 00", -1, -1, "an empty extension"),
        ("90 0f", -1, -1, "reserved bits mean nothing"),
        ("90 80 05", 5, -1, "7 bits"),
        ("90 80 7f", 127, -1, "7 bits, the largest"),
        ("90 80 80 05", 5, -1, "15 bits"),
        ("90 80 ff ff", 32767, -1, "15 bits, the largest"),
        ("90 40 09", -1, 9, "TL0PICIDX alone"),
        ("90 20 40", -1, -1, "TID alone"),
        ("90 10 04", -1, -1, "KEYIDX alone"),
        ("90 30 44", -1, -1, "TID and KEYIDX share a byte"),
        ("90 c0 81 02 ff", 258, 255, "picture id and TL0PICIDX"),
        ("90 c0 02 ff", 2, 255, "the same in 7 bits"),
        ("90 f0 81 02 09 44", 258, 9, "all"),
    ],
)
def test_a_descriptor_is_read_field_by_field(descriptor, picture_id, tl0, why):
    raw = bytes.fromhex(descriptor)
    packet = b"header" + raw + KEY + b"picture"

    end, got_picture_id, got_tl0, keyframe, *_ = parse(packet, 6, len(packet))

    assert (end, got_picture_id, got_tl0) == (6 + len(raw), picture_id, tl0), why
    assert keyframe
    for cut in range(len(raw) + 1):
        with pytest.raises(Vp8Malformed):
            parse(packet[: 6 + cut], 6, 6 + cut)
        with pytest.raises(Vp8Malformed):
            parse(packet, 6, 6 + cut)  # the rest is padding


@pytest.mark.parametrize(
    ("descriptor", "tid", "sync", "why"),
    [
        ("10", 0, False, "nothing extended"),
        ("90 80 ff ff", 0, False, "no such byte"),
        ("90 10 e4", 0, False, "with K alone its upper bits mean nothing"),
        ("90 20 00", 0, False, "the lowest"),
        ("90 20 1f", 0, False, "KEYIDX without K means nothing"),
        ("90 20 40", 1, False, "the second"),
        ("90 20 60", 1, True, "which needs only the lowest"),
        ("90 20 20", 0, True, "as the lowest always does"),
        ("90 30 84", 2, False, "beside KEYIDX"),
        ("90 f0 05 09 c4", 3, False, "behind 7 bits of picture id"),
        ("90 f0 81 02 09 e4", 3, True, "behind 15"),
        ("90 60 ff 80", 2, False, "behind TL0PICIDX"),
        ("90 a0 05 a0", 2, True, "behind a picture id alone"),
    ],
)
def test_the_temporal_layer_is_read(descriptor, tid, sync, why):
    raw = bytes.fromhex(descriptor)

    assert parse(b"header" + raw + DELTA, 6, 7 + len(raw))[4:] == (tid, sync), why


@pytest.mark.parametrize(
    ("first", "payload", "keyframe", "why"),
    [
        (0x10, KEY, True, "start of partition 0, P = 0"),
        (0x10, DELTA, False, "P = 1"),
        (0x00, KEY, False, "the middle of a partition"),
        (0x11, KEY, False, "start of partition 1"),
        (0x01, KEY, False, "the middle of partition 1"),
        (0x14, KEY, False, "start of partition 4"),
        (0x30, KEY, True, "a non-reference frame may be one"),
        (0x58, KEY, True, "reserved bits mean nothing"),
    ],
)
def test_a_key_frame_starts_with_partition_0(first, payload, keyframe, why):
    assert parse(bytes((first,)) + payload, 0, 2)[3] is keyframe, why


def patched_descriptor(
    data: bytes, start: int, descriptor_end: int, picture_id: int, tl0: int
) -> bytes:
    """The descriptor as it goes out when these are the numbers."""
    descriptor, rest, old, _, old_tl0, tier, _ = read(Codec.VP8, data, start, len(data))
    run = Run(
        first=0,
        payload_type=96,
        index_delta=0,
        timestamp_delta=0,
        picture_id_delta=picture_id - old,
        tl0_delta=tl0 - old_tl0,
    )
    packet = (0, 0, 0x80, 0, descriptor, old, old_tl0, tier, data[rest:])
    _, payload = write(packet, run, 1)
    return payload[: len(payload) - (len(data) - descriptor_end)]


@pytest.mark.parametrize(
    ("before", "picture_id", "tl0", "after"),
    [
        ("10", -1, -1, "10"),
        ("90 80 05", 300, -1, "90 80 812c"),
        ("90 80 8005", 127, -1, "90 80 807f"),
        ("90 80 ffff", 0, -1, "90 80 8000"),
        ("b7 c0 05 09", 32767, 255, "b7 c0 ffff ff"),
        ("90 c0 8005 09", 6, 0, "90 c0 8006 00"),
        ("90 f0 8005 09 44", 6, 10, "90 f0 8006 0a 44"),
        ("90 f0 05 09 44", 6, 10, "90 f0 8006 0a 44"),
        ("90 b0 8005 44", 6, -1, "90 b0 8006 44"),
        ("90 b0 05 44", 6, -1, "90 b0 8006 44"),
        ("90 40 09", -1, 10, "90 40 0a"),
        ("90 70 09 44", -1, 255, "90 70 ff 44"),
        ("90 30 44", -1, -1, "90 30 44"),
    ],
)
def test_numbers_are_patched_and_the_rest_stays(before, picture_id, tl0, after):
    raw = bytes.fromhex(before)

    patched = patched_descriptor(b"header" + raw + KEY, 6, 6 + len(raw), picture_id, tl0)

    assert patched == bytes.fromhex(after)


@given(st.booleans(), st.integers(0, 32767), st.integers(0, 255), st.integers(0, 3), st.booleans())
def test_a_descriptor_is_read_as_it_was_written(starts_frame, picture_id, tl0, tid, sync):
    raw = pack_descriptor(
        starts_frame=starts_frame, picture_id=picture_id, tl0=tl0, tid=tid, sync=sync
    )

    assert parse(raw + KEY, 0, len(raw) + 1) == (6, picture_id, tl0, starts_frame, tid, sync)
    other, rest = VpxPayloadDescriptor.parse(raw + KEY)
    assert (other.picture_id, other.tl0picidx, rest) == (picture_id, tl0, KEY)
    assert (other.partition_start, other.partition_id) == (int(starts_frame), 0)
    assert other.tid == (tid, int(sync))


def test_a_sender_without_temporal_layers_writes_layer_0():
    raw = pack_descriptor(starts_frame=True, picture_id=5, tl0=7)

    assert raw == bytes.fromhex("90 e0 8005 07 00")


@given(
    st.none() | st.integers(0, 32767),
    st.none() | st.integers(0, 255),
    st.none() | st.tuples(st.integers(0, 3), st.integers(0, 1)),
    st.none() | st.integers(0, 31),
    st.integers(0, 32767),
    st.integers(0, 255),
)
def test_a_patched_descriptor_of_aiortc_reads_as_patched(
    picture_id, tl0, tid, keyidx, new, new_tl0
):
    source = VpxPayloadDescriptor(
        partition_start=1,
        partition_id=0,
        picture_id=picture_id,
        tl0picidx=tl0,
        tid=tid,
        keyidx=keyidx,
    )
    raw = bytes(source)
    end, got, got_tl0, _, got_tid, sync = parse(raw + KEY, 0, len(raw) + 1)
    assert (end, got) == (len(raw), -1 if picture_id is None else picture_id)
    assert got_tl0 == (-1 if tl0 is None else tl0)
    assert (got_tid, int(sync)) == (tid or (0, 0))

    patched = patched_descriptor(
        raw + KEY, 0, end, new if got >= 0 else -1, new_tl0 if got_tl0 >= 0 else -1
    )

    other, rest = VpxPayloadDescriptor.parse(patched + KEY)
    assert other.picture_id == (None if picture_id is None else new)
    assert other.tl0picidx == (None if tl0 is None else new_tl0)
    assert (other.tid, other.keyidx, rest) == (tid, keyidx, KEY)


@given(st.binary(max_size=12), st.integers(0, 3))
def test_any_bytes_are_a_descriptor_or_malformed(data, padding):
    end = len(data) - padding
    try:
        descriptor_end, picture_id, tl0, _, tid, sync = parse(data, 0, end)
    except Vp8Malformed:
        return
    assert 1 <= descriptor_end < end
    assert -1 <= picture_id <= 32767
    assert -1 <= tl0 <= 255
    assert 0 <= tid <= 3
    assert isinstance(sync, bool)


def test_a_key_frame_says_how_large_it_is():
    payload = bytes.fromhex("100200 9d012a 4001 b400 00")

    assert dimensions(payload) == (320, 180)


def test_scaling_is_no_part_of_the_size():
    assert dimensions(bytes.fromhex("100200 9d012a 8042 6881")) == (640, 360)


@pytest.mark.parametrize(
    "payload",
    ["", "100200 9d012a 4001 b4", "110200 9d012a 4001 b400", "100200 9d012b 4001 b400"],
)
def test_only_a_key_frame_has_a_size(payload):
    with pytest.raises(Vp8Malformed):
        dimensions(bytes.fromhex(payload))
