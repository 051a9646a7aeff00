"""Messages: what clients say on the wire, as docs/protocol.md has it.

Unknown fields are refused, since a mistyped ``on_ful`` must not become a default, and nothing is
converted: ``"1"`` is no number and ``1`` no flag.  ``signaling.decoding`` makes them of text.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bridge.conference import commands
from bridge.conference.words import SPEECH, Phase, Role
from bridge.media.slots import SessionKind

SUBPROTOCOL: Final = "room110.v1.json"
VERSION: Final = 1

MAX_SLOTS: Final = 256
MAX_LIMIT_S: Final = 24 * 3600

CommandId = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,64}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[0-9]{2,3}(-[2-9])?$")]
Remark = Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]
"""One line a person wrote; control characters would act on an operator's terminal."""
RequestId = Annotated[int, Field(ge=1, le=2**53 - 1)]
"""Up to what JavaScript counts exactly."""
LimitS = Annotated[int, Field(ge=1, le=MAX_LIMIT_S)]
Stat = Annotated[float, Field(allow_inf_nan=False)] | None
# JSON has neither enums nor tuples: these take what stands for them, and only that.
AnyKind = Annotated[SessionKind, Field(strict=False)]
AnyPhase = Annotated[Phase, Field(strict=False)]
AnyRole = Annotated[Role, Field(strict=False)]


class Message(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    def wire(self) -> str:
        """The message as JSON; fields that were never given are left out."""
        return self.model_dump_json(exclude_unset=True)


class Command(Message, ABC):
    """Something a person wants of the conference: answered by one ``ok`` or ``error``."""

    id: CommandId

    @abstractmethod
    def command(self) -> commands.PersonCommand: ...


# From the client


class Hello(Message):
    type: Literal["hello"]
    id: CommandId
    v: Annotated[int, Field(ge=VERSION, le=VERSION)]
    token: Annotated[str, StringConstraints(max_length=4096)]
    kind: AnyKind


class MediaOffer(Message):
    type: Literal["media.offer"]
    id: CommandId
    sdp: str
    slots: Annotated[dict[str, str], Field(max_length=MAX_SLOTS)]
    """mid -> slot"""
    restart: bool = False
    """ICE restart of the media that is there; false: new media."""


class EndpointStats(Message):
    """Of getStats.  Which numbers are believed is said in :mod:`bridge.clients`."""

    frames_decoded: Stat = None
    frames_dropped: Stat = None
    freeze_count: Stat = None
    freeze_s: Stat = None
    concealed_ratio: Stat = None
    jitter_buffer_s: Stat = None
    quality_limited_cpu_s: Stat = None
    quality_limited_bandwidth_s: Stat = None
    available_outgoing_bps: Stat = None
    rtt_s: Stat = None

    def said(self) -> dict[str, float]:
        return self.model_dump(exclude_none=True)


class EndpointReport(Message):
    type: Literal["endpoint.report"]
    mic: Literal["on", "off", "silent", "none", "unknown"]
    level: Annotated[int, Field(ge=-127, le=0)] | None = None
    """dBov"""
    stats: EndpointStats | None = None


class FloorRequest(Command):
    type: Literal["floor.request"]
    floor: Annotated[str, StringConstraints(max_length=32)] = SPEECH
    site: Code | None = None
    text: Remark | None = None

    def command(self) -> commands.FloorRequest:
        return commands.FloorRequest(floor=self.floor, site=self.site, text=self.text)


class FloorRelease(Command):
    type: Literal["floor.release"]
    request: RequestId

    def command(self) -> commands.FloorRelease:
        return commands.FloorRelease(request=self.request)


class ChairAccept(Command):
    type: Literal["chair.accept"]
    request: RequestId
    position: Annotated[int, Field(ge=0, le=10_000)] | None = None

    def command(self) -> commands.ChairAccept:
        return commands.ChairAccept(request=self.request, position=self.position)


class ChairGrant(Command):
    type: Literal["chair.grant"]
    request: RequestId
    on_full: commands.OnFull = "reject"
    limit_s: LimitS | None = None

    def command(self) -> commands.ChairGrant:
        return commands.ChairGrant(request=self.request, on_full=self.on_full, limit_s=self.limit_s)


class ChairCall(Command):
    type: Literal["chair.call"]
    site: Code
    on_full: commands.OnFull = "replace"
    limit_s: LimitS | None = None

    def command(self) -> commands.ChairCall:
        return commands.ChairCall(site=self.site, on_full=self.on_full, limit_s=self.limit_s)


class ChairDeny(Command):
    type: Literal["chair.deny"]
    request: RequestId
    text: Remark | None = None

    def command(self) -> commands.ChairDeny:
        return commands.ChairDeny(request=self.request, text=self.text)


class ChairRevoke(Command):
    type: Literal["chair.revoke"]
    request: RequestId | None = None
    text: Remark | None = None

    def command(self) -> commands.ChairRevoke:
        return commands.ChairRevoke(request=self.request, text=self.text)


class ChairNext(Command):
    type: Literal["chair.next"]
    site: Code | None

    def command(self) -> commands.ChairNext:
        return commands.ChairNext(site=self.site)


class ChairMuteSite(Command):
    """One site.  Not one model with the next: ``but`` beside a site must be an error."""

    type: Literal["chair.mute"]
    site: Code
    on: bool

    def command(self) -> commands.ChairMute:
        return commands.ChairMute(site=self.site, on=self.on)


class ChairMuteAll(Command):
    type: Literal["chair.mute"]
    site: Literal["all"]
    on: bool
    but: Annotated[tuple[Code, ...], Field(strict=False, max_length=1024)] = ()

    def command(self) -> commands.ChairMute:
        return commands.ChairMute(site="all", on=self.on, but=self.but)


class ChairPhase(Command):
    type: Literal["chair.phase"]
    to: AnyPhase

    def command(self) -> commands.ChairPhase:
        return commands.ChairPhase(to=self.to)


class HelpRaise(Command):
    type: Literal["help.raise"]
    site: Code | None = None

    def command(self) -> commands.HelpRaise:
        return commands.HelpRaise(site=self.site)


class HelpAck(Command):
    type: Literal["help.ack"]
    site: Code

    def command(self) -> commands.HelpAck:
        return commands.HelpAck(site=self.site)


class HelpClose(Command):
    type: Literal["help.close"]
    site: Code | None = None

    def command(self) -> commands.HelpClose:
        return commands.HelpClose(site=self.site)


class Goodbye(Message):
    type: Literal["bye"]


CLIENT_MESSAGES: Final[tuple[type[Message], ...]] = (
    Hello,
    MediaOffer,
    EndpointReport,
    FloorRequest,
    FloorRelease,
    ChairAccept,
    ChairGrant,
    ChairCall,
    ChairDeny,
    ChairRevoke,
    ChairNext,
    ChairMuteSite,
    ChairMuteAll,
    ChairPhase,
    HelpRaise,
    HelpAck,
    HelpClose,
    Goodbye,
)


def type_of(model: type[Message]) -> str:
    """The word in ``type``."""
    return str(model.model_fields["type"].annotation.__args__[0])  # type: ignore[union-attr]
