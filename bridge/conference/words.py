"""The words of a conference, one per thing; the same in code, messages, journal and labels."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

SiteCode = str
"""GSO code of a province as two digits ("01", "79"), with "-2" to "-9" for a second room, or "110"."""

CENTRE: Final[SiteCode] = "110"
"""Room 110, where the chair sits.  It never requests the speech floor."""

SPEECH: Final = "speech"
CONTENT: Final = "content"
FLOORS: Final = (SPEECH, CONTENT)
"""The two floors: who is heard, and whose slides or film are shown."""


class Role(StrEnum):
    CHAIR = "chair"
    DEPUTY = "deputy"
    SECRETARY = "secretary"
    TECHNICIAN = "technician"
    SITE = "site"
    VIEWER = "viewer"
    METRICS = "metrics"


class Phase(StrEnum):
    LOBBY = "lobby"
    OPEN = "open"
    RECESS = "recess"
    CLOSED = "closed"


class Link(StrEnum):
    """A fact of media, not of the WebSocket (DESIGN section 2)."""

    DOWN = "down"
    UP = "up"
    LOST = "lost"


class RequestStatus(StrEnum):
    """RFC 8855 section 5.2.5."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    GRANTED = "granted"
    DENIED = "denied"
    CANCELLED = "cancelled"
    RELEASED = "released"
    REVOKED = "revoked"


class RequestKind(StrEnum):
    """Where a request comes from.  A site has at most one ongoing of each kind and floor."""

    HAND = "hand"
    """Somebody asked: the site, or chair and secretary for it."""
    AGENDA = "agenda"
    """The turn of an agenda item has come."""
    CALL = "call"
    """The chair called a site that did not ask."""


class Via(StrEnum):
    """How a speaker is heard."""

    LINE = "line"
    PHONE = "phone"
    """Through room 110's mixer; the site's own line may be down (practice.md A15)."""


class Hold(StrEnum):
    """Why a granted floor is interrupted: kept, clock stopped, gate shut."""

    CHAIR = "chair"
    LINK = "link"
    PHASE = "phase"
    TECHNICAL = "technical"
    """The site is cut (a howl); never without :attr:`Site.cut`."""


class EndReason(StrEnum):
    """Why a request ended."""

    OWN = "own"
    CHAIR = "chair"
    REPLACED = "replaced"
    LINK_LOST = "link_lost"
    TIME_LIMIT = "time_limit"
    OPENED = "opened"
    CLOSED = "closed"
    AGENDA = "agenda"
    """The agenda went on."""


class FloorWord(StrEnum):
    """The floor fact of a site, one of the three that are never mixed."""

    NONE = "none"
    REQUESTED = "requested"
    NEXT = "next"
    SPEAKING = "speaking"
    HELD = "held"


class Help(StrEnum):
    """A site has asked for a technician; who has been seen to is none of these."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"


class RequestHandling(StrEnum):
    """RFC 6501 floor-request-handling: what becomes of a site's own request."""

    BLOCK = "block"
    CONFIRM = "confirm"
    QUEUE = "queue"


class ChairChange(StrEnum):
    """How the chair went from one to another."""

    HANDED_OVER = "handed_over"
    ASSUMED = "assumed"
    """By a deputy, for the chair was away."""
    RECLAIMED = "reclaimed"
    """By the named chair."""


class OnExpiry(StrEnum):
    """What the end of the speaking time does."""

    OVERTIME = "overtime"
    """Go on, with a polite note."""
    REVOKE = "revoke"


class QueueVisible(StrEnum):
    """What a site sees of the queue."""

    OWN = "own"
    ALL = "all"


class Ladder(StrEnum):
    """What a technician lets a site's line carry (practice.md A15)."""

    FULL = "full"
    SMALL = "small"
    SOUND = "sound"


class ItemKind(StrEnum):
    """What an item of the agenda is."""

    SITE = "site"
    CENTRE = "centre"
    CLIP = "clip"
    DISCUSSION = "discussion"
    BREAK = "break"


class ItemStatus(StrEnum):
    PLANNED = "planned"
    CURRENT = "current"
    DONE = "done"
    SKIPPED = "skipped"


class Mark(StrEnum):
    """A site in the roll call.  Not marked is none of these."""

    PRESENT = "present"
    LATE = "late"
    ABSENT = "absent"
    EXCUSED = "excused"
    LEFT = "left"


class SlateKind(StrEnum):
    """What stands on the screen instead of the stage."""

    LOBBY = "lobby"
    RECESS = "recess"
    END = "end"
    CENTRE_LOST = "centre_lost"
    NOTICE = "notice"
    """Shown in ``open`` for as long as it is set."""


class ProbeKind(StrEnum):
    """A private line between technicians and one site."""

    LISTEN = "listen"
    """They hear the site."""
    TALK = "talk"
    """They hear the site, and the site hears room 110."""


class RefusalCode(StrEnum):
    """Stable codes of a no (research/floor-control.md 5.11), checked in this order."""

    NOT_AUTHORIZED = "not_authorized"
    STALE = "stale"
    SITE_NOT_FOUND = "site_not_found"
    FLOOR_NOT_FOUND = "floor_not_found"
    REQUEST_NOT_FOUND = "request_not_found"
    ITEM_NOT_FOUND = "item_not_found"
    USER_NOT_FOUND = "user_not_found"
    BAD_STATE = "bad_state"
    HANDS_CLOSED = "hands_closed"
    CHAIR_SEAT_NEEDS_NO_FLOOR = "chair_seat_needs_no_floor"
    SITE_OFFLINE = "site_offline"
    REQUEST_LIMIT = "request_limit"
    FLOOR_FULL = "floor_full"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The answer is no, and nothing has changed."""

    code: RefusalCode
    text: str
    """One English sentence for the log and the operator's terminal; pages translate the code."""
    detail: dict[str, object] | None = None
