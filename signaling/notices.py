"""Notices: what the service says, as docs/protocol.md has it.

The other half of :mod:`signaling.messages`; clients parse them as strictly as the service parses
theirs.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import Field

from bridge.hearing import Unheard as UnheardReason
from bridge.media.slots import Direction, Medium
from bridge.outgoing import ByeReason, MicOrder
from signaling.terms import AnyKind, AnyRole, Code, CommandId, Message


class You(Message):
    session: str
    user: str
    roles: tuple[AnyRole, ...] = Field(strict=False)
    site: Code | None = None
    kind: AnyKind


class SlotLine(Message):
    slot: str
    kind: Annotated[Medium, Field(strict=False)]
    direction: Annotated[Direction, Field(strict=False)]


class IceServer(Message):
    """As the W3C has its ``RTCIceServer``."""

    urls: tuple[str, ...] = Field(strict=False)
    username: str
    credential: str = Field(repr=False)


class Missed(Message):
    """All that happened since the revision a client resumed from, as one change."""

    rev: int
    events: list[dict[str, Any]]
    set: dict[str, Any]


class HelloOk(Message):
    """Has a snapshot, or what was missed; never both."""

    type: Literal["hello.ok"]
    re: CommandId
    boot: str
    you: You
    now: float
    """Conference seconds."""
    conference: str
    snapshot: dict[str, Any] | None = None
    missed: Missed | None = None
    slots: tuple[SlotLine, ...] = Field(strict=False)
    ice_servers: tuple[IceServer, ...] = Field(strict=False)


class Ok(Message):
    type: Literal["ok"]
    re: CommandId
    rev: int
    request: int | None = None


class Error(Message):
    type: Literal["error"]
    re: CommandId | None = None
    code: str
    text: str
    detail: dict[str, Any] | None = None


class Change(Message):
    type: Literal["change"]
    rev: int
    now: float
    events: list[dict[str, Any]]
    set: dict[str, Any]


class Stage(Message):
    type: Literal["stage"]
    rev: int
    slots: dict[str, Code]


class Lines(Message):
    type: Literal["lines"]
    sites: dict[str, dict[str, Any]]


class MediaAnswer(Message):
    type: Literal["media.answer"]
    re: CommandId
    sdp: str


class MediaWant(Message):
    type: Literal["media.want"]
    layers: list[str]


class MediaSet(Message):
    type: Literal["media.set"]
    mic: MicOrder
    on_air: bool


class MediaReset(Message):
    type: Literal["media.reset"]
    reason: str


class Device(Message):
    type: Literal["device"]
    role: Literal["active", "standby"]


class Unheard(Message):
    type: Literal["unheard"]
    reason: Annotated[UnheardReason, Field(strict=False)] | None


class Bye(Message):
    type: Literal["bye"]
    reason: ByeReason


SERVER_MESSAGES: Final[tuple[type[Message], ...]] = (
    *(HelloOk, Ok, Error, Change, Stage, Lines),
    *(MediaAnswer, MediaWant, MediaSet, MediaReset, Device, Unheard, Bye),
)
