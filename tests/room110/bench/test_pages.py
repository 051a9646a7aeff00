"""The arithmetic; what is measured, tests/pages proves to be there."""

from __future__ import annotations

from math import gcd

from room110.bench.pages import SITES, STEP, Account, cost


def account(**changes):
    base = {
        "at_s": 100.0,
        "busy_s": 5.0,
        "long_tasks": 0,
        "longest_ms": 0.0,
        "heap_bytes": 3_000_000,
        "rss_bytes": 200_000_000,
        "nodes": 1500,
    }
    return Account(**base | changes)


def test_a_page_is_charged_for_what_it_did_between_two_accounts():
    begun = account()
    ended = account(
        at_s=220.0, busy_s=17.0, long_tasks=4, longest_ms=81.0, heap_bytes=3_250_000, nodes=1502
    )

    assert cost(begun, ended) == {
        "busy_ms_per_s": 100.0,
        "long_tasks_per_min": 2.0,
        "longest_task_ms": 81.0,
        "heap_mb_begin": 3.0,
        "heap_mb_end": 3.2,
        "rss_mb_begin": 200.0,
        "rss_mb_end": 200.0,
        "nodes_begin": 1500,
        "nodes_end": 1502,
    }


def test_the_floor_comes_to_every_synthetic_site():
    assert gcd(STEP, SITES - 1) == 1
