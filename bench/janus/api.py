"""Api: Janus' WebSocket, as much of it as the bench needs."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import aiohttp

ANSWER_S: Final = 10.0
PLUGIN: Final = "janus.plugin.videoroom"


class JanusRefused(Exception):
    """It said no, or nothing."""


class Api:
    """One session.  Made by :func:`session`."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse, secret: str) -> None:
        self._ws = ws
        self._secret = secret
        self._session: int | None = None
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._up: defaultdict[int, asyncio.Event] = defaultdict(asyncio.Event)
        """By handle."""

    async def run(self) -> None:
        """Read until the connection ends."""
        async for frame in self._ws:
            if frame.type is not aiohttp.WSMsgType.TEXT:
                continue
            message = frame.json()
            if message.get("janus") == "webrtcup":
                self._up[message["sender"]].set()
            # "ack" says that the answer comes later, as an event of the same transaction.
            if message.get("janus") == "ack":
                continue
            waiting = self._waiting.get(message.get("transaction", ""))
            if waiting is not None and not waiting.done():
                waiting.set_result(message)

    async def open(self) -> None:
        self._session = (await self._ask({"janus": "create"}))["data"]["id"]

    async def up(self, handle: int) -> None:
        """Until Janus has keys for this handle: before that a publisher is no feed."""
        async with asyncio.timeout(ANSWER_S):
            await self._up[handle].wait()

    async def attach(self) -> int:
        handle: int = (await self._ask({"janus": "attach", "plugin": PLUGIN}))["data"]["id"]
        return handle

    async def detach(self, handle: int) -> None:
        await self._ask({"janus": "detach", "handle_id": handle})

    async def message(
        self, handle: int, body: Mapping[str, Any], jsep: Mapping[str, Any] | None = None
    ) -> tuple[dict[str, Any], str]:
        """What the plugin says, and its SDP if it has one."""
        asked = {"janus": "message", "handle_id": handle, "body": body}
        if jsep is not None:
            asked["jsep"] = jsep
        answer = await self._ask(asked)
        data = answer["plugindata"]["data"]
        if "error" in data:
            raise JanusRefused(f"{body['request']}: {data['error']}")
        return data, answer.get("jsep", {}).get("sdp", "")

    async def _ask(self, message: dict[str, Any]) -> dict[str, Any]:
        transaction = secrets.token_hex(8)
        message |= {"transaction": transaction, "apisecret": self._secret}
        if self._session is not None:
            message["session_id"] = self._session
        answer = self._waiting[transaction] = asyncio.get_running_loop().create_future()
        try:
            await self._ws.send_json(message)
            async with asyncio.timeout(ANSWER_S):
                told: dict[str, Any] = await answer
        except TimeoutError:
            raise JanusRefused(f"{message['janus']}: no answer") from None
        finally:
            del self._waiting[transaction]
        if told["janus"] == "error":
            raise JanusRefused(f"{message['janus']}: {told['error']['reason']}")
        return told


@asynccontextmanager
async def session(url: str, secret: str) -> AsyncIterator[Api]:
    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(url, protocols=["janus-protocol"], max_msg_size=1 << 20) as ws,
    ):
        api = Api(ws, secret)
        reading = asyncio.create_task(api.run())
        try:
            await api.open()
            yield api
        finally:
            reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await reading
