"""Conference: the session as a whole: phase, chair, floor, speaking times, agenda, roll call, joins."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Final

from bridge import arrivals, asked
from bridge.conference.chair import is_present
from bridge.conference.state import Conference
from bridge.conference.words import EndReason, ItemStatus, Mark, Phase
from bridge.media.slots import SessionKind
from bridge.media.times import JOIN_BOUNDS_S
from bridge.watch import LOST_REASONS
from monitoring.columns import Histogram, Sheet
from monitoring.exposition import Family, counter, gauge, info
from monitoring.moment import Moment

FLOOR_CAUSES: Final = ("chair.call", "chair.grant", *(reason.value for reason in EndReason))
NOT_MARKED: Final = "none"
TOKEN_CODES: Final = ("token_invalid", "token_expired", "token_wrong_conference")

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
    "Whether the site has the speech floor, speaking or held.",
    "site",
)
FLOOR_GRANTED: Final = gauge(
    "room110_floor_granted_timestamp_seconds",
    "When the site was given the floor that it has; only while it has one.",
    "site",
    places=2,
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
JOINS: Final = counter(
    "room110_joins_total",
    "How the coming of devices ended: media connected, or not taken in, an offer nobody can carry, "
    "no way for its packets, a failed handshake.",
    "result",
    words=arrivals.RESULTS,
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
    words=asked.RESULTS,
)
COMMAND_SECONDS: Final = Family(
    name="room110_command_seconds",
    kind="histogram",
    text="From a person's command to its answer, which is durable then.",
    bounds=asked.BOUNDS_S,
)
CONFERENCE: Final = (
    *(CONFERENCE_INFO, PHASE, START, PLANNED, OPENED, CHAIR_PRESENT, CHAIR_AWAY, CHAIR_CONSOLES),
    *(FLOOR_HOLDER, FLOOR_GRANTED, SPEECH, FLOOR_CHANGES, QUEUE, AGENDA_ITEMS, AGENDA_LATE),
    *(ROLLCALL, SESSIONS, MEDIA_LOST, JOINS, JOIN_SECONDS, TOKEN_REFUSALS),
    *(COMMANDS, COMMAND_SECONDS),
)


def write_conference(sheet: Sheet, moment: Moment) -> None:
    figures, tally, conference = moment.figures, moment.tally, moment.figures.conference
    kind = "rehearsal" if conference.rehearsal else "session"
    sheet[CONFERENCE_INFO].set(1, conference.id, conference.title, kind)
    sheet[PHASE].set_word(figures.phase)
    sheet[START].set(datetime.fromisoformat(figures.begun).timestamp())
    sheet[PLANNED].set(_planned(conference))
    sheet[OPENED].set(moment.unix(conference.opened_s))
    sheet[CHAIR_PRESENT].set(int(is_present(conference)))
    sheet[CHAIR_AWAY].set(moment.unix(conference.chair.away_since_s))
    sheet[CHAIR_CONSOLES].set(figures.chair_consoles)
    _write_floor(sheet, moment)
    for cause in dict.fromkeys((*FLOOR_CAUSES, *tally.floor_changes)):
        sheet[FLOOR_CHANGES].set(tally.floor_changes[cause], cause)
    sheet[QUEUE].set(figures.queue)
    statuses = Counter(item.status for item in conference.agenda.items.values())
    for status in ItemStatus:
        sheet[AGENDA_ITEMS].set(statuses[status], status)
    if conference.phase is Phase.OPEN:
        late_s = conference.agenda.late_s(opened_s=conference.opened_s, now_s=figures.now_s)
        sheet[AGENDA_LATE].set(late_s)
    marks = conference.rollcall.counts()
    sheet[ROLLCALL].set(len(conference.sites) - sum(marks.values()), NOT_MARKED)
    for mark in Mark:
        sheet[ROLLCALL].set(marks.get(mark, 0), mark)
    for kind in SESSIONS.words:
        sheet[SESSIONS].set(sum(n for k, n in figures.sessions.items() if k == kind), kind)
    _write_doors(sheet, moment)


def _write_floor(sheet: Sheet, moment: Moment) -> None:
    conference, by_site = moment.figures.conference, moment.keys()
    since_s = {request.site: request.granted_s for request in reversed(conference.holders)}
    sheet[FLOOR_HOLDER].set_all(by_site, [int(site in since_s) for (site,) in by_site])
    sheet[FLOOR_GRANTED].set_all(by_site, [moment.unix(since_s.get(site)) for (site,) in by_site])
    spoken_s = moment.tally.spoken_s(conference, now_s=moment.figures.now_s)
    sheet[SPEECH].set_all(by_site, [round(spoken_s.get(site, 0.0), 3) for (site,) in by_site])


def _write_doors(sheet: Sheet, moment: Moment) -> None:
    figures = moment.figures
    for family, counts in (
        (MEDIA_LOST, figures.media_lost),
        (JOINS, figures.arrivals.results),
        (TOKEN_REFUSALS, moment.around.token_refusals),
        (COMMANDS, figures.asked.results),
    ):
        for word in dict.fromkeys((*family.words, *counts)):
            sheet[family].set(counts.get(word, 0), word)
    sheet[JOIN_SECONDS].set_histogram(Histogram.of(JOIN_BOUNDS_S, figures.arrivals.times.spread()))
    sheet[COMMAND_SECONDS].set_histogram(Histogram.of(asked.BOUNDS_S, figures.asked.times.spread()))


def _planned(conference: Conference) -> float | None:
    """When it is to be opened, as its description says."""
    starts = conference.description.starts
    return None if starts is None else datetime.fromisoformat(starts).timestamp()
