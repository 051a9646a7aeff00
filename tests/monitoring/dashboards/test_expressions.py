"""Expressions: what the dashboards ask is PromQL, and somebody writes what it names."""

from __future__ import annotations

import pytest

from monitoring.dashboards.expressions import expressions
from tests.deploy.test_prometheus import RECORDED
from tests.support.promql import run, strange

ALL = list(expressions(site="79"))


@pytest.mark.parametrize("one", ALL, ids=lambda one: f"{one.board}: {one.panel}")
def test_nothing_is_left_to_be_put_in_and_somebody_writes_it(one):
    assert "$" not in one.text
    assert strange(one.text, RECORDED) == []


def test_promtool_takes_every_one(tmp_path):
    rules = tmp_path / "rules.yml"
    lines = ["groups:", "  - name: dashboards", "    rules:"]
    for number, one in enumerate(ALL):
        quoted = one.text.replace("'", "''")
        lines += [f"      - record: dashboard:expression:{number}", f"        expr: '{quoted}'"]
    rules.write_text("\n".join(lines), encoding="utf-8")

    assert f"{len(ALL)} rules found" in run("promtool", "check", "rules", str(rules))


def test_they_are_of_all_four_boards_and_their_marks():
    assert {one.board for one in ALL} == {"wall", "site", "bridge", "conference"}
    assert {one.board for one in ALL if one.mark} == {"wall", "site", "bridge", "conference"}


def test_a_site_and_a_span_are_put_in():
    one = next(one for one in expressions(site="11") if "$site" in one.written)

    assert 'site="11"' in one.text
    assert any("[2m]" in one.text for one in expressions(rate_interval="2m"))
