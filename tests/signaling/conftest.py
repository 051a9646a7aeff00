"""A service on loopback: both doors before a fake bridge."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import aiohttp
import pytest
from aiohttp import WSMsgType
from aiohttp.test_utils import TestServer

from bridge.conference.words import Role
from bridge.identity import Identity
from signaling.allowance import Rate
from signaling.app import make_app
from signaling.conversation import Limits
from signaling.identity import Keyring
from signaling.messages import SUBPROTOCOL
from signaling.turn import TurnServers
from tests.support.fake_bridge import FakeBridge, FakeMinutes

ROSTER = ("01", "11", "14", "110")
NOW_S = 1_590_712_800.0
LIMITS = Limits(hello_s=0.3, errors=Rate(per_s=0.0, burst=3), max_waiting=8)


class Service:
    def __init__(self, bridge: FakeBridge, keyring: Keyring) -> None:
        self.bridge = bridge
        self.keyring = keyring
        self.minutes = FakeMinutes()
        self.turn = TurnServers()
        self.clock_s = 100.0
        self.http: aiohttp.ClientSession
        self.server: TestServer

    @property
    def url(self) -> str:
        return str(self.server.make_url("/ws"))

    def token(self, *roles: str, site: str | None = None, conference: str = "c-1") -> str:
        return self.keyring.mint(
            Identity(
                user="-".join([*roles, site or "nowhere"]),
                roles=frozenset(Role(role) for role in roles),
                site=site,
                conference=conference,
            )
        )

    async def start(self, limits: Limits = LIMITS, *, hosts: Sequence[str] = ()) -> None:
        app = make_app(
            self.bridge,
            self.keyring,
            minutes=self.minutes,
            hosts=hosts,
            turn=self.turn,
            limits=limits,
            clock=lambda: self.clock_s,
        )
        self.server = TestServer(app)
        await self.server.start_server()
        self.http = aiohttp.ClientSession()

    async def stop(self) -> None:
        await self.http.close()
        await self.server.close()

    async def open(self) -> aiohttp.ClientWebSocketResponse:
        return await self.http.ws_connect(self.url, protocols=[SUBPROTOCOL])

    async def join(self, token: str, kind: str = "room") -> aiohttp.ClientWebSocketResponse:
        ws = await self.open()
        await ws.send_json({"type": "hello", "id": "h1", "v": 1, "token": token, "kind": kind})
        hello_ok = await ws.receive_json()
        assert hello_ok["type"] == "hello.ok", hello_ok
        return ws

    async def site(self, code: str = "11") -> aiohttp.ClientWebSocketResponse:
        return await self.join(self.token("site", site=code))

    async def chair(self) -> aiohttp.ClientWebSocketResponse:
        return await self.join(self.token("chair"), "console")

    async def rest(
        self, method: str, path: str, token: str | None = None, **kwargs: Any
    ) -> tuple[int, Any]:
        headers = kwargs.pop("headers", {})
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        url = self.server.make_url(path)
        async with self.http.request(method, url, headers=headers, **kwargs) as response:
            body = await response.json(content_type=None)
            if response.status >= 400:
                assert response.content_type == "application/problem+json"
                assert body["status"] == response.status
            return response.status, body


def hello(token: str, **changed: Any) -> dict[str, Any]:
    return {"type": "hello", "id": "h1", "v": 1, "token": token, "kind": "room", **changed}


async def the_end(ws: aiohttp.ClientWebSocketResponse) -> int | None:
    """The close code, once nothing else comes."""
    frame = await ws.receive(timeout=5)
    assert frame.type in {WSMsgType.CLOSE, WSMsgType.CLOSED}, frame
    return ws.close_code


@pytest.fixture
def keyring() -> Keyring:
    return Keyring(b"k" * 32, roster=ROSTER, wall_clock=lambda: NOW_S)


@pytest.fixture
async def service(keyring: Keyring) -> AsyncIterator[Service]:
    service = Service(FakeBridge(), keyring)
    await service.start()
    yield service
    await service.stop()
