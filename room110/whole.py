"""Whole: conference and media in one process, for tests and benches that look at both.

A service is two processes (:mod:`room110.supervisor`).
"""

from __future__ import annotations

import os
import random
import socket
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager

from bridge.media.local import LocalPlane
from bridge.media.plane import Plan, SessionId
from bridge.media.remote import Found
from config.settings import Settings
from room110 import facts
from room110.compose import Service, composed
from room110.facts import listeners
from room110.sockets import listener
from room110.worker import local_plane


class Here:
    """A carrier: this process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._plane: LocalPlane | None = None

    def door(self) -> socket.socket:
        settings = self._settings
        return listener(settings.http_host, settings.http_port, setting="HTTP_PORT")

    async def found(self) -> Found:
        return Found(plan=Plan(), alive=())

    def plane(self) -> LocalPlane:
        self._plane = local_plane(self._settings, draw=random.SystemRandom())
        return self._plane

    def adopt(self, found: Found, sessions: Collection[SessionId]) -> None:
        """There is nothing."""

    def facts(self) -> dict[str, object]:
        assert self._plane is not None
        return {
            "media": listeners(self._plane.greeting()),
            "media_metrics": "",
            "media_pid": os.getpid(),
            "supervisor_pid": os.getpid(),
        }

    def on_news(self, listener: Callable[[], None]) -> None:
        """They never change."""


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Service]:
    """The service while inside.  Raises Failure when it cannot start, with the reason."""
    async with composed(settings, Here(settings)) as service:
        try:
            yield service
        finally:
            facts.forget(settings.state)
