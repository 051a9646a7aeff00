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
