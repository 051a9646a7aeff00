"""What pages say is taken with suspicion."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.clients import COUNTERS, GAUGES, GREATEST, Clients


@pytest.mark.parametrize("key", GREATEST)
def test_a_number_that_cannot_be_is_taken_for_the_nearest_that_can(key):
    clients = Clients()
    assert clients.hear(None, "01", {key: -5.0}, now_s=0.0).stats == {key: 0.0}
    assert clients.hear(None, "01", {key: 1e300}, now_s=0.0).stats == {key: GREATEST[key]}
    assert clients.hear(None, "01", {key: 0.5}, now_s=0.0).stats == {key: 0.5}


def test_more_than_one_in_four_seconds_is_counted_and_not_read():
    clients = Clients()
    first = clients.hear(None, "01", {"frames_decoded": 10}, now_s=100.0)
    assert clients.hear(first, "01", {"frames_decoded": 90}, now_s=103.9) is first
    second = clients.hear(first, "01", {"frames_decoded": 30}, now_s=104.0)

    assert second.stats == {"frames_decoded": 30.0}
    assert (clients.taken["01"], clients.ignored["01"]) == (2, 1)
    assert clients.totals == {("01", "frames_decoded"): 30.0}


def test_a_page_that_connects_anew_adds_to_the_total():
    clients = Clients()
    said = clients.hear(None, "01", {"freeze_count": 4, "freeze_s": 2.5}, now_s=0.0)
    said = clients.hear(said, "01", {"freeze_count": 1, "freeze_s": 0.5}, now_s=5.0)
    clients.hear(None, "01", {"freeze_count": 2}, now_s=10.0)

    assert clients.totals == {("01", "freeze_count"): 7.0, ("01", "freeze_s"): 3.0}


def test_nothing_new_adds_nothing():
    clients = Clients()
    said = clients.hear(None, "01", {"freeze_count": 4}, now_s=0.0)
    clients.hear(said, "01", {"freeze_count": 4}, now_s=5.0)

    assert clients.totals == {("01", "freeze_count"): 4.0}


def test_a_counter_left_out_once_is_not_counted_twice():
    clients = Clients()
    said = clients.hear(None, "01", {"freeze_count": 4}, now_s=0.0)
    said = clients.hear(said, "01", {"rtt_s": 0.1}, now_s=5.0)
    said = clients.hear(said, "01", {"freeze_count": 5}, now_s=10.0)

    assert clients.totals["01", "freeze_count"] == 5.0
    assert said.stats == {"freeze_count": 5.0}


def test_a_page_speaks_for_its_own_site_alone():
    clients = Clients()
    clients.hear(None, "01", {"freeze_count": 4}, now_s=0.0)
    clients.hear(None, "02", {"freeze_count": 1}, now_s=0.0)

    assert clients.totals == {("01", "freeze_count"): 4.0, ("02", "freeze_count"): 1.0}


NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
SAID = st.dictionaries(st.sampled_from(sorted(GREATEST)), NUMBERS)


@given(st.lists(SAID, max_size=12))
def test_totals_never_fall_and_stay_finite(reports):
    clients, said, before = Clients(), None, dict.fromkeys(COUNTERS, 0.0)
    for n, stats in enumerate(reports):
        said = clients.hear(said, "01", stats, now_s=n * 5.0)
        now = {key: clients.totals.get(("01", key), 0.0) for key in COUNTERS}
        assert all(before[key] <= now[key] < math.inf for key in COUNTERS)
        assert not any(("01", key) in clients.totals for key in GAUGES)
        before = now
