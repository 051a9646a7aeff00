from __future__ import annotations

import contextlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bridge.media.core.rtp import (
    RtpMalformed,
    extension,
    fixed_header,
    header_length,
    is_rtcp,
    pack_header,
    pack_header_with_extensions,
    payload_end,
    write_one_byte_extensions,
)

PLAIN = bytes.fromhex("8060 0001 00000002 00000003")
U16 = st.integers(0, 0xFFFF)
U32 = st.integers(0, 0xFFFFFFFF)


@pytest.mark.parametrize(
    ("second", "rtcp"), [(0, False), (191, False), (192, True), (200, True), (223, True)]
)
def test_rtcp_is_told_by_its_second_byte(second, rtcp):
    assert is_rtcp(bytes((0x80, second))) is rtcp


@pytest.mark.parametrize("data", [b"", b"\x80", bytes((0x80, 224)), bytes((0x80, 0xFF))])
def test_too_short_or_above_the_range_is_not_rtcp(data):
    assert not is_rtcp(data)


@pytest.mark.parametrize(
    ("first", "rest", "length", "why"),
    [
        (0x80, b"", 12, "fixed header alone"),
        (0x82, bytes(8), 20, "two CSRCs"),
        (0x8F, bytes(60), 72, "fifteen CSRCs"),
        (0x90, b"\xbe\xde\x00\x00", 16, "empty extension"),
        (0x90, b"\xbe\xde\x00\x01" + bytes(4), 20, "extension of a word"),
        (0x90, b"\xbe\xde\x01\x00" + bytes(1024), 1040, "extension of 256 words"),
        (0x91, bytes(4) + b"\xbe\xde\x00\x01" + bytes(4), 24, "CSRC and extension"),
    ],
)
def test_the_payload_begins_after_csrcs_and_extension(first, rest, length, why):
    packet = bytes((first,)) + PLAIN[1:] + rest

    assert header_length(packet) == length, why
    assert header_length(packet + b"payload") == length, why
    with pytest.raises(RtpMalformed):
        header_length(packet[:-1])


@pytest.mark.parametrize("first", [0x00, 0x40, 0xC0])
def test_another_version_is_refused(first):
    with pytest.raises(RtpMalformed):
        header_length(bytes((first,)) + PLAIN[1:])


@pytest.mark.parametrize("kept", [12, 15])
def test_an_extension_without_its_head_is_refused(kept):
    packet = b"\x90" + PLAIN[1:] + b"\xbe\xde\x00\x00"

    with pytest.raises(RtpMalformed):
        header_length(packet[:kept])


@pytest.mark.parametrize(
    ("payload", "end"), [(b"abc\x01", 15), (b"abc\x00\x02", 15), (b"\x00\x00\x03", 12)]
)
def test_padding_is_not_payload(payload, end):
    packet = b"\xa0" + PLAIN[1:] + payload

    assert payload_end(packet) == end


def test_without_the_padding_bit_everything_is_payload():
    assert payload_end(PLAIN + b"abc\x01") == 16
    assert payload_end(b"\x9f" + PLAIN[1:] + bytes(60) + b"\xbe\xde\x00\x00" + b"\x01") == 77


@pytest.mark.parametrize("payload", [b"abc\x00", b"ab\x04", b"\xff", b"\x02"])
def test_impossible_padding_is_refused(payload):
    with pytest.raises(RtpMalformed):
        payload_end(b"\xa0" + PLAIN[1:] + payload)


def test_padding_does_not_reach_into_an_extension():
    packet = b"\xb0" + PLAIN[1:] + b"\xbe\xde\x00\x01" + b"\x10\xaa\x00\x02"

    with pytest.raises(RtpMalformed):
        payload_end(packet)


@given(st.booleans(), st.integers(0, 127), U16, U32, U32)
@example(False, 127, 0, 0, 0)
@example(True, 0, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)
def test_a_header_is_read_as_it_was_written(marker, payload_type, seq, timestamp, ssrc):
    packet = pack_header(marker, payload_type, seq, timestamp, ssrc)

    assert header_length(packet) == len(packet) == 12
    assert fixed_header(packet) == (marker, payload_type, seq, timestamp, ssrc)


def test_the_wire_form_of_a_header_is_that_of_the_rfc():
    assert pack_header(True, 96, 0x0102, 0x03040506, 0x0708090A) == bytes.fromhex(
        "80e0 0102 03040506 0708090a"
    )


@given(
    st.dictionaries(st.integers(1, 14), st.binary(min_size=1, max_size=16)),
    st.booleans(),
)
def test_extensions_are_read_as_they_were_written(values, marker):
    header = pack_header_with_extensions(marker, 111, 7, 8, 9, values)
    packet = header + b"payload"

    assert header_length(packet) == len(header)
    assert fixed_header(packet) == (marker, 111, 7, 8, 9)
    for number in range(16):
        assert extension(packet, number) == values.get(number)


def test_without_extensions_the_header_is_plain():
    assert pack_header_with_extensions(False, 96, 1, 2, 3, {}) == PLAIN


@pytest.mark.parametrize("values", [{0: b"a"}, {15: b"a"}, {1: b""}, {1: bytes(17)}, {-1: b"a"}])
def test_what_has_no_one_byte_form_is_our_error(values):
    with pytest.raises(ValueError, match="one-byte form"):
        write_one_byte_extensions(values)


def with_block(form: str, body: str) -> bytes:
    block = bytes.fromhex(body)
    assert len(block) % 4 == 0
    words = (len(block) // 4).to_bytes(2, "big")
    return b"\x90" + PLAIN[1:] + bytes.fromhex(form) + words + block + b"\x10\x77\x77\x77"


@pytest.mark.parametrize(
    ("form", "body", "wanted", "value", "why"),
    [
        ("bede", "10aa 0000", 1, "aa", "one byte"),
        ("bede", "0010 aa00", 1, "aa", "padding before"),
        ("bede", "10aa 20bb", 2, "bb", "second of two"),
        ("bede", "10aa 10bb", 1, "aa", "the first of a twice given id"),
        ("bede", "10aa 0000", 2, None, "not there"),
        ("bede", "10aa 0000", 0, None, "0 is padding, no id"),
        ("bede", "f000 10aa", 1, None, "15 ends it"),
        ("bede", "01ff 10aa", 1, None, "0 with a length ends it"),
        ("bede", "12aa bb00", 1, "aabb00", "fills the block"),
        ("bede", "13aa bb00", 1, None, "reaches out of the block"),
        ("1000", "0101 aa00", 1, "aa", "two-byte form"),
        ("100f", "0101 aa00", 1, "aa", "two-byte form with appbits"),
        ("1000", "0100 0201 bb000000", 1, "", "an empty value"),
        ("1000", "0100 0201 bb000000", 2, "bb", "after an empty value"),
        ("1000", "0000 0f01 bb000000", 15, "bb", "15 is an id like others"),
        ("1000", "fe04 aabb ccdd 0000", 0xFE, "aabbccdd", "a high id"),
        ("1000", "0102 aabb", 1, "aabb", "fills the block"),
        ("1000", "0103 aabb", 1, None, "reaches out of the block"),
        ("1000", "0000 0001", 1, None, "no room for a length"),
        ("1000", "0000 0000", 0, None, "0 is padding, no id"),
        ("1010", "0101 aa00", 1, None, "another profile"),
        ("abcd", "10aa 0000", 1, None, "another profile"),
    ],
)
def test_extensions_of_both_forms(form, body, wanted, value, why):
    expected = None if value is None else bytes.fromhex(value)

    assert extension(with_block(form, body), wanted) == expected, why


def test_no_extension_is_found_without_the_bit():
    block = b"\xbe\xde\x00\x01\x10\xaa\x00\x00"

    assert extension(PLAIN + block, 1) is None
    assert extension(b"\xaf" + PLAIN[1:] + bytes(60) + block, 1) is None


@pytest.mark.parametrize(
    ("form", "element"), [(b"\xbe\xde", b"\x12abc"), (b"\x10\x00", b"\x01\x02ab")]
)
@pytest.mark.parametrize("words", [1, 255, 256, 1000])
def test_an_extension_is_searched_to_its_end_and_not_beyond(form, element, words):
    block = form + words.to_bytes(2, "big") + bytes(4 * words - 4) + element
    packet = b"\x90" + PLAIN[1:] + block

    assert extension(packet, 1) == element[1 if form == b"\xbe\xde" else 2 :]
    assert extension(packet, 2) is None


def test_an_extension_behind_csrcs_is_found():
    packet = b"\x91" + PLAIN[1:] + b"CSRC" + b"\xbe\xde\x00\x01\x10\xaa\x00\x00"

    assert extension(packet, 1) == b"\xaa"


@given(st.binary(max_size=60), st.integers(0, 255))
def test_any_bytes_are_a_header_or_malformed(data, wanted):
    for packet in (data, b"\xb1" + data, b"\x90" + PLAIN[1:] + b"\xbe\xde" + data):
        found = extension(packet, wanted)
        assert found is None or found in packet
        is_rtcp(packet)
        with contextlib.suppress(RtpMalformed):
            assert 12 <= header_length(packet) <= payload_end(packet) <= len(packet)
            assert len(fixed_header(packet)) == 5
