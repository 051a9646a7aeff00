"""Sites: who every site is and how it stands, on the page at all times.

Every site has all of these series from the first page to the last, so that a table keeps its rows;
timestamps and what depends on a link are there while it is up.
"""

from __future__ import annotations

from itertools import chain
from typing import Final

from bridge.conference.words import FloorWord, Help, Ladder, Link
from bridge.expected import is_excused, is_expected
from bridge.hearing import Unheard
from bridge.line import LineWord
from bridge.quality import MEDIA
from monitoring.columns import Sheet
from monitoring.exposition import counter, gauge, info
from monitoring.moment import Moment

MICS: Final = ("on", "off", "silent", "none", "unknown")
DISCONNECT_REASONS: Final = ("bye", "lost")
PATHS: Final = ("udp", "tcp", "relay")
NO_HELP: Final = "none"
HEARD: Final = "none"
UNMEASURED: Final = "unmeasured"

SITE_INFO: Final = info(
    "room110_site_info", "Who a site is; role is centre or province.", "site", "name", "role"
)
SITE_EXPECTED: Final = gauge(
    "room110_site_expected",
    "Whether its absence is a fault: the session is open, the roll call does not have the site as "
    "excused, absent or left, and it was ready today or ten minutes have passed since the opening.",
    "site",
)
SITE_EXCUSED: Final = gauge(
    "room110_site_excused", "Whether the roll call has it as excused or absent.", "site"
)
SITE_UP: Final = gauge(
    "room110_site_up", "Whether the site's media is connected and alive.", "site"
)
SITE_CONTROL_UP: Final = gauge(
    "room110_site_control_up", "Whether the site's WebSocket is connected.", "site"
)
SITE_STANDBY: Final = gauge(
    "room110_site_standby", "Whether a second room device of the site waits.", "site"
)
SITE_LINE: Final = gauge(
    "room110_site_line",
    "The line of a site: exactly one word is 1.",
    "site",
    "line",
    words=LineWord,
)
SITE_LINE_CAUSE: Final = gauge(
    "room110_site_line_cause", "Why the line has its word; the one cause is 1.", "site", "cause"
)
SITE_LINE_SINCE: Final = gauge(
    "room110_site_line_since_timestamp_seconds",
    "Since when the line has its word.",
    "site",
    places=2,
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
SITE_GATE_SINCE: Final = gauge(
    "room110_site_gate_opened_timestamp_seconds",
    "When the gate was opened; only while it is open.",
    "site",
    places=2,
)
SPEAKER_UNHEARD: Final = gauge(
    "room110_speaker_unheard",
    "Whether a speaker, whose gate is open, is heard, as desk and site are warned: exactly one word "
    "is 1; unmeasured: its sound carries no level.",
    *("site", "unheard"),
    words=(HEARD, UNMEASURED, *Unheard),
)
SITE_BLOCKED: Final = gauge("room110_site_blocked", "Whether the chair has muted the site.", "site")
SITE_CUT: Final = gauge(
    "room110_site_cut", "Whether a technician has stopped the site's sound (a howl).", "site"
)
SITE_HELP: Final = gauge(
    "room110_site_help",
    "Whether the site asks for a technician: exactly one word is 1.",
    *("site", "help"),
    words=(NO_HELP, *Help),
)
SITE_LADDER: Final = gauge(
    "room110_site_ladder",
    "What a technician lets the site's line carry: exactly one word is 1.",
    *("site", "ladder"),
    words=Ladder,
)
SITE_PATH: Final = gauge(
    "room110_site_path",
    "How its media comes, while the link is up: exactly one word is 1. That it comes through a relay is "
    "what the page says; from here a relay looks like any peer.",
    *("site", "path"),
    words=PATHS,
)
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
SITE_RESTARTS: Final = counter(
    "room110_site_ice_restarts_total", "Times the site's media changed its way (ICE).", "site"
)
SITE_LINK_SINCE: Final = gauge(
    "room110_site_session_start_timestamp_seconds",
    "Since when the link is up; only while it is.",
    "site",
    places=2,
)
SITES: Final = (
    *(SITE_INFO, SITE_EXPECTED, SITE_EXCUSED, SITE_UP, SITE_CONTROL_UP, SITE_STANDBY),
    *(SITE_LINE, SITE_LINE_CAUSE, SITE_LINE_SINCE, SITE_MIC, SITE_FLOOR),
    *(
        SITE_GATE_OPEN,
        SITE_GATE_SINCE,
        SPEAKER_UNHEARD,
        SITE_BLOCKED,
        SITE_CUT,
        SITE_HELP,
        SITE_LADDER,
        SITE_PATH,
        SITE_MEDIA_WANTED,
    ),
    *(SITE_CONNECTS, SITE_DISCONNECTS, SITE_RESTARTS, SITE_LINK_SINCE),
)


def write_sites(sheet: Sheet, moment: Moment) -> None:
    rows, by_site = moment.rows, moment.keys()
    conference = moment.figures.conference
    sites = [conference.sites[row["code"]] for row in rows]
    linked = [row["link"] == Link.UP for row in rows]
    sheet[SITE_INFO].set_all(moment.keys.named(moment.names), [1] * len(rows))
    sheet[SITE_UP].set_all(by_site, map(int, linked))
    sheet[SITE_CONTROL_UP].set_all(by_site, [int(row["control"] == "up") for row in rows])
    sheet[SITE_STANDBY].set_all(by_site, [int(site.standby) for site in sites])
    for family, name in ((SITE_LINE, "line"), (SITE_MIC, "mic"), (SITE_FLOOR, "floor")):
        sheet[family].set_words(by_site, [row[name] for row in rows])
    sheet[SITE_LADDER].set_words(by_site, [site.ladder for site in sites])
    sheet[SITE_HELP].set_words(by_site, [site.help or NO_HELP for site in sites])
    sheet[SITE_GATE_OPEN].set_all(by_site, [int(row["gate"]) for row in rows])
    sheet[SITE_BLOCKED].set_all(by_site, [int(row["blocked"]) for row in rows])
    sheet[SITE_CUT].set_all(by_site, [int(site.cut) for site in sites])
    _write_reasons(sheet, moment)
    _write_expected(sheet, moment)
    _write_moments(sheet, moment)
    layers = moment.figures.wanted
    wanted = [(int(row["mic"] == "on"), int(bool(layers.get(row["code"])))) for row in rows]
    sheet[SITE_MEDIA_WANTED].set_all(moment.keys(MEDIA), chain.from_iterable(wanted))
    sheet[SITE_PATH].set_words(by_site, [quality.path or None for quality in moment.qualities])
    tally, restarts = moment.tally, moment.figures.restarts
    sheet[SITE_CONNECTS].set_all(by_site, [tally.connects[site] for (site,) in by_site])
    by_reason = moment.keys(DISCONNECT_REASONS)
    sheet[SITE_DISCONNECTS].set_all(by_reason, [tally.disconnects[s, r] for s, r in by_reason])
    sheet[SITE_RESTARTS].set_all(by_site, [restarts.get(site, 0) for (site,) in by_site])


def _write_reasons(sheet: Sheet, moment: Moment) -> None:
    """Why a line is as it is, and why a speaker is not heard."""
    for row in moment.rows:
        sheet[SITE_LINE_CAUSE].set(1, row["code"], row["line_cause"])
        if row["gate"] and row["floor"] == FloorWord.SPEAKING:
            unheard = row.get("unheard")
            measured = HEARD if not row.get("unmeasured") else UNMEASURED
            sheet[SPEAKER_UNHEARD].set_word(unheard["reason"] if unheard else measured, row["code"])


def _write_expected(sheet: Sheet, moment: Moment) -> None:
    conference, now_s, by_site = moment.figures.conference, moment.figures.now_s, moment.keys()
    today_s = moment.since_midnight_s
    sheet[SITE_EXPECTED].set_all(
        by_site,
        [
            int(is_expected(conference, site, now_s=now_s, since_midnight_s=today_s))
            for (site,) in by_site
        ],
    )
    sheet[SITE_EXCUSED].set_all(by_site, [int(is_excused(conference, site)) for (site,) in by_site])


def _write_moments(sheet: Sheet, moment: Moment) -> None:
    rows, by_site, unix = moment.rows, moment.keys(), moment.unix
    conference = moment.figures.conference
    sheet[SITE_LINE_SINCE].set_all(by_site, [unix(row["line_since_s"]) for row in rows])
    sites = [conference.sites[site] for (site,) in by_site]
    since = [site.link_since_s if site.link is Link.UP else None for site in sites]
    sheet[SITE_LINK_SINCE].set_all(by_site, map(unix, since))
    gates = moment.tally.gates(conference, wall_s=moment.wall_s)
    sheet[SITE_GATE_SINCE].set_all(by_site, [gates.get(site) for (site,) in by_site])
