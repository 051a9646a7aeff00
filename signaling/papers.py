"""Papers: the documents of the running conference, over HTTP.

They are made of its journal alone by whoever the composition root has given (:class:`Minutes`),
in a thread and one at a time: a document takes its time, and nothing else may wait for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from aiohttp import web

from signaling.answer import BASE, NO_STORE
from signaling.bearers import Bearers
from signaling.ports import Bridge, Minutes, NoPaper
from signaling.problem import Problem

FACTS: Final = "json"
FORMATS: Final[Mapping[str, str]] = {
    FACTS: "minutes",
    "docx": "minutes",
    "md": "minutes",
    "csv": "minutes",
    "xlsx": "minutes",
    "technical": "technical",
}
"""Form -> what its reader must be allowed to read."""
SHEETS: Final[Mapping[str, str]] = {
    "html": "sheet.html",
    "csv": "sheet.csv",
    "json": "sheet.json",
}
"""Form of the go/no-go sheet -> what whoever makes it calls that."""
MOST_WAITING: Final = 8
_SAVED: Final = frozenset(FORMATS) - {FACTS} | {"sheet.csv"}
"""Forms that a browser saves under their name."""
_NO_SCRIPT: Final = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}


class PaperDoor:
    def __init__(self, bridge: Bridge, bearers: Bearers, minutes: Minutes) -> None:
        self._bridge = bridge
        self._bearers = bearers
        self._minutes = minutes
        self._press = asyncio.Lock()
        self._waiting = 0

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(f"{BASE}/minutes", self._read),
            web.get(f"{BASE}/check/sheet", self._read_sheet),
        ]

    async def _read(self, request: web.Request) -> web.Response:
        form = request.query.get("format", FACTS)
        # An unknown form is named after who asks has been, like everything else.
        self._bearers.reader(request, FORMATS.get(form, FORMATS[FACTS]))
        if form not in FORMATS:
            raise Problem("malformed", f"format: one of {', '.join(FORMATS)}")
        return await self._pressed(form)

    async def _read_sheet(self, request: web.Request) -> web.Response:
        self._bearers.reader(request, "check")
        form = request.query.get("format", "html")
        if form not in SHEETS:
            raise Problem("malformed", f"format: one of {', '.join(SHEETS)}")
        return await self._pressed(SHEETS[form])

    async def _pressed(self, form: str) -> web.Response:
        if self._waiting >= MOST_WAITING:
            raise Problem("busy", "too many documents are being made")
        self._waiting += 1
        try:
            async with self._press:
                return await self._make(form)
        finally:
            self._waiting -= 1

    async def _make(self, form: str) -> web.Response:
        conference = self._bridge.conference_id()
        try:
            paper = await asyncio.to_thread(self._minutes.paper, conference, form)
        except NoPaper as error:
            raise Problem("journal_failed", str(error)) from error
        headers = {**NO_STORE, **_NO_SCRIPT, "Content-Type": paper.content_type}
        if form in _SAVED:
            name = quote(paper.name)
            headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
        return web.Response(body=paper.data, headers=headers)
