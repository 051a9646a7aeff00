"""Floor messages: a person asks for the floor, and the chair gives and takes it.

One for each command of :mod:`bridge.conference.floor_commands`; what each means stands there.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from bridge.conference import commands
from bridge.conference.policy import MAX_SPEAKERS
from bridge.conference.words import SPEECH, Via
from signaling.terms import (
    MAX_LIMIT_S,
    AnyExpiry,
    AnyHandling,
    AnyPhase,
    AnyVia,
    AnyVisible,
    Code,
    Codes,
    Command,
    Floors,
    LimitS,
    Number,
    OnFull,
    Remark,
    User,
    Words,
)

_UNSAID: Final[Any] = None
"""Default of what must not be null when it is said."""
Seconds = Annotated[float, Field(ge=0, le=MAX_LIMIT_S, allow_inf_nan=False)]


class FloorRequest(Command):
    makes = commands.FloorRequest

    type: Literal["floor.request"]
    floors: Floors = (SPEECH,)
    site: Code | None = None
    priority: Annotated[int, Field(ge=0, le=4)] | None = None
    limit_s: LimitS | None = None
    text: Remark | None = None
    group: Words | None = None
    respond: bool = False


class FloorRelease(Command):
    makes = commands.FloorRelease

    type: Literal["floor.release"]
    request: Number


class ChairAccept(Command):
    makes = commands.ChairAccept

    type: Literal["chair.accept"]
    request: Number
    position: Annotated[int, Field(ge=0, le=10_000)] | None = None


class ChairGrant(Command):
    makes = commands.ChairGrant

    type: Literal["chair.grant"]
    request: Number
    on_full: OnFull = "reject"
    limit_s: LimitS | None = None


class ChairCall(Command):
    makes = commands.ChairCall

    type: Literal["chair.call"]
    site: Code
    floors: Floors | None = None
    on_full: OnFull = "replace"
    limit_s: LimitS | None = None
    via: AnyVia = Via.LINE
    agenda_item: Number | None = None


class ChairDeny(Command):
    makes = commands.ChairDeny

    type: Literal["chair.deny"]
    request: Number
    text: Remark | None = None


class ChairRevoke(Command):
    makes = commands.ChairRevoke

    type: Literal["chair.revoke"]
    request: Number | None = None
    text: Remark | None = None


class ChairNext(Command):
    makes = commands.ChairNext

    type: Literal["chair.next"]
    site: Code | None


class ChairHold(Command):
    makes = commands.ChairHold

    type: Literal["chair.hold"]
    request: Number


class ChairResume(Command):
    makes = commands.ChairResume

    type: Literal["chair.resume"]
    request: Number


class ChairExtend(Command):
    makes = commands.ChairExtend

    type: Literal["chair.extend"]
    request: Number
    add_s: LimitS


class ChairLimit(Command):
    makes = commands.ChairLimit

    type: Literal["chair.limit"]
    site: Code
    limit_s: LimitS | None


class ChairMuteSite(Command):
    """One site.  Not one model with the next: ``but`` beside a site must be an error."""

    makes = commands.ChairMute

    type: Literal["chair.mute"]
    site: Code
    on: bool


class ChairMuteAll(Command):
    makes = commands.ChairMute

    type: Literal["chair.mute"]
    site: Literal["all"]
    on: bool
    but: Codes = ()


class ChairSilence(Command):
    makes = commands.ChairSilence

    type: Literal["chair.silence"]


class ChairPolicy(Command):
    """What is left out stays as it is; ``limit_s`` alone may be null, which is none."""

    makes = commands.ChairPolicy

    type: Literal["chair.policy"]
    max_floor_users: Annotated[int, Field(ge=0, le=MAX_SPEAKERS)] = _UNSAID
    request_handling: AnyHandling = _UNSAID
    limit_s: LimitS | None = _UNSAID
    warn_s: Annotated[int, Field(ge=0, le=MAX_LIMIT_S)] = _UNSAID
    on_expiry: AnyExpiry = _UNSAID
    auto_advance: bool = _UNSAID
    queue_visible: AnyVisible = _UNSAID
    start_within_s: Seconds = _UNSAID
    grace_s: Seconds = _UNSAID
    chair_grace_s: Seconds = _UNSAID
    down_after_s: Seconds = _UNSAID
    reopen_within_s: Seconds = _UNSAID

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self._changes():
            raise ValueError("at least one field of the policy is needed")
        return self

    def command(self) -> commands.ChairPolicy:
        return commands.ChairPolicy(changes=self._changes())

    def _changes(self) -> dict[str, Any]:
        fields = type(self).model_fields
        said = self.model_fields_set - {"type", "id", "rev"}
        return {name: getattr(self, name) for name in fields if name in said}


class ChairPhase(Command):
    makes = commands.ChairPhase

    type: Literal["chair.phase"]
    to: AnyPhase


class ChairHandover(Command):
    makes = commands.ChairHandover

    type: Literal["chair.handover"]
    to: User


class ChairAssume(Command):
    makes = commands.ChairAssume

    type: Literal["chair.assume"]


FLOOR_MESSAGES: Final[tuple[type[Command], ...]] = (
    *(FloorRequest, FloorRelease),
    *(ChairAccept, ChairGrant, ChairCall, ChairDeny, ChairRevoke, ChairNext),
    *(ChairHold, ChairResume, ChairExtend, ChairLimit),
    *(ChairMuteSite, ChairMuteAll, ChairSilence),
    *(ChairPolicy, ChairPhase, ChairHandover, ChairAssume),
)
