from __future__ import annotations

from random import Random

import pytest

from bridge.media.core import rtp, vp8
from room110.bench.shape import Publisher, Shape, number_of, sound


def second(publisher, *, begin_s=100.0, seconds=1.0):
    return [
        packet
        for step in range(int(seconds * 200))
        for packet in publisher.due(begin_s + step / 200)
    ]


def is_video(packet):
    return len(packet) > 500


@pytest.mark.parametrize("burst", [1, 4, 8, 16])
def test_a_second_has_the_shape_whatever_the_burst(burst):
    publisher = Publisher(Shape(burst=burst), Random(1))
    packets = second(publisher, seconds=4.0)
    video = [packet for packet in packets if is_video(packet)]

    assert abs(len(video) - 400) <= burst
    assert len(packets) - len(video) == 200
    assert {len(packet) for packet in video} == {1100}
    assert {len(packet) for packet in packets if not is_video(packet)} == {80}
    assert publisher.packets == len(packets)


def test_a_burst_is_a_frame():
    publisher = Publisher(Shape(burst=4), Random(1))
    frame = [packet for packet in publisher.due(100.0) if is_video(packet)]
    headers = [rtp.fixed_header(packet) for packet in frame]

    assert [marker for marker, *_ in headers] == [False, False, False, True]
    assert len({timestamp for _, _, _, timestamp, _ in headers}) == 1
    first = headers[0][2]
    assert [seq for _, _, seq, _, _ in headers] == [first, first + 1, first + 2, first + 3]


def test_a_key_frame_is_sent_at_first_once_a_second_and_when_asked_for():
    publisher = Publisher(Shape(), Random(1))

    def keys(packets):
        return sum(vp8.parse(p, 12, len(p))[3] for p in packets if is_video(p))

    assert keys(second(publisher)) == 1
    assert keys(publisher.due(101.01)) == 1
    assert keys(second(publisher, begin_s=101.02, seconds=0.5)) == 0
    publisher.wanted = True
    assert keys(second(publisher, begin_s=101.52, seconds=0.2)) == 1
    assert publisher.keyframes == 3


def test_every_video_packet_tells_its_number_and_sound_is_one_payload():
    packets = second(Publisher(Shape(), Random(1)))

    assert [number_of(p) for p in packets if is_video(p)] == list(range(100))
    assert {p[12:] for p in packets if not is_video(p)} == {sound(Shape())}
    assert number_of(b"somebody else's") is None


def test_a_stall_is_not_made_up_for():
    publisher = Publisher(Shape(), Random(1))
    second(publisher)

    assert len([*publisher.due(160.0)]) == 5


def test_another_shape_holds_from_the_next_frame():
    publisher = Publisher(Shape(burst=4), Random(1))
    second(publisher)
    publisher.shape = Shape(burst=8)

    assert len([p for p in second(publisher, begin_s=101.0, seconds=0.08) if is_video(p)]) == 8
