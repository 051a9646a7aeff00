"""Terms: what every message is made of, and what a command is.

Unknown fields are refused, since a mistyped ``on_ful`` must not become a default, and nothing is
converted: ``"1"`` is no number and ``1`` no flag.  What a field may be is said once, here, by its
type; the messages stand in ``messages`` and the three modules it collects.

A command's message has the fields of the command it makes (:attr:`Command.makes`) under the same
names; a test holds the two together.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, ClassVar, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from bridge.conference.commands import PersonCommand
from bridge.conference.words import (
    ItemKind,
    Ladder,
    Mark,
    OnExpiry,
    Phase,
    ProbeKind,
    QueueVisible,
    RequestHandling,
    Role,
    SlateKind,
    Via,
)
from bridge.media.slots import SessionKind

MAX_LIMIT_S: Final = 24 * 3600
MAX_SITES: Final = 1024
_LINE: Final = r"^[^\x00-\x1f\x7f-\x9f]*$"
"""One line; control characters would act on an operator's terminal."""
_MOMENT: Final = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})$"
)


def _is_moment(text: str) -> str:
    datetime.fromisoformat(text)
    return text


def _once(values: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(values)) != len(values):
        raise ValueError("each may be named once")
    return values


CommandId = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,64}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[0-9]{2,3}(-[2-9])?$")]
Codes = Annotated[tuple[Code, ...], Field(strict=False, max_length=MAX_SITES)]
Remark = Annotated[str, StringConstraints(max_length=300, pattern=_LINE)]
"""One line a person wrote."""
Words = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=_LINE)]
"""A line that says something: a title, a group of questions."""
Passage = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=_LINE)]
"""Of the minutes."""
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_LINE)]
"""Of a person or of what he is; as long as an agenda may have it."""
User = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=_LINE)]
"""As tokens have it."""
Moment = Annotated[str, StringConstraints(pattern=_MOMENT), AfterValidator(_is_moment)]
"""Time of day, ISO 8601 with its zone."""
Rev = Annotated[int, Field(ge=0, le=2**53 - 1)]
Number = Annotated[int, Field(ge=1, le=2**53 - 1)]
"""Of a request or an item; up to what JavaScript counts exactly."""
LimitS = Annotated[int, Field(ge=1, le=MAX_LIMIT_S)]
Floor = Annotated[str, StringConstraints(max_length=32, pattern=_LINE)]
"""Any word: that there is no such floor is the conference's to say."""
Floors = Annotated[
    tuple[Floor, ...], Field(strict=False, min_length=1, max_length=8), AfterValidator(_once)
]
Headcount = Annotated[int, Field(ge=0, le=100_000)]
OnFull = Literal["reject", "replace"]
# JSON has neither enums nor tuples: these take what stands for them, and only that.
AnyKind = Annotated[SessionKind, Field(strict=False)]
AnyPhase = Annotated[Phase, Field(strict=False)]
AnyRole = Annotated[Role, Field(strict=False)]
AnyVia = Annotated[Via, Field(strict=False)]
AnyHandling = Annotated[RequestHandling, Field(strict=False)]
AnyExpiry = Annotated[OnExpiry, Field(strict=False)]
AnyVisible = Annotated[QueueVisible, Field(strict=False)]
AnyItemKind = Annotated[ItemKind, Field(strict=False)]
AnyMark = Annotated[Mark, Field(strict=False)]
AnySlate = Annotated[SlateKind, Field(strict=False)]
AnyProbe = Annotated[ProbeKind, Field(strict=False)]
AnyLadder = Annotated[Ladder, Field(strict=False)]


class Message(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    def wire(self) -> str:
        """The message as JSON; fields that were never given are left out."""
        return self.model_dump_json(exclude_unset=True)


class Command(Message, ABC):
    """Something a person wants of the conference: answered by one ``ok`` or ``error``."""

    makes: ClassVar[Callable[..., PersonCommand]]

    id: CommandId
    rev: Rev | None = None
    """The revision the sender looked at; a clash with what came later is ``stale``."""

    def command(self) -> PersonCommand:
        said = {name: getattr(self, name) for name in type(self).model_fields}
        for name in ("type", "id", "rev"):
            said.pop(name)
        return self.makes(**said)
