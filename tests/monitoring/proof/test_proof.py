"""Debian's Prometheus against a real service: what the boards ask is answered, and exactly the planned
alerts ring.

``PROOF_SITES=63 make pytest ARGS=tests/monitoring/proof`` does it with all provinces.
"""

from __future__ import annotations

import asyncio
import os

import pytest

from monitoring.dashboards.expressions import expressions
from room110.alarms import faults
from room110.alarms.prometheus import Alarm
from tests.monitoring.proof.scenario import RESTARTED, play
from tests.support.promql import tool

SITES = int(os.environ.get("PROOF_SITES", "9"))
ALWAYS = set(faults.ALWAYS)


@pytest.fixture(scope="module")
def report(tmp_path_factory, clips):
    tool("prometheus")
    folder = tmp_path_factory.mktemp("proof")
    return asyncio.run(play(folder, clips, sites=SITES))


def judged(alarms):
    return {one for one in alarms if one.name not in faults.BUSY}


def test_nothing_rings_while_all_is_well(report):
    assert judged(report.calm) == ALWAYS


def test_exactly_the_planned_alerts_ring_when_everything_breaks(report):
    missing = report.planned - report.broken
    others = faults.strange(report.broken - report.planned, report.faults)

    assert (missing, others) == (set(), set())
    # Each way of breaking is told from the others.
    assert {one.name for one in report.planned - ALWAYS} == {
        *("Room110SiteDown", "Room110StageLoss", "Room110SpeakerLoss", "Room110SpeakerGaps"),
        *("Room110FloorHolderSilent", "Room110NoConsole"),
    }


def test_all_of_it_ends_when_it_is_mended(report):
    assert report.mended == ALWAYS


def test_of_a_killed_worker_the_real_rules_say_one_thing_while_all_come_back(report):
    assert report.back
    assert report.killed == {*ALWAYS, RESTARTED}


def test_every_question_of_every_board_is_answered(report):
    assert len(report.answers) == 2 * len(list(expressions()))
    assert {one.board for one, _ in report.answers} == {"wall", "site", "bridge", "conference"}

    wrong = [f"{one.board}, {one.panel}: {no}: {one.text}" for one, no in report.answers if no]

    assert wrong == []


def test_what_rings_unplanned_is_noticed():
    broken = (faults.loss_up("01"), faults.cut("02"))
    rang = {
        *faults.planned(broken),
        Alarm("Room110SpeakerGaps", "01 video"),
        Alarm("Room110ControlLag", "control"),
        Alarm("Room110SiteDown", "04"),
    }

    assert faults.strange(rang, broken) == {Alarm("Room110SiteDown", "04")}
