from __future__ import annotations

import socket
import struct
import time
from random import Random

import pytest

from room110.bench.shape import Publisher, Shape
from room110.bench.tap import SO_TIMESTAMPNS, Sent, added_ms, is_rtp, missing, stamp_ns
from room110.bench.wire import udp_socket


def test_the_latest_tap_counts_and_only_what_came_to_all():
    sent = {1: 1_000_000, 2: 2_000_000, 3: 3_000_000}
    taps = [{1: 1_500_000, 2: 2_100_000}, {1: 3_000_000, 2: 2_050_000, 3: 3_100_000}]

    assert [*added_ms(sent, taps)] == [2.0, 0.1]


def test_what_one_tap_did_not_get_is_missing_and_what_is_on_its_way_is_not():
    sent = dict.fromkeys(range(6), 0)

    assert missing(sent, [dict.fromkeys((0, 1, 2, 3), 1), dict.fromkeys((0, 2, 3, 4), 1)]) == 1
    assert missing(sent, [dict.fromkeys(range(6), 1), {}]) == 6


def test_the_kernel_stamps_what_is_delivered():
    with udp_socket("127.0.0.1") as receiver, udp_socket("127.0.0.1") as sender:
        receiver.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        # The first socket of a machine that asks has stamps turned on by a work item a little later;
        # until then the kernel stamps what it has not stamped when it is read.
        for _ in range(50):
            before_ns = time.time_ns()
            sender.sendto(b"x", receiver.getsockname())
            after_ns = time.time_ns()
            time.sleep(0.02)
            at_ns = stamp_ns(receiver.recvmsg(16, 64)[1])
            assert at_ns is not None
            assert before_ns <= at_ns
            if at_ns <= after_ns:
                return
    pytest.fail("stamped when it was read, not when it was delivered")


def test_without_a_stamp_there_is_none():
    assert stamp_ns([]) is None
    assert stamp_ns([(socket.SOL_SOCKET, SO_TIMESTAMPNS, struct.pack("=q", 1))]) is None


def test_only_numbered_pictures_are_noted():
    sent = Sent()
    for packet in Publisher(Shape(), Random(1)).due(100.0):
        sent.note(packet)

    assert [*sent.at_ns] == [0, 1, 2, 3]


def test_rtp_is_told_from_the_rest_of_the_port():
    assert is_rtp(bytes((0x80, 96)))
    assert not is_rtp(bytes((0x80, 200)))
    assert not is_rtp(bytes((22, 254)))
    assert not is_rtp(bytes((0, 1)))
