"""What crosses the plane besides counters has a value before anything is known."""

from __future__ import annotations

from bridge.media.told import Acknowledgement, Load


def test_nothing_is_known_at_first():
    assert Acknowledgement() == Acknowledgement(
        said={}, told={}, reported_age_s=None, stage_age_s=None
    )
    assert Load() == Load(datagrams_refused=None, tcp_connections=0, tcp_waiting_bytes=0)
