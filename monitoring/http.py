"""Two questions a supervisor asks: is the process alive, and may it be given work.

``/livez`` answers as long as the loop turns; no to it means restart.  ``/readyz`` asks everything
the service needs for its work; no to it means wait and tell somebody.  Neither needs a token and
neither says anything about the conference.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from aiohttp import web

# A proxy that keeps an answer would keep a dead service alive.
_HEADERS = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing the service needs."""

    name: str
    """A constant such as ``journal``."""
    ok: bool
    detail: str = ""
    """One English sentence for the person who mends it; never a secret."""


def health_routes(checks: Callable[[], Sequence[Check]]) -> list[web.RouteDef]:
    """Routes for ``GET /livez`` and ``GET /readyz``.

    ``checks`` is called in the loop at every question to ``/readyz``, so it must not block; what
    it raises is a bug and answers 500.
    """

    async def livez(_request: web.Request) -> web.Response:
        return web.json_response({"alive": True}, headers=_HEADERS)

    async def readyz(_request: web.Request) -> web.Response:
        results = checks()
        ready = all(check.ok for check in results)
        body = {"ready": ready, "checks": [asdict(check) for check in results]}
        return web.json_response(body, status=200 if ready else 503, headers=_HEADERS)

    return [web.get("/livez", livez), web.get("/readyz", readyz)]
