"""What a supervisor and a scraper ask: is the process alive, may it be given work, how is it.

``/livez`` answers as long as the loop turns; no to it means restart.  ``/readyz`` asks everything
the service needs for its work; no to it means wait and tell somebody.  Neither needs a token and
neither says anything about the conference.

``/metrics`` says who is connected and who speaks, so it is for this machine and for bearers of a
token.  A proxy on this machine makes everybody look local, so whoever was forwarded is not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from ipaddress import IPv6Address, ip_address
from typing import Final

from aiohttp import web

from monitoring.exposition import OPENMETRICS, TEXT, accepts_openmetrics

# A proxy that keeps an answer would keep a dead service alive.
_HEADERS = {"Cache-Control": "no-store"}

_FORWARDED: Final = frozenset(
    {"forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"}
)
"""Any of them says that a proxy stands between."""


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


def metrics_routes(
    page: Callable[[bool], bytes], admit: Callable[[str], None]
) -> list[web.RouteDef]:
    """Routes for ``GET /metrics``.

    ``page`` writes it, in OpenMetrics if its argument says so.  A scraper on this machine needs no
    token; of anybody else ``admit`` is given the Authorization header, empty when there is none,
    and raises what the application answers a stranger.  Who shows a token is judged by it.
    """

    async def metrics(request: web.Request) -> web.Response:
        authorization = request.headers.get("Authorization")
        if authorization is not None or not is_local(request):
            admit(authorization or "")
        openmetrics = accepts_openmetrics(",".join(request.headers.getall("Accept", [])))
        kind = OPENMETRICS if openmetrics else TEXT
        return web.Response(body=page(openmetrics), headers={**_HEADERS, "Content-Type": kind})

    return [web.get("/metrics", metrics)]


def is_local(request: web.Request) -> bool:
    """Whether it comes from this machine itself and not through a proxy on it."""
    if not _FORWARDED.isdisjoint(name.lower() for name in request.headers):
        return False
    try:
        address = ip_address(request.remote or "")
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped.is_loopback
    return address.is_loopback
