from __future__ import annotations

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from monitoring.exposition import OPENMETRICS, TEXT
from monitoring.http import Check, health_routes, metrics_routes


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


@pytest.fixture
async def scrape(monkeypatch):
    """Ask for /metrics from an address; answers status, content type, body and who was judged."""
    clients = []

    async def _scrape(remote="127.0.0.1", headers=None):
        judged = []

        def admit(authorization):
            judged.append(authorization)
            if authorization != "Bearer good":
                raise web.HTTPUnauthorized

        app = web.Application()
        app.add_routes(metrics_routes(lambda openmetrics: f"{openmetrics}".encode(), admit))
        client = TestClient(TestServer(app))
        clients.append(client)
        await client.start_server()
        monkeypatch.setattr(web.Request, "remote", remote)
        response = await client.get("/metrics", headers=headers)
        return response.status, response.headers["Content-Type"], await response.text(), judged

    yield _scrape
    for client in clients:
        await client.close()


@pytest.mark.parametrize("remote", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
async def test_this_machine_needs_no_token(scrape, remote):
    assert await scrape(remote) == (200, TEXT, "False", [])


@pytest.mark.parametrize(
    "remote", ["192.0.2.7", "2001:db8::1", "::ffff:192.0.2.7", "0.0.0.0", "", None]
)
async def test_everybody_else_does(scrape, remote):
    assert (await scrape(remote))[::3] == (401, [""])
    assert (await scrape(remote, {"Authorization": "Bearer good"}))[0] == 200


@pytest.mark.parametrize(
    "header",
    ["Forwarded", "Via", "X-Forwarded-For", "x-forwarded-host", "X-Forwarded-Proto", "X-Real-IP"],
)
async def test_who_comes_through_a_proxy_on_this_machine_is_not_of_it(scrape, header):
    assert (await scrape(headers={header: "127.0.0.1"}))[::3] == (401, [""])


async def test_who_shows_a_token_is_judged_by_it_on_this_machine_too(scrape):
    assert (await scrape(headers={"Authorization": "Bearer bad"}))[::3] == (401, ["Bearer bad"])
    assert (await scrape(headers={"Authorization": ""}))[0] == 401


async def test_the_format_is_what_the_scraper_would_rather_have(scrape):
    accept = "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;q=0.3"
    assert (await scrape(headers={"Accept": accept}))[:3] == (200, OPENMETRICS, "True")
