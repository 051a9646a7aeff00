"""Canary: the program that listens to the stage, on this machine or another.

It joins as a wall, with the token of a viewer, and serves a page of metrics of its own.  Whatever ends
it, it comes again: a media life that is over is followed by another, a service that is away is tried
again, and the token is read anew each time, for the next conference needs the next.  On the machine of
the service it needs neither address nor token.

Its page is for this machine, and for whoever shows the canary's own token.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import socket
import time
from collections import Counter
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

import structlog
from aiohttp import web

from bridge.conference.words import Role
from bridge.endpoint.canary import Canary, Ending, Senses
from bridge.endpoint.expiry import expires_s
from bridge.media.ice import asking_every, gathering_only
from bridge.media.slots import SessionKind, Slot
from config.settings import Settings
from monitoring.canary import CanaryMetrics
from monitoring.http import Check, health_routes, metrics_routes
from room110.cli.exits import Exit, Failure, plain_failures
from room110.listening import listening
from room110.local import Local
from room110.sockets import listener
from room110.until import until_told
from signaling.channel import Disconnected
from signaling.client import CommandRefused
from signaling.resilient import ResilientClient

log = structlog.get_logger(__name__)

DEVICE: Final = "canary"
REACH_S: Final = 15.0
PAUSE_S: Final = 5.0
"""Between two lives."""
CONSENT_S: Final = 1
"""In the lobby a wall is sent nothing, and must be heard all the same."""
CERTIFICATE_S: Final = 3600.0
"""Between two looks at the certificate."""
HTTPS: Final = 443


class Service:
    """Where the stage is, and the token for it."""

    def __init__(self, url: str, token: Callable[[], str]) -> None:
        """*token* is asked before each try: OSError or Failure when there is none.  Raises Failure
        for an address that is none, or would carry the token in clear over a network."""
        parts = urlsplit(url.rstrip("/"))
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise Failure(Exit.USAGE, f"{url!r} is no address such as https://room110.example.vn")
        self.host = parts.hostname
        self.is_here = _is_loopback(parts.hostname)
        if parts.scheme == "http" and not self.is_here:
            raise Failure(Exit.USAGE, f"{url} would carry the token in clear over the network")
        self.port = _port(parts)
        self.tls = parts.scheme == "https"
        self.ws = f"{'wss' if self.tls else 'ws'}://{parts.netloc}{parts.path}/ws"
        self.token = token


def service_of(settings: Settings, url: str | None, token_file: Path | None) -> Service:
    """The one that is meant; without *url* the one that runs here.  Raises Failure."""
    if url is None:
        local = Local.find(settings)
        return Service(local.http, lambda: local.token(DEVICE, Role.VIEWER))
    if token_file is None:
        raise Failure(Exit.USAGE, "--url needs --token-file")
    return Service(url, lambda: token_file.read_text(encoding="utf-8").strip())


def run_canary(
    settings: Settings, *, url: str | None, token_file: Path | None, host: str, port: int
) -> int:
    """Listen until SIGTERM or SIGINT; the exit code.  Raises Failure with the mend."""
    return asyncio.run(_run(service_of(settings, url, token_file), host, port))


async def _run(service: Service, host: str, port: int) -> int:
    window = listener(host, port, setting="canary --port")
    with until_told(), contextlib.suppress(asyncio.CancelledError), plain_failures():
        await Watching(service).run(window)
    return Exit.OK


class Watching:
    """One canary's whole life."""

    def __init__(self, service: Service) -> None:
        self.senses = Senses()
        self.failures: Counter[str] = Counter()
        """By :data:`monitoring.canary.FAILURES`."""
        self.metrics = CanaryMetrics(self.senses, self.failures)
        self._service = service

    async def run(self, window: socket.socket) -> None:
        """Until cancelled."""
        gathering = (
            gathering_only("127.0.0.1") if self._service.is_here else contextlib.nullcontext()
        )
        with gathering, asking_every(CONSENT_S):
            async with listening(self._app(), window) as page, asyncio.TaskGroup() as parts:
                log.info("canary.watching", service=self._service.ws, metrics=f"{page}/metrics")
                parts.create_task(self.keep_listening())
                if self._service.tls:
                    parts.create_task(self.keep_certificate())

    async def keep_listening(self) -> None:
        """One life after the other, until cancelled."""
        while True:
            try:
                await self._live()
            except TimeoutError:
                self._fail("unreachable", "no answer")
            except (CommandRefused, Disconnected, OSError, Failure) as error:
                self._fail("refused", str(error))
            except Exception:
                # Who watches others must not end by a mistake of its own.
                log.exception("canary.bug")
                self.failures["bug"] += 1
            await asyncio.sleep(PAUSE_S)

    async def keep_certificate(self) -> None:
        """Look at it now and then, until cancelled."""
        while True:
            with contextlib.suppress(OSError, ValueError):
                self.metrics.certificate_s = await asyncio.to_thread(
                    expires_s, self._service.host, self._service.port
                )
            await asyncio.sleep(CERTIFICATE_S)

    async def _live(self) -> None:
        """As long as the door lets it."""
        client = ResilientClient(
            self._service.ws, self._service.token(), SessionKind.WALL, device=DEVICE
        )
        async with contextlib.AsyncExitStack() as stack:
            async with asyncio.timeout(REACH_S):
                await stack.enter_async_context(client)
            reading = asyncio.create_task(_drain(client))
            stack.callback(reading.cancel)
            while True:
                slots = [Slot(s.slot, s.kind, s.direction) for s in client.hello_ok.slots]
                canary = Canary(
                    slots=slots, channel=client.media, senses=self.senses, clock=time.monotonic
                )
                ending = await canary.run()
                log.info("canary.over", reason=ending.value)
                if client.gave_up is not None:
                    raise Disconnected(client.gave_up)
                if ending is not Ending.BYE:
                    self.failures[ending.value] += 1
                await asyncio.sleep(PAUSE_S)

    def _fail(self, reason: str, why: str) -> None:
        log.warning("canary.failed", reason=reason, why=why)
        self.failures[reason] += 1

    def _app(self) -> web.Application:
        def admit(authorization: str) -> None:
            try:
                token = self._service.token()
            except (OSError, Failure):
                raise web.HTTPForbidden from None
            if not hmac.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
                raise web.HTTPForbidden

        def checks() -> list[Check]:
            return [Check(name="stage", ok=self.senses.connected, detail="media is connected")]

        app = web.Application()
        app.router.add_routes([*health_routes(checks), *metrics_routes(self.metrics.page, admit)])
        return app


async def _drain(client: ResilientClient) -> None:
    """What the service says beside media is of no interest, but must not wait."""
    async for _ in client:
        pass


def _port(parts: SplitResult) -> int:
    try:
        return parts.port or HTTPS
    except ValueError as error:
        raise Failure(Exit.USAGE, f"{parts.netloc}: {error}") from None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
