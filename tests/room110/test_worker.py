"""The media process by itself: no control, no conference."""

from __future__ import annotations

import asyncio
import contextlib
import socket

import aiohttp
import pytest

from bridge.media.connection import meet
from config.settings import Settings
from room110.cli.exits import Exit, Failure
from room110.facts import SOCKET
from room110.worker import _carry


def settings(state, **others) -> Settings:
    ports = dict.fromkeys(("media_port", "media_tcp_port", "media_metrics_port"), 0)
    return Settings(**{"state": state} | ports | others)


async def test_it_carries_and_tells_what_it_carries_until_it_is_stopped(tmp_path):
    carrying = asyncio.create_task(_carry(settings(tmp_path)))
    try:
        async with asyncio.timeout(10):
            met = await meet(tmp_path / SOCKET)
        assert {c.transport for c in met.welcome.greeting.candidates} == {"udp", "tcp"}
        async with (
            aiohttp.ClientSession() as http,
            http.get(f"{met.welcome.metrics}/metrics") as answer,
        ):
            assert "room110_worker_has_control 1\n" in await answer.text()
        met.connection.abort()
    finally:
        carrying.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await carrying
    assert not (tmp_path / SOCKET).exists()


async def test_a_taken_port_is_a_failure_that_names_the_mend(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        for name in ("media_tcp_port", "media_metrics_port"):
            with pytest.RaisesGroup(Failure, allow_unwrapped=True) as failed:
                await _carry(settings(tmp_path, **{name: port}))
            error = failed.value
            while isinstance(error, BaseExceptionGroup):
                error = error.exceptions[0]
            assert isinstance(error, Failure)
            assert error.code is Exit.FAILED
            assert str(port) in error.lines[0]
    # And everything it had begun is given back.
    assert list(tmp_path.iterdir()) == []
