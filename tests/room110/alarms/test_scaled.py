"""The same rules, quicker; what cannot be is left."""

from __future__ import annotations

import json
import re

import pytest

from room110.alarms import scaled
from room110.alarms.scaled import AGE_S, RANGE_S, duration, expression, scrape_s, seconds
from tests.support.promql import run


@pytest.mark.parametrize(
    ("text", "length_s"),
    [("15s", 15), ("1m", 60), ("1m30s", 90), ("12h", 43200), ("500ms", 0.5), ("2d", 172800)],
)
def test_a_duration_is_read(text, length_s):
    assert seconds(text) == length_s


@pytest.mark.parametrize("text", ["", "15", "s", "1m x", "-5s"])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ValueError, match="no duration"):
        seconds(text)


@pytest.mark.parametrize(("length_s", "text"), [(15, "15s"), (1.5, "1500ms"), (4320, "4320s")])
def test_a_duration_is_written(length_s, text):
    assert duration(length_s) == text
    assert seconds(text) == length_s


@pytest.mark.parametrize(
    ("written", "quick"),
    [
        ("rate(a_total[1m])", "rate(a_total[6s])"),
        ("increase(a_total[10m]) > 0", "increase(a_total[60s]) > 0"),
        # Too few looks would be in it.
        ("max_over_time(a[10s])", f"max_over_time(a[{RANGE_S}s])"),
        # Never longer than it was.
        ("a[2s]", "a[2s]"),
        ("a offset 5m", "a offset 30s"),
        ("time() - a_seconds > 60", "time() - a_seconds > 6"),
        # Who is gone must be lost before his packet is missed.
        (
            'time() - a_seconds{media="audio"} < 30',
            f'time() - a_seconds{{media="audio"}} < {AGE_S}',
        ),
        ("time() - a_seconds < 5", "time() - a_seconds < 5"),
        # The calendar, and amounts.
        ("planned_seconds - time() < 1800", "planned_seconds - time() < 1800"),
        ("time() - a_seconds > 1800", "time() - a_seconds > 1800"),
        ("late_seconds > 900", "late_seconds > 900"),
        ("rate(a[1m]) > 20", "rate(a[6s]) > 20"),
    ],
)
def test_an_expression_divided_by_ten(written, quick):
    assert expression(written, 10) == quick
    assert expression(expression(written, 1), 10) == quick


def test_waits_are_divided_and_nothing_else_is_touched():
    rule = {
        "alert": "A",
        "expr": "a > 0",
        "for": "15s",
        "keep_firing_for": "5m",
        "labels": {"severity": "warning"},
    }
    rules = {"groups": [{"name": "g", "rules": [rule, {"record": "b", "expr": "rate(c[1m])"}]}]}

    (group,) = scaled.scaled(rules, 10)["groups"]

    assert group["name"] == "g"
    assert group["rules"] == [
        {**rule, "for": "1500ms", "keep_firing_for": "30s"},
        {"record": "b", "expr": "rate(c[6s])"},
    ]
    assert rule["for"] == "15s"


def test_the_real_ones_are_those_of_the_file_in_other_words():
    real, again = scaled.read(), scaled.scaled(scaled.read(), 1)

    for was, now in zip(scaled.alerts(real), scaled.alerts(again), strict=True):
        assert seconds(now.get("for", "0s")) == seconds(was.get("for", "0s"))
        assert now["labels"] == was["labels"] and now["annotations"] == was["annotations"]
        assert _ranges(now["expr"]) == _ranges(was["expr"])


def _ranges(expr):
    return [seconds(found) for found in re.findall(r"\[(\w+)\]", expr)]


@pytest.mark.parametrize("divisor", [1, 3, 10])
def test_promtool_takes_them(tmp_path, divisor):
    path = tmp_path / "rules.yml"
    path.write_text(json.dumps(scaled.scaled(scaled.read(), divisor)), encoding="utf-8")

    assert "SUCCESS" in run("promtool", "check", "rules", str(path))


def test_every_wait_of_every_alert_is_shorter():
    for was, now in zip(
        scaled.alerts(scaled.read()),
        scaled.alerts(scaled.scaled(scaled.read(), 10)),
        strict=True,
    ):
        assert seconds(now.get("for", "0s")) == pytest.approx(seconds(was.get("for", "0s")) / 10)


@pytest.mark.parametrize(("divisor", "every_s"), [(1, 5.0), (2, 2.5), (10, 1.0)])
def test_nothing_is_scraped_oftener_than_a_page_changes(divisor, every_s):
    assert scrape_s(divisor) == every_s
