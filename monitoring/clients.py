"""Clients: what a room's page says of its own sight and hearing, as :mod:`bridge.clients` takes it."""

from __future__ import annotations

from typing import Final

from monitoring.exposition import Family, Sheet, counter, gauge
from monitoring.moment import Moment

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


_CLIENT_COUNTERS: Final[tuple[tuple[Family, str, *tuple[str, ...]], ...]] = (
    (CLIENT_FRAMES, "frames_decoded", "decoded"),
    (CLIENT_FRAMES, "frames_dropped", "dropped"),
    (CLIENT_FREEZES, "freeze_count"),
    (CLIENT_FREEZE_SECONDS, "freeze_s"),
    (CLIENT_LIMITED, "quality_limited_cpu_s", "cpu"),
    (CLIENT_LIMITED, "quality_limited_bandwidth_s", "bandwidth"),
)
_CLIENT_GAUGES: Final = (
    (CLIENT_CONCEALED, "concealed_ratio", 1),
    (CLIENT_JITTER_BUFFER, "jitter_buffer_s", 1),
    (CLIENT_OUTGOING, "available_outgoing_bps", 8),
    (CLIENT_RTT, "rtt_s", 1),
)
"""Family, key, and what of the key's unit makes one of the family's."""


def write_clients(sheet: Sheet, moment: Moment) -> None:
    clients = moment.figures.clients
    begun_s = moment.wall_s - moment.figures.now_s
    for row in moment.rows:
        site = row["code"]
        for family, key, *labels in _CLIENT_COUNTERS:
            sheet[family].set(clients.totals.get((site, key), 0.0), site, *labels)
        sheet[CLIENT_REPORTS].set(clients.taken[site], site, "taken")
        sheet[CLIENT_REPORTS].set(clients.ignored[site], site, "ignored")
        said = row.get("client")
        if said is not None:
            for family, key, per in _CLIENT_GAUGES:
                value = said.get(key)
                sheet[family].set(None if value is None else value / per, site)
            sheet[CLIENT_REPORTED].set(round(begun_s + said["at_s"], 1), site)
