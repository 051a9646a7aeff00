"""Routes: one table of commands, for both doors.

A row says which message a command is, and where it stands in REST.  The WebSocket needs the
message only; REST makes the same message of path, body and what the address itself says, and
sends it the same way.  Of several rows at one address the first whose ``when`` holds is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from bridge.answers import Accepted
from bridge.conference.commands import AgendaNext, ChairCall, FloorRequest, PersonCommand
from bridge.conference.events import RequestGranted, RequestMade
from bridge.conference.words import Role
from bridge.identity import Identity
from signaling import messages
from signaling.decoding import ProtocolError, validated
from signaling.messages import Command, type_of

Body = Mapping[str, Any]

DENIES: Final = frozenset({Role.CHAIR, Role.DEPUTY, Role.TECHNICIAN})
"""For these, taking a request away is a denial; for all others a withdrawal."""


def _always(_identity: Identity, _body: Body) -> bool:
    return True


def _names_request(_identity: Identity, body: Body) -> bool:
    return "request" in body


def _denies(identity: Identity, _body: Body) -> bool:
    return not DENIES.isdisjoint(identity.roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    model: type[Command]
    method: str
    path: str
    """Below /api/v1; ``{request}``, ``{item}`` and ``{site}`` are fields of the message."""
    says: Body = field(default_factory=dict)
    """Fields the address stands for."""
    when: Callable[[Identity, Body], bool] = _always
    status: HTTPStatus = HTTPStatus.OK


_NUMBERS: Final = ("request", "item")
_NUMBER_DIGITS: Final = 16
"""Enough for every number the messages allow; a longer one is refused before int() toils at it."""


def _post(model: type[Command], path: str, **more: Any) -> Route:
    return Route(model=model, method="POST", path=path, **more)


def _delete(model: type[Command], path: str, **more: Any) -> Route:
    return Route(model=model, method="DELETE", path=path, **more)


ROUTES: Final = (
    _post(messages.ChairPhase, "/conference/phase"),
    _post(messages.ConferenceLock, "/conference/lock"),
    _post(messages.ConferenceDescribe, "/conference/description"),
    _post(messages.ChairPolicy, "/policy"),
    _post(messages.ChairHandover, "/chair"),
    _post(messages.ChairAssume, "/chair/assume"),
    # Floors
    _post(messages.FloorRequest, "/floor/requests", status=HTTPStatus.CREATED),
    _delete(messages.ChairDeny, "/floor/requests/{request}", when=_denies),
    _delete(messages.FloorRelease, "/floor/requests/{request}"),
    _post(messages.ChairAccept, "/floor/requests/{request}/accept"),
    _post(messages.ChairDeny, "/floor/requests/{request}/deny"),
    _post(messages.ChairGrant, "/floor/grants", when=_names_request),
    _post(messages.ChairCall, "/floor/grants"),
    _delete(messages.ChairRevoke, "/floor/grants/{request}"),
    _delete(messages.ChairRevoke, "/floor/grants"),
    _post(messages.ChairRevoke, "/floor/grants/{request}/revoke"),
    _post(messages.ChairHold, "/floor/grants/{request}/hold"),
    _delete(messages.ChairResume, "/floor/grants/{request}/hold"),
    _post(messages.ChairExtend, "/floor/grants/{request}/extend"),
    _post(messages.ChairNext, "/floor/next"),
    # Sound
    _post(messages.ChairMuteSite, "/sites/{site}/mute"),
    _post(messages.ChairMuteAll, "/mute", says={"site": "all"}),
    _post(messages.ChairSilence, "/silence"),
    # Sites
    _post(messages.ChairLimit, "/sites/{site}/limit"),
    _post(messages.SiteCut, "/sites/{site}/cut"),
    _post(messages.SiteProbe, "/sites/{site}/probe"),
    _delete(messages.SiteProbe, "/probe", says={"site": None}),
    _post(messages.SiteSwitch, "/sites/{site}/device"),
    _post(messages.SiteRestart, "/sites/{site}/media"),
    _delete(messages.SiteDrop, "/sites/{site}/link"),
    _post(messages.SiteLadder, "/sites/{site}/ladder"),
    _post(messages.HelpRaise, "/sites/{site}/help"),
    _post(messages.HelpAck, "/sites/{site}/help/ack"),
    _delete(messages.HelpClose, "/sites/{site}/help"),
    # What everybody sees
    _post(messages.ViewBroadcast, "/views/broadcast"),
    _post(messages.ViewWatch, "/views/watch"),
    _post(messages.ViewCarousel, "/views/carousel"),
    _post(messages.ProgrammeSlate, "/programme"),
    # The agenda
    _post(messages.AgendaLoad, "/agenda"),
    _post(messages.AgendaNext, "/agenda/next"),
    _post(messages.AgendaFinish, "/agenda/finish"),
    _post(messages.AgendaSkip, "/agenda/items/{item}/skip"),
    _post(messages.AgendaDefer, "/agenda/items/{item}/defer"),
    _post(messages.AgendaReturn, "/agenda/items/{item}/return"),
    # The roll call
    _post(messages.RollcallOpen, "/rollcall"),
    _delete(messages.RollcallClose, "/rollcall"),
    _post(messages.RollcallAnswer, "/rollcall/answer"),
    _post(messages.RollcallMark, "/rollcall/{site}"),
    # Line checks, and the walk
    _post(messages.CheckRun, "/check"),
    _delete(messages.CheckStop, "/check"),
    _post(messages.CheckHeard, "/sites/{site}/check/heard"),
    _post(messages.WalkBegin, "/walk"),
    _delete(messages.WalkEnd, "/walk"),
    _post(messages.WalkNext, "/walk/next"),
    _post(messages.WalkSkip, "/walk/skip"),
    _post(messages.WalkGo, "/walk/site"),
    _post(messages.WalkJudge, "/sites/{site}/walk"),
    # In writing
    _post(messages.NoteSend, "/notes"),
    _post(messages.MinutesNote, "/minutes/notes"),
)

COMMAND_TYPES: Final = frozenset(type_of(route.model) for route in ROUTES)
"""What the WebSocket takes as a command."""


def addresses() -> dict[tuple[str, str], tuple[Route, ...]]:
    """(method, path) -> its rows in order of trying, wherever they stand in the table."""
    found: dict[tuple[str, str], tuple[Route, ...]] = {}
    for route in ROUTES:
        address = route.method, route.path
        found[address] = (*found.get(address, ()), route)
    return found


def message_of(
    rows: tuple[Route, ...],
    *,
    identity: Identity,
    body: Body,
    path: Mapping[str, str],
    command_id: str,
    rev: int | None = None,
) -> tuple[Route, Command]:
    """The row that applies and its message.  Raises ProtocolError as the WebSocket would."""
    route = next(route for route in rows if route.when(identity, body))
    said: dict[str, Any] = {**route.says, **path, "type": type_of(route.model), "id": command_id}
    for name in _NUMBERS:
        if name in path:
            said[name] = _number(name, path[name])
    for name in (*said, "rev"):
        # Address and headers have said it already; a second word could only differ.
        if name in body:
            raise ProtocolError("unknown_field", name)
    return route, validated(route.model, {**body, **said, "rev": rev})


def request_of(command: PersonCommand, accepted: Accepted) -> int | None:
    """The request that an accepted command made or touched, if it was one."""
    named = getattr(command, "request", None)
    if isinstance(named, int):
        return named
    for event in accepted.events:
        match command, event:
            case (FloorRequest() | AgendaNext(), RequestMade(request=made)):
                return made
            case (ChairCall(), RequestGranted(request=granted)):
                return granted
    return None


def _number(name: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= _NUMBER_DIGITS):
        raise ProtocolError("malformed", f"{name}: a number is expected")
    return int(text)
