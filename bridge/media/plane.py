"""MediaPlane: the seam between the conference and its media.

Control decides, the plane carries, in this process (:mod:`bridge.media.local`) or in the worker's
(:mod:`bridge.media.remote`).  Everything that crosses is a frozen value.

Who closes whom: control closes a session with :meth:`MediaPlane.close` and hears nothing more of
it.  The plane ends a session by itself only when its handshake fails, its peer closes DTLS, or a
bug in its path is found; then it says :class:`SessionEnded` once.  A silent peer is
:class:`LinkLost`, not an end: it may come back (:class:`LinkUp`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Literal, Protocol

from bridge.media.times import NO_SWITCH, Spread
from bridge.media.told import Acknowledgement, Load, SinkStats
from bridge.media.tried import LineTried, TrialOrder

SessionId = str

DELAY_BOUNDS_S: Final = (0.00025, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05)
"""Around what is promised: half of all under 1 ms, all but one in a hundred under 5 ms."""


class Codec(StrEnum):
    """What the payload of a stream is, as SDP writes it."""

    OPUS = "opus"
    VP8 = "VP8"
    H264 = "H264"


class Ladder(StrEnum):
    """What a technician lets a site's line carry (practice.md 15)."""

    FULL = "full"
    SMALL = "small"
    SOUND = "sound"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A transport address offered to clients (RFC 8445); TCP is passive (RFC 6544)."""

    address: str
    port: int
    transport: Literal["udp", "tcp"] = "udp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """What control needs to answer offers: who the plane is and where it listens."""

    fingerprint: str
    """SHA-256 of the DTLS certificate as ``AA:BB:...``."""
    candidates: tuple[Candidate, ...]
    """Best first; empty while the plane is away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """A subscriber's numbers for one codec."""

    number: int
    rtx: int | None = None
    """Payload type of its retransmissions (RFC 4588); None: it takes none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uplink:
    """One m-line the client sends on, in one codec."""

    slot: str
    kind: str
    """``audio`` or ``video``."""
    mid: str
    codec: Codec
    payload_type: int
    rtx_payload_type: int | None = None
    """Of retransmissions (RFC 4588)."""
    rids: tuple[str, ...] = ()
    """Simulcast layers in the offer's order; empty for one encoding."""
    ssrcs: tuple[int, ...] = ()
    """SSRCs named in the offer, if any; simulcast layers are found by RID instead."""
    rtx_ssrcs: Mapping[int, int] = field(default_factory=dict)
    """SSRC of retransmissions -> SSRC of what they repeat, as far as the offer names them."""
    nack: bool = False
    """Whether the client sends again what is asked for (RFC 4585 generic NACK)."""
    mid_extension: int | None = None
    rid_extension: int | None = None
    repaired_rid_extension: int | None = None
    level_extension: int | None = None
    """RFC 6464 audio level."""
    send_time_extension: int | None = None
    """abs-send-time: when the packet left, 6.18 fixed-point seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Downlink:
    """One m-line the client receives on.  The SSRCs are the service's own and constant."""

    slot: str
    kind: str
    mid: str
    payloads: Mapping[Codec, Payload]
    """What the subscriber can decode; at least one."""
    ssrc: int
    rtx_ssrc: int | None = None
    """None: it takes no retransmissions."""
    send_time_extension: int | None = None
    """abs-send-time: its estimate of the line needs to know when a packet left *here*."""


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
    bandwidth_bps: int | None = None
    """What the roster says the line carries, each way; None: it does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the plane must carry: gates, who stands in which slot, and which layers are asked for.

    Applied in the order: shut gates, open gates, move slots.  A slot not named is empty.  A site is
    never sent its own source, whatever the plan says.
    """

    gates: frozenset[str] = frozenset()
    """Sites whose gate is open; all other sound is dropped where it enters."""
    slots: Mapping[str, str] = field(default_factory=dict)
    """Slot -> site, for stage and gallery slots alike; sound and picture move together."""
    wants: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Site -> picture layers somebody watches (``q``, ``f``); the publisher is told the same."""
    private: Mapping[SessionId, Mapping[str, str]] = field(default_factory=dict)
    """Session -> sound slot -> whom it hears there behind the gate (a probe)."""
    watched: str | None = None
    """The site that is more than a thumbnail in the gallery."""
    ladder: Mapping[str, Ladder] = field(default_factory=dict)
    """Site -> what its line may carry at most; a site not named: everything."""


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
    """``handshake_failed``, ``handshake_timeout``, ``peer_closed``, ``bug`` or ``worker_lost``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerDemand:
    """Which layers of a site some subscriber needs beyond the plan's, said whenever it changes."""

    site: str
    layers: frozenset[str]


PlaneEvent = LinkUp | LinkLost | SessionEnded | LayerDemand | LineTried


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
    repaired: int = 0
    """Packets that were lost and came by retransmission: with ``lost``, the loss before repair."""
    asked_again: int = 0
    """Packets asked of the publisher again."""


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
    allowed_bps: int | None = None
    """What the client is told it may send (REMB); None: it sends no picture."""
    line_bps: int | None = None
    """What its line is believed to carry to it; None: there is no reason to limit it."""
    repeated: int = 0
    """Packets sent to it again."""
    padding_bytes: int = 0
    """Sent to find out what its line carries."""
    path: Literal["udp", "tcp", ""] = ""
    """How its packets go; empty: no way is known yet."""
    acknowledged: Acknowledgement = field(default_factory=Acknowledgement)
    shown: Mapping[str, str] = field(default_factory=dict)
    """Picture slot -> the layer it shows; of one that its line does not carry, ``bandwidth``; of one
    whose codec it lacks, ``codec``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaneStats:
    sessions: tuple[SessionStats, ...] = ()
    packets_in: int = 0
    packets_out: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    drops: Mapping[str, int] = field(default_factory=dict)
    """DropReason -> packets, since the plane started."""
    keyframe_requests: int = 0
    """Sent to publishers, after coalescing."""
    switches: int = 0
    """Slots that changed source or layer, counted per subscriber."""
    delays: tuple[int, ...] = (0,) * (len(DELAY_BOUNDS_S) + 1)
    """Batches by the time from their first packet in to their last packet out: up to each of
    ``DELAY_BOUNDS_S``, and above."""
    delay_s: float = 0.0
    """Sum of those times."""
    switched: Spread = NO_SWITCH
    """From a change of the stage to a subscriber's first key frame (:mod:`bridge.media.switches`)."""
    begun: Mapping[str, Spread] = field(default_factory=dict)
    """By the stages of :mod:`bridge.media.beginning`."""
    load: Load = field(default_factory=Load)


class MediaPlane(Protocol):
    def greeting(self) -> Greeting: ...

    def open(self, spec: SessionSpec) -> None:
        """Carry a session.  Its site's gate and sources are as the present plan says."""

    def close(self, session: SessionId) -> None:
        """End a session; unknown ones are ignored (it may have ended by itself)."""

    def restart(
        self, session: SessionId, *, local_ufrag: str, local_pwd: str, remote_ufrag: str
    ) -> None:
        """ICE restart (RFC 8445 section 9): new names and password for a session that goes on.
        What it is sent still goes to the old address until a check with the new ones nominates
        another.  Unknown sessions are ignored."""

    def set_plan(self, plan: Plan) -> None: ...

    def try_line(self, order: TrialOrder) -> None:
        """Answered by one :class:`LineTried`, unless the plane itself is lost."""

    def stop_trial(self, trial: str) -> None: ...

    def snapshot(self) -> PlaneStats: ...

    def on_event(self, listener: Callable[[PlaneEvent], None]) -> None:
        """The one listener; called in the loop, never from inside a call of control."""
