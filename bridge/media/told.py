"""Told: what statistics say besides counters of streams; parts of :class:`bridge.media.plane.PlaneStats`.

Frozen values, as all that crosses the plane.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """What a client has said of itself by RTCP (:mod:`bridge.media.acknowledged`)."""

    said: Mapping[str, int] = field(default_factory=dict)
    """Feedback messages of the client by kind."""
    told: Mapping[str, int] = field(default_factory=dict)
    """Those to it."""
    reported_age_s: float | None = None
    """Since its last report of how it receives us; None: there was none."""
    stage_age_s: float | None = None
    """Since it last acknowledged sound of the stage; None: never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What stands at the sockets."""

    datagrams_refused: int | None = None
    """That the kernel threw away before we could read them; None: it does not say."""
    tcp_connections: int = 0
    tcp_waiting_bytes: int = 0
    """What peers have not taken yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SinkStats:
    """All outgoing streams of one kind since their session opened."""

    kind: str
    """``audio`` or ``video``."""
    packets: int
    bytes: int
    lost: int
    """Sum of what the peer's receiver reports say, each RFC 3550's cumulative number."""
    jitter_s: float | None
    """The worst the peer last reported of a stream that is fed; None: it has not."""
