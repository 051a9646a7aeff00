from __future__ import annotations

from fractions import Fraction

import av
import pytest
from aiortc.codecs.h264 import H264Encoder
from hypothesis import given
from hypothesis import strategies as st

from bridge.media.core.h264 import H264Malformed, keyframe_starts

SLICE, IDR, SEI, SPS, PPS, AUD = (bytes((0x60 | kind, 1, 2)) for kind in (1, 5, 6, 7, 8, 9))


def stap(*units: bytes) -> bytes:
    return b"\x78" + b"".join(len(unit).to_bytes(2, "big") + unit for unit in units)


def fragment(unit: bytes, *, start: bool = False, end: bool = False) -> bytes:
    head = unit[0] & 0x1F | (0x80 if start else 0) | (0x40 if end else 0)
    return bytes((unit[0] & 0xE0 | 28, head)) + unit[1:]


@pytest.mark.parametrize(
    ("payload", "starts", "why"),
    [
        (SPS, True, "parameter sets as single units"),
        (SPS[:1], True, "a unit is not looked into"),
        (b"\xe7" + SPS[1:], True, "F and NRI mean nothing here"),
        (PPS, False, "the switch was at the SPS"),
        (IDR, False, "its SPS was before, or a decoder cannot begin"),
        (SLICE, False, "any other picture"),
        (SEI, False, "SEI"),
        (AUD, False, "a delimiter: the SPS comes next"),
        (stap(SPS, PPS), True, "parameter sets together, as Chromium and aiortc send them"),
        (stap(SPS, PPS, IDR), True, "with a small picture"),
        (stap(AUD, SPS, PPS), True, "behind a delimiter"),
        (stap(PPS, SPS), True, "wherever it stands"),
        (stap(SEI, IDR), False, "no parameter sets"),
        (stap(SLICE, SLICE), False, "slices"),
        (stap(SLICE + SPS), False, "what only looks like one"),
        (fragment(IDR, start=True), False, "as the single IDR"),
        (fragment(IDR), False, "the middle"),
        (fragment(IDR, end=True), False, "the end"),
        (fragment(SPS, start=True), True, "nobody cuts an SPS, but it may be"),
        (fragment(SPS), False, "the middle of one"),
        (fragment(SPS, end=True), False, "the end of one"),
        (fragment(SLICE, start=True), False, "a large picture"),
        (fragment(SPS[:1], start=True), True, "a fragment may be empty"),
        (b"\x00", False, "type 0"),
        (b"\x79\x00\x00\x00\x03" + SPS, False, "STAP-B is not for mode 1"),
        (b"\x7d\x87\x00\x00", False, "nor is FU-B"),
        (b"\x7f", False, "type 31"),
    ],
)
@pytest.mark.parametrize("padding", [0, 3])
def test_a_decoder_begins_at_an_sps(payload, starts, why, padding):
    packet = b"header" + payload + bytes(padding)

    assert keyframe_starts(packet, 6, 6 + len(payload)) is starts, why


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        ("", "nothing"),
        ("78", "an aggregate of nothing"),
        ("78 00", "half a length"),
        ("78 0001", "a length without its unit"),
        ("78 0000", "a unit without a type"),
        ("78 0000 0001 67", "the same before an SPS"),
        ("78 0004 670102", "a unit that is cut"),
        ("78 0003 670102 00", "half a length behind an SPS"),
        ("78 0003 670102 0003 6801", "a PPS that is cut"),
        ("7c", "a fragment without its header"),
    ],
)
@pytest.mark.parametrize("padding", ["", "67 67 67 67"])
def test_a_payload_that_ends_early_is_refused(payload, why, padding):
    raw = bytes.fromhex(payload)
    packet = b"header" + raw + bytes.fromhex(padding)

    with pytest.raises(H264Malformed):
        assert keyframe_starts(packet, 6, 6 + len(raw)) is None, why


def test_a_stop_behind_the_packet_is_refused():
    with pytest.raises(H264Malformed):
        keyframe_starts(SPS, 0, 4)
    with pytest.raises(H264Malformed):
        keyframe_starts(SPS, 3, 2)


@given(st.binary(max_size=16), st.sampled_from([b"", b"\x18", b"\x1c"]), st.integers(0, 3))
def test_any_bytes_give_an_answer_or_malformed(rest, first, padding):
    data = first + rest
    try:
        starts = keyframe_starts(data, 0, len(data) - padding)
    except H264Malformed:
        return
    assert isinstance(starts, bool)


@given(st.lists(st.sampled_from([SLICE, IDR, SEI, SPS, PPS, AUD]), min_size=1), st.data())
def test_a_whole_aggregate_is_read_and_a_cut_one_refused(units, data):
    payload = stap(*units)

    assert keyframe_starts(payload, 0, len(payload)) is (SPS in units)
    # A cut between two units leaves a shorter aggregate; every unit here is five bytes long.
    cut = data.draw(st.integers(1, len(payload)).filter(lambda n: n == 1 or n % 5 != 1))
    with pytest.raises(H264Malformed):
        keyframe_starts(payload, 0, cut)


def test_a_stream_of_aiortc_begins_where_it_should():
    encoder = H264Encoder()
    begins = []
    for number in range(6):
        frame = av.VideoFrame(320, 240, "yuv420p")
        frame.pts, frame.time_base = number * 3000, Fraction(1, 90000)
        payloads, _ = encoder.encode(frame, force_keyframe=number == 4)
        begins.append([keyframe_starts(payload, 0, len(payload)) for payload in payloads])

    assert [frame.count(True) for frame in begins] == [1, 0, 0, 0, 1, 0]
    assert begins[0][0]
    assert begins[4][0]
