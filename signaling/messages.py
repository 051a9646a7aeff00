"""Messages: what clients say on the wire, as docs/protocol.md has it.

Here are those by which a machine takes part; the commands of persons stand in ``floor_messages``,
``session_messages`` and ``check_messages`` and are collected here.  :mod:`signaling.decoding` makes
them of text.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from bridge.media.slots import SessionKind
from signaling.check_messages import (
    CHECK_MESSAGES,
    CheckHeard,
    CheckRun,
    CheckStop,
    WalkBegin,
    WalkEnd,
    WalkGo,
    WalkJudge,
    WalkNext,
    WalkSkip,
)
from signaling.floor_messages import (
    FLOOR_MESSAGES,
    ChairAccept,
    ChairAssume,
    ChairCall,
    ChairDeny,
    ChairExtend,
    ChairGrant,
    ChairHandover,
    ChairHold,
    ChairLimit,
    ChairMuteAll,
    ChairMuteSite,
    ChairNext,
    ChairPhase,
    ChairPolicy,
    ChairResume,
    ChairRevoke,
    ChairSilence,
    FloorRelease,
    FloorRequest,
)
from signaling.session_messages import (
    SESSION_MESSAGES,
    AgendaDefer,
    AgendaFinish,
    AgendaItem,
    AgendaLoad,
    AgendaNext,
    AgendaReturn,
    AgendaSkip,
    ConferenceDescribe,
    ConferenceLock,
    HelpAck,
    HelpClose,
    HelpRaise,
    MinutesNote,
    NoteSend,
    ProgrammeSlate,
    RollcallAnswer,
    RollcallClose,
    RollcallMark,
    RollcallOpen,
    SiteCut,
    SiteDrop,
    SiteLadder,
    SiteProbe,
    SiteRestart,
    SiteSwitch,
    ViewBroadcast,
    ViewCarousel,
    ViewWatch,
)
from signaling.terms import AnyKind, Command, CommandId, Message, Rev

SUBPROTOCOL: Final = "room110.v1.json"
VERSION: Final = 1

MAX_SLOTS: Final = 256

DeviceName = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,64}$")]
Stat = Annotated[float, Field(allow_inf_nan=False)] | None


class Resume(Message):
    """What a client that comes back has seen of the same conference."""

    rev: Rev


class Hello(Message):
    type: Literal["hello"]
    id: CommandId
    v: Annotated[int, Field(ge=VERSION, le=VERSION)]
    token: Annotated[str, StringConstraints(max_length=4096)]
    kind: AnyKind
    resume: Resume | None = None
    device: DeviceName | None = None
    """What the machine calls itself, the same each time it connects."""
    standby: bool = False
    """Wait beside the room device that is there."""

    @model_validator(mode="after")
    def _only_a_room_waits(self) -> Self:
        if self.standby and self.kind is not SessionKind.ROOM:
            raise ValueError("only a room has a standby device")
        return self


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
    relayed: Stat = None

    def said(self) -> dict[str, float]:
        return self.model_dump(exclude_none=True)


class EndpointReport(Message):
    type: Literal["endpoint.report"]
    mic: Literal["on", "off", "silent", "none", "unknown"]
    level: Annotated[int, Field(ge=-127, le=0)] | None = None
    """dBov"""
    stats: EndpointStats | None = None


class Goodbye(Message):
    type: Literal["bye"]


COMMAND_MESSAGES: Final[tuple[type[Command], ...]] = (
    *FLOOR_MESSAGES,
    *SESSION_MESSAGES,
    *CHECK_MESSAGES,
)
CLIENT_MESSAGES: Final[tuple[type[Message], ...]] = (
    *(Hello, MediaOffer, EndpointReport),
    *COMMAND_MESSAGES,
    Goodbye,
)


def type_of(model: type[Message]) -> str:
    """The word in ``type``."""
    return str(model.model_fields["type"].annotation.__args__[0])  # type: ignore[union-attr]


__all__ = [
    "CLIENT_MESSAGES",
    "COMMAND_MESSAGES",
    "SUBPROTOCOL",
    "VERSION",
    "AgendaDefer",
    "AgendaFinish",
    "AgendaItem",
    "AgendaLoad",
    "AgendaNext",
    "AgendaReturn",
    "AgendaSkip",
    "ChairAccept",
    "ChairAssume",
    "ChairCall",
    "ChairDeny",
    "ChairExtend",
    "ChairGrant",
    "ChairHandover",
    "ChairHold",
    "ChairLimit",
    "ChairMuteAll",
    "ChairMuteSite",
    "ChairNext",
    "ChairPhase",
    "ChairPolicy",
    "ChairResume",
    "ChairRevoke",
    "ChairSilence",
    "CheckHeard",
    "CheckRun",
    "CheckStop",
    "Command",
    "ConferenceDescribe",
    "ConferenceLock",
    "EndpointReport",
    "EndpointStats",
    "FloorRelease",
    "FloorRequest",
    "Goodbye",
    "Hello",
    "HelpAck",
    "HelpClose",
    "HelpRaise",
    "MediaOffer",
    "Message",
    "MinutesNote",
    "NoteSend",
    "ProgrammeSlate",
    "Resume",
    "RollcallAnswer",
    "RollcallClose",
    "RollcallMark",
    "RollcallOpen",
    "SiteCut",
    "SiteDrop",
    "SiteLadder",
    "SiteProbe",
    "SiteRestart",
    "SiteSwitch",
    "ViewBroadcast",
    "ViewCarousel",
    "ViewWatch",
    "WalkBegin",
    "WalkEnd",
    "WalkGo",
    "WalkJudge",
    "WalkNext",
    "WalkSkip",
    "type_of",
]
