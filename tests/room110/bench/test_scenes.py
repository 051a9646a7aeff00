"""The arithmetic; that the scenes play, tests/pages proves."""

from __future__ import annotations

from room110.bench.relay import Queued
from room110.bench.scenes import CONDITIONS, queues


def test_queues_are_those_of_a_time():
    queued = [Queued(at_s=float(n), queue_s=n / 100) for n in range(101)]

    assert queues(queued) == {"p50": 0.5, "p99": 0.99, "max": 1.0}
    assert queues(queued, since_s=99.0) == {"p50": 0.99, "p99": 1.0, "max": 1.0}
    assert queues([]) is None


def test_conditions_are_attributes_of_a_line():
    assert {name for values in CONDITIONS.values() for name in values} == {
        "loss",
        "burst_loss",
        "jitter_s",
    }
