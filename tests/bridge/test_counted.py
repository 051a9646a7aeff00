"""What came since the last look."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.counted import Counted, count, measure
from tests.bridge.test_quality import line
from tests.bridge.test_traffic import LOW, MIC


def test_all_streams_of_a_device_are_counted_together():
    sources = (replace(MIC, packets=50, lost=1), replace(LOW, packets=15, lost=2))
    counted = count(line(sources=sources, packets_out=900))
    assert counted == Counted(packets=65, lost=3, out=900)


def test_loss_is_of_what_was_to_come_since_the_last_look():
    carried = line(sources=(replace(MIC, packets=145, lost=15),))
    assert measure(carried, None).loss_up == 0.0
    assert measure(carried, Counted(packets=100, lost=10, out=0)).loss_up == 0.1
    # Made good by packets that came late.
    assert measure(carried, Counted(packets=100, lost=20, out=0)).loss_up == 0.0
    assert measure(carried, Counted(packets=145, lost=15, out=0)).loss_up == 0.0


@pytest.mark.parametrize(("age_s", "jitter_ms"), [(0.1, 12.3), (2.1, None), (None, None)])
def test_what_has_stopped_has_no_jitter(age_s, jitter_ms):
    sources = (replace(MIC, jitter_s=0.01234, age_s=age_s),)
    assert measure(line(sources=sources), None).jitter_ms == jitter_ms


def test_a_device_that_sends_nothing_has_no_ages():
    health = measure(line(sources=()), None)
    assert (health.sound_age_s, health.picture_age_s, health.level_dbov) == (None, None, None)
    assert health.jitter_ms is None
