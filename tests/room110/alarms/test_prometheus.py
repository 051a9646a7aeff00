"""Debian's program as a child; it judges for real in tests/monitoring/proof."""

from __future__ import annotations

import json
import os

import pytest

from room110.alarms import prometheus as module
from room110.alarms.prometheus import Alarm, alarm, prometheus
from room110.cli.exits import Exit, Failure
from tests.support.promql import run, tool

TARGETS = {"room110": "127.0.0.1:1", "room110-media": "127.0.0.1:2"}


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        ({"alertname": "A", "severity": "info", "job": "room110"}, Alarm("A")),
        ({"alertname": "A", "site": "01", "name": "Hà Nội"}, Alarm("A", "01")),
        (
            {"alertname": "A", "media": "audio", "direction": "uplink", "site": "01"},
            Alarm("A", "01 uplink audio"),
        ),
    ],
)
def test_an_alert_is_told_by_what_tells_it_from_another(labels, told):
    assert alarm(labels) == told


def test_an_alert_is_said_in_words():
    assert str(Alarm("A")) == "A"
    assert str(Alarm("A", "01 audio")) == "A 01 audio"


@pytest.mark.parametrize(("divisor", "every"), [(10, "1s"), (1, "5s")])
def test_promtool_takes_what_it_is_given(tmp_path, divisor, every):
    path = module._written(tmp_path, TARGETS, divisor)

    assert "SUCCESS" in run("promtool", "check", "config", str(path))
    config = json.loads(path.read_text())
    assert config["global"]["scrape_interval"] == config["global"]["evaluation_interval"] == every
    assert [job["job_name"] for job in config["scrape_configs"]] == [*TARGETS]


async def test_where_it_is_not_installed_it_is_said_how_to_mend_that(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(Failure, match="debian-packages") as no:
        async with prometheus(tmp_path, targets=TARGETS, divisor=10):
            pass
    assert no.value.code == Exit.CONFIGURATION


async def test_without_the_rules_it_is_said_where_they_are(tmp_path, monkeypatch):
    tool("prometheus")
    monkeypatch.setattr(module.scaled, "RULES", tmp_path / "none.yml")

    with pytest.raises(Failure, match="checkout") as no:
        async with prometheus(tmp_path, targets=TARGETS, divisor=10):
            pass
    assert no.value.code == Exit.CONFIGURATION


async def test_one_that_does_not_start_is_told_with_what_it_said(tmp_path, monkeypatch):
    program = tmp_path / "prometheus"
    program.write_text("#!/bin/sh\necho the disk is full >&2\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    with pytest.raises(Failure, match="the disk is full"):
        async with prometheus(tmp_path / "p", targets=TARGETS, divisor=10):
            pass
