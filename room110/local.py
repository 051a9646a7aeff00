"""Local: the service that runs from this state directory, for programs on the same machine.

``service.json`` says where it is; the secret beside it makes tokens of any role.  Who may read that
folder has that authority, and nobody else gets here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

import aiohttp

from bridge.conference.words import CENTRE, Phase, Role
from bridge.identity import Identity
from bridge.media.slots import SessionKind
from config.roster import load_roster
from config.settings import Settings
from room110.cli.exits import Exit, Failure
from signaling.identity import Keyring, SecretError
from signaling.resilient import ResilientClient


class Local:
    """A service, and the keys to it.  Made by :meth:`find`; a conference may follow another, so
    the facts are read when asked for."""

    def __init__(self, settings: Settings, keyring: Keyring) -> None:
        self._settings = settings
        self._keyring = keyring

    @classmethod
    def find(cls, settings: Settings) -> Local:
        """Raises Failure: unreachable when no service has announced itself, and nothing is made
        then; configuration when the state directory cannot be used."""
        _read(settings)
        try:
            return cls(
                settings, Keyring.load(settings.state, roster=load_roster(settings.roster).codes)
            )
        except (OSError, SecretError) as error:
            raise Failure(
                Exit.CONFIGURATION, f"state directory {settings.state}: {error}"
            ) from error

    def facts(self) -> dict[str, Any]:
        """``service.json`` as it is now."""
        return _read(self._settings)

    @property
    def pid(self) -> int:
        return int(self.facts()["pid"])

    @property
    def pids(self) -> tuple[int, ...]:
        """All processes of the service."""
        facts = self.facts()
        return tuple({int(facts[n]) for n in ("pid", "media_pid", "supervisor_pid") if n in facts})

    @property
    def http(self) -> str:
        return str(self.facts()["http"])

    @property
    def ws(self) -> str:
        return self.http.replace("http", "ws", 1) + "/ws"

    def token(self, user: str, *roles: Role, site: str | None = None) -> str:
        """For the present conference, without an end of its own."""
        return self._keyring.mint(
            Identity(
                user=user,
                roles=frozenset(roles),
                conference=str(self.facts()["conference"]),
                site=site,
            )
        )

    def site_token(self, code: str) -> str:
        """What the room device of a site carries."""
        return self.token(f"site.{code}", Role.SITE, site=code)

    def desk(self, user: str, *roles: Role) -> AbstractAsyncContextManager[ResilientClient]:
        """A console in room 110."""
        token = self.token(user, *roles, site=CENTRE)
        return ResilientClient(self.ws, token, SessionKind.CONSOLE)

    async def get(self, path: str) -> dict[str, Any]:
        return await self._ask("GET", path, None)

    async def post(self, path: str, body: Mapping[str, Any], *, token: str) -> dict[str, Any]:
        """Raises Failure with the service's code when the answer is no."""
        return await self._ask("POST", path, body, token=token)

    async def _ask(
        self, method: str, path: str, body: Mapping[str, Any] | None, *, token: str | None = None
    ) -> dict[str, Any]:
        token = token or self.token("local", Role.CHAIR, Role.TECHNICIAN, site=CENTRE)
        headers = {"Authorization": f"Bearer {token}"}
        try:
            async with (
                aiohttp.ClientSession(headers=headers) as http,
                http.request(method, f"{self.http}/api/v1{path}", json=body) as response,
            ):
                answer = await response.json(content_type=None)
                if response.ok:
                    assert isinstance(answer, dict)
                    return answer
        except aiohttp.ClientError as error:
            raise Failure(Exit.UNREACHABLE, f"no answer from {self.http} ({error})") from error
        raise Failure(Exit.FAILED, f"{answer.get('code')}: {answer.get('detail')}")

    async def begin_rehearsal(self, title: str) -> None:
        """Begin a new conference; a rehearsal that was left open is closed first.

        Raises Failure when a real one is under way: it is not ours to end.
        """
        token = self.token("local", Role.CHAIR, site=CENTRE)
        await self.post("/conference", {"title": title, "rehearsal": True}, token=token)

    async def open_conference(self, title: str) -> bool:
        """See that the conference is open; whether it was opened, and so is ours to close.

        After a closed one the next is begun, as a rehearsal called *title*.
        """
        phase = (await self.get("/conference"))["phase"]
        if phase == Phase.OPEN:
            return False
        if phase == Phase.CLOSED:
            await self.begin_rehearsal(title)
        chair = self.token("local", Role.CHAIR, site=CENTRE)
        await self.post("/conference/phase", {"to": Phase.OPEN.value}, token=chair)
        return True


def _read(settings: Settings) -> dict[str, Any]:
    path = settings.state / "service.json"
    try:
        facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        missing = {"http", "media", "pid", "conference"} - facts.keys()
    except FileNotFoundError:
        raise Failure(
            Exit.UNREACHABLE, f"there is no {path}; is the service running?  room110 serve"
        ) from None
    except OSError as error:
        raise Failure(Exit.CONFIGURATION, f"state directory: {error}") from None
    except (ValueError, AttributeError):
        missing = {"all"}
    if missing:
        raise Failure(
            Exit.CONFIGURATION, f"{path} is damaged; start the service again to write it anew"
        )
    return facts
