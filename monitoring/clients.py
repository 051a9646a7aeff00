"""Clients: what a room's page says of its own sight and hearing, as :mod:`bridge.clients` takes it."""

from __future__ import annotations

from typing import Final

from monitoring.columns import Sheet
from monitoring.exposition import counter, gauge
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
    "room110_site_client_report_timestamp_seconds",
    "When the page last said how it is.",
    "site",
    places=2,
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


_CLIENT_COUNTERS: Final = (
    (CLIENT_FRAMES, ("frames_decoded", "frames_dropped")),
    (CLIENT_FREEZES, ("freeze_count",)),
    (CLIENT_FREEZE_SECONDS, ("freeze_s",)),
    (CLIENT_LIMITED, ("quality_limited_cpu_s", "quality_limited_bandwidth_s")),
)
"""Family, and the key of each of its words."""
_CLIENT_GAUGES: Final = (
    (CLIENT_CONCEALED, "concealed_ratio", 1),
    (CLIENT_JITTER_BUFFER, "jitter_buffer_s", 1),
    (CLIENT_OUTGOING, "available_outgoing_bps", 8),
    (CLIENT_RTT, "rtt_s", 1),
)
"""Family, key, and what of the key's unit makes one of the family's."""


def write_clients(sheet: Sheet, moment: Moment) -> None:
    clients, by_site = moment.figures.clients, moment.keys()
    for family, keys in _CLIENT_COUNTERS:
        values = [clients.totals.get((site, key), 0.0) for (site,) in by_site for key in keys]
        labels = (family.words,) if family.words else ()
        sheet[family].set_all(moment.keys(*labels), values)
    sheet[CLIENT_REPORTS].set_all(
        moment.keys(CLIENT_REPORTS.words),
        [counts[site] for (site,) in by_site for counts in (clients.taken, clients.ignored)],
    )
    said = [row.get("client", {}) for row in moment.rows]
    for family, key, per in _CLIENT_GAUGES:
        told = (each.get(key) for each in said)
        sheet[family].set_all(by_site, [None if v is None else v / per for v in told])
    sheet[CLIENT_REPORTED].set_all(by_site, [moment.unix(each.get("at_s")) for each in said])
