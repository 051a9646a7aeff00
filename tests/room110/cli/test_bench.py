from __future__ import annotations

import sys
import types


def test_scrape_runs_the_benchmark(room110, monkeypatch):
    calls = []

    def run(**options):
        calls.append(options)
        return 0

    monkeypatch.setitem(sys.modules, "room110.bench.scrape", types.SimpleNamespace(run_scrape=run))
    assert room110("bench", "scrape")[0] == 0
    assert room110("bench", "scrape", "--scrapes", "50", "--json")[0] == 0
    assert calls == [{"scrapes": 200, "as_json": False}, {"scrapes": 50, "as_json": True}]


def test_too_few_pages_say_nothing(room110):
    assert room110("bench", "scrape", "--scrapes", "9")[0] == 2


def test_lines_plays_the_scenes_that_are_named(room110, monkeypatch):
    calls = []

    def run(**options):
        calls.append(options)
        return 0

    monkeypatch.setitem(sys.modules, "room110.bench.lines", types.SimpleNamespace(run_lines=run))
    assert room110("bench", "lines")[0] == 0
    assert room110("bench", "lines", "--seconds", "5", "--only", "tcp", "--only", "ipv6")[0] == 0
    usual = {"seconds": 20.0, "camera": "1280x720@15", "only": (), "as_json": False}
    assert calls == [usual, usual | {"seconds": 5.0, "only": ["tcp", "ipv6"]}]


def test_floor_measures_commands_and_their_news(room110, monkeypatch):
    calls = []

    def run(**options):
        calls.append(options)
        return 0

    monkeypatch.setitem(sys.modules, "room110.bench.floor", types.SimpleNamespace(run_floor=run))
    assert room110("bench", "floor")[0] == 0
    assert room110("bench", "floor", "--seconds", "1", "--calls", "9", "--json")[0] == 0
    assert calls == [
        {"seconds": 5.0, "calls": 300, "as_json": False},
        {"seconds": 1.0, "calls": 9, "as_json": True},
    ]


def test_alarms_breaks_lines_with_divided_or_with_real_durations(room110, monkeypatch):
    calls = []

    def run(**options):
        calls.append(options)
        return 0

    monkeypatch.setitem(sys.modules, "room110.alarms.demo", types.SimpleNamespace(run_alarms=run))
    assert room110("bench", "alarms")[0] == 0
    words = ("--sites", "9", "--divide", "1", "--port", "9090", "--once")
    assert room110("bench", "alarms", *words)[0] == 0
    assert room110("bench", "alarms", "--sites", "3")[0] == 2
    assert room110("bench", "alarms", "--divide", "20")[0] == 2
    assert calls == [
        {"sites": 63, "divisor": 10.0, "port": 0, "stay": True},
        {"sites": 9, "divisor": 1.0, "port": 9090, "stay": False},
    ]
