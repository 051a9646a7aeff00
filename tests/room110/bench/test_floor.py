"""The bench counts what was acknowledged and waits for the last who is told."""

from __future__ import annotations

import json

from config.roster import load_roster
from room110.bench import floor

ROSTER = load_roster()


async def test_those_who_wait_together_share_a_flush():
    alone = await floor.acknowledged(ROSTER, 1, 0.3)
    many = await floor.acknowledged(ROSTER, 8, 0.3)
    assert (alone["clients"], alone["commands_per_flush"]) == (1, 1.0)
    assert many["commands_per_flush"] > 4
    for row in (alone, many):
        assert row["commands_per_s"] > 0
        assert row["flush_ms"] > 0
        assert row["answer_ms"]["p50"] <= row["answer_ms"]["p99"] <= row["answer_ms"]["max"]


def test_it_says_how_soon_the_last_of_the_rooms_is_told(monkeypatch, capsys):
    monkeypatch.setattr(floor, "CLIENTS", (1,))
    monkeypatch.setattr(floor, "ROOMS", 5)
    assert floor.run_floor(seconds=0.2, calls=4, as_json=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert [row["clients"] for row in told["acknowledged"]] == [1]
    assert (told["told"]["rooms"], told["told"]["calls"]) == (5, 4)
    assert told["told"]["last_told_ms"]["max"] > 0
    assert told["machine"]["cpus"] >= 1


def test_for_people_a_line_for_each(monkeypatch, capsys):
    monkeypatch.setattr(floor, "CLIENTS", (2,))
    monkeypatch.setattr(floor, "ROOMS", 2)
    assert floor.run_floor(seconds=0.2, calls=2, as_json=False) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("clients 2  commands_per_s ")
    assert second.startswith("told  {'rooms': 2, 'calls': 2, ")
