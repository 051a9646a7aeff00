"""Conference: the session as a whole: phase, chair, floor, speaking times, agenda, roll call, joins."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bridge.conference.words import EndReason, ItemStatus, Mark, Phase
from bridge.media.slots import SessionKind
from bridge.watch import LOST_REASONS
from monitoring.exposition import Family, Sheet, counter, gauge, info
from monitoring.moment import Moment
from monitoring.plane import JOIN_BOUNDS_S

FLOOR_CAUSES: Final = ("chair.call", "chair.grant", *(reason.value for reason in EndReason))
NOT_MARKED: Final = "none"
TOKEN_CODES: Final = (
    *("token_invalid", "token_expired", "token_revoked", "token_wrong_conference"),
)
COMMAND_RESULTS: Final = ("accepted", "refused", "failed")
COMMAND_BOUNDS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)

CONFERENCE_INFO: Final = info(
    "room110_conference_info",
    "Which conference this is; kind is session or rehearsal.",
    *("conference", "title", "kind"),
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
PLANNED: Final = gauge(
    "room110_conference_planned_timestamp_seconds",
    "When the session is to be opened, if the conference's description says so.",
)
OPENED: Final = gauge(
    "room110_conference_opened_timestamp_seconds",
    "When the session was first opened; missing until then.",
)
CHAIR_PRESENT: Final = gauge(
    "room110_chair_present", "Whether a console of who has the chair is connected."
)
CHAIR_AWAY: Final = gauge(
    "room110_chair_away_since_timestamp_seconds",
    "Since when no console of the chair is connected; only while none is.",
)
CHAIR_CONSOLES: Final = gauge(
    "room110_chair_consoles", "Connected consoles that may act as the chair."
)
FLOOR_HOLDER: Final = gauge(
    "room110_floor_holder",
    "Whether the site has the speech floor, spoken or held.",
    "site",
)
FLOOR_GRANTED: Final = gauge(
    "room110_floor_granted_timestamp_seconds",
    "When the site was given the floor that it has; only while it has one.",
    "site",
)
SPEECH: Final = counter(
    "room110_speech_seconds_total",
    "Speaking time charged to the site: from its live microphone on, without held time.",
    "site",
)
FLOOR_CHANGES: Final = counter(
    "room110_floor_changes_total",
    "Floors given, by command, and floors that ended, by reason.",
    "cause",
    words=FLOOR_CAUSES,
)
QUEUE: Final = gauge("room110_floor_queue_requests", "Accepted requests that wait for the floor.")
AGENDA_ITEMS: Final = gauge(
    "room110_agenda_items", "Items of the agenda.", "status", words=ItemStatus
)
AGENDA_LATE: Final = gauge(
    "room110_agenda_late_seconds",
    "How far the open session is behind its agenda; negative: ahead.",
)
ROLLCALL: Final = gauge(
    "room110_rollcall_sites",
    "Sites by their mark in the roll call.",
    "mark",
    words=(NOT_MARKED, *Mark),
)
SESSIONS: Final = gauge(
    "room110_sessions", "Connected devices by what they are for.", "kind", words=SessionKind
)
MEDIA_LOST: Final = counter(
    "room110_media_sessions_lost_total",
    "Media sessions that ended without a goodbye.",
    "reason",
    words=LOST_REASONS,
)
JOIN_RESULTS: Final = (
    *("ok", "refused", "rejected", "no_connection", "handshake_failed", "handshake_timeout"),
    *("peer_closed", "bug", "worker_lost"),
)
JOINS: Final = counter(
    "room110_joins_total",
    "How the coming of devices ended: media connected, or not taken in, an offer nobody can carry, "
    "no way for its packets, a failed handshake.",
    "result",
    words=JOIN_RESULTS,
)
JOIN_SECONDS: Final = Family(
    name="room110_join_seconds",
    kind="histogram",
    text="From a device's hello to its media connected, of all that came.",
    bounds=JOIN_BOUNDS_S,
)
TOKEN_REFUSALS: Final = counter(
    "room110_token_refusals_total",
    "Tokens that opened no door, by the code of the refusal.",
    "code",
    words=TOKEN_CODES,
)
COMMANDS: Final = counter(
    "room110_commands_total",
    "Commands of people: accepted, refused by a rule, or failed on our side.",
    "result",
    words=COMMAND_RESULTS,
)
COMMAND_SECONDS: Final = Family(
    name="room110_command_seconds",
    kind="histogram",
    text="From a person's command to its answer, which is durable then.",
    bounds=COMMAND_BOUNDS_S,
)
CONFERENCE: Final = (
    *(CONFERENCE_INFO, PHASE, START, PLANNED, OPENED, CHAIR_PRESENT, CHAIR_AWAY, CHAIR_CONSOLES),
    *(FLOOR_HOLDER, FLOOR_GRANTED, SPEECH, FLOOR_CHANGES, QUEUE, AGENDA_ITEMS, AGENDA_LATE),
    *(ROLLCALL, SESSIONS, MEDIA_LOST, JOINS, JOIN_SECONDS, TOKEN_REFUSALS),
    *(COMMANDS, COMMAND_SECONDS),
)


def write_conference(sheet: Sheet, moment: Moment) -> None:
    figures, tally = moment.figures, moment.tally
    sheet[PHASE].set_word(figures.phase)
    sheet[START].set(datetime.fromisoformat(figures.begun).timestamp())
    for cause in dict.fromkeys((*FLOOR_CAUSES, *tally.floor_changes)):
        sheet[FLOOR_CHANGES].set(tally.floor_changes[cause], cause)
    sheet[QUEUE].set(figures.queue)
    for kind in SESSIONS.words:
        sheet[SESSIONS].set(sum(n for k, n in figures.sessions.items() if k == kind), kind)
    sheet[CHAIR_CONSOLES].set(figures.chair_consoles)
    for reason in dict.fromkeys((*MEDIA_LOST.words, *figures.media_lost)):
        sheet[MEDIA_LOST].set(figures.media_lost.get(reason, 0), reason)
