"""MediaPlane: the seam between the conference and its media.

Control decides, the plane carries.  Everything that crosses is a frozen value that could be sent
to another process unchanged; today the plane lives in this process (``bridge.media.local``), the
worker process comes behind the same interface.

Who closes whom: control closes a session with :meth:`MediaPlane.close` and hears nothing more of
it.  The plane ends a session by itself only when its handshake fails, its peer closes DTLS, or a
bug in its path is found; then it says :class:`SessionEnded` once.  A silent peer is
:class:`LinkLost`, not an end: it may come back (:class:`LinkUp`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

SessionId = str


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """What control needs to answer offers: who the plane is and where it listens."""

    fingerprint: str
    """SHA-256 of the DTLS certificate as ``AA:BB:...``."""
    candidates: tuple[tuple[str, int], ...]
    """Advertised addresses and UDP port, best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uplink:
    """One m-line the client sends on."""

    slot: str
    kind: str
    """``audio`` or ``video``."""
    mid: str
    payload_type: int
    rids: tuple[str, ...] = ()
    """Simulcast layers in the offer's order; empty for one encoding."""
    ssrcs: tuple[int, ...] = ()
    """SSRCs named in the offer, if any; simulcast layers are found by RID instead."""
    mid_extension: int | None = None
    rid_extension: int | None = None
    level_extension: int | None = None
    """RFC 6464 audio level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Downlink:
    """One m-line the client receives on.  The SSRC is the service's own and constant."""

    slot: str
    kind: str
    mid: str
    payload_type: int
    """The subscriber's number for VP8 or Opus."""
    ssrc: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSpec:
    """All the plane needs to carry a session: the outcome of one offer and answer."""

    session: SessionId
    site: str
    local_ufrag: str
    local_pwd: str
    remote_ufrag: str
    remote_fingerprints: tuple[tuple[str, str], ...]
    """(hash function, value) as the offer had them; one must match."""
    uplinks: tuple[Uplink, ...]
    downlinks: tuple[Downlink, ...]
    cname: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the plane must carry: gates, who stands in which slot, and which layers are asked for.

    Applied as one step in the order: shut gates, open gates, move slots.  A slot not named is
    empty.  A site is never sent its own source, whatever the plan says.
    """

    gates: frozenset[str] = frozenset()
    """Sites whose gate is open; everybody else's sound is dropped where it enters."""
    slots: Mapping[str, str] = field(default_factory=dict)
    """Slot -> site, for stage and gallery slots alike; sound and picture move together."""
    wants: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Site -> picture layers somebody watches (``q``, ``f``); the publisher is told the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkUp:
    session: SessionId


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkLost:
    session: SessionId


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnded:
    session: SessionId
    reason: str
    """``handshake_failed``, ``handshake_timeout``, ``peer_closed`` or ``bug``."""


PlaneEvent = LinkUp | LinkLost | SessionEnded


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStats:
    """One incoming stream since its session opened."""

    slot: str
    layer: str
    packets: int
    bytes: int
    lost: int
    """RFC 3550 cumulative number of packets lost."""
    jitter_s: float
    keyframes: int
    level_dbov: int | None
    """Last audio level, 0 (loudest) to -127; None for picture or when not sent."""
    age_s: float | None
    """Seconds since the last packet; None before the first."""
    keyframe_requests: int = 0
    """Sent to the publisher for this stream, after coalescing."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStats:
    session: SessionId
    site: str
    connected: bool
    age_s: float | None
    """Seconds since the last authenticated packet of any kind."""
    rtt_s: float | None
    """From the peer's receiver reports."""
    loss_down: float | None
    """Fraction the peer last reported lost, worst of the streams it is fed."""
    packets_out: int
    bytes_out: int
    sources: tuple[SourceStats, ...]
    sinks: tuple[SinkStats, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaneStats:
    sessions: tuple[SessionStats, ...]
    packets_in: int
    packets_out: int
    bytes_in: int
    bytes_out: int
    drops: Mapping[str, int]
    """DropReason -> packets, since the plane started."""
    keyframe_requests: int
    """Sent to publishers, after coalescing."""
    switches: int
    """Slots that changed source or layer, counted per subscriber."""


class MediaPlane(Protocol):
    def greeting(self) -> Greeting: ...

    def open(self, spec: SessionSpec) -> None:
        """Carry a session.  Its site's gate and sources are as the present plan says."""

    def close(self, session: SessionId) -> None:
        """End a session; unknown ones are ignored (it may have ended by itself)."""

    def set_plan(self, plan: Plan) -> None: ...

    def snapshot(self) -> PlaneStats: ...

    def on_event(self, listener: Callable[[PlaneEvent], None]) -> None:
        """The one listener; called in the loop, never from inside a call of control."""
