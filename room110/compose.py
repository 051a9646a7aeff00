"""Compose: builds the conference from its parts, runs it, and takes it down in order.

What is built here is control: everything but the carrying of media, which a :class:`Carrier` brings.
:class:`AtWorker` leaves it to the worker process and finds there what an earlier control, which was
killed, had opened; :mod:`room110.whole` carries it in this process, for tests and benches.

The order of going down matters: the doors first (every client hears ``bye shutdown``), then the
media, then the room, which writes what waits, and the journal last.  A part that ends by itself
is a bug: it takes the others down and the process ends with a traceback and exit code 1, to be
started again; the journal is whole.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import platform
import random
import socket
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Final, Protocol

import structlog

from bridge.conference.events import Policy
from bridge.conference.words import Link, RequestHandling
from bridge.events import Emitter
from bridge.journal import Journals
from bridge.media.plane import MediaPlane, SessionId
from bridge.media.remote import Found, RemotePlane
from bridge.records import JournalError
from bridge.room import Room
from bridge.service import Bridge
from config.roster import RosterError, load_roster
from config.settings import PREFIX, Settings
from config.turn import TurnError, turn_secret
from monitoring.http import Check, health_routes, metrics_routes
from monitoring.metrics import Metrics
from monitoring.surroundings import Surroundings
from room110 import facts
from room110.cli.exits import Exit, Failure, plain_failures
from room110.facts import SOCKET, listeners
from room110.listening import listening
from room110.notify import READY, STOPPING, notify
from room110.papers import Papers
from room110.pulse import beating
from room110.until import until_told
from signaling.app import make_app
from signaling.bearers import bearer, check_reader
from signaling.identity import Keyring, SecretError
from signaling.turn import TurnServers

log = structlog.get_logger(__name__)

MEET_S: Final = 5.0
"""Control waits so long for a worker and then begins without: people must be able to see why."""


class RunningPlane(MediaPlane, Protocol):
    async def run(self) -> None:
        """Until cancelled."""


class Carrier(Protocol):
    """Where media is carried."""

    def door(self) -> socket.socket:
        """Where people come in.  Raises Failure when it cannot be."""

    async def found(self) -> Found:
        """Before the conference is read: what is carried already."""

    def plane(self) -> RunningPlane:
        """After it.  Raises Failure when it cannot be."""

    def adopt(self, found: Found, sessions: Collection[SessionId]) -> None:
        """Go on with these of what was found, and no other."""

    def facts(self) -> dict[str, object]:
        """For service.json: where media is, and in which processes."""

    def on_news(self, listener: Callable[[], None]) -> None:
        """The one listener for other facts."""


class AtWorker:
    """A carrier: the worker process of this state directory.  *door* is the supervisor's."""

    def __init__(self, settings: Settings, door: socket.socket) -> None:
        self._plane = RemotePlane(settings.state / SOCKET)
        self._door = door

    def door(self) -> socket.socket:
        return self._door

    async def found(self) -> Found:
        return await self._plane.meet(MEET_S)

    def plane(self) -> RemotePlane:
        return self._plane

    def adopt(self, found: Found, sessions: Collection[SessionId]) -> None:
        self._plane.adopt(found, sessions)

    def facts(self) -> dict[str, object]:
        worker = self._plane.worker
        return {
            "media": [] if worker is None else listeners(worker.greeting),
            "media_metrics": "" if worker is None else worker.metrics,
            "media_pid": 0 if worker is None else worker.pid,
            "supervisor_pid": os.getppid(),
        }

    def on_news(self, listener: Callable[[], None]) -> None:
        self._plane.on_worker(listener)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A running conference, as tests and :func:`control` see it."""

    http: str
    carrier: Carrier
    bridge: Bridge
    keyring: Keyring


def control(settings: Settings, door: socket.socket) -> int:
    """Run until SIGTERM or SIGINT.  Returns the exit code; raises Failure with the mend."""
    return asyncio.run(_control(settings, door))


async def _control(settings: Settings, door: socket.socket) -> int:
    with beating(), until_told() as told, contextlib.suppress(asyncio.CancelledError):
        async with composed(settings, AtWorker(settings, door)) as service:
            conference = service.bridge.conference_id()
            log.info("service.ready", http=service.http, conference=conference)
            notify(READY, status=f"{service.http} conference {conference}")
            await told
            notify(STOPPING)
    return Exit.OK


@asynccontextmanager
async def composed(settings: Settings, carrier: Carrier) -> AsyncIterator[Service]:
    """The conference while inside.  Raises Failure when it cannot start, with the reason."""
    with plain_failures():
        async with contextlib.AsyncExitStack() as stack:
            yield await _started(stack, settings, carrier)


async def _started(
    stack: contextlib.AsyncExitStack, settings: Settings, carrier: Carrier
) -> Service:
    try:
        roster = load_roster(settings.roster)
    except (OSError, RosterError) as error:
        raise Failure(Exit.CONFIGURATION, f"roster: {error}") from error
    turn = _turn(settings)
    state = settings.state
    try:
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        keyring = Keyring.load(state, roster=roster.codes)
        journals = Journals(state / "journal")
        stack.callback(journals.close)
        found = await carrier.found()
        room = await Room.resume(
            journals,
            emitter=Emitter(),
            sites=roster.codes,
            title=settings.title,
            titles=tuple(site.title for site in roster),
            names=tuple(site.name for site in roster),
            policy=Policy(
                max_floor_users=settings.max_floor_users,
                request_handling=RequestHandling(settings.request_handling),
                limit_s=settings.speaking_limit_s,
            ),
            alive=frozenset(found.rooms()),
        )
    except (OSError, SecretError, JournalError) as error:
        raise Failure(Exit.CONFIGURATION, f"state directory {state}: {error}") from error
    try:
        plane = carrier.plane()
    except Failure:
        await room.close()
        raise
    bridge = Bridge(
        room=room,
        plane=plane,
        titles={site.code: site.title for site in roster},
        names={site.code: site.name for site in roster},
        bandwidths_bps={
            site.code: site.bandwidth_kbps * 1000 for site in roster if site.bandwidth_kbps
        },
        consents=[site.code for site in roster if site.consent],
        chance=random.SystemRandom(),
    )
    # A conference that has just begun knows no site: it adopts nobody.
    kept = {
        site: media
        for site, media in found.rooms().items()
        if site in room.conference.sites and room.conference.sites[site].link is Link.UP
    }
    carrier.adopt(found, kept.values())
    bridge.adopt(kept, found.plan)
    parts = await stack.enter_async_context(asyncio.TaskGroup())
    rooms = parts.create_task(room.run(), name="room")
    stack.push_async_callback(room.close)
    for part in (plane.run(), bridge.run()):
        stack.callback(parts.create_task(part).cancel)
    # A task that never began would not give back what it owns when the rest cannot start.
    await asyncio.sleep(0)
    app = make_app(
        bridge,
        keyring,
        minutes=Papers(journals.directory),
        hosts=settings.public_hosts,
        turn=turn,
    )
    app.router.add_routes(health_routes(lambda: _checks(rooms, plane)))
    metrics = Metrics(
        bridge,
        names={site.code: site.name for site in roster},
        writes=journals.writes,
        build={"version": _version(), "python": platform.python_version()},
        process="control" if isinstance(carrier, AtWorker) else "service",
        around=Surroundings(
            journal=journals.directory,
            restarts=partial(facts.restarts, state),
            token_refusals=keyring.refusals,
        ),
    )
    room.emitter.on_changed(metrics.tally.note)
    stack.callback(parts.create_task(metrics.run(), name="metrics").cancel)

    def admit(authorization: str) -> None:
        check_reader(bearer(authorization, keyring, bridge.conference_id()), "metrics")

    app.router.add_routes(metrics_routes(metrics.page, admit))
    http = await stack.enter_async_context(listening(app, carrier.door()))
    service = Service(http=http, carrier=carrier, bridge=bridge, keyring=keyring)
    for on_news in (carrier.on_news, room.emitter.on_begun):
        on_news(lambda: _announce(state, service))
    _announce(state, service)
    return service


def _turn(settings: Settings) -> TurnServers:
    if settings.turn_secret_file is None:
        return TurnServers()
    try:
        secret = turn_secret(settings.turn_secret_file)
    except TurnError as error:
        raise Failure(Exit.CONFIGURATION, f"{PREFIX}TURN_SECRET_FILE: {error}") from None
    return TurnServers(settings.turn_urls, secret)


def _announce(state: Path, service: Service) -> None:
    """Write service.json, whole or not at all: local commands read it at any moment."""
    facts.write(
        state,
        {
            "http": service.http,
            **service.carrier.facts(),
            "pid": os.getpid(),
            "boot": service.bridge.boot,
            "conference": service.bridge.conference_id(),
        },
    )


def _version() -> str:
    try:
        return metadata.version("room110")
    except metadata.PackageNotFoundError:
        return "not installed"


def _checks(room: asyncio.Task[None], plane: MediaPlane) -> list[Check]:
    return [
        Check(name="conference", ok=not room.done(), detail="the room takes commands"),
        Check(
            name="media",
            ok=bool(plane.greeting().candidates),
            detail="the media process is there and says where it listens",
        ),
    ]
