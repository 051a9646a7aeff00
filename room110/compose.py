"""Compose: builds the service from its parts, runs it, and takes it down in order.

The order of going down matters: the doors first (every client hears ``bye shutdown``), then the
media, then the room, which writes what waits, and the journal last.  A part that ends by itself
is a bug: it takes the others down and the process ends with a traceback and exit code 1, for
systemd to start it again; the journal is whole.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import platform
import random
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import structlog
from aiohttp import web

from bridge.conference.events import Policy
from bridge.conference.words import RequestHandling
from bridge.events import Emitter
from bridge.journal import Journals
from bridge.media.local import LocalPlane
from bridge.records import JournalError
from bridge.room import Room
from bridge.service import Bridge
from config.roster import load_roster
from config.settings import Settings
from monitoring.http import Check, health_routes, metrics_routes
from monitoring.metrics import Metrics
from room110.cli.exits import Exit, Failure, plain_failures
from signaling.app import make_app
from signaling.identity import Keyring, SecretError
from signaling.rest import bearer, check_reader

log = structlog.get_logger(__name__)

SHUTDOWN_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A running service, as tests and :func:`serve` see it."""

    http: str
    media: tuple[tuple[str, int], ...]
    bridge: Bridge
    keyring: Keyring


def serve(settings: Settings) -> int:
    """Run until SIGTERM or SIGINT.  Returns the exit code; raises Failure with the mend."""
    return asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> int:
    this = asyncio.current_task()
    assert this is not None
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGTERM, signal.SIGINT)

    def stop() -> None:
        # Also in the middle of a start that hangs.  A second signal is for whoever cannot wait.
        log.info("service.stopping")
        for number in numbers:
            loop.remove_signal_handler(number)
        this.cancel()

    for number in numbers:
        loop.add_signal_handler(number, stop)
    with contextlib.suppress(asyncio.CancelledError):
        async with running(settings) as service:
            log.info("service.ready", http=service.http, conference=service.bridge.conference_id())
            await loop.create_future()
    return Exit.OK


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Service]:
    """The service while inside.  Raises Failure when it cannot start, with the reason."""
    with plain_failures():
        async with contextlib.AsyncExitStack() as stack:
            yield await _started(stack, settings)


async def _started(stack: contextlib.AsyncExitStack, settings: Settings) -> Service:
    roster = load_roster()
    state = settings.state
    try:
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        keyring = Keyring.load(state, roster=roster.codes)
        journals = Journals(state / "journal")
        stack.callback(journals.close)
        room = await Room.resume(
            journals,
            emitter=Emitter(),
            sites=roster.codes,
            title=settings.title,
            policy=Policy(
                max_floor_users=settings.max_floor_users,
                request_handling=RequestHandling(settings.request_handling),
                limit_s=settings.speaking_limit_s,
            ),
        )
    except (OSError, SecretError, JournalError) as error:
        raise Failure(Exit.CONFIGURATION, f"state directory {state}: {error}") from error
    try:
        plane = _plane(settings)
    except Failure:
        await room.close()
        raise
    bridge = Bridge(
        room=room,
        plane=plane,
        titles={site.code: site.title for site in roster},
        names={site.code: site.name for site in roster},
        chance=random.SystemRandom(),
    )
    parts = await stack.enter_async_context(asyncio.TaskGroup())
    rooms = parts.create_task(room.run(), name="room")
    stack.push_async_callback(room.close)
    for part in (plane.run(), bridge.run()):
        stack.callback(parts.create_task(part).cancel)
    # A task that never began would not give back what it owns when the rest cannot start.
    await asyncio.sleep(0)
    app = make_app(bridge, keyring)
    app.router.add_routes(health_routes(lambda: _checks(rooms, plane)))
    metrics = Metrics(
        bridge,
        names={site.code: site.name for site in roster},
        writes=journals.writes,
        build={"version": _version(), "python": platform.python_version()},
    )
    room.emitter.on_changed(metrics.tally.note)
    stack.callback(parts.create_task(metrics.run(), name="metrics").cancel)

    def admit(authorization: str) -> None:
        check_reader(bearer(authorization, keyring, bridge.conference_id()), "metrics")

    app.router.add_routes(metrics_routes(metrics.page, admit))
    http = await stack.enter_async_context(_listening(app, settings))
    service = Service(http=http, media=plane.greeting().candidates, bridge=bridge, keyring=keyring)
    _announce(state, service)
    room.emitter.on_begun(lambda: _announce(state, service))
    stack.callback((state / "service.json").unlink, missing_ok=True)
    return service


def _plane(settings: Settings) -> LocalPlane:
    try:
        return LocalPlane(
            host=settings.media_host,
            port=settings.media_port,
            advertise=settings.media_advertise,
            draw=random.SystemRandom(),
        )
    except OSError as error:
        where = f"UDP {settings.media_host}:{settings.media_port}"
        raise Failure(
            Exit.FAILED, f"cannot bind {where} ({error.strerror}); {_mend('MEDIA_PORT')}"
        ) from error


@asynccontextmanager
async def _listening(app: web.Application, settings: Settings) -> AsyncIterator[str]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_S)
    await runner.setup()
    try:
        site = web.TCPSite(runner, settings.http_host, settings.http_port)
        try:
            await site.start()
        except OSError as error:
            where = f"TCP {settings.http_host}:{settings.http_port}"
            raise Failure(
                Exit.FAILED, f"cannot bind {where} ({error.strerror}); {_mend('HTTP_PORT')}"
            ) from error
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


def _mend(name: str) -> str:
    return f"is another service running here?  room110 status; or set ROOM110_{name}"


def _announce(state: Path, service: Service) -> None:
    """Write service.json, whole or not at all: local commands read it at any moment."""
    facts = {
        "http": service.http,
        "media": [f"{address}:{port}/udp" for address, port in service.media],
        "pid": os.getpid(),
        "boot": service.bridge.boot,
        "conference": service.bridge.conference_id(),
    }
    path = state / "service.json"
    part = path.with_suffix(".part")
    part.write_text(json.dumps(facts) + "\n", encoding="utf-8")
    part.replace(path)


def _version() -> str:
    try:
        return metadata.version("room110")
    except metadata.PackageNotFoundError:
        return "not installed"


def _checks(room: asyncio.Task[None], plane: LocalPlane) -> list[Check]:
    return [
        Check(name="conference", ok=not room.done(), detail="the room takes commands"),
        Check(
            name="media",
            ok=bool(plane.greeting().candidates),
            detail="the media port is bound and advertised",
        ),
    ]
