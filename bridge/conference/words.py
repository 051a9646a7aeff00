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
"""The floor of this issue; ``content`` comes with the procedure."""


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


class Hold(StrEnum):
    """Why a granted floor is interrupted: kept, clock stopped, gate shut."""

    LINK = "link"
    PHASE = "phase"


class EndReason(StrEnum):
    """Why a request ended."""

    OWN = "own"
    CHAIR = "chair"
    REPLACED = "replaced"
    LINK_LOST = "link_lost"
    OPENED = "opened"
    CLOSED = "closed"


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


class RefusalCode(StrEnum):
    """Stable codes of a no (research/floor-control.md 5.11), checked in this order."""

    NOT_AUTHORIZED = "not_authorized"
    SITE_NOT_FOUND = "site_not_found"
    FLOOR_NOT_FOUND = "floor_not_found"
    REQUEST_NOT_FOUND = "request_not_found"
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
