"""Premises for real: one province, which comes back after the service was killed."""

from __future__ import annotations

import pytest

from bridge.conference.words import Role
from room110.bench.chromium import until
from room110.cli.exits import Failure
from room110.premises import premises


async def test_everybody_is_there_and_comes_back_to_the_same_ports(tmp_path):
    async with premises(tmp_path, sites=1) as running:
        before = running.local.facts()
        assert {code for code, site in (await running.sites()).items() if site["link"] == "up"} == {
            "01",
            "110",
        }

        await running.kill()
        await running.again()

        after = running.local.facts()
        assert (after["http"], after["media"]) == (before["http"], before["media"])
        assert after["boot"] != before["boot"]
        await until(running.sites, lambda sites: sites["01"]["link"] == "up")


async def test_a_link_carries_its_token_where_no_log_sees_it(tmp_path):
    async with premises(tmp_path, sites=1) as running:
        address = running.link("site", role=Role.SITE, site="79", camera="640x360@15")

        asked, _, fragment = address.partition("#")

        assert asked == f"{running.local.http}/site?camera=640x360%4015"
        assert fragment.startswith("token=")


async def test_a_service_that_cannot_start_is_told_at_once(tmp_path, monkeypatch):
    (tmp_path / "secret").mkdir()

    with pytest.raises(Failure, match="the service ended with 78"):
        async with premises(tmp_path, sites=1):
            pass
