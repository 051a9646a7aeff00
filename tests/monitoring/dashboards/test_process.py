"""Process: the bridge itself."""

from __future__ import annotations

from monitoring.dashboards import process


def test_what_ends_in_the_bridge_is_shown_by_its_reason():
    asked = [t.expr for p in process.dashboard().build().panels for t in p.targets]

    assert any("by (reason) (rate(room110_dropped_packets_total" in expr for expr in asked)


def test_the_media_process_is_not_taken_for_alive_because_control_is():
    exprs = {p.title: p.targets[0].expr for p in process.dashboard().build().panels}

    assert exprs["Tiếng và hình"] == 'max(up{job="room110-media"})'
