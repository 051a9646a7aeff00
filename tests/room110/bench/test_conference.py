"""Short: five provinces, one floor change; facts, not times."""

from __future__ import annotations

import json

from room110.bench import conference
from room110.bench.accounts import Account
from room110.bench.conference import cost


def test_a_small_conference_loses_nothing_and_is_measured(monkeypatch, capsys):
    monkeypatch.setattr(conference, "TURN_S", 2.0)

    assert conference.run_conference(minutes=0.07, sites=5, as_json=True) == 0

    result = json.loads(capsys.readouterr().out)
    assert result["faults"] == []
    assert result["sites"] == 6
    assert result["floor_changes"] == 2
    assert result["keyframes_missed"] == 0
    assert (result["lost_to_endpoints"], result["lost_from_endpoints"]) == (0, 0)
    assert {"media", "control", "total"} <= set(result["cpu_s_per_s"])
    assert result["rss_mb"]["media"] > 10
    # 170 packets a second of room 110's picture, for four seconds.
    assert result["added_delay_packets"] > 100
    assert result["missing_at_taps"] == 0
    assert 0 < result["added_delay_ms"]["p50"] <= result["added_delay_ms"]["p99"]
    assert result["packets"]["received"] > 3 * result["packets"]["published"]


def test_cost_is_of_each_process_and_of_all():
    def used(cpu_s):
        return Account(cpu_s=cpu_s, ticks_s=0.0, rss_bytes=0, threads=1, files=1)

    before = {"media": used(1.0), "control": used(2.0)}
    after = {"media": used(3.0), "control": used(2.5)}

    assert cost(before, after, 10.0) == {"media": 0.2, "control": 0.05, "total": 0.25}
