"""Both halves in one process: for tests and benches."""

from __future__ import annotations

import os

from config.settings import Settings
from room110 import facts
from room110.local import Local
from room110.whole import running


async def test_it_says_that_it_is_one_process_and_nothing_once_it_is_over(tmp_path):
    settings = Settings(state=tmp_path, http_port=0, media_port=0, media_tcp_port=0)
    async with running(settings) as service:
        assert Local.find(settings).pids == (os.getpid(),)
        assert facts.read(tmp_path)["media"] == service.carrier.facts()["media"] != []
        assert not (tmp_path / facts.SOCKET).exists()
    assert facts.read(tmp_path) == {}
