"""Short: a few seconds of coming and going, and nothing is left of it."""

from __future__ import annotations

import json

from room110.bench import soak
from room110.bench.accounts import Account
from room110.bench.soak import left_over


def test_when_all_have_gone_nothing_is_left(monkeypatch, capsys):
    monkeypatch.setattr(soak, "TURN_S", 0.5)
    monkeypatch.setattr(soak, "CONSOLE_S", 1.0)
    monkeypatch.setattr(soak, "AWAY_S", (0.1, 0.5))

    assert soak.run_soak(minutes=0.1, sites=6, as_json=True) == 0

    result = json.loads(capsys.readouterr().out)
    assert result["sessions_left"] == 0
    for counts in result["left_over"].values():
        assert counts["files"] <= 0
    happened = result["happened"]
    assert happened["joins"] == happened["leaves"] + happened.get("vanished", 0) >= 2
    assert happened["floor_changes"] >= 1
    assert happened["consoles"] >= 1
    assert happened["killed"] >= 1
    assert set(result["rss_mb"]) == {"begin", "early", "end", "after"}
    assert result["rss_mb"]["end"]["media"] > 10


def test_left_over_is_what_is_more_than_at_the_beginning():
    def holds(files, threads):
        return Account(cpu_s=0.0, ticks_s=0.0, rss_bytes=0, threads=threads, files=files)

    begin = {"media": holds(10, 1)}
    end = {"media": holds(12, 1), "other.7": holds(3, 2)}

    assert left_over(begin, end) == {
        "media": {"files": 2, "threads": 0},
        "other.7": {"files": 3, "threads": 2},
    }
