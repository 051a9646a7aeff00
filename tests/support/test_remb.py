from __future__ import annotations

import pytest

from tests.support.remb import RembReceiver


def feed(receiver, *, start, seconds, bps, queue_per_s=0.0):
    """Packets of 1000 bytes, the REMB asked for every 0.2 s; what it was."""
    said, delay = [], 0.0
    interval = 8000 / bps
    look = start
    for number in range(round(seconds / interval)):
        sent = start + number * interval
        delay = number * interval * queue_per_s
        receiver.on_packet(sent, 1000, sent + delay)
        if sent >= look:
            look += 0.2
            said.append(receiver.report(sent + delay))
    return [remb for remb in said if remb is not None]


def test_nothing_at_first_then_what_arrives():
    receiver = RembReceiver()

    assert feed(receiver, start=0.0, seconds=3.9, bps=400_000) == []
    assert receiver.report(4.1) == pytest.approx(400_000, rel=0.25)


def test_up_by_eight_percent_a_second_to_one_and_a_half_of_what_arrives():
    receiver = RembReceiver()
    first, *_, last = feed(receiver, start=0.0, seconds=9.0, bps=400_000)

    assert last / first == pytest.approx(1.08**5, rel=0.02)
    assert feed(receiver, start=9.0, seconds=9.0, bps=400_000)[-1] == pytest.approx(
        610_000, rel=0.03
    )


def test_a_queue_that_grows_lets_it_fall():
    receiver = RembReceiver()
    calm = feed(receiver, start=0.0, seconds=8.0, bps=400_000)[-1]

    tight = feed(receiver, start=8.0, seconds=2.0, bps=600_000, queue_per_s=0.5)[-1]

    assert tight == pytest.approx(0.85 * 400_000, rel=0.1)
    assert tight < calm
