"""Premises: the service and synthetic sites as processes of their own, for whoever looks at them
from outside: page tests, the bench of the pages, screenshots.

The service takes free ports at its first start and the same ones again after ``kill``, as systemd
and a firewall would have it.  The whole of it is not restarted by itself: when it dies is the
caller's to say.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bridge.conference.words import CENTRE, Role
from config.settings import Settings
from room110.children import Child
from room110.cli.exits import Exit, Failure
from room110.facts import pins
from room110.local import Local

START_S = 20.0
JOIN_S = 90.0
"""The first time all clips are made, which takes half a minute for 63 sites on two cores."""
LOOK_S = 0.05


@asynccontextmanager
async def premises(
    state: Path, *, sites: int, env: Mapping[str, str] | None = None
) -> AsyncIterator[Premises]:
    """A service in *state* with the first *sites* provinces and room 110, all connected.

    *env* are settings of the service.  Raises Failure when they do not come.
    """
    running = Premises(state, sites=sites, env=env)
    try:
        await running.start()
        await running.connected()
        yield running
    finally:
        await running.stop()


class Premises:
    """Made by :func:`premises`."""

    def __init__(self, state: Path, *, sites: int, env: Mapping[str, str] | None = None) -> None:
        self._settings = Settings(state=state)
        self._count = sites
        base = {"ROOM110_STATE": str(state), "ROOM110_LOG_LEVEL": "warning"}
        names = ("HTTP_PORT", "MEDIA_PORT", "MEDIA_TCP_PORT", "MEDIA_METRICS_PORT")
        ports = {f"ROOM110_{name}": "0" for name in names}
        self._service = _child(["serve"], base | ports | dict(env or {}))
        self._sites = _child(["sites", "--sites", str(sites)], base)
        self._local: Local | None = None

    @property
    def local(self) -> Local:
        assert self._local is not None, "not started"
        return self._local

    async def start(self) -> None:
        await self._start_service()
        facts = self.local.facts()
        self._service.env |= pins(facts)
        await self._sites.start()

    async def stop(self) -> None:
        for child in (self._sites, self._service):
            await child.stop()

    async def kill(self) -> None:
        """SIGKILL to the whole service; the sites notice by themselves."""
        assert self._service.process is not None
        facts = self.local.facts()
        # Stopped first, or it would start again what is killed before it.
        self._service.process.send_signal(signal.SIGSTOP)
        for name in ("pid", "media_pid"):
            os.kill(facts[name], signal.SIGKILL)
        self._service.process.kill()
        await self._service.process.wait()

    def kill_control(self) -> None:
        """SIGKILL to the conference; it is started again at once, and the stage plays on."""
        os.kill(self.local.facts()["pid"], signal.SIGKILL)

    def kill_media(self) -> None:
        """SIGKILL to the media process; it is started again at once, and the sites come back."""
        os.kill(self.local.facts()["media_pid"], signal.SIGKILL)

    async def again(self) -> None:
        """The service after :meth:`kill`, on the same ports with the same journal."""
        await self._start_service()

    async def connected(self) -> None:
        """Until every synthetic site has its media."""
        async with asyncio.timeout(JOIN_S):
            while True:
                sites = await self.sites()
                if sum(site["link"] == "up" for site in sites.values()) > self._count:
                    return
                self._alive(self._sites, "the sites")
                await asyncio.sleep(LOOK_S)

    async def sites(self) -> dict[str, dict[str, Any]]:
        """Every site of the roster as the service sees it, by code."""
        return {site["code"]: site for site in (await self.local.get("/sites"))["sites"]}

    def link(self, page: str, *, role: Role, site: str = CENTRE, **query: str) -> str:
        """The address of a page for one person, with the token in its fragment."""
        token = self.local.token(f"{role}.{site}.{page}", role, site=site)
        question = f"?{urlencode(query)}" if query else ""
        return f"{self.local.http}/{page}{question}#token={token}"

    async def _start_service(self) -> None:
        await self._service.start()
        assert self._service.process is not None
        async with asyncio.timeout(START_S):
            while not self._announced(self._service.process.pid):
                self._alive(self._service, "the service")
                await asyncio.sleep(LOOK_S)

    def _announced(self, pid: int) -> bool:
        try:
            local = Local.find(self._settings)
        except Failure:
            return False
        if local.facts()["supervisor_pid"] != pid:
            return False
        self._local = local
        return True

    def _alive(self, child: Child, name: str) -> None:
        process = child.process
        if process is not None and process.returncode is not None:
            raise Failure(Exit.FAILED, f"{name} ended with {process.returncode}; see above")


def _child(args: list[str], env: dict[str, str]) -> Child:
    return Child(args, env=env, on_restart=lambda _why: None)
