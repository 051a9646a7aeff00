"""Totals of workers before: counters go on, what is as of now is as of now."""

from __future__ import annotations

from bridge.media.plane import DELAY_BOUNDS_S, PlaneStats
from bridge.media.times import SWITCH_BOUNDS_S, Spread
from bridge.media.told import Load
from bridge.media.totals import NOTHING, plus

ONES = (1,) * (len(DELAY_BOUNDS_S) + 1)
SPREAD = Spread(counts=(2,) * (len(SWITCH_BOUNDS_S) + 1), total_s=1.5)
PAST = PlaneStats(
    packets_in=1,
    packets_out=2,
    bytes_in=3,
    bytes_out=4,
    drops={"gate": 5, "codec": 1},
    keyframe_requests=6,
    switches=7,
    delays=ONES,
    delay_s=0.5,
    switched=SPREAD,
    begun={"dtls": SPREAD},
    load=Load(datagrams_refused=8, tcp_connections=9),
)


def test_everything_that_counts_goes_on():
    now = plus(PAST, PAST)

    assert (now.packets_in, now.packets_out, now.bytes_in, now.bytes_out) == (2, 4, 6, 8)
    assert now.drops == {"gate": 10, "codec": 2}
    assert (now.keyframe_requests, now.switches, now.delay_s) == (12, 14, 1.0)
    assert now.delays == tuple(2 for _ in ONES)
    assert now.switched == SPREAD + SPREAD
    assert now.begun == {"dtls": SPREAD + SPREAD}


def test_what_stands_at_the_sockets_is_as_of_now_but_for_what_was_refused():
    assert plus(PAST, PAST).load == Load(datagrams_refused=16, tcp_connections=9)
    silent = PlaneStats(load=Load(tcp_connections=1))
    assert plus(silent, PAST).load == silent.load
    assert plus(PAST, silent).load == PAST.load


def test_a_stage_of_beginning_that_is_new_is_taken_as_it_is():
    assert plus(PAST, PlaneStats(packets_in=1)).begun == {"dtls": SPREAD}


def test_before_any_other_worker_nothing_is_added():
    assert plus(PAST, NOTHING) is PAST
