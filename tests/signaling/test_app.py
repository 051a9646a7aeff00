"""The guard before both doors."""

from __future__ import annotations

import pytest

from signaling.identity import Keyring
from tests.signaling.conftest import Service
from tests.support.fake_bridge import FakeBridge


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("127.0.0.1:8110", True),
        ("127.9.9.9", True),
        ("localhost:1", True),
        ("LOCALHOST", True),
        ("[::1]:8110", True),
        ("evil.example", False),
        ("127.0.0.1.evil.example:8110", False),
        ("localhost.evil.example", False),
        ("evil-localhost", False),
        ("192.168.1.5", False),
        ("[::1", False),
        ("", False),
    ],
)
async def test_only_this_machine_is_a_host(service: Service, host: str, allowed: bool) -> None:
    status, body = await service.rest(
        "GET", "/api/v1/conference", service.token("chair"), headers={"Host": host}
    )
    assert status == (200 if allowed else 403)
    assert allowed or body["code"] == "host_not_allowed"


async def test_a_page_of_elsewhere_may_not_write_or_connect(service: Service) -> None:
    token = service.token("chair")
    own = str(service.server.make_url("/")).rstrip("/")
    for origin, allowed in ((own, True), ("http://evil.example", False), ("null", False)):
        headers = {"Origin": origin}
        status, body = await service.rest(
            "DELETE", "/api/v1/floor/grants", token, headers=dict(headers)
        )
        assert (origin, status) == (origin, 200 if allowed else 403)
        status, body = await service.rest("GET", "/ws", headers=dict(headers))
        assert body["code"] == ("bad_handshake" if allowed else "origin_not_allowed")
        # reading is the browser's own affair: it keeps the answer from the page
        assert (await service.rest("GET", "/api/v1/floor", token, headers=headers))[0] == 200


@pytest.mark.parametrize(
    ("host", "allowed"),
    [("hop.example.gov.vn", True), ("HOP.example.gov.vn", True), ("example.gov.vn", False)],
)
async def test_a_name_that_the_proxy_serves_is_a_host_too(
    keyring: Keyring, host: str, allowed: bool
) -> None:
    service = Service(FakeBridge(), keyring)
    await service.start(hosts=["hop.example.gov.vn"])
    try:
        status, _ = await service.rest(
            "GET", "/api/v1/conference", service.token("chair"), headers={"Host": host}
        )
        assert status == (200 if allowed else 403)
    finally:
        await service.stop()
