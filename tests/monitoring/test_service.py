"""What runs here: its build, its journal, its processes, its messages."""

from __future__ import annotations

from tests.monitoring.observed import observed, rows_of
from tests.support.autojump import virtual_time


@virtual_time
async def test_the_service_in_numbers(tmp_path):
    async with observed(tmp_path) as it:
        await it.open()
        it.around.journal_free_bytes = 12_345
        it.around.restarts = {"media": 2}
        it.around.logged = {"warning": 3}
        seen = it.samples()

        assert seen["room110_build_info", "3.11", "0.1.0"] == 1
        assert seen["room110_journal_write_seconds_count",] >= 1
        assert seen["room110_journal_write_failures_total",] == 0
        assert seen["room110_journal_disk_free_bytes",] == 12_345
        assert {k[1]: v for k, v in rows_of(seen, "room110_process_restarts_total").items()} == {
            "media": 2,
            "control": 0,
        }
        logged = {k[1:]: v for k, v in rows_of(seen, "room110_log_messages_total").items()}
        assert logged["warning", "service"] == 3
        assert logged["critical", "service"] == 0


@virtual_time
async def test_a_disk_that_cannot_be_asked_has_no_number(tmp_path):
    async with observed(tmp_path) as it:
        assert rows_of(it.samples(), "room110_journal_disk_free_bytes") == {}
