"""What the writers of a page may ask: label sets that stay the same, moments that do not move."""

from __future__ import annotations

import pytest

from monitoring.moment import APART_S, Epoch, SiteKeys

CODES = ("01", "79", "110")


def test_label_sets_are_in_order_of_sites_then_words():
    keys = SiteKeys().take(CODES)

    assert list(keys()) == [("01",), ("79",), ("110",)]
    assert list(keys(("up", "down"), ("a",)))[:3] == [
        ("01", "up", "a"),
        ("01", "down", "a"),
        ("79", "up", "a"),
    ]


def test_label_sets_are_the_same_objects_until_the_sites_are_others():
    kept = SiteKeys()
    first = kept.take(CODES)(("a", "b"))
    assert kept.take(tuple(CODES))(("a", "b")) is first
    assert list(kept.take(("01",))(("a", "b"))) == [("01", "a"), ("01", "b")]


def test_a_site_has_its_name_and_its_role():
    keys = SiteKeys().take(CODES)

    assert list(keys.named({"01": "Hà Nội"})) == [
        ("01", "Hà Nội", "province"),
        ("79", "79", "province"),
        ("110", "110", "centre"),
    ]
    assert keys.named({}) is keys.named({"01": "Hà Nội"})


@pytest.mark.parametrize("slip_s", [0.0, 0.4, -0.4])
def test_clocks_that_differ_a_little_move_no_moment(slip_s):
    epoch = Epoch()
    assert epoch.at_s(wall_s=1000.0, now_s=10.0) == 990.0
    assert epoch.at_s(wall_s=1060.0 + slip_s, now_s=70.0) == 990.0


def test_a_clock_that_is_set_moves_them_all():
    epoch = Epoch()
    epoch.at_s(wall_s=1000.0, now_s=10.0)
    assert epoch.at_s(wall_s=1000.0 + 2 * APART_S, now_s=10.0) == 990.0 + 2 * APART_S
