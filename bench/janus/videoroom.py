"""Videoroom: the stand of Janus, as :mod:`room110.bench.fanout` wants one.

One room; publishers are its feeds.  A subscriber has one PeerConnection for all of them
(multistream, Janus 1.x), as a site of Room 110 has one for its stage.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from bench.janus import sdp
from bench.janus.api import Api
from room110.bench.guest import OpenSocket
from room110.bench.pump import Pump
from room110.bench.shape import Shape
from room110.bench.wire import Wire


class VideoRoom:
    """Made by :func:`videoroom`."""

    sees_each_other = False

    def __init__(self, api: Api, pid: int, room: int, pump: Pump, opened: OpenSocket) -> None:
        self.pid = pid
        self._api = api
        self._room = room
        self._pump = pump
        self._opened = opened
        self._feeds: list[int] = []

    def publisher(self, index: int) -> AbstractAsyncContextManager[Wire]:
        return self._published(f"publisher-{index}")

    def subscriber(self, index: int) -> AbstractAsyncContextManager[Wire]:
        return self._subscribed(f"subscriber-{index}")

    async def ready(self, publishers: int) -> None:
        assert len(self._feeds) == publishers

    @asynccontextmanager
    async def _published(self, name: str) -> AsyncIterator[Wire]:
        wire = Wire(self._opened(), name=name, shape=Shape())
        async with self._handle(wire) as handle:
            told, answer = await self._api.message(
                handle,
                {
                    "request": "joinandconfigure",
                    "ptype": "publisher",
                    "room": self._room,
                    "display": name,
                },
                {"type": "offer", "sdp": sdp.offer(wire)},
            )
            remote = sdp.remote(answer)
            await wire.connect(
                remote.address,
                ufrag=remote.ufrag,
                pwd=remote.pwd,
                fingerprints=remote.fingerprints,
                # It answers our actpass with active.
                role="server" if remote.setup == "active" else "client",
            )
            await self._api.up(handle)
            self._pump.add(wire)
            self._feeds.append(told["id"])
            try:
                yield wire
            finally:
                self._feeds.remove(told["id"])
                self._pump.remove(wire)

    @asynccontextmanager
    async def _subscribed(self, name: str) -> AsyncIterator[Wire]:
        wire = Wire(self._opened(), name=name, controlling=False)
        async with self._handle(wire) as handle:
            _, offered = await self._api.message(
                handle,
                {
                    "request": "join",
                    "ptype": "subscriber",
                    "room": self._room,
                    "streams": [{"feed": feed} for feed in self._feeds],
                },
            )
            remote = sdp.remote(offered)
            answer: dict[str, Any] = {"type": "answer", "sdp": sdp.answer(wire, offered)}
            await self._api.message(handle, {"request": "start"}, answer)
            await wire.connect(
                remote.address,
                ufrag=remote.ufrag,
                pwd=remote.pwd,
                fingerprints=remote.fingerprints,
            )
            self._pump.add(wire)
            try:
                yield wire
            finally:
                self._pump.remove(wire)

    @asynccontextmanager
    async def _handle(self, wire: Wire) -> AsyncIterator[int]:
        handle = await self._api.attach()
        try:
            yield handle
        finally:
            await wire.close()
            await self._api.detach(handle)


async def videoroom(api: Api, pid: int, pump: Pump, opened: OpenSocket) -> VideoRoom:
    """A room of its own, without a limit on the publishers' rate."""
    handle = await api.attach()
    room = secrets.randbits(31)
    body = {
        "request": "create",
        "room": room,
        "permanent": False,
        "is_private": True,
        "publishers": 2,
        "audiocodec": "opus",
        "videocodec": "vp8",
        "audiolevel_ext": False,
        "playoutdelay_ext": False,
        "transport_wide_cc_ext": False,
    }
    await api.message(handle, body)
    return VideoRoom(api, pid, room, pump, opened)
