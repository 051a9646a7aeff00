"""REST: commands for scripts and operators (docs/protocol.md 6).

They come from the one table (``signaling.routes``) as the same messages the WebSocket takes;
whether they are allowed is the conference's to say.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Final

import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from bridge.answers import Accepted, RoomError
from bridge.conference.commands import PersonCommand
from bridge.conference.words import Refusal
from bridge.origin import following
from signaling.answer import BASE, answer
from signaling.bearers import Bearers
from signaling.decoding import LONG, MAX_MESSAGE_BYTES, ProtocolError, parse_object, validated
from signaling.messages import type_of
from signaling.ports import Bridge
from signaling.problem import Problem
from signaling.routes import Route, addresses, message_of, request_of
from signaling.terms import CommandId, Words

log = structlog.get_logger(__name__)

_COMMAND_ID: Final[TypeAdapter[str]] = TypeAdapter(CommandId)
_NO_BODY: Final = frozenset({"GET", "DELETE"})
_ETAG: Final = re.compile(r'"([0-9]{1,15})"')

Handler = Callable[[web.Request], Awaitable[web.Response]]


class Next(BaseModel):
    """POST /conference."""

    model_config = ConfigDict(extra="forbid", strict=True)

    title: Words
    rehearsal: bool = False


class RestDoor:
    def __init__(self, bridge: Bridge, bearers: Bearers) -> None:
        self._bridge = bridge
        self._bearers = bearers

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post(f"{BASE}/conference", self._begin_next),
            *(
                web.route(method, BASE + path, self._command(rows))
                for (method, path), rows in addresses().items()
            ),
        ]

    def _command(self, rows: tuple[Route, ...]) -> Handler:
        is_long = any(type_of(row.model) in LONG for row in rows)

        async def handle(request: web.Request) -> web.Response:
            identity = self._bearers.of(request)
            body = await _body(request, is_long=is_long)
            key = _idempotency_key(request)
            rev = _seen_rev(request)
            try:
                route, message = message_of(
                    rows,
                    identity=identity,
                    body=body,
                    path=request.match_info,
                    # One of ours meets no other; it is in journal and log.
                    command_id=key or secrets.token_hex(8),
                    rev=rev,
                )
            except ProtocolError as error:
                raise Problem(error.code, error.text) from None
            command = message.command()
            try:
                with following(message.id):
                    log.info("command.came", command=type_of(route.model), site=identity.site)
                    outcome = await self._bridge.submit(
                        command, identity.actor, message.id, seen_rev=rev
                    )
            except RoomError as error:
                raise Problem(error.code, str(error) or error.code) from error
            return _outcome(outcome, command, route.status)

        return handle

    async def _begin_next(self, request: web.Request) -> web.Response:
        identity = self._bearers.of(request)
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
        return answer(begun, status=HTTPStatus.CREATED)


async def _body(request: web.Request, *, is_long: bool = False) -> dict[str, Any]:
    """The request's JSON object; none at all is an empty one."""
    raw = await request.read()
    if not raw:
        return {}
    if request.method in _NO_BODY:
        raise Problem("malformed", f"{request.method} takes no body")
    if len(raw) > MAX_MESSAGE_BYTES and not is_long:
        raise Problem("too_long", f"{len(raw)} octets")
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


def _seen_rev(request: web.Request) -> int | None:
    """The revision that the sender looked at; ``*`` is any."""
    tag = request.headers.get("If-Match", "*")
    if tag == "*":
        return None
    match = _ETAG.fullmatch(tag)
    if match is None:
        raise Problem("malformed", 'If-Match: one revision in quotes, such as "412"')
    return int(match[1])


def _outcome(
    outcome: Accepted | Refusal, command: PersonCommand, status: HTTPStatus
) -> web.Response:
    if isinstance(outcome, Refusal):
        raise Problem.refused(outcome)
    done = {"rev": outcome.rev}
    request = request_of(command, outcome)
    if request is not None:
        done["request"] = request
    return answer(done, status=status)
