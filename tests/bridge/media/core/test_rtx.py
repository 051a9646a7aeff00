from __future__ import annotations

import aiortc.rtp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.media.core import rtp, rtx

U7 = st.integers(0, 0x7F)
U16 = st.integers(0, 0xFFFF)
U32 = st.integers(0, 0xFFFFFFFF)
SEQS = [0, 1, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF]


def unwrap(data: bytes, *, ssrc: int, payload_type: int) -> bytes | None:
    return rtx.unwrap(
        data,
        rtp.header_length(data),
        rtp.payload_end(data),
        ssrc=ssrc,
        payload_type=payload_type,
    )


@pytest.mark.parametrize("number", SEQS)
@pytest.mark.parametrize("seq", SEQS)
@pytest.mark.parametrize("marker", [False, True])
def test_the_original_number_stands_before_the_payload(number, seq, marker):
    packet = rtp.pack_header(marker, 96, number, 0x89ABCDEF, 1) + b"picture"

    wrapped = rtx.wrap(packet, start=12, ssrc=2, payload_type=97, seq=seq)

    assert rtp.fixed_header(wrapped) == (marker, 97, seq, 0x89ABCDEF, 2)
    assert wrapped[12:] == number.to_bytes(2, "big") + b"picture"
    assert unwrap(wrapped, ssrc=1, payload_type=96) == packet


@given(st.booleans(), U7, U16, U32, U32, st.binary(max_size=40), U32, U7, U16)
def test_any_packet_comes_back_as_it_was(
    marker, payload_type, number, timestamp, ssrc, payload, rtx_ssrc, rtx_payload_type, seq
):
    packet = rtp.pack_header(marker, payload_type, number, timestamp, ssrc) + payload

    wrapped = rtx.wrap(packet, start=12, ssrc=rtx_ssrc, payload_type=rtx_payload_type, seq=seq)

    assert unwrap(wrapped, ssrc=ssrc, payload_type=payload_type) == packet


def publisher(packet: bytes, *, payload_type: int, ssrc: int, seq: int, pad: int = 0) -> bytes:
    """As a publisher repeats: the header is kept whole, then the number, then the payload."""
    start = rtp.header_length(packet)
    header = bytearray(packet[:start])
    header[0] |= 0x20 if pad else 0
    header[1] = header[1] & 0x80 | payload_type
    header[2:4] = seq.to_bytes(2, "big")
    header[8:12] = ssrc.to_bytes(4, "big")
    return bytes(header) + packet[2:4] + packet[start:] + bytes([pad] * pad)


@given(
    U16,
    st.lists(U32, max_size=15),
    st.dictionaries(st.integers(1, 14), st.binary(min_size=1, max_size=16), max_size=3),
    st.binary(max_size=40),
    st.integers(0, 255),
)
def test_sources_and_extensions_are_kept_and_padding_goes(number, csrc, extensions, payload, pad):
    head = bytearray(rtp.pack_header_with_extensions(True, 96, number, 5, 6, extensions))
    head[0] |= len(csrc)
    head[12:12] = b"".join(source.to_bytes(4, "big") for source in csrc)
    packet = bytes(head) + payload
    repeated = publisher(packet, payload_type=97, ssrc=7, seq=8, pad=pad)

    assert unwrap(repeated, ssrc=6, payload_type=96) == packet


def test_aiortc_and_we_repeat_alike():
    original = aiortc.rtp.RtpPacket(
        payload_type=96, marker=1, sequence_number=65535, timestamp=9, ssrc=3, payload=b"picture"
    )
    theirs = aiortc.rtp.wrap_rtx(original, payload_type=97, sequence_number=11, ssrc=4)
    packet = original.serialize()

    assert theirs.serialize() == rtx.wrap(packet, start=12, ssrc=4, payload_type=97, seq=11)
    assert unwrap(theirs.serialize(), ssrc=3, payload_type=96) == packet


@pytest.mark.parametrize("size", [1, 2, 3, 254, 255])
def test_padding_alone_repeats_nothing(size):
    data = rtx.padding(4, 97, 65535, 0xFFFFFFFF, size)

    assert len(data) == 12 + size
    assert rtp.fixed_header(data) == (False, 97, 65535, 0xFFFFFFFF, 4)
    assert rtp.payload_end(data) == rtp.header_length(data) == 12
    assert unwrap(data, ssrc=3, payload_type=96) is None
    theirs = aiortc.rtp.RtpPacket.parse(data)
    assert (theirs.payload, theirs.padding_size) == (b"", size)


@pytest.mark.parametrize("size", [-1, 0, 256])
def test_padding_is_counted_in_one_byte(size):
    with pytest.raises(ValueError, match="1 to 255"):
        rtx.padding(4, 97, 0, 0, size)


@pytest.mark.parametrize(
    ("payload", "repeats", "why"),
    [
        (b"", None, "a probe without padding"),
        (b"\x00", None, "half a number"),
        (b"\x00\x07", b"", "a packet of padding, its padding gone"),
        (b"\x00\x07p", b"p", "the shortest"),
    ],
)
def test_a_packet_needs_its_number(payload, repeats, why):
    data = rtp.pack_header(False, 97, 1, 2, 4) + payload

    unwrapped = unwrap(data, ssrc=3, payload_type=96)

    expected = None if repeats is None else rtp.pack_header(False, 96, 7, 2, 3) + repeats
    assert unwrapped == expected, why


@given(st.binary(max_size=80), st.integers(0, 0x3F))
def test_any_bytes_are_a_packet_or_none(data, first):
    for candidate in (data, bytes((0x80 | first,)) + data):
        try:
            unwrapped = unwrap(candidate, ssrc=3, payload_type=96)
        except rtp.RtpMalformed:
            continue
        if unwrapped is not None:
            assert rtp.fixed_header(unwrapped)[1::3] == (96, 3)
            start, stop = rtp.header_length(unwrapped), rtp.payload_end(unwrapped)
            assert start == rtp.header_length(candidate)
            assert (stop, len(unwrapped)) == (rtp.payload_end(candidate) - 2,) * 2
