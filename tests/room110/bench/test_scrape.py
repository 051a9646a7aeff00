"""The benchmark measures what it says it does."""

from __future__ import annotations

import json

from bridge.journal import Writes
from monitoring.metrics import Metrics
from room110.bench import scrape
from tests.monitoring.observed import samples


def test_its_conference_has_every_series_of_one_in_session():
    made = scrape.Made(64)
    for _ in range(3):
        made.go_on()
        made.look()
    metrics = Metrics(made, names={}, writes=Writes(), build={"version": "1", "python": "3"})
    seen = samples(metrics.page(openmetrics=False).decode())

    assert len([key for key in seen if key[0] == "room110_site_up"]) == 64
    assert seen["room110_site_up", "110"] == 1
    assert seen["room110_site_line", "good", "110"] == 1
    assert seen["room110_site_rtp_packets_total", "uplink", "audio", "110"] == 150
    assert seen["room110_site_client_frames_total", "decoded", "110"] == 15.0
    assert seen["room110_collector_errors_total",] == 0


def test_it_says_what_a_scrape_costs(monkeypatch, capsys):
    monkeypatch.setattr(scrape, "SIZES", (5, 9))
    assert scrape.run_scrape(scrapes=12, as_json=True) == 0

    small, large = json.loads(capsys.readouterr().out)["sizes"]
    assert (small["sites"], large["sites"]) == (5, 9)
    assert 200 < small["series"] < large["series"]
    assert small["bytes"] < large["bytes"]
    for name in (
        "first_ms",
        "scrape_p50_ms",
        "scrape_p99_ms",
        "scrape_max_ms",
        "look_p50_ms",
        "media_p50_ms",
    ):
        assert small[name] > 0


def test_for_eyes_it_is_lines(monkeypatch, capsys):
    monkeypatch.setattr(scrape, "SIZES", (5,))
    scrape.run_scrape(scrapes=10, as_json=False)

    assert "sites          5\n" in capsys.readouterr().out
