"""Totals: what the workers before this one have carried, added to what this one has.

Counters of a plane must not fall when its worker dies and another comes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from operator import add
from typing import Final

from bridge.media.plane import PlaneStats
from bridge.media.told import Load

NOTHING: Final = PlaneStats()


def plus(now: PlaneStats, past: PlaneStats) -> PlaneStats:
    """*now*, with the totals of *past*; what is as of now stays."""
    if past is NOTHING:
        return now
    return replace(
        now,
        packets_in=now.packets_in + past.packets_in,
        packets_out=now.packets_out + past.packets_out,
        bytes_in=now.bytes_in + past.bytes_in,
        bytes_out=now.bytes_out + past.bytes_out,
        drops=Counter(now.drops) + Counter(past.drops),
        keyframe_requests=now.keyframe_requests + past.keyframe_requests,
        switches=now.switches + past.switches,
        delays=tuple(map(add, now.delays, past.delays)),
        delay_s=now.delay_s + past.delay_s,
        switched=now.switched + past.switched,
        begun={
            stage: spread + past.begun[stage] if stage in past.begun else spread
            for stage, spread in now.begun.items()
        },
        load=_load(now.load, past.load),
    )


def _load(now: Load, past: Load) -> Load:
    """What the kernel refused is a total; the rest is as of now."""
    if now.datagrams_refused is None:
        return now
    return replace(now, datagrams_refused=now.datagrams_refused + (past.datagrams_refused or 0))
