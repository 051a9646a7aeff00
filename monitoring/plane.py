"""Plane: the metrics of the media plane, told by whichever process carries it.

That is the media process, so that they are there when control is not; what a *site* has sent and been
sent is told by control, which knows its name.  Nothing is told twice: a sum over all processes is
right.

Imported by the media process: it must not bring the conference along.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

from bridge.media.beginning import STAGES
from bridge.media.core.drops import DropReason
from bridge.media.host import PARTINGS
from bridge.media.plane import DELAY_BOUNDS_S, PlaneStats
from bridge.media.times import JOIN_BOUNDS_S, NO_JOIN, SWITCH_BOUNDS_S, Spread
from monitoring.columns import Histogram, Sheet
from monitoring.exposition import Family, counter, gauge

PROCESSES: Final = ("media", "control", "service")
"""``service``: media and control in one."""
LAG_BOUNDS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)

MEDIA_SESSIONS: Final = gauge(
    "room110_media_sessions",
    "Media sessions of all kinds of devices.",
    "state",
    words=("connected", "connecting"),
)
MEDIA_PACKETS: Final = counter(
    "room110_media_packets_total",
    "RTP packets taken in and sent out.",
    "direction",
    words=("in", "out"),
)
MEDIA_BYTES: Final = counter(
    "room110_media_bytes_total",
    "RTP headers and payloads taken in and sent out.",
    "direction",
    words=("in", "out"),
)
DROPPED: Final = counter(
    "room110_dropped_packets_total",
    "Packets that ended here, by the reason in bridge/media/core/drops.py.",
    "reason",
    words=DropReason,
)
KEYFRAME_REQUESTS: Final = counter(
    "room110_keyframe_requests_total", "Key frames asked of all sites, after coalescing."
)
SWITCHES: Final = counter(
    "room110_slot_switches_total", "Times a slot changed its source or layer, per subscriber."
)
DELAY: Final = Family(
    name="room110_media_delay_seconds",
    kind="histogram",
    text="From a batch's first packet in to its last packet out.",
    bounds=DELAY_BOUNDS_S,
)
FLOOR_SWITCH: Final = Family(
    name="room110_floor_switch_seconds",
    kind="histogram",
    text="From a change of the stage to the first key frame sent, one observation per subscriber "
    "and picture.",
    bounds=SWITCH_BOUNDS_S,
)
MEDIA_JOIN: Final = Family(
    name="room110_media_join_seconds",
    kind="histogram",
    text="The stages of a media session's beginning: to the first check from the client (ice), to "
    "the handshake done (dtls), to its first sound or picture (media).",
    labels=("stage",),
    words=STAGES,
    bounds=JOIN_BOUNDS_S,
)
SOCKET_DROPS: Final = counter(
    "room110_udp_receive_errors_total",
    "Datagrams for our sockets that the kernel threw away, mostly for want of room.",
)
TCP_CONNECTIONS: Final = gauge("room110_tcp_connections", "Media connections over TCP.")
TCP_WAITING: Final = gauge(
    "room110_tcp_waiting_bytes", "What waits to be taken by peers over TCP; of UDP nothing waits."
)
PLANE: Final = (
    *(MEDIA_SESSIONS, MEDIA_PACKETS, MEDIA_BYTES, DROPPED),
    *(KEYFRAME_REQUESTS, SWITCHES, DELAY, FLOOR_SWITCH, MEDIA_JOIN),
    *(SOCKET_DROPS, TCP_CONNECTIONS, TCP_WAITING),
)

LOOP_LAG: Final = Family(
    name="room110_event_loop_lag_seconds",
    kind="histogram",
    text="How late a timer of 100 ms came; that of media is heard by all sites.",
    labels=("process",),
    words=PROCESSES,
    bounds=LAG_BOUNDS_S,
)
LEVELS: Final = ("debug", "info", "warning", "error", "critical")
LOGGED_MESSAGES: Final = counter(
    "room110_log_messages_total", "What this process has logged.", *("level", "process")
)

HAS_CONTROL: Final = gauge(
    "room110_worker_has_control", "Whether a control process is connected to the media process."
)
PARTED: Final = counter(
    "room110_worker_control_lost_total",
    "Times the media process lost its control, or cut it off.",
    "reason",
    words=PARTINGS,
)
SKIPPED: Final = counter(
    "room110_worker_stats_skipped_total", "Statistics that control did not take in time."
)
WORKER: Final = (HAS_CONTROL, PARTED, SKIPPED)


class Host(Protocol):
    """:class:`bridge.media.host.MediaHost`."""

    @property
    def has_control(self) -> bool: ...

    @property
    def partings(self) -> Mapping[str, int]: ...

    @property
    def skipped(self) -> int: ...


def write_plane(sheet: Sheet, stats: PlaneStats) -> None:
    """:data:`PLANE`."""
    connected = sum(session.connected for session in stats.sessions)
    sheet[MEDIA_SESSIONS].set(connected, "connected")
    sheet[MEDIA_SESSIONS].set(len(stats.sessions) - connected, "connecting")
    sheet[MEDIA_PACKETS].set(stats.packets_in, "in")
    sheet[MEDIA_PACKETS].set(stats.packets_out, "out")
    sheet[MEDIA_BYTES].set(stats.bytes_in, "in")
    sheet[MEDIA_BYTES].set(stats.bytes_out, "out")
    for drop in dict.fromkeys((*DROPPED.words, *stats.drops)):
        sheet[DROPPED].set(stats.drops.get(drop, 0), drop)
    sheet[KEYFRAME_REQUESTS].set(stats.keyframe_requests)
    sheet[SWITCHES].set(stats.switches)
    delays = Spread(counts=stats.delays, total_s=stats.delay_s)
    sheet[DELAY].set_histogram(Histogram.of(DELAY_BOUNDS_S, delays))
    sheet[FLOOR_SWITCH].set_histogram(Histogram.of(SWITCH_BOUNDS_S, stats.switched))
    for stage in STAGES:
        begun = stats.begun.get(stage, NO_JOIN)
        sheet[MEDIA_JOIN].set_histogram(Histogram.of(JOIN_BOUNDS_S, begun), stage)
    sheet[SOCKET_DROPS].set(stats.load.datagrams_refused)
    sheet[TCP_CONNECTIONS].set(stats.load.tcp_connections)
    sheet[TCP_WAITING].set(stats.load.tcp_waiting_bytes)


def write_worker(sheet: Sheet, host: Host) -> None:
    """:data:`WORKER`."""
    sheet[HAS_CONTROL].set(int(host.has_control))
    for reason in PARTED.words:
        sheet[PARTED].set(host.partings.get(reason, 0), reason)
    sheet[SKIPPED].set(host.skipped)
