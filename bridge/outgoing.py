"""What the bridge says to a session, and how.

The bridge knows no wire format: it puts these values into the session's :class:`Outbox` and
the door (signaling) writes them, in the order they were put.  One value may be put into many
outboxes; the door encodes a :class:`Change` once per object, so an audience shares one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from bridge.conference.words import SiteCode
from bridge.hearing import Unheard as UnheardReason
from bridge.media.slots import Slot

MicOrder = Literal["live", "mute", "ask"]
"""What the room's microphone shall do; ``ask`` invites the person, it never opens by itself."""

ByeReason = Literal[
    "replaced",  # another room device of the site joined
    "dropped",  # a technician hung up; it may come back
    "conference_over",  # the next conference has begun; this token is for the last one
    "shutdown",  # the service stops
    "too_slow",  # the client does not read what is sent to it
    "hello_timeout",  # no hello in time
    "refused",  # the hello was answered with an error
    "protocol_errors",  # too many messages that the protocol does not allow
]
"""Why the service ends a session; the close code of each stands in docs/protocol.md."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Change:
    """The conference went on to ``rev``.  Compared by identity: see the module's first lines."""

    rev: int
    now_s: float
    """Conference seconds."""
    events: Sequence[Mapping[str, Any]]
    """What happened, in the projection of this audience."""
    set: Mapping[str, Any]
    """RFC 7396 merge patch of this audience's snapshot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    rev: int
    slots: Mapping[str, SiteCode]
    """Slot -> the site in it; a slot that is not named is empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaWant:
    layers: Sequence[str]
    """Picture layers somebody watches; empty: send none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaSet:
    mic: MicOrder
    on_air: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaReset:
    """Make a new PeerConnection and a new offer."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """How sites are, for the desk: line, microphone and the numbers behind them.

    No part of the conference: it is not journalled, has no revision, and the newest counts.
    """

    sites: Mapping[SiteCode, Mapping[str, Any]]
    """The sites that changed, each whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """Which of a site's two room devices this one is: the one that is carried, or the spare."""

    role: Literal["active", "standby"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unheard:
    """To a room that speaks: why nobody hears it; None: it is heard again."""

    reason: UnheardReason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bye:
    """The session is over.  Nothing put after it is sent."""

    reason: ByeReason


Outgoing = Change | Stage | Lines | MediaWant | MediaSet | MediaReset | Device | Unheard | Bye


class Outbox(Protocol):
    """The door's end of one session."""

    def put(self, message: Outgoing) -> None:
        """Send in order.  Never blocks; an outbox that overflows ends its session (``bye
        too_slow``) and swallows the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """The answer to a join.  What is put into the outbox meanwhile is sent after it."""

    session: str
    slots: tuple[Slot, ...]
    snapshot: Mapping[str, Any] | None
    """The conference as this session's audience sees it; carries ``rev``."""
    missed: Change | None = None
    """Instead of a snapshot, for who comes back: all that happened since, as one change."""


class JoinRefused(Exception):
    """The session is not taken in, and nothing has changed; ``code`` is stable."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class MediaRejected(Exception):
    """The offer cannot be carried: the peer's mistake, and nothing has changed."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
