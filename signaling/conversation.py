"""Conversation: the turns of one client and the service; knows no socket.

It has two states, and TURNS says what the client may send in each.  What the protocol does not
allow is answered with its code and changes nothing; before ``hello`` it also ends the
conversation, later only too much of it does.

Messages are handled one after the other, each to its end: commands of a session keep their order
and a client that floods waits for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final, assert_never

import structlog
from aiohttp import WSCloseCode
from structlog.contextvars import bind_contextvars

from bridge.answers import RoomError
from bridge.conference.words import Refusal, RefusalCode, Role
from bridge.identity import Identity
from bridge.media.slots import SessionKind
from bridge.origin import following
from bridge.outgoing import Joined, JoinRefused, MediaRejected
from signaling import messages, notices
from signaling.allowance import ERRORS, MESSAGES, Allowance, Rate
from signaling.decoding import ProtocolError, decode
from signaling.identity import Keyring, TokenError
from signaling.messages import Command, EndpointReport, Goodbye, Hello, MediaOffer, Message, type_of
from signaling.outbox import MAX_WAITING, SessionOutbox
from signaling.ports import Bridge
from signaling.routes import request_of
from signaling.turn import TurnServers

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    hello_s: float = 5.0
    messages: Rate = MESSAGES
    errors: Rate = ERRORS
    max_waiting: int = MAX_WAITING
    max_connections: int = 1024
    max_streams: int = 64


class State(Enum):
    HELLO_AWAITED = auto()
    JOINED = auto()


_ALL: Final = frozenset(type_of(model) for model in messages.CLIENT_MESSAGES)
TURNS: Final[Mapping[State, frozenset[str]]] = {
    State.HELLO_AWAITED: frozenset({"hello"}),
    State.JOINED: _ALL - {"hello"},
}

CONSOLE_ROLES: Final = frozenset({Role.CHAIR, Role.DEPUTY, Role.SECRETARY, Role.TECHNICIAN})
WALL_ROLES: Final = frozenset(Role) - {Role.METRICS}


def may_be(kind: SessionKind, identity: Identity) -> bool:
    """Whether a bearer may open a session of this kind."""
    match kind:
        case SessionKind.ROOM | SessionKind.CONTENT:
            return Role.SITE in identity.roles and identity.site is not None
        case SessionKind.CONSOLE:
            return not CONSOLE_ROLES.isdisjoint(identity.roles)
        case SessionKind.WALL:
            return not WALL_ROLES.isdisjoint(identity.roles)
    assert_never(kind)


class Conversation:
    """*clock* gives seconds, any monotonic clock."""

    def __init__(
        self,
        bridge: Bridge,
        keyring: Keyring,
        outbox: SessionOutbox,
        *,
        turn: TurnServers,
        limits: Limits,
        clock: Callable[[], float],
    ) -> None:
        self._bridge = bridge
        self._keyring = keyring
        self._outbox = outbox
        self._turn = turn
        self._clock = clock
        self._messages = Allowance(limits.messages, now=clock())
        self._errors = Allowance(limits.errors, now=clock())
        self._state = State.HELLO_AWAITED
        self._session = ""
        self._kind = SessionKind.WALL
        self._identity: Identity | None = None
        self._said_goodbye = False

    @property
    def over(self) -> bool:
        return self._outbox.ended

    def no_hello(self) -> None:
        self._outbox.bye("hello_timeout")

    def leave(self) -> None:
        """The connection is gone, whyever."""
        if self._state is State.JOINED:
            self._bridge.leave(self._session, said_goodbye=self._said_goodbye)

    async def on_frame(self, text: str | None) -> None:
        """A message arrived; None is a binary one."""
        try:
            message = self._parse(text)
        except ProtocolError as error:
            self._on_protocol_error(error)
            return
        await self._on_message(message)

    def _parse(self, text: str | None) -> Message:
        if text is None:
            raise ProtocolError("malformed", "a binary message")
        message = decode(text, joined=self._state is State.JOINED)
        word, re = type_of(type(message)), getattr(message, "id", None)
        if word not in TURNS[self._state]:
            raise ProtocolError("out_of_turn", f"{word} is not allowed now", re=re)
        if not self._messages.take(now=self._clock()):
            raise ProtocolError("rate_limited", "too many messages", re=re)
        return message

    def _on_protocol_error(self, error: ProtocolError) -> None:
        self._refuse(error.code, error.text, re=error.re)
        if self._state is State.HELLO_AWAITED:
            too_long = error.code == "too_long"
            self._outbox.bye(
                "refused",
                WSCloseCode.MESSAGE_TOO_BIG if too_long else WSCloseCode.PROTOCOL_ERROR,
            )
        elif not self._errors.take(now=self._clock()):
            log.info("session.protocol_errors", code=error.code)
            self._outbox.bye("protocol_errors")

    async def _on_message(self, message: Message) -> None:
        match message:
            case Hello():
                self._on_hello(message)
            case MediaOffer():
                self._on_offer(message)
            case EndpointReport() if self._kind is SessionKind.ROOM:
                self._on_report(message)
            case EndpointReport():
                self._refuse(RefusalCode.NOT_AUTHORIZED, "only a room reports its microphone")
            case Command():
                await self._on_command(message)
            case Goodbye():
                self._said_goodbye = True
                self._outbox.close()

    def _on_report(self, report: EndpointReport) -> None:
        stats = None if report.stats is None else report.stats.said()
        self._bridge.report(self._session, mic=report.mic, level=report.level, stats=stats)

    def _on_hello(self, hello: Hello) -> None:
        try:
            identity = self._keyring.verify(hello.token, self._bridge.conference_id())
        except TokenError as error:
            log.info("session.refused", code=error.code)
            self._refuse(error.code, error.text, re=hello.id)
            self._outbox.bye("refused")
            return
        if not may_be(hello.kind, identity):
            text = f"the token's roles do not allow a session of kind {hello.kind}"
            self._refuse(RefusalCode.NOT_AUTHORIZED, text, re=hello.id)
            self._outbox.bye("refused")
            return
        try:
            joined = self._bridge.join(
                identity=identity,
                kind=hello.kind,
                outbox=self._outbox,
                resume=None if hello.resume is None else hello.resume.rev,
                device=hello.device,
                standby=hello.standby,
            )
        except JoinRefused as refused:
            self._refuse(refused.code, refused.text, re=hello.id)
            self._outbox.bye("refused")
            return
        self._greet(hello, identity, joined)

    def _greet(self, hello: Hello, identity: Identity, joined: Joined) -> None:
        self._state = State.JOINED
        # Of all that is logged from here on in the task of this connection.
        bind_contextvars(session=joined.session, site=identity.site)
        self._identity, self._session, self._kind = identity, joined.session, hello.kind
        you = notices.You(
            session=joined.session,
            user=identity.user,
            roles=tuple(sorted(identity.roles)),
            site=identity.site,
            kind=hello.kind,
        )
        answer = notices.HelloOk(
            type="hello.ok",
            re=hello.id,
            boot=self._bridge.boot,
            you=you,
            now=self._bridge.now_s(),
            conference=self._bridge.conference_id(),
            **_conference_of(joined),
            slots=tuple(
                notices.SlotLine(slot=s.name, kind=s.kind, direction=s.direction)
                for s in joined.slots
            ),
            ice_servers=self._turn.lent_to(_borrower(hello.kind, identity, joined.session)),
        )
        self._outbox.greet(answer.wire())

    def _on_offer(self, offer: MediaOffer) -> None:
        try:
            sdp = self._bridge.offer(self._session, offer.sdp, offer.slots, restart=offer.restart)
        except MediaRejected as rejected:
            self._refuse("media_rejected", rejected.reason, re=offer.id)
            return
        answer = notices.MediaAnswer(type="media.answer", re=offer.id, sdp=sdp)
        self._outbox.say(answer.wire())

    async def _on_command(self, message: Command) -> None:
        assert self._identity is not None  # TURNS: commands come after hello
        command = message.command()
        try:
            with following(message.id):
                log.info("command.came", command=type_of(type(message)))
                outcome = await self._bridge.submit(
                    command, self._identity.actor, message.id, seen_rev=message.rev
                )
        except RoomError as error:
            self._refuse(error.code, str(error) or error.code, re=message.id)
            return
        if isinstance(outcome, Refusal):
            self._refuse(outcome.code, outcome.text, re=message.id, detail=outcome.detail)
            return
        done: dict[str, object] = {"type": "ok", "re": message.id, "rev": outcome.rev}
        request = request_of(command, outcome)
        if request is not None:
            done["request"] = request
        self._outbox.say(notices.Ok.model_validate(done).wire())

    def _refuse(
        self,
        code: str,
        text: str,
        *,
        re: str | None = None,
        detail: Mapping[str, object] | None = None,
    ) -> None:
        error: dict[str, object] = {"type": "error", "code": code, "text": text}
        if re is not None:
            error["re"] = re
        if detail:
            error["detail"] = dict(detail)
        self._outbox.say(notices.Error.model_validate(error).wire())


def _borrower(kind: SessionKind, identity: Identity, session: str) -> str:
    """The name a machine has at a TURN server (:mod:`signaling.turn`)."""
    is_device = kind in {SessionKind.ROOM, SessionKind.CONTENT}
    return identity.site if is_device and identity.site is not None else session


def _conference_of(joined: Joined) -> dict[str, Any]:
    """What ``hello.ok`` says of the conference: what was missed, else all of it."""
    missed = joined.missed
    if missed is None:
        return {"snapshot": dict(joined.snapshot or {})}
    words = {"rev": missed.rev, "events": [*missed.events], "set": {**missed.set}}
    return {"missed": notices.Missed.model_validate(words)}
