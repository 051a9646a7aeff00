"""A load test for real: three provinces, some seconds; and two at a time."""

from __future__ import annotations

import asyncio
import json

import pytest

from room110.cli.exits import Exit
from tests.support.program import local, running, serving

SMALL = ("loadtest", "--sites", "2", "--json")


@pytest.fixture
def service(tmp_path):
    with serving(tmp_path / "state", tmp_path / "service") as service:
        yield service


async def test_a_small_run_measures_a_conference_in_which_all_is_well(service, tmp_path):
    with running(
        "loadtest", "--sites", "3", "--duration", "4", "--json",
        state=service.state, output=tmp_path / "out",
    ) as test:  # fmt: skip
        assert test.ends(60) == 0, test.said()
    measured = json.loads(test.said())
    assert measured["faults"] == []
    assert (measured["sites"], measured["joined"], measured["with_media"]) == (4, 4, 4)
    assert measured["floor_changes"] == 2
    assert measured["thumbnails_seen"] == 3
    assert measured["uplink_packets_arrived"] > 400
    assert measured["downlink_packets_received"] > 400
    assert 0 <= measured["mute_to_last_packet_s"] < 0.5
    assert measured["server_cpu"]["total"] > 0
    # It opened the conference, so it closed it, and everybody has said goodbye.
    assert (await local(service.state).get("/conference"))["phase"] == "closed"
    rows = (await local(service.state).get("/sites"))["sites"]
    assert {row["link"] for row in rows} == {"down"}


async def test_one_province_can_be_measured_too(service, tmp_path):
    with running(
        "loadtest", "--sites", "1", "--duration", "4",
        state=service.state, output=tmp_path / "out",
    ) as test:  # fmt: skip
        assert test.ends(60) == 0, test.said()
    assert "floor_changes                2" in test.said()


async def test_a_second_one_is_refused_until_it_insists(service, tmp_path):
    with running(*SMALL, "--duration", "60", state=service.state, output=tmp_path / "1") as first:
        # Its floor has gone round once: it is in the middle of its work.
        while (await local(service.state).get("/conference")).get("speakers") != ["02"]:
            assert first.process.poll() is None, first.said()
            await asyncio.sleep(0.2)
        with running(
            *SMALL, "--duration", "2", state=service.state, output=tmp_path / "2"
        ) as second:
            assert second.ends(30) == Exit.FAILED
        assert second.said() == (
            "room110: 3 sites are joined already (01, 02, 110); --take-over replaces them\n"
        )
        assert first.process.poll() is None
        with running(
            *SMALL, "--duration", "4", "--take-over",
            state=service.state, output=tmp_path / "3",
        ) as third:  # fmt: skip
            assert third.ends(60) == 0, third.said()
        assert first.ends(10) == Exit.FAILED
        assert "was sent away: replaced" in first.said()
        assert "Traceback" not in first.said()


async def test_a_refused_one_has_opened_nothing(service, tmp_path):
    with running("sites", "--sites", "1", state=service.state, output=tmp_path / "sites"):
        while (await local(service.state).get("/sites"))["sites"][0]["control"] != "up":  # noqa: ASYNC110
            await asyncio.sleep(0.2)
        with running(*SMALL, state=service.state, output=tmp_path / "out") as test:
            assert test.ends(30) == Exit.FAILED
    assert (await local(service.state).get("/conference"))["phase"] == "lobby"


def test_without_a_service_it_says_how_to_start_one(tmp_path):
    with running("loadtest", state=tmp_path, output=tmp_path / "out") as test:
        assert test.ends() == Exit.UNREACHABLE
        assert "is the service running?  room110 serve" in test.said()
