"""Disk and processes, looked at now and then and never in the loop."""

from __future__ import annotations

import asyncio
import os
import threading

from structlog.testing import capture_logs

from monitoring.surroundings import Surroundings
from tests.support.eventually import eventually


async def looked(around: Surroundings, done) -> None:
    running = asyncio.create_task(around.run())
    try:
        await eventually(done)
    finally:
        running.cancel()


async def test_what_the_system_says_is_there_after_a_look(tmp_path):
    threads = []

    def restarts() -> dict[str, int]:
        threads.append(threading.current_thread())
        return {"media": 1}

    around = Surroundings(journal=tmp_path, restarts=restarts)
    assert (around.journal_free_bytes, around.restarts) == (None, {})
    await looked(around, lambda: around.restarts)

    assert around.restarts == {"media": 1}
    disk = os.statvfs(tmp_path)
    assert abs(around.journal_free_bytes - disk.f_bavail * disk.f_frsize) < 1 << 30
    assert threads[0] is not threading.main_thread()


async def test_without_a_journal_there_is_no_disk():
    around = Surroundings(restarts=lambda: {"control": 4})
    await looked(around, lambda: around.restarts)
    assert around.journal_free_bytes is None


async def test_a_disk_that_is_gone_is_said_once_and_looked_for_again(tmp_path, monkeypatch):
    monkeypatch.setattr("monitoring.surroundings.LOOK_S", 0.01)
    folder, looks = tmp_path / "journal", []
    around = Surroundings(journal=folder, restarts=lambda: looks.append(1) or {})
    with capture_logs() as logs:
        await looked(around, lambda: len(looks) > 3)
        assert around.journal_free_bytes is None
        folder.mkdir()
        await looked(around, lambda: around.journal_free_bytes)

    assert [log["event"] for log in logs] == ["metrics.no_surroundings"]


async def test_counters_of_others_are_seen_as_they_go_on():
    refusals: dict[str, int] = {}
    around = Surroundings(token_refusals=refusals)
    refusals["token_expired"] = 2
    assert around.token_refusals == {"token_expired": 2}
