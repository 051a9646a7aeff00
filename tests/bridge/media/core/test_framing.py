"""RFC 4571: what was framed comes out again, however the stream is cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.media.core.framing import MAX_FRAME_BYTES, Deframer, FrameTooLong, frame

DATAGRAMS = st.lists(st.binary(max_size=MAX_FRAME_BYTES), max_size=8)


def cut(stream: bytes, sizes: list[int]) -> list[bytes]:
    """The stream in pieces of these sizes, and the rest."""
    pieces = []
    for size in sizes:
        pieces.append(stream[:size])
        stream = stream[size:]
    return [*pieces, stream]


@pytest.mark.parametrize(
    ("data", "framed"),
    [
        (b"", b"\x00\x00"),
        (b"x", b"\x00\x01x"),
        (b"y" * 255, b"\x00\xff" + b"y" * 255),
        (b"z" * 256, b"\x01\x00" + b"z" * 256),
        (b"e" * 1500, b"\x05\xdc" + b"e" * 1500),
    ],
)
def test_a_frame_is_the_length_in_network_order_and_the_data(data, framed):
    assert frame(data) == framed
    assert Deframer().feed(framed) == ([data] if data else [])


def test_what_nobody_would_take_is_not_framed():
    with pytest.raises(FrameTooLong, match="1501 bytes"):
        frame(bytes(1501))


@given(DATAGRAMS, st.lists(st.integers(0, 1600), max_size=12))
def test_frames_come_out_whole_and_in_order_however_the_stream_is_cut(datagrams, sizes):
    stream = b"".join(frame(data) for data in datagrams)
    deframer = Deframer()

    got = [data for piece in cut(stream, sizes) for data in deframer.feed(piece)]

    assert got == [data for data in datagrams if data]


def test_one_byte_at_a_time_is_enough():
    deframer = Deframer()

    got = [deframer.feed(bytes([byte])) for byte in frame(b"ab") + frame(b"") + frame(b"c")]

    assert got == [[], [], [], [b"ab"], [], [], [], [], [b"c"]]


@pytest.mark.parametrize("length", [1501, 0x4745, 0xFFFF])
def test_a_length_that_cannot_be_is_an_error_before_a_byte_of_it_comes(length):
    deframer = Deframer()
    deframer.feed(frame(b"good") + bytes([length >> 8]))

    with pytest.raises(FrameTooLong) as caught:
        deframer.feed(bytes([length & 0xFF]))

    assert caught.value.length == length


@given(st.lists(st.binary(max_size=4000), max_size=8))
def test_any_bytes_give_frames_or_the_error_and_little_is_kept(pieces):
    deframer = Deframer()
    for piece in pieces:
        try:
            frames = deframer.feed(memoryview(piece))
        except FrameTooLong as error:
            assert MAX_FRAME_BYTES < error.length <= 0xFFFF
            return
        assert all(0 < len(data) <= MAX_FRAME_BYTES for data in frames)
        assert len(deframer._rest) < 2 + MAX_FRAME_BYTES
