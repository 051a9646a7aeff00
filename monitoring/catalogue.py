"""Catalogue: every metric of the service, one constant each, in the order of the page.

Names follow the Prometheus rules: one prefix, base units, ``_total`` for counters only.  ``site`` is
the code (``01`` to ``110``); there are as many as the roster has, so it is the one label that may
name somebody.  Session ids, users and addresses never stand in a label.

What a site *is* (info, line, microphone, floor, flags, counters) is there for every site at all
times, so that a table keeps its rows; how well it goes (jitter, loss, round trip, level) only while
it goes.  Counters add up over all connections of a site and never fall while the service runs.

What the media plane counts is in :mod:`monitoring.plane`, which the media process needs without all
this.  docs/monitoring.md is printed from here (``make docs``).
"""

from __future__ import annotations

from typing import Final

from bridge.conference.words import EndReason, FloorWord, Phase
from bridge.line import LineWord
from bridge.media.slots import SessionKind
from bridge.watch import LOST_REASONS
from monitoring.exposition import Family, counter, gauge, info
from monitoring.plane import LOOP_LAG, PLANE, WORKER

MICS: Final = ("on", "off", "silent", "none", "unknown")
MEDIA: Final = ("audio", "video")
DIRECTIONS: Final = ("uplink", "downlink")
DISCONNECT_REASONS: Final = ("bye", "lost")
FLOOR_CAUSES: Final = ("chair.call", "chair.grant", *(reason.value for reason in EndReason))


SITE_INFO: Final = info(
    "room110_site_info", "Who a site is; role is centre or province.", "site", "name", "role"
)
SITE_UP: Final = gauge(
    "room110_site_up", "Whether the site's media is connected and alive.", "site"
)
SITE_CONTROL_UP: Final = gauge(
    "room110_site_control_up", "Whether the site's WebSocket is connected.", "site"
)
SITE_LINE: Final = gauge(
    "room110_site_line",
    "The line of a site: exactly one word is 1.",
    "site",
    "line",
    words=LineWord,
)
SITE_MIC: Final = gauge(
    "room110_site_mic",
    "What the site says its microphone is doing: exactly one word is 1.",
    *("site", "mic"),
    words=MICS,
)
SITE_FLOOR: Final = gauge(
    "room110_site_floor",
    "A site's standing in the procedure: exactly one word is 1.",
    *("site", "floor"),
    words=FloorWord,
)
SITE_GATE_OPEN: Final = gauge(
    "room110_site_gate_open", "Whether the site's sound is let through to all others.", "site"
)
SITE_BLOCKED: Final = gauge("room110_site_blocked", "Whether the chair has muted the site.", "site")
SITE_MEDIA_WANTED: Final = gauge(
    "room110_site_media_wanted",
    "Whether the medium is expected now: a picture somebody watches, a microphone that is on.",
    *("site", "media"),
)
SITE_CONNECTS: Final = counter(
    "room110_site_connects_total", "Times the site's link came up.", "site"
)
SITE_DISCONNECTS: Final = counter(
    "room110_site_disconnects_total",
    "Times the site's link went away: said goodbye, or lost.",
    *("site", "reason"),
    words=DISCONNECT_REASONS,
)
SITE_RTT: Final = gauge(
    "room110_site_rtt_seconds", "Round trip, from the site's receiver reports.", "site"
)
SITE_LOSS: Final = gauge(
    "room110_site_rtp_loss_ratio",
    "Packets lost: uplink in the last second, downlink the worst stream of the last report.",
    *("site", "direction"),
    words=DIRECTIONS,
)
SITE_LEVEL: Final = gauge(
    "room110_site_audio_level_dbov",
    "Loudness of the site's microphone, 0 (loudest) to -127, before the gate.",
    "site",
)
SITES: Final = (
    *(SITE_INFO, SITE_UP, SITE_CONTROL_UP, SITE_LINE, SITE_MIC, SITE_FLOOR),
    *(SITE_GATE_OPEN, SITE_BLOCKED, SITE_MEDIA_WANTED, SITE_CONNECTS, SITE_DISCONNECTS),
    *(SITE_RTT, SITE_LOSS, SITE_LEVEL),
)

_FLOW: Final = ("site", "direction", "media")
SITE_PACKETS: Final = counter(
    "room110_site_rtp_packets_total", "RTP packets from and to the site's room device.", *_FLOW
)
SITE_BYTES: Final = counter(
    "room110_site_rtp_bytes_total", "RTP headers and payloads, without SRTP, UDP and IP.", *_FLOW
)
SITE_LOST: Final = counter(
    "room110_site_rtp_packets_lost_total",
    "RTP packets that did not arrive: uplink counted here, downlink as the site reports.",
    *_FLOW,
)
SITE_JITTER: Final = gauge(
    "room110_site_rtp_jitter_seconds", "Interarrival jitter (RFC 3550), the worst stream.", *_FLOW
)
SITE_KEYFRAMES: Final = counter(
    "room110_site_keyframes_total", "Key frames that came from the site.", "site"
)
SITE_KEYFRAME_REQUESTS: Final = counter(
    "room110_site_keyframe_requests_total", "Key frames asked of the site.", "site"
)
TRAFFIC: Final = (
    *(SITE_PACKETS, SITE_BYTES, SITE_LOST, SITE_JITTER),
    *(SITE_KEYFRAMES, SITE_KEYFRAME_REQUESTS),
)

CLIENT_FRAMES: Final = counter(
    "room110_site_client_frames_total",
    "Pictures of all receiving video, as the page counts them.",
    *("site", "result"),
    words=("decoded", "dropped"),
)
CLIENT_FREEZES: Final = counter(
    "room110_site_client_freezes_total", "Freezes of receiving video, says the page.", "site"
)
CLIENT_FREEZE_SECONDS: Final = counter(
    "room110_site_client_freeze_seconds_total", "How long they were frozen, says the page.", "site"
)
CLIENT_LIMITED: Final = counter(
    "room110_site_client_quality_limited_seconds_total",
    "How long the camera was sent worse than asked for, says the page.",
    *("site", "reason"),
    words=("cpu", "bandwidth"),
)
CLIENT_CONCEALED: Final = gauge(
    "room110_site_client_concealed_ratio",
    "Sound that was patched audibly between two reports, says the page.",
    "site",
)
CLIENT_JITTER_BUFFER: Final = gauge(
    "room110_site_client_jitter_buffer_seconds",
    "Mean delay of the sound in the page's jitter buffer.",
    "site",
)
CLIENT_OUTGOING: Final = gauge(
    "room110_site_client_available_outgoing_bytes_per_second",
    "What the browser believes the line takes.",
    "site",
)
CLIENT_RTT: Final = gauge(
    "room110_site_client_rtt_seconds", "Round trip by ICE checks, says the page.", "site"
)
CLIENT_REPORTED: Final = gauge(
    "room110_site_client_report_timestamp_seconds", "When the page last said how it is.", "site"
)
CLIENT_REPORTS: Final = counter(
    "room110_site_client_reports_total",
    "Statistics the page sent: taken, or ignored because they came too soon.",
    *("site", "result"),
    words=("taken", "ignored"),
)
CLIENTS: Final = (
    *(CLIENT_FRAMES, CLIENT_FREEZES, CLIENT_FREEZE_SECONDS, CLIENT_LIMITED, CLIENT_CONCEALED),
    *(CLIENT_JITTER_BUFFER, CLIENT_OUTGOING, CLIENT_RTT, CLIENT_REPORTED, CLIENT_REPORTS),
)

PHASE: Final = gauge(
    "room110_conference_phase",
    "The phase of the conference: exactly one word is 1.",
    "phase",
    words=Phase,
)
START: Final = gauge(
    "room110_conference_start_timestamp_seconds", "When the conference began its lobby."
)
FLOOR_CHANGES: Final = counter(
    "room110_floor_changes_total",
    "Floors given, by command, and floors that ended, by reason.",
    "cause",
    words=FLOOR_CAUSES,
)
QUEUE: Final = gauge("room110_floor_queue_requests", "Accepted requests that wait for the floor.")
SESSIONS: Final = gauge(
    "room110_sessions", "Connected devices by what they are for.", "kind", words=SessionKind
)
CHAIR_CONSOLES: Final = gauge(
    "room110_chair_consoles", "Connected consoles that may act as the chair."
)
MEDIA_LOST: Final = counter(
    "room110_media_sessions_lost_total",
    "Media sessions that ended without a goodbye.",
    "reason",
    words=LOST_REASONS,
)
CONFERENCE: Final = (
    *(PHASE, START, FLOOR_CHANGES, QUEUE, SESSIONS, CHAIR_CONSOLES),
    MEDIA_LOST,
)

BUILD: Final = info("room110_build_info", "What runs here.", "version", "python")
JOURNAL_WRITE: Final = Family(
    name="room110_journal_write_seconds",
    kind="summary",
    text="Time a batch took to be durable, waiting for the journal's thread included.",
)
JOURNAL_FAILURES: Final = counter(
    "room110_journal_write_failures_total", "Batches that could not be written."
)
COLLECTOR: Final = gauge(
    "room110_collector_seconds", "Loop time that the page before this one took."
)
COLLECTOR_ERRORS: Final = counter(
    "room110_collector_errors_total", "Parts of a page that failed and were left out."
)
SERVICE: Final = (BUILD, JOURNAL_WRITE, JOURNAL_FAILURES, LOOP_LAG, COLLECTOR, COLLECTOR_ERRORS)

FAMILIES: Final = (*SITES, *TRAFFIC, *CLIENTS, *CONFERENCE, *PLANE, *SERVICE, *WORKER)


def markdown() -> str:
    """The tables of docs/monitoring.md."""
    rows = ["| metric | type | labels | is |", "|---|---|---|---|"]
    for family in FAMILIES:
        labels = ", ".join(f"`{label}`" for label in family.labels)
        if family.words:
            labels += ": " + " ".join(family.words)
        rows.append(f"| `{family.name}` | {family.kind} | {labels} | {family.text} |")
    return "\n".join(rows) + "\n"
