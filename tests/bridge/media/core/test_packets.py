from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.media.core import rtp
from bridge.media.core.packets import (
    MAX_GROUP,
    MAX_GROUP_BYTES,
    MAX_PADDING,
    PLAIN,
    Packet,
    csrc_of,
    groups,
    size_of,
    tail,
    write,
)
from bridge.media.core.rewrite import Run
from bridge.media.core.rtp import fixed_header, header_length, payload_end
from bridge.media.core.vp8 import parse

SSRC = 0xCAFE
REST = b"\x20\x01picture"
"""Layer 0, in need of nothing; a delta frame."""


def packet(
    rest: bytes = b"",
    *,
    index: int = 0,
    timestamp: int = 0,
    marker: int = 0,
    descriptor: int = PLAIN,
    picture_id: int = -1,
    tl0: int = -1,
) -> Packet:
    return index, timestamp, 0x80, marker, descriptor, picture_id, tl0, 0, rest


def run_of(payload_type: int = 98, **deltas: int) -> Run:
    names = ("index_delta", "timestamp_delta", "picture_id_delta", "tl0_delta")
    return Run(first=0, payload_type=payload_type, **(dict.fromkeys(names, 0) | deltas))


# Writing.


@pytest.mark.parametrize(
    ("index", "delta"), [(0, 0), (65535, 1), (65536, -1), (3, -3), (1 << 40, 7)]
)
@pytest.mark.parametrize(("timestamp", "ticks"), [(0, 0), (0xFFFFFFFF, 1), (0, -1), (9, 1 << 33)])
@pytest.mark.parametrize("marker", [0, 0x80])
def test_the_header_is_the_subscribers(index, delta, timestamp, ticks, marker):
    run = run_of(index_delta=delta, timestamp_delta=ticks)

    header, payload = write(
        packet(b"opus", index=index, timestamp=timestamp, marker=marker), run, SSRC
    )

    expected = (marker > 0, 98, (index + delta) & 0xFFFF, (timestamp + ticks) & 0xFFFFFFFF, SSRC)
    assert fixed_header(header) == expected
    assert (len(header), header[0]) == (header_length(header), 0x80)
    assert payload == b"opus"


@pytest.mark.parametrize("picture_id", [-1, 0, 127, 128, 0x7FFF, 0x8000, 100_000])
@pytest.mark.parametrize("picture_id_delta", [0, 1, -1, -32768])
@pytest.mark.parametrize("tl0", [-1, 0, 255])
@pytest.mark.parametrize("tl0_delta", [0, 1, -1])
def test_of_a_vp8_descriptor_the_numbers_move_and_the_rest_stays(
    picture_id, picture_id_delta, tl0, tl0_delta
):
    if picture_id < 0 and tl0 < 0:
        return
    flags = 0x80 * (picture_id >= 0) | 0x40 * (tl0 >= 0) | 0x20
    pictured = packet(REST, descriptor=0x9000 | flags, picture_id=picture_id, tl0=tl0)
    run = run_of(picture_id_delta=picture_id_delta, tl0_delta=tl0_delta)

    _, payload = write(pictured, run, SSRC)

    end, got_id, got_tl0, key, tid, sync = parse(payload, 0, len(payload))
    assert got_id == (-1 if picture_id < 0 else (picture_id + picture_id_delta) & 0x7FFF)
    assert got_tl0 == (-1 if tl0 < 0 else (tl0 + tl0_delta) & 0xFF)
    assert (key, tid, sync) == (False, 0, True)
    assert payload[end:] == REST[1:]
    assert len(payload) == size_of(pictured)


def test_picture_ids_are_written_in_15_bits_always():
    _, payload = write(packet(REST, descriptor=0x9080, picture_id=3), run_of(), SSRC)

    assert payload[2:4] == b"\x80\x03"


# Groups.


def sizes(*lengths: int) -> list[list[int]]:
    """How packets of these sizes are grouped, as they go out."""
    return [[size_of(p) for p in group] for group in groups(packet(bytes(n)) for n in lengths)]


@pytest.mark.parametrize(
    ("lengths", "expected", "why"),
    [
        ([], [], "nothing"),
        ([5], [[5]], "alone"),
        ([1000, 1000, 1000], [[1000] * 3], "all of one size"),
        ([1000, 1000, 400], [[1000, 1000, 400]], "the last one is shorter"),
        ([1000, 400, 1000], [[1000, 400], [1000]], "none follows a shorter one"),
        ([1000, 400, 400], [[1000, 400], [400]], "nor one like it"),
        ([999, 1000, 998], [[1000, 1000, 998]], "filled up, but for the last"),
        ([1000, 968, 1000], [[1000, 1000, 1000]], "filled up as far as it may be"),
        ([1000, 967, 1000], [[1000, 967], [1000]], "and no further"),
        ([968, 1000], [[1000, 1000]], "the first may grow"),
        ([967, 1000], [[967], [1000]], "and no further"),
        ([990, 1000, 1022, 1023], [[1022, 1022, 1022], [1023]], "measured from the smallest"),
        ([400, 1000], [[400], [1000]], "a longer one begins anew"),
        ([10] * 17, [[10] * 16, [10]], "not more than sixteen"),
        ([0, 0, 3], [[3, 3, 3]], "padding alone"),
        ([1000, 0, 1000], [[1000, 0], [1000]], "padding alone in between"),
    ],
)
def test_how_packets_are_grouped(lengths, expected, why):
    assert sizes(*lengths) == expected, why


def test_a_group_is_no_longer_than_a_datagram_may_be():
    assert [len(group) for group in sizes(*[MAX_GROUP_BYTES // 3] * 4)] == [3, 1]
    assert [len(group) for group in sizes(*[MAX_GROUP_BYTES + 9] * 2)] == [1, 1]


@given(
    st.lists(
        st.tuples(
            st.one_of(st.integers(0, 60), st.integers(900, 1200), st.integers(900, 9000)),
            st.sampled_from([(PLAIN, -1, -1), (0x9080, 5, -1), (0x9040, -1, 6), (0x90C0, 5, 6)]),
        ),
        max_size=60,
    )
)
def test_groups_keep_order_and_content_and_only_the_last_of_one_is_shorter(rows):
    run = run_of(index_delta=5)
    given_ = [
        packet(
            bytes((n,)) * length,
            index=n,
            descriptor=descriptor,
            picture_id=picture_id,
            tl0=tl0,
        )
        for n, (length, (descriptor, picture_id, tl0)) in enumerate(rows)
    ]

    made = groups(given_)

    plain = [b"".join(write(p, run, SSRC)) for p in given_]
    got = []
    for group in made:
        assert 1 <= len(group) <= MAX_GROUP
        written = [b"".join(write(p, run, SSRC)) for p in group]
        assert {len(data) for data in written[:-1]} <= {len(written[0])}
        assert len(written[-1]) <= len(written[0])
        assert len(group) == 1 or sum(map(size_of, group)) <= MAX_GROUP_BYTES
        for data in written:
            stop = payload_end(data)
            assert len(data) - stop <= MAX_PADDING
            assert (stop < len(data)) == bool(data[0] & 0x20)
            got.append(bytes((data[0] & ~0x20,)) + data[1:stop])
    assert got == plain


@given(st.lists(st.sampled_from([1000, 1001, 1002]), max_size=40))
def test_what_a_packetizer_cuts_goes_in_as_few_calls_as_there_can_be(lengths):
    assert len(sizes(*lengths)) == -(-len(lengths) // MAX_GROUP)


def test_a_tail_says_whose_it_is_and_when_it_leaves():
    run = Run(
        first=0,
        payload_type=120,
        index_delta=0,
        timestamp_delta=0,
        picture_id_delta=0,
        tl0_delta=0,
    )
    packet = (5, 900, 0x80, 0, PLAIN, -1, -1, 0, b"body")
    for csrc, send_time in ((None, None), (790, None), (None, 3), (1100, 14)):
        header, payload = write(packet, run, 77, tail(csrc, send_time, 64.5))
        data = header + payload

        assert rtp.fixed_header(data) == (False, 120, 5, 900, 77)
        assert data[rtp.header_length(data) :] == b"body"
        assert (data[0] & 0x0F) == (csrc is not None)
        if csrc is not None:
            assert int.from_bytes(data[12:16], "big") == csrc
        if send_time is not None:
            # 64 s are one turn of the 24 bits.
            assert rtp.extension(data, send_time) == (1 << 17).to_bytes(3, "big")


@pytest.mark.parametrize(
    ("site", "number"),
    [("01", 10), ("79", 790), ("79-2", 792), ("110", 1100), ("792", 7920), ("x", 0), ("", 0)],
)
def test_a_site_is_known_by_its_code_as_a_number(site, number):
    assert csrc_of(site) == number
