"""Worker: the program that carries the media, and nothing else.

It knows neither conference nor people: control tells it what to carry over a socket in the state
directory (:mod:`bridge.media.host`).  When control dies it goes on as it was told last; when it dies
itself, its sites connect again to the next one.  So it imports only what that takes, and serves
metrics of its own: a dead control blinds nobody.
"""

from __future__ import annotations

import asyncio
import contextlib
import random

import structlog
from aiohttp import web

from bridge.media.host import MediaHost, listen
from bridge.media.local import LocalPlane
from config.settings import Settings
from monitoring.http import health_routes, metrics_routes
from monitoring.worker import WorkerMetrics
from room110.cli.exits import Exit, Failure, plain_failures
from room110.facts import SOCKET, listeners, mend
from room110.listening import listening
from room110.pulse import beating
from room110.sockets import listener
from room110.until import until_told

log = structlog.get_logger(__name__)

METRICS_HOST = "127.0.0.1"


def media(settings: Settings) -> int:
    """Run until SIGTERM or SIGINT.  Returns the exit code; raises Failure with the mend."""
    return asyncio.run(_media(settings))


async def _media(settings: Settings) -> int:
    with beating(), until_told(), contextlib.suppress(asyncio.CancelledError), plain_failures():
        await _carry(settings)
    return Exit.OK


async def _carry(settings: Settings) -> None:
    path = settings.state / SOCKET
    plane = local_plane(settings, draw=random.SystemRandom())
    host = MediaHost(plane)
    metrics = WorkerMetrics(plane, host)
    async with contextlib.AsyncExitStack() as stack:
        parts = await stack.enter_async_context(asyncio.TaskGroup())
        stack.callback(parts.create_task(plane.run(), name="plane").cancel)
        # A task that never began would not give back the ports when the rest cannot start.
        await asyncio.sleep(0)
        window = listener(METRICS_HOST, settings.media_metrics_port, setting="MEDIA_METRICS_PORT")
        host.metrics = await stack.enter_async_context(listening(_windows(metrics), window))
        try:
            meeting = listen(path)
        except OSError as error:
            raise Failure(Exit.CONFIGURATION, f"{path}: {error.strerror}") from error
        stack.callback(path.unlink, missing_ok=True)
        stack.callback(parts.create_task(metrics.run(), name="metrics").cancel)
        stack.callback(parts.create_task(host.run(meeting), name="host").cancel)
        log.info("media.ready", media=listeners(plane.greeting()), metrics=host.metrics)
        await asyncio.get_running_loop().create_future()


def _windows(metrics: WorkerMetrics) -> web.Application:
    """Of this machine alone; whoever came through a proxy is sent away."""

    def admit(_authorization: str) -> None:
        raise web.HTTPForbidden

    app = web.Application()
    app.router.add_routes([*health_routes(lambda: ()), *metrics_routes(metrics.page, admit)])
    return app


def local_plane(settings: Settings, *, draw: random.Random) -> LocalPlane:
    """The plane of these settings, bound.  Raises Failure."""
    try:
        return LocalPlane(
            hosts=settings.media_host,
            port=settings.media_port,
            tcp_port=settings.media_tcp_port,
            advertise=settings.media_advertise,
            draw=draw,
        )
    except OSError as error:
        ports = f"UDP {settings.media_port}"
        if settings.media_tcp_port is not None:
            ports += f" or TCP {settings.media_tcp_port}"
        where = f"{ports} of {', '.join(settings.media_host)}"
        raise Failure(
            Exit.FAILED, f"cannot bind {where} ({error.strerror}); {mend('MEDIA_PORT')}"
        ) from error
