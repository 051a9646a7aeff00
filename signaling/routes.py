"""Routes: one table of commands, for both doors.

A row says which message a command is, and where it stands in REST.  The WebSocket needs the
message only; REST makes the same message of path, body and what the address itself says, and
sends it the same way.  Of two rows at one address the first whose ``when`` holds is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from bridge.answers import Accepted
from bridge.conference.commands import ChairCall, FloorRequest, PersonCommand
from bridge.conference.events import RequestGranted, RequestMade
from bridge.conference.words import Role
from bridge.identity import Identity
from signaling import messages
from signaling.decoding import ProtocolError, validated
from signaling.messages import Command, type_of

Body = Mapping[str, Any]

DENIES: Final = frozenset({Role.CHAIR, Role.DEPUTY, Role.TECHNICIAN})
"""For these, taking a request away is a denial; for all others a withdrawal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    model: type[Command]
    method: str
    path: str
    """Below /api/v1; ``{request}`` and ``{site}`` are fields of the message."""
    says: Body = field(default_factory=dict)
    """Fields the address stands for."""
    when: Callable[[Identity, Body], bool] = lambda _identity, _body: True
    status: HTTPStatus = HTTPStatus.OK


_ID_DIGITS: Final = 16
"""Enough for every id the messages allow; a longer one is refused before int() toils at it."""


def _names_request(_identity: Identity, body: Body) -> bool:
    return "request" in body


def _denies(identity: Identity, _body: Body) -> bool:
    return not DENIES.isdisjoint(identity.roles)


ROUTES: Final = (
    Route(model=messages.ChairPhase, method="POST", path="/conference/phase"),
    Route(model=messages.ChairMuteSite, method="POST", path="/sites/{site}/mute"),
    Route(model=messages.ChairMuteAll, method="POST", path="/mute", says={"site": "all"}),
    Route(
        model=messages.FloorRequest,
        method="POST",
        path="/floor/requests",
        status=HTTPStatus.CREATED,
    ),
    Route(
        model=messages.ChairDeny,
        method="DELETE",
        path="/floor/requests/{request}",
        when=_denies,
    ),
    Route(model=messages.FloorRelease, method="DELETE", path="/floor/requests/{request}"),
    Route(model=messages.ChairAccept, method="POST", path="/floor/requests/{request}/accept"),
    Route(model=messages.ChairGrant, method="POST", path="/floor/grants", when=_names_request),
    Route(model=messages.ChairCall, method="POST", path="/floor/grants"),
    Route(model=messages.ChairRevoke, method="DELETE", path="/floor/grants/{request}"),
    Route(model=messages.ChairRevoke, method="DELETE", path="/floor/grants"),
    Route(model=messages.ChairNext, method="POST", path="/floor/next"),
    Route(model=messages.HelpRaise, method="POST", path="/sites/{site}/help"),
    Route(model=messages.HelpAck, method="POST", path="/sites/{site}/help/ack"),
    Route(model=messages.HelpClose, method="DELETE", path="/sites/{site}/help"),
)

COMMAND_TYPES: Final = frozenset(type_of(route.model) for route in ROUTES)
"""What the WebSocket takes as a command."""


def at(method: str, path: str) -> tuple[Route, ...]:
    """The rows of an address, in order of trying."""
    return tuple(route for route in ROUTES if (route.method, route.path) == (method, path))


def message_of(
    rows: tuple[Route, ...],
    *,
    identity: Identity,
    body: Body,
    path: Mapping[str, str],
    command_id: str,
) -> tuple[Route, Command]:
    """The row that applies and its message.  Raises ProtocolError as the WebSocket would."""
    route = next(route for route in rows if route.when(identity, body))
    said: dict[str, Any] = {**route.says, **path, "type": type_of(route.model), "id": command_id}
    if "request" in path:
        said["request"] = _number(path["request"])
    for name in said:
        # The address has said it already; a second word could only differ.
        if name in body:
            raise ProtocolError("unknown_field", name)
    return route, validated(route.model, {**body, **said})


def request_of(command: PersonCommand, accepted: Accepted) -> int | None:
    """The request that an accepted command made or touched, if it was one."""
    named = getattr(command, "request", None)
    if isinstance(named, int):
        return named
    for event in accepted.events:
        match command, event:
            case (FloorRequest(), RequestMade(request=made)):
                return made
            case (ChairCall(), RequestGranted(request=granted)):
                return granted
    return None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= _ID_DIGITS):
        raise ProtocolError("malformed", "request: a number is expected")
    return int(text)
