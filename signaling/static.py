"""Static: the pages, as the files they are.

What may be asked for is the list of files that were there at the start; a path is looked up in it
and never joined to anything.  Every answer carries the same strict policy: scripts, styles and
connections from this service alone, nothing inline, nothing framed (docs/protocol.md is all a page
talks to).  ``no-cache`` with an ETag: a page is never of another version than the service.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from aiohttp import web

FOLDER: Final = Path(__file__).parent / "pages"
PAGES: Final = ("site", "desk", "board")

POLICY: Final[Mapping[str, str]] = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "connect-src": "'self'",
    "img-src": "'self' data:",
    "media-src": "'self' blob: mediastream:",
    "font-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
}

HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": "; ".join(f"{what} {who}" for what, who in POLICY.items()),
    "Permissions-Policy": "camera=(self), microphone=(self), display-capture=(self)",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
}

_TYPES: Final[Mapping[str, str]] = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}


def page_routes(folder: Path = FOLDER) -> list[web.RouteDef]:
    """``/site``, ``/desk``, ``/board``, and ``/pages/...`` for what they are made of."""
    files = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.suffix in _TYPES and path.is_file()
    }

    def answer(name: str) -> web.StreamResponse:
        path = files.get(name)
        if path is None:
            raise web.HTTPNotFound
        response = web.FileResponse(path, headers=HEADERS)
        response.content_type = _TYPES[path.suffix]
        response.charset = "utf-8"
        return response

    async def page(request: web.Request) -> web.StreamResponse:
        return answer(f"{request.match_info['page']}.html")

    async def part(request: web.Request) -> web.StreamResponse:
        return answer(request.match_info["path"])

    return [
        web.get(f"/{{page:{'|'.join(PAGES)}}}", page),
        web.get("/pages/{path:.+}", part),
    ]
