"""The doors before the real house: what a script, a listener and a machine that comes back get."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aiohttp

from bridge.conference.words import Role
from bridge.identity import Identity
from bridge.media.slots import SessionKind
from config.settings import Settings
from room110.compose import Service
from room110.whole import running
from signaling.client import connect, new_id
from signaling.messages import ConferenceLock
from signaling.notices import Device


def settings(state: Path) -> Settings:
    return Settings(state=state, http_port=0, media_port=0, media_tcp_port=0, media_metrics_port=0)


def token(service: Service, *roles: Role, site: str | None = None, user: str = "desk") -> str:
    return service.keyring.mint(
        Identity(
            user=user,
            roles=frozenset(roles),
            site=site,
            conference=service.bridge.conference_id(),
        )
    )


class Asking:
    """A script with a token."""

    def __init__(self, service: Service, http: aiohttp.ClientSession, *roles: Role) -> None:
        self._service = service
        self._http = http
        self._headers = {"Authorization": f"Bearer {token(service, *roles)}"}

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        url = f"{self._service.http}/api/v1{path}"
        headers |= self._headers
        async with self._http.request(method, url, json=body, headers=headers) as response:
            if response.content_type.endswith("json"):
                return response.status, json.loads(await response.read())
            return response.status, await response.read()

    async def events(self, count: int, since: int | None = None) -> list[tuple[str, Any]]:
        """The first *count* events of the stream."""
        query = "" if since is None else f"?since={since}"
        url = f"{self._service.http}/api/v1/events{query}"
        said: list[tuple[str, Any]] = []
        name = ""
        async with self._http.get(url, headers=self._headers) as response:
            while len(said) < count:
                line = (await response.content.readline()).decode().rstrip()
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    said.append((name, json.loads(line.removeprefix("data: "))))
        return said


ITEMS = [
    {"kind": "centre", "title": "Khai mạc", "minutes": 10},
    {"kind": "site", "title": "Tham luận", "minutes": 7, "site": "11"},
]


async def test_a_script_holds_a_conference(tmp_path: Path) -> None:
    async with running(settings(tmp_path)) as service, aiohttp.ClientSession() as http:
        script = Asking(service, http, Role.CHAIR, Role.SECRETARY)
        assert (await script.ask("POST", "/agenda", {"items": ITEMS}))[0] == 200
        assert (await script.ask("POST", "/rollcall"))[0] == 200
        excused = {"mark": "excused", "reason": "Bão"}
        assert (await script.ask("POST", "/rollcall/20", excused))[0] == 200
        assert (await script.ask("DELETE", "/rollcall"))[0] == 200
        assert (await script.ask("POST", "/conference/phase", {"to": "open"}))[0] == 200
        assert (await script.ask("POST", "/agenda/next"))[0] == 200
        _, turn = await script.ask("POST", "/agenda/next")
        _, floor = await script.ask("GET", "/floor")
        assert floor["queue"] == [turn["request"]]
        call = {"site": "11", "via": "phone", "agenda_item": 2}
        assert (await script.ask("POST", "/floor/grants", call))[0] == 200
        _, agenda = await script.ask("GET", "/agenda")
        assert (agenda["current"], agenda["late_s"] < 0) == (2, True)
        hold = f"/floor/grants/{turn['request']}/hold"
        assert (await script.ask("POST", hold))[0] == 200
        assert (await script.ask("DELETE", hold))[0] == 200
        _, roll = await script.ask("GET", "/rollcall")
        assert roll["marks"]["20"]["reason"] == "Bão"
        _, facts = await script.ask("GET", "/minutes")
        assert facts["conference"] == service.bridge.conference_id()
        status, draft = await script.ask("GET", "/minutes?format=docx")
        assert (status, draft[:2]) == (200, b"PK")


async def test_a_command_that_came_too_late_is_told_what_changed(tmp_path: Path) -> None:
    async with running(settings(tmp_path)) as service, aiohttp.ClientSession() as http:
        script = Asking(service, http, Role.CHAIR)
        await script.ask("POST", "/conference/phase", {"to": "open"})
        _, seen = await script.ask("GET", "/floor")
        await script.ask("POST", "/policy", {"limit_s": 60})
        tag = {"If-Match": f'"{seen["rev"]}"'}
        # What it stands on has not changed.
        call = {"site": "11", "via": "phone"}
        assert (await script.ask("POST", "/floor/grants", call, **tag))[0] == 200
        status, problem = await script.ask("POST", "/floor/grants", {**call, "site": "14"}, **tag)
        assert (status, problem["code"]) == (409, "stale")
        assert [event["type"] for event in problem["changed"]] == ["request_granted"]


async def test_who_listens_misses_nothing_also_over_a_restart(tmp_path: Path) -> None:
    async with running(settings(tmp_path)) as service, aiohttp.ClientSession() as http:
        script = Asking(service, http, Role.CHAIR)
        ((name, whole),) = await script.events(1)
        rev = whole["snapshot"]["rev"]
        assert (name, whole["snapshot"]["locked"]) == ("snapshot", False)
        await script.ask("POST", "/conference/lock", {"on": True})
    async with running(settings(tmp_path)) as service, aiohttp.ClientSession() as http:
        script = Asking(service, http, Role.CHAIR)
        ((name, missed),) = await script.events(1, since=rev)
        assert (name, missed["set"]["locked"]) == ("change", True)
        assert "lock_changed" in [event["type"] for event in missed["events"]]
        ((name, whole),) = await script.events(1, since=10**6)
        assert (name, whole["snapshot"]["locked"]) == ("snapshot", True)


async def test_a_console_that_comes_back_gets_what_it_missed(tmp_path: Path) -> None:
    async with running(settings(tmp_path)) as service:
        url = service.http.replace("http", "ws") + "/ws"
        chair = token(service, Role.CHAIR)
        async with connect(url, chair, SessionKind.CONSOLE) as desk:
            assert desk.hello_ok.snapshot is not None
            seen = await desk.command(ConferenceLock(type="conference.lock", id=new_id(), on=True))
        async with connect(url, chair, SessionKind.CONSOLE) as other:
            ok = await other.command(
                ConferenceLock(type="conference.lock", id=new_id(), on=False, rev=seen.rev)
            )
        async with connect(url, chair, SessionKind.CONSOLE, resume=seen.rev) as back:
            missed = back.hello_ok.missed
            assert back.hello_ok.snapshot is None
            assert missed is not None
            assert missed.rev >= ok.rev
            assert missed.set["locked"] is False


async def test_a_second_machine_waits_and_is_told_so(tmp_path: Path) -> None:
    async with running(settings(tmp_path)) as service:
        url = service.http.replace("http", "ws") + "/ws"
        site = token(service, Role.SITE, site="11", user="tech.dienbien")
        async with (
            connect(url, site, SessionKind.ROOM, device="laptop-1") as first,
            connect(url, site, SessionKind.ROOM, device="laptop-2") as second,
        ):
            roles = (m.role async for m in second if isinstance(m, Device))
            assert await anext(roles) == "standby"
            await first.say_goodbye()
            assert await anext(roles) == "active"
