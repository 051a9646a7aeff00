"""REST: the door for scripts and operators (docs/protocol.md 6).

Commands come from the one table (``signaling.routes``) as the same messages the WebSocket takes;
whether they are allowed is the conference's to say.  Who may read what is said here, in READERS.
"""

from __future__ import annotations

import json
import secrets
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from itertools import groupby
from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter, ValidationError

from bridge.answers import Accepted, RoomError
from bridge.conference.commands import PersonCommand
from bridge.conference.projection import audience_of
from bridge.conference.words import Refusal, RefusalCode, RequestStatus, Role
from bridge.identity import Identity
from signaling.allowance import MESSAGES, Allowance, Rate
from signaling.decoding import ProtocolError, parse_object, validated
from signaling.identity import Keyring, TokenError
from signaling.messages import CommandId
from signaling.ports import Bridge
from signaling.problem import Problem
from signaling.routes import ROUTES, Route, message_of, request_of

BASE: Final = "/api/v1"

_DESK: Final = frozenset({Role.CHAIR, Role.DEPUTY, Role.SECRETARY, Role.TECHNICIAN})
READERS: Final[Mapping[str, frozenset[Role]]] = {
    "conference": frozenset(Role) - {Role.METRICS},
    "floor": frozenset(Role) - {Role.METRICS},
    "sites": _DESK | {Role.METRICS},
    "media": frozenset({Role.CHAIR, Role.TECHNICIAN, Role.METRICS}),
    "metrics": frozenset({Role.METRICS}),
}
"""Beside these, a site may read its own object of ``sites``."""

_USERS_REMEMBERED: Final = 1024
_COMMAND_ID: Final[TypeAdapter[str]] = TypeAdapter(CommandId)
_NO_BODY: Final = frozenset({"GET", "DELETE"})

Handler = Callable[[web.Request], Awaitable[web.Response]]


class Next(BaseModel):
    """POST /conference."""

    model_config = ConfigDict(extra="forbid", strict=True)

    title: Annotated[
        str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")
    ]
    rehearsal: bool = False


class RestDoor:
    def __init__(
        self,
        bridge: Bridge,
        keyring: Keyring,
        *,
        rate: Rate = MESSAGES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._bridge = bridge
        self._keyring = keyring
        self._rate = rate
        self._clock = clock
        self._allowances: OrderedDict[str, Allowance] = OrderedDict()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(f"{BASE}/conference", self._conference),
            web.post(f"{BASE}/conference", self._begin_next),
            web.get(f"{BASE}/sites", self._sites),
            web.get(f"{BASE}/sites/{{site}}", self._site),
            web.get(f"{BASE}/floor", self._floor),
            web.get(f"{BASE}/media", self._media),
            *(
                web.route(method, BASE + path, self._command(tuple(rows)))
                for (method, path), rows in groupby(ROUTES, key=lambda r: (r.method, r.path))
            ),
        ]

    # Reading

    async def _conference(self, request: web.Request) -> web.Response:
        identity = self._reader(request, "conference")
        view = self._bridge.view(audience_of(identity.actor))
        public = ("rev", "conference", "title", "rehearsal", "phase", "phase_since_s")
        stage = ("on_air", "programme", "speakers")
        shown = {name: view[name] for name in (*public, *stage) if name in view}
        return _json({**shown, "now": self._bridge.now_s(), "boot": self._bridge.boot})

    async def _floor(self, request: web.Request) -> web.Response:
        identity = self._reader(request, "floor")
        view = self._bridge.view(audience_of(identity.actor))
        shown = ("rev", "speakers", "next", "queue", "requests", "own")
        floor = {name: view[name] for name in shown if name in view}
        if "requests" in view:
            floor["holders"] = [
                int(number)
                for number, asked in view["requests"].items()
                if asked["status"] == RequestStatus.GRANTED
            ]
        return _json(floor)

    async def _sites(self, request: web.Request) -> web.Response:
        self._reader(request, "sites")
        return _json({"rev": self._bridge.rev(), "sites": self._bridge.sites()})

    async def _site(self, request: web.Request) -> web.Response:
        code = request.match_info["site"]
        identity = self._bearer(request)
        if not (Role.SITE in identity.roles and identity.site == code):
            check_reader(identity, "sites")
        for site in self._bridge.sites():
            if site["code"] == code:
                return _json(site)
        raise Problem(RefusalCode.SITE_NOT_FOUND, "no such site in the roster")

    async def _media(self, request: web.Request) -> web.Response:
        self._reader(request, "media")
        return _json(self._bridge.media())

    # Commands

    def _command(self, rows: tuple[Route, ...]) -> Handler:
        async def handle(request: web.Request) -> web.Response:
            identity = self._bearer(request)
            body = await _body(request)
            key = _idempotency_key(request)
            try:
                route, message = message_of(
                    rows,
                    identity=identity,
                    body=body,
                    path=request.match_info,
                    # An id is only looked at when it is the client's own.
                    command_id=key or secrets.token_hex(8),
                )
            except ProtocolError as error:
                raise Problem(error.code, error.text) from None
            command = message.command()
            try:
                outcome = await self._bridge.submit(command, identity.actor, key)
            except RoomError as error:
                raise Problem(error.code, str(error) or error.code) from error
            return _outcome(outcome, command, route.status)

        return handle

    async def _begin_next(self, request: web.Request) -> web.Response:
        identity = self._bearer(request)
        body = await _body(request)
        try:
            following = validated(Next, body)
        except ProtocolError as error:
            raise Problem(error.code, error.text) from None
        try:
            outcome = await self._bridge.begin_next(
                following.title, rehearsal=following.rehearsal, actor=identity.actor
            )
        except RoomError as error:
            raise Problem(error.code, str(error) or error.code) from error
        if isinstance(outcome, Refusal):
            raise Problem.refused(outcome)
        begun = {"rev": outcome.rev, "conference": self._bridge.conference_id()}
        return _json(begun, status=HTTPStatus.CREATED)

    # Who asks

    def _bearer(self, request: web.Request) -> Identity:
        authorization = request.headers.get("Authorization", "")
        identity = bearer(authorization, self._keyring, self._bridge.conference_id())
        if not self._allowance(identity.user).take(now=self._clock()):
            raise Problem("rate_limited", "too many requests")
        return identity

    def _reader(self, request: web.Request, what: str) -> Identity:
        identity = self._bearer(request)
        check_reader(identity, what)
        return identity

    def _allowance(self, user: str) -> Allowance:
        allowance = self._allowances.pop(user, None) or Allowance(self._rate, now=self._clock())
        self._allowances[user] = allowance
        if len(self._allowances) > _USERS_REMEMBERED:
            self._allowances.popitem(last=False)
        return allowance


def bearer(authorization: str, keyring: Keyring, conference: str) -> Identity:
    """Who shows this Authorization header.  Raises Problem."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Problem("token_invalid", "Authorization: Bearer <token> is needed")
    try:
        return keyring.verify(token.strip(), conference)
    except TokenError as error:
        raise Problem(error.code, error.text) from None


def check_reader(identity: Identity, what: str) -> None:
    """Raises Problem unless READERS lets this bearer read it."""
    if READERS[what].isdisjoint(identity.roles):
        raise Problem(RefusalCode.NOT_AUTHORIZED, f"the token's roles may not read {what}")


async def _body(request: web.Request) -> dict[str, Any]:
    """The request's JSON object; none at all is an empty one."""
    raw = await request.read()
    if not raw:
        return {}
    if request.method in _NO_BODY:
        raise Problem("malformed", f"{request.method} takes no body")
    if request.content_type != "application/json":
        # A form of another website can send text/plain without asking first.
        raise Problem("malformed", "Content-Type: application/json is needed")
    try:
        return parse_object(raw.decode())
    except UnicodeDecodeError:
        raise Problem("malformed", "not UTF-8") from None
    except ProtocolError as error:
        raise Problem(error.code, error.text) from None


def _idempotency_key(request: web.Request) -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    try:
        return _COMMAND_ID.validate_python(key)
    except ValidationError:
        text = "Idempotency-Key: 1 to 64 printable ASCII characters without space"
        raise Problem("malformed", text) from None


def _outcome(
    outcome: Accepted | Refusal, command: PersonCommand, status: HTTPStatus
) -> web.Response:
    if isinstance(outcome, Refusal):
        raise Problem.refused(outcome)
    answer = {"rev": outcome.rev}
    request = request_of(command, outcome)
    if request is not None:
        answer["request"] = request
    return _json(answer, status=status)


def _json(value: Mapping[str, Any], status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    return web.Response(
        status=status,
        body=json.dumps(value, ensure_ascii=False).encode(),
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
