from __future__ import annotations

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from monitoring.http import Check, health_routes


@pytest.fixture
async def ask():
    """Ask a service with the given checks; answers status, body and headers."""
    clients = []

    async def _ask(path, checks):
        app = web.Application()
        app.add_routes(health_routes(checks))
        client = TestClient(TestServer(app))
        clients.append(client)
        await client.start_server()
        response = await client.get(path)
        return response.status, await response.text(), response.headers

    yield _ask
    for client in clients:
        await client.close()


def failing():
    raise RuntimeError("bug")


JOURNAL = Check(name="journal", ok=True)
SOCKET = Check(name="media_socket", ok=False, detail="not bound")


async def test_one_thing_missing_is_not_ready_and_is_named(ask):
    status, body, _ = await ask("/readyz", lambda: [JOURNAL, SOCKET])

    assert status == 503
    assert body == (
        '{"ready": false, "checks": [{"name": "journal", "ok": true, "detail": ""},'
        ' {"name": "media_socket", "ok": false, "detail": "not bound"}]}'
    )


@pytest.mark.parametrize("checks", [[], [JOURNAL]])
async def test_everything_there_is_ready(ask, checks):
    status, _, headers = await ask("/readyz", lambda: checks)

    assert status == 200
    assert headers["Cache-Control"] == "no-store"


async def test_a_check_that_breaks_is_never_ready(ask):
    status, _, _ = await ask("/readyz", failing)

    assert status == 500


async def test_the_process_is_alive_whatever_is_missing(ask):
    status, body, headers = await ask("/livez", failing)

    assert (status, body) == (200, '{"alive": true}')
    assert headers["Cache-Control"] == "no-store"
