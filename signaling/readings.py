"""Readings: what can be read over HTTP (docs/protocol.md 6).

Every address shows a part of the one snapshot that its reader's audience has, so REST cannot tell
what the WebSocket would not.  Who may read an address at all stands in :mod:`signaling.bearers`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from aiohttp import web

from bridge.conference.projection import DESK, audience_of
from bridge.conference.words import ItemStatus, RefusalCode, RequestStatus, Role
from signaling.answer import BASE, answer
from signaling.bearers import Bearers, check_reader
from signaling.ports import Bridge
from signaling.problem import Problem

View = Mapping[str, Any]
Handler = Callable[[web.Request], Awaitable[web.Response]]

_CONFERENCE: Final = (
    *("conference", "title", "rehearsal", "phase", "phase_since_s", "opened_s", "locked"),
    *("starts", "place", "rollcall_open", "description"),
    *("on_air", "content", "programme", "speakers", "by_phone", "views", "slates", "probe"),
)
_FLAGS: Final = ("cut", "help", "standby", "ladder", "limit_s", "request", "spoken")
_FLOOR: Final = ("speakers", "by_phone", "next", "queue", "queue_sites", "requests", "own")


class ReadingDoor:
    def __init__(self, bridge: Bridge, bearers: Bearers) -> None:
        self._bridge = bridge
        self._bearers = bearers

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(f"{BASE}/conference", self._part("conference", self._conference)),
            web.get(f"{BASE}/floor", self._part("floor", _floor)),
            web.get(f"{BASE}/agenda", self._part("agenda", self._agenda)),
            web.get(f"{BASE}/rollcall", self._part("rollcall", _rollcall)),
            web.get(f"{BASE}/chair", self._part("chair", lambda v: _some(v, "chair", "consoles"))),
            web.get(f"{BASE}/policy", self._part("policy", lambda view: dict(view["policy"]))),
            web.get(f"{BASE}/check", self._part("check", _check)),
            web.get(f"{BASE}/notes", self._part("notes", _notes)),
            web.get(f"{BASE}/sites", self._sites),
            web.get(f"{BASE}/sites/{{site}}", self._site),
            web.get(f"{BASE}/media", self._media),
        ]

    def _part(self, what: str, of: Callable[[View], dict[str, Any]]) -> Handler:
        """The part *of* a view; with its revision, and with now, for whoever shows a clock."""

        async def handle(request: web.Request) -> web.Response:
            identity = self._bearers.reader(request, what)
            view = self._bridge.view(audience_of(identity.actor))
            return answer({"rev": view["rev"], "now": self._bridge.now_s(), **of(view)})

        return handle

    def _conference(self, view: View) -> dict[str, Any]:
        return {**_some(view, *_CONFERENCE), "boot": self._bridge.boot}

    def _agenda(self, view: View) -> dict[str, Any]:
        late_s = late(view, now_s=self._bridge.now_s())
        known = {} if late_s is None else {"late_s": round(late_s, 1)}
        return {**_some(view, "opened_s"), **view["agenda"], **known}

    async def _sites(self, request: web.Request) -> web.Response:
        self._bearers.reader(request, "sites")
        return answer({"rev": self._bridge.rev(), "sites": self._rows()})

    async def _site(self, request: web.Request) -> web.Response:
        code = request.match_info["site"]
        identity = self._bearers.of(request)
        if not (Role.SITE in identity.roles and identity.site == code):
            check_reader(identity, "sites")
        for site in self._rows():
            if site["code"] == code:
                return answer(site)
        raise Problem(RefusalCode.SITE_NOT_FOUND, "no such site in the roster")

    def _rows(self) -> list[dict[str, Any]]:
        """How every site is, and what the desk sees of it beside that."""
        seen = self._bridge.view(DESK).get("sites", {})
        return [
            {**site, **_some(seen.get(site["code"], {}), *_FLAGS)} for site in self._bridge.sites()
        ]

    async def _media(self, request: web.Request) -> web.Response:
        self._bearers.reader(request, "media")
        return answer(self._bridge.media())


def late(view: View, *, now_s: float) -> float | None:
    """How far behind the plan the session is; see :meth:`bridge.conference.agenda.Agenda.late_s`.

    Reckoned from the snapshot, as every page does it.
    """
    agenda = view["agenda"]
    if "opened_s" not in view or not agenda["items"]:
        return None
    due_s = agenda["due_s"]
    for item in agenda["items"].values():
        if item["status"] == ItemStatus.CURRENT:
            had_s = item["took_s"] + now_s - item["started_s"]
            due_s += min(item["minutes"] * 60, had_s)
    return float(now_s - view["opened_s"] - due_s)


def _floor(view: View) -> dict[str, Any]:
    floor = _some(view, *_FLOOR)
    if "requests" in view:
        floor["holders"] = [
            int(number)
            for number, asked in view["requests"].items()
            if asked["status"] == RequestStatus.GRANTED
        ]
    return floor


def _rollcall(view: View) -> dict[str, Any]:
    """All marks for the desk; for a site its own."""
    called = {"open": view["rollcall_open"]}
    if "rollcall" in view:
        return {**called, **view["rollcall"]}
    return {**called, **_some(view.get("own", {}), "attendance")}


def _check(view: View) -> dict[str, Any]:
    return {**view["check"], **_some(view, "walk")}


def _notes(view: View) -> dict[str, Any]:
    return {"notes": view["notes"] if "notes" in view else view.get("own", {}).get("notes", [])}


def _some(view: View, *names: str) -> dict[str, Any]:
    return {name: view[name] for name in names if name in view}
