"""App: both doors as one aiohttp application, and the guard before them.

The service listens on loopback only, which makes the operator's own browser a way in: any page it
shows could send requests to 127.0.0.1.  So the guard wants a ``Host`` that is this machine's or one
that the TLS proxy before us serves (any other name that was pointed here is refused: DNS
rebinding), and of a browser's writes and WebSockets an ``Origin`` of the same host.
"""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections.abc import Awaitable, Callable, Collection
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Middleware

from signaling.bearers import Bearers
from signaling.conversation import Limits
from signaling.decoding import MAX_OFFER_BYTES
from signaling.identity import Keyring
from signaling.papers import PaperDoor
from signaling.ports import Bridge, Minutes
from signaling.problem import Problem
from signaling.readings import ReadingDoor
from signaling.rest import RestDoor
from signaling.sse import EventDoor
from signaling.static import page_routes
from signaling.turn import TurnServers
from signaling.websocket import WebSocketDoor

_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_PROBLEM_OF: Final = {
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_long",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def make_app(
    bridge: Bridge,
    keyring: Keyring,
    *,
    minutes: Minutes | None = None,
    hosts: Collection[str] = (),
    turn: TurnServers | None = None,
    limits: Limits | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> web.Application:
    """Both doors to this bridge, and the papers of *minutes*.  *hosts* are names of the service
    beside those of this machine, *turn* the servers that pages are told of.

    At shutdown every session gets ``bye {shutdown}`` first; run the app with a
    ``shutdown_timeout`` of at least 5 s.
    """
    limits = limits or Limits()
    sockets = WebSocketDoor(bridge, keyring, turn=turn or TurnServers(), limits=limits, clock=clock)
    bearers = Bearers(bridge, keyring, rate=limits.messages, clock=clock)
    events = EventDoor(
        bridge, bearers, max_streams=limits.max_streams, max_waiting=limits.max_waiting
    )

    async def say_bye(_app: web.Application) -> None:
        await asyncio.gather(sockets.shutdown(), events.shutdown())

    app = web.Application(
        middlewares=[_problems, _guard(frozenset(h.lower() for h in hosts))],
        client_max_size=MAX_OFFER_BYTES,
    )
    app.router.add_get("/ws", sockets.handle)
    app.router.add_routes(RestDoor(bridge, bearers).routes())
    app.router.add_routes(ReadingDoor(bridge, bearers).routes())
    app.router.add_routes(events.routes())
    if minutes is not None:
        app.router.add_routes(PaperDoor(bridge, bearers, minutes).routes())
    app.router.add_routes(page_routes())
    app.on_shutdown.append(say_bye)
    return app


@web.middleware
async def _problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Problem as problem:
        return problem.response()
    except web.HTTPException as error:
        code = _PROBLEM_OF.get(HTTPStatus(error.status))
        if code is None:
            raise
        response = Problem(code, error.reason).response()
        if isinstance(error, web.HTTPMethodNotAllowed):
            response.headers["Allow"] = ", ".join(sorted(error.allowed_methods))
        return response


def _guard(hosts: Collection[str]) -> Middleware:
    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        host = request.headers.get("Host", "")
        if host.lower() not in hosts and not _is_loopback(host):
            raise Problem("host_not_allowed", "the Host header must name this machine")
        origin = request.headers.get("Origin")
        asks_only = request.method in _READING and request.path != "/ws"
        if origin is not None and not asks_only and urlsplit(origin).netloc != host:
            raise Problem("origin_not_allowed", "the Origin must be of the same host")
        return await handler(request)

    return guard


def _is_loopback(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
