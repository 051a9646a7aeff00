"""Sites: who every site is and how it stands, on the page at all times.

Every site has all of these series from the first page to the last, so that a table keeps its rows;
timestamps and what depends on a link are there while it is up.
"""

from __future__ import annotations

from typing import Final

from bridge.conference.words import CENTRE, FloorWord, Help, Ladder, Link
from bridge.line import LineWord
from monitoring.exposition import Sheet, counter, gauge, info
from monitoring.moment import Moment

MICS: Final = ("on", "off", "silent", "none", "unknown")
DISCONNECT_REASONS: Final = ("bye", "lost")
PATHS: Final = ("udp", "tcp")
NO_HELP: Final = "none"

SITE_INFO: Final = info(
    "room110_site_info", "Who a site is; role is centre or province.", "site", "name", "role"
)
SITE_EXPECTED: Final = gauge(
    "room110_site_expected",
    "Whether its absence is a fault: the session is open, the site neither excused nor absent by "
    "the roll call, and it was ready today or ten minutes have passed since the opening.",
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
SITE_LINE_SINCE: Final = gauge(
    "room110_site_line_since_timestamp_seconds", "Since when the line has its word.", "site"
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
    "How its media comes, while the link is up: exactly one word is 1. A relay of the site's own "
    "side looks like any peer from here.",
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
)
SITES: Final = (
    *(SITE_INFO, SITE_EXPECTED, SITE_EXCUSED, SITE_UP, SITE_CONTROL_UP, SITE_STANDBY),
    *(SITE_LINE, SITE_LINE_SINCE, SITE_MIC, SITE_FLOOR, SITE_GATE_OPEN, SITE_GATE_SINCE),
    *(SITE_BLOCKED, SITE_CUT, SITE_HELP, SITE_LADDER, SITE_PATH, SITE_MEDIA_WANTED),
    *(SITE_CONNECTS, SITE_DISCONNECTS, SITE_RESTARTS, SITE_LINK_SINCE),
)


def write_sites(sheet: Sheet, moment: Moment) -> None:
    info, up, control = sheet[SITE_INFO], sheet[SITE_UP], sheet[SITE_CONTROL_UP]
    line, mic, floor = sheet[SITE_LINE], sheet[SITE_MIC], sheet[SITE_FLOOR]
    gate, blocked, wanted = (
        sheet[SITE_GATE_OPEN],
        sheet[SITE_BLOCKED],
        sheet[SITE_MEDIA_WANTED],
    )
    connects, disconnects = sheet[SITE_CONNECTS], sheet[SITE_DISCONNECTS]
    tally, layers = moment.tally, moment.figures.wanted
    for row in moment.rows:
        site = row["code"]
        linked = row["link"] == Link.UP
        role = "centre" if site == CENTRE else "province"
        info.set(1, site, moment.names.get(site, site), role)
        up.set(int(linked), site)
        control.set(int(row["control"] == "up"), site)
        line.set_word(row["line"], site)
        mic.set_word(row["mic"], site)
        floor.set_word(row["floor"], site)
        gate.set(int(row["gate"]), site)
        blocked.set(int(row["blocked"]), site)
        wanted.set(int(row["mic"] == "on"), site, "audio")
        wanted.set(int(bool(layers.get(site))), site, "video")
        connects.set(tally.connects[site], site)
        for reason in DISCONNECT_REASONS:
            disconnects.set(tally.disconnects[site, reason], site, reason)
