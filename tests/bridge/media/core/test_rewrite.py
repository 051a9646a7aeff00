from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.media.core.rewrite import Rewriter
from bridge.media.core.rtp import fixed_header, pack_header
from bridge.media.core.serial import distance16, distance32
from bridge.media.core.vp8 import parse

SSRC = 0xCAFE
KEY = b"\x10key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Out:
    marker: bool
    seq: int
    timestamp: int
    picture_id: int = -1
    tl0: int = -1


def descriptor(picture_id: int, tl0: int, *, bits: int = 15) -> bytes:
    if picture_id < 0:
        return b"\x10" if tl0 < 0 else bytes((0x90, 0x60, tl0, 0x20))
    number = bytes((picture_id,)) if bits == 7 else (0x8000 | picture_id).to_bytes(2, "big")
    if tl0 < 0:
        return b"\x90\x80" + number
    return b"\x90\xe0" + number + bytes((tl0, 0x20))


class Stream:
    """A rewriter with packets going through it; what comes out is read back."""

    def __init__(self, *, audio=False, **start):
        self.rewriter = Rewriter(ssrc=SSRC, payload_type=98, audio=audio, **start)
        self._audio = audio

    def begin(self, seq, timestamp, picture_id=-1, tl0=-1, *, at=0.0):
        self.rewriter.begin(
            seq=seq & 0xFFFF,
            timestamp=timestamp & 0xFFFFFFFF,
            picture_id=picture_id,
            tl0=tl0,
            now_s=at,
        )

    def send(self, seq, timestamp, picture_id=-1, tl0=-1, *, at=0.0, marker=False, bits=15):
        header = pack_header(marker, 121, seq & 0xFFFF, timestamp & 0xFFFFFFFF, 0xBEEF)
        head = b"" if self._audio else descriptor(picture_id, tl0, bits=bits)
        packet = header + head + KEY
        parsed = (12, -1, -1) if self._audio else parse(packet, 12, len(packet))[:3]
        prefix = self.rewriter.prefix(
            packet,
            12,
            parsed[0],
            len(packet),
            seq & 0xFFFF,
            timestamp & 0xFFFFFFFF,
            parsed[1],
            parsed[2],
            at,
        )
        if prefix is None:
            return None
        out_marker, payload_type, out_seq, out_timestamp, ssrc = fixed_header(prefix)
        assert (prefix[0], payload_type, ssrc) == (0x80, 98, SSRC)
        if self._audio:
            assert len(prefix) == 12
            return Out(marker=out_marker, seq=out_seq, timestamp=out_timestamp)
        end, out_picture_id, out_tl0, keyframe = parse(prefix + KEY, 12, len(prefix) + len(KEY))
        assert end == len(prefix)
        assert keyframe
        return Out(
            marker=out_marker,
            seq=out_seq,
            timestamp=out_timestamp,
            picture_id=out_picture_id,
            tl0=out_tl0,
        )

    def start(self, seq, timestamp, picture_id=-1, tl0=-1, *, at=0.0, **packet):
        self.begin(seq, timestamp, picture_id, tl0, at=at)
        return self.send(seq, timestamp, picture_id, tl0, at=at, **packet)


SEQS = [0, 1, 127, 128, 32767, 32768, 65534, 65535]


@pytest.mark.parametrize("out", [0, 32767, 65535])
@pytest.mark.parametrize("source", SEQS)
@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([(0, 0), (1, 1), (2, 2)], "in order"),
        ([(0, 0), (2, 2), (1, 1), (3, 3)], "reordered ones keep their place"),
        ([(0, 0), (3, 3), (4, 4)], "a loss stays a gap"),
        ([(0, 0), (-1, None), (1, 1), (-1, None)], "older than the beginning"),
        ([(0, 0), (-3000, None), (2999, 2999), (5998, 5998)], "large steps"),
        ([(1, 1), (0, 0), (2, 2)], "the packet begun with comes late"),
        ([(0, 0), (0, 0)], "a copy is given the same number"),
    ],
)
def test_sequence_numbers_of_one_source(out, source, rows, why):
    stream = Stream(audio=True, seq=out, timestamp=0)
    stream.begin(source, 0)

    for step, expected in rows:
        sent = stream.send(source + step, 0)
        got = None if sent is None else distance16(sent.seq, out)
        assert got == expected, why


@pytest.mark.parametrize("source", SEQS)
def test_a_packet_from_before_stays_refused_when_the_numbers_have_gone_round(source):
    stream = Stream(audio=True, seq=7, timestamp=0)
    stream.start(source, 0)

    for step in range(2500, 65536 * 2, 2500):
        assert stream.send(source + step, 0).seq == (7 + step) & 0xFFFF
        assert stream.send(source + step - 1, 0).seq == (7 + step - 1) & 0xFFFF


@pytest.mark.parametrize("out", SEQS)
@pytest.mark.parametrize(("source", "other"), list(pairwise([*SEQS, 0])))
def test_at_a_switch_the_numbers_go_on_from_the_highest_sent(out, source, other):
    stream = Stream(audio=True, seq=out, timestamp=0)
    assert stream.start(source, 0).seq == out
    stream.send(source + 2, 0)
    stream.send(source + 1, 0)  # the last one sent is not the highest

    assert stream.start(other, 0).seq == (out + 3) & 0xFFFF
    assert stream.start(source + 9, 0).seq == (out + 4) & 0xFFFF


def test_beginning_twice_before_a_packet_leaves_no_gap():
    stream = Stream(audio=True, seq=10, timestamp=500)
    stream.begin(7, 7, at=0.0)
    stream.begin(8, 8, at=1.0)

    first = stream.send(8, 8, at=1.0)
    stream.begin(100, 9, at=1.0)
    stream.begin(200, 9, at=1.02)
    second = stream.send(200, 9, at=1.02)

    assert (first.seq, first.timestamp) == (10, 500)
    assert (second.seq, second.timestamp) == (11, 500 + 960)


STAMPS = [0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]


@pytest.mark.parametrize("out", STAMPS)
@pytest.mark.parametrize(("source", "other"), list(pairwise([*STAMPS, 0])))
@pytest.mark.parametrize(
    ("audio", "switched_at", "step", "why"),
    [
        (False, 10.1, 9000, "picture goes on with real time"),
        (True, 10.1, 4800, "sound goes on with real time"),
        (False, 10.0, 1, "at least one tick"),
        (False, 9.0, 1, "never back, even when our clock is"),
        (False, 10.0 + 6 * 3600, 6 * 3600 * 90000, "a long silence"),
        (False, 10.0 + 24 * 3600, 0x7FFFFFFF, "a very long one stays a step forward"),
    ],
)
def test_timestamps_across_a_switch(out, source, other, audio, switched_at, step, why):
    stream = Stream(audio=audio, seq=0, timestamp=out)
    assert stream.start(0, source, at=9.0).timestamp == out
    assert stream.send(1, source + 3000, at=10.0).timestamp == (out + 3000) & 0xFFFFFFFF

    sent = stream.start(77, other, at=switched_at)

    assert (sent.timestamp - out - 3000) & 0xFFFFFFFF == step, why
    assert stream.send(78, other + 5, at=switched_at).timestamp == (
        (sent.timestamp + 5) & 0xFFFFFFFF
    )
    assert stream.rewriter.source_timestamp_to_out((other + 7) & 0xFFFFFFFF) == (
        (sent.timestamp + 7) & 0xFFFFFFFF
    )


def test_time_is_counted_from_the_first_packet_of_the_newest_picture():
    stream = Stream(seq=0, timestamp=0)
    stream.start(0, 0, at=1.0)
    stream.send(2, 9000, at=1.1)
    stream.send(3, 9000, at=1.15)  # the same picture, paced
    stream.send(1, 0, at=1.19)  # an older one, late

    assert stream.start(50, 4, at=1.2).timestamp == 9000 + 9000


PICTURES = [0, 1, 127, 128, 16383, 16384, 32766, 32767]


@pytest.mark.parametrize("out", PICTURES)
@pytest.mark.parametrize("source", PICTURES)
def test_picture_ids_of_15_bits_go_on_at_a_switch(out, source):
    stream = Stream(seq=0, timestamp=0, picture_id=out)
    ids = [
        stream.start(0, 0, source).picture_id,
        stream.send(2, 6000, (source + 2) & 0x7FFF).picture_id,
        stream.send(1, 3000, (source + 1) & 0x7FFF).picture_id,
        stream.start(70, 0, 12345).picture_id,
        stream.send(71, 9, 12346).picture_id,
    ]

    assert [(each - out) & 0x7FFF for each in ids] == [0, 2, 1, 3, 4]


@pytest.mark.parametrize("out", PICTURES)
@pytest.mark.parametrize("source", [0, 1, 63, 64, 126, 127])
def test_picture_ids_of_7_bits_go_on_the_same_line(out, source):
    stream = Stream(seq=0, timestamp=0, picture_id=out)
    ids = [stream.start(0, 0, source, bits=7).picture_id]
    ids += [
        stream.send(step, 0, (source + step) & 0x7F, bits=7).picture_id
        for step in (63, 62, 126, 180, 116, 243)
    ]

    assert [(each - out) & 0x7FFF for each in ids] == [0, 63, 62, 126, 180, 116, 243]


@pytest.mark.parametrize("tl0", [-1, 0, 255])
def test_what_stands_behind_a_picture_id_does_not_make_it_longer(tl0):
    stream = Stream(seq=0, timestamp=0, picture_id=1000)
    stream.start(0, 0, 126, tl0, bits=7)

    assert stream.send(1, 0, 2, tl0, bits=7).picture_id == 1004


@pytest.mark.parametrize("jump", [65, 128, 5000, 16383])
def test_a_long_picture_id_may_jump_inside_a_source(jump):
    stream = Stream(seq=0, timestamp=0, picture_id=1000)
    stream.start(0, 0, 256)

    assert stream.send(1, 0, 256 + jump).picture_id == 1000 + jump


def test_a_source_that_changes_the_length_of_its_picture_ids_is_one_line():
    stream = Stream(seq=0, timestamp=0, picture_id=1000)
    rows = [(126, 7), (127, 7), (128, 15), (129, 15)]

    stream.begin(0, 0, 126)
    ids = [stream.send(n, 0, each, bits=bits).picture_id for n, (each, bits) in enumerate(rows)]

    assert ids == [1000, 1001, 1002, 1003]


def test_a_wrap_from_15_bits_to_7_is_one_line():
    stream = Stream(seq=0, timestamp=0, picture_id=1000)
    rows = [(32766, 15), (32767, 15), (0, 7), (1, 7)]

    stream.begin(0, 0, 32766)
    ids = [stream.send(n, 0, each, bits=bits).picture_id for n, (each, bits) in enumerate(rows)]

    assert ids == [1000, 1001, 1002, 1003]


@pytest.mark.parametrize("out", [0, 1, 127, 128, 254, 255])
@pytest.mark.parametrize("source", [0, 1, 127, 128, 254, 255])
@pytest.mark.parametrize("picture_id", [-1, 5])
def test_the_base_layer_index_goes_on_at_a_switch(out, source, picture_id):
    stream = Stream(seq=0, timestamp=0, tl0=out)
    indices = [
        stream.start(0, 0, picture_id, source).tl0,
        stream.send(2, 0, picture_id, (source + 2) & 0xFF).tl0,
        stream.send(1, 0, picture_id, (source + 1) & 0xFF).tl0,
        stream.start(70, 0, picture_id, 99).tl0,
        stream.send(71, 0, picture_id, 100).tl0,
    ]

    assert [(each - out) & 0xFF for each in indices] == [0, 2, 1, 3, 4]


def test_pictures_are_counted_from_nought_if_nothing_else_is_said():
    sent = Stream(seq=0, timestamp=0).start(0, 0, 7, 7)

    assert (sent.picture_id, sent.tl0) == (0, 0)


def test_a_source_without_ids_between_two_others_does_not_disturb_them():
    stream = Stream(seq=0, timestamp=0, picture_id=40, tl0=50)
    stream.start(0, 0, 7, 7)

    between = stream.start(10, 0)
    after = stream.start(20, 0, 300, 200)

    assert (between.picture_id, between.tl0) == (-1, -1)
    assert (after.picture_id, after.tl0) == (41, 51)


def test_the_first_sound_after_a_switch_is_marked():
    stream = Stream(audio=True, seq=0, timestamp=0)
    stream.begin(5, 0)

    assert [stream.send(seq, 0).marker for seq in (5, 6, 7)] == [True, False, False]
    stream.begin(8, 0)
    assert [stream.send(seq, 0).marker for seq in (8, 9)] == [True, False]
    assert stream.send(10, 0, marker=True).marker, "a sender's own silence"


def test_the_mark_does_not_move_to_another_packet():
    stream = Stream(audio=True, seq=0, timestamp=0)
    stream.begin(5, 0)

    assert [stream.send(seq, 0).marker for seq in (6, 5, 5)] == [False, True, True]


def test_picture_keeps_its_own_marks():
    stream = Stream(seq=0, timestamp=0)
    stream.begin(5, 0)

    assert [stream.send(5, 0, marker=mark).marker for mark in (False, True)] == [False, True]


def test_what_was_sent_is_counted_as_payload():
    stream = Stream(seq=0, timestamp=0)
    stream.start(0, 0, 5, 6, bits=7)  # the picture id grows by a byte
    stream.send(1, 0)
    stream.send(-1, 0)  # refused

    assert stream.rewriter.packets == 2
    assert stream.rewriter.bytes == (6 + len(KEY)) + (1 + len(KEY))
    assert stream.rewriter.clock_rate_hz == 90000
    assert Stream(audio=True, seq=0, timestamp=0).rewriter.clock_rate_hz == 48000


def test_sound_counts_its_payload_without_padding():
    rewriter = Rewriter(ssrc=1, payload_type=2, audio=True, seq=3, timestamp=4)
    rewriter.begin(seq=0, timestamp=0, picture_id=-1, tl0=-1, now_s=0.0)
    packet = pack_header(False, 3, 0, 0, 9) + b"opus\x00\x02"

    assert rewriter.prefix(packet, 12, 12, 16, 0, 0, -1, -1, 0.0) is not None

    assert rewriter.bytes == 4


def test_a_picture_packet_of_padding_alone_keeps_its_number():
    rewriter = Rewriter(ssrc=1, payload_type=2, audio=False, seq=3, timestamp=4)
    rewriter.begin(seq=0, timestamp=0, picture_id=5, tl0=-1, now_s=0.0)
    packet = pack_header(False, 3, 0, 0, 9)

    assert rewriter.prefix(packet, 12, 12, 12, 0, 0, -1, -1, 0.0) == pack_header(False, 2, 3, 4, 1)


@st.composite
def episodes(draw):
    """Sources one after another: where each begins, and what of it comes in which order."""
    steps = draw(st.lists(st.integers(-60, 400), max_size=12, unique=True))
    return (
        draw(st.integers(0, 0xFFFF)),
        draw(st.integers(0, 0xFFFFFFFF)),
        draw(st.sampled_from([7, 15])),
        draw(st.integers(0, 127)),
        [0, *(step for step in steps if step)],
        draw(st.sampled_from([0.0, 0.001, 0.04, 3.0, 1e5])),
    )


@given(
    st.lists(episodes(), min_size=1, max_size=6),
    st.integers(0, 0xFFFF),
    st.integers(0, 0xFFFFFFFF),
    st.integers(0, 0x7FFF),
)
def test_whatever_is_switched_and_lost_the_stream_never_tears(episodes, seq, timestamp, picture_id):
    stream = Stream(seq=seq, timestamp=timestamp, picture_id=picture_id)
    now, next_place, sent_places = 0.0, 0, set()
    newest: Out | None = None
    for source_seq, source_timestamp, bits, source_picture, steps, pause in episodes:
        now += pause
        stream.begin(source_seq, source_timestamp, source_picture, at=now)
        first: Out | None = None
        reach = 0
        for step in steps:
            picture = step // 20  # twenty packets each
            number = (source_picture + picture) & (0x7F if bits == 7 else 0x7FFF)
            sent = stream.send(
                source_seq + step, source_timestamp + picture * 3000, number, at=now, bits=bits
            )
            assert (sent is None) == (step < 0)  # before the switch
            if sent is None:
                continue
            first = first or sent
            # No gap but the source's own, and no number twice.
            place = next_place + step
            assert sent.seq == (seq + place) & 0xFFFF
            assert place not in sent_places
            sent_places.add(place)
            # Inside a source everything keeps its distance.
            assert distance32(sent.timestamp, first.timestamp) == picture * 3000
            assert (sent.picture_id - first.picture_id) & 0x7FFF == picture
            # Across a switch time goes forward, pictures by one.
            if newest is not None:
                assert distance32(first.timestamp, newest.timestamp) > 0
                assert (first.picture_id - newest.picture_id) & 0x7FFF == 1
            if step >= reach:
                reach, last = step, sent
        next_place += reach + 1
        newest = last
