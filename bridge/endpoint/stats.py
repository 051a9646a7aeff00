"""What an endpoint has counted, as values: for load tests and for logs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from bridge.conference.words import SiteCode
from bridge.media.core.drops import DropReason


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverTotals:
    """Sums over all slots."""

    packets: int = 0
    bytes: int = 0
    gaps: int = 0
    skipped: int = 0
    reordered: int = 0
    duplicates: int = 0
    backward: int = 0
    keyframes: int = 0
    own_sound: int = 0
    unknown_sound: int = 0

    def __add__(self, other: ReceiverTotals) -> ReceiverTotals:
        return ReceiverTotals(
            **{
                field.name: getattr(self, field.name) + getattr(other, field.name)
                for field in fields(self)
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteStats:
    """One endpoint since ``run`` began.  Durations count from there."""

    site: SiteCode
    connected: bool
    connections: int
    """Media connections made; more than one means media was lost or reset."""
    time_to_connect_s: float | None
    """Until DTLS was done for the first time."""
    time_to_media_s: float | None
    """Until the first packet of anybody came; needs somebody on the stage."""
    mic: str
    packets_sent: int
    lost_up: int
    """Of the packets sent, as the service reports them (present connection)."""
    rtt_s: float | None
    received: ReceiverTotals
    drops: Mapping[DropReason, int]
    """Datagrams of the present connection that could not be used."""
