"""Policy: the settings of a conference that its chair may change while it goes on.

Names are those of RFC 6501 section 4.5 where it has them.
"""

from __future__ import annotations

from dataclasses import dataclass

from bridge.conference.words import OnExpiry, QueueVisible, RequestHandling

MAX_SPEAKERS = 4
"""A session has four sound slots for speakers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    max_floor_users: int = 1
    """How many may hold the speech floor at once, 0 (the chair only) to 4; room 110 is never
    counted, and the content floor has one holder."""
    request_handling: RequestHandling = RequestHandling.QUEUE
    limit_s: int | None = 300
    """Speaking time bound at the grant; None: no limit."""
    warn_s: int = 60
    """The warning comes this long before the limit."""
    on_expiry: OnExpiry = OnExpiry.OVERTIME
    auto_advance: bool = False
    """The head of the queue is granted when the floor is free."""
    queue_visible: QueueVisible = QueueVisible.OWN
    start_within_s: float = 15.0
    """The clock starts with the first live microphone, at latest this long after the grant."""
    grace_s: float = 20.0
    """A holder whose line is lost keeps the floor this long."""
    chair_grace_s: float = 30.0
    """A deputy may assume the chair after its consoles are gone this long."""
    down_after_s: float = 120.0
    """A lost link counts as down after this long."""
    reopen_within_s: float = 900.0
    """A closed conference may be reopened this long (practice.md 14)."""
