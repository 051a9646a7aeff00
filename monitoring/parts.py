"""Parts: what stands on the page, part by part, from one moment of the service.

A part that cannot be written raises; :mod:`monitoring.metrics` leaves it out and serves the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final, Protocol

from bridge.conference.words import CENTRE, Link, SiteCode
from bridge.journal import Writes
from bridge.traffic import Flow
from bridge.watch import Figures
from monitoring import catalogue as of
from monitoring.exposition import Family, Histogram, Sheet
from monitoring.plane import LOOP_LAG, PLANE, write_plane
from monitoring.tally import Tally

_NO_FLOW: Final = Flow()


class Watched(Protocol):
    """What the page is about; :class:`bridge.service.Bridge` is it."""

    def sites(self) -> list[dict[str, Any]]: ...

    def figures(self) -> Figures: ...


@dataclass(slots=True)
class Toll:
    """What the pages cost."""

    seconds: float | None = None
    """Loop time of the last one; None: there was none."""
    errors: int = 0
    """Parts that were left out so far."""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """What there is to write; rows and figures are asked for once, by the first who needs them."""

    watched: Watched
    names: Mapping[SiteCode, str]
    tally: Tally
    writes: Writes
    lag: Histogram
    build: Mapping[str, str]
    """Label of ``room110_build_info`` -> value."""
    process: str
    """One of :data:`monitoring.plane.PROCESSES`."""
    toll: Toll
    wall_s: float
    """Unix time."""

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        return self.watched.sites()

    @cached_property
    def figures(self) -> Figures:
        return self.watched.figures()


def _sites(sheet: Sheet, moment: Moment) -> None:
    info, up, control = sheet[of.SITE_INFO], sheet[of.SITE_UP], sheet[of.SITE_CONTROL_UP]
    line, mic, floor = sheet[of.SITE_LINE], sheet[of.SITE_MIC], sheet[of.SITE_FLOOR]
    gate, blocked, wanted = (
        sheet[of.SITE_GATE_OPEN],
        sheet[of.SITE_BLOCKED],
        sheet[of.SITE_MEDIA_WANTED],
    )
    connects, disconnects = sheet[of.SITE_CONNECTS], sheet[of.SITE_DISCONNECTS]
    rtt, loss, level = sheet[of.SITE_RTT], sheet[of.SITE_LOSS], sheet[of.SITE_LEVEL]
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
        for reason in of.DISCONNECT_REASONS:
            disconnects.set(tally.disconnects[site, reason], site, reason)
        # A line on which nothing goes has lost nothing.
        if linked and row["packets_in"] + row["packets_out"] > 0:
            rtt_ms = row.get("rtt_ms")
            rtt.set(None if rtt_ms is None else rtt_ms / 1000, site)
            loss.set(row["loss_up"], site, "uplink")
            loss.set(row["loss_down"], site, "downlink")
            level.set(row.get("level_dbov"), site)


def _traffic(sheet: Sheet, moment: Moment) -> None:
    packets, octets = sheet[of.SITE_PACKETS], sheet[of.SITE_BYTES]
    lost, jitter = sheet[of.SITE_LOST], sheet[of.SITE_JITTER]
    keyframes, requests = sheet[of.SITE_KEYFRAMES], sheet[of.SITE_KEYFRAME_REQUESTS]
    traffic = moment.figures.traffic
    for row in moment.rows:
        site = row["code"]
        for direction in of.DIRECTIONS:
            for medium in of.MEDIA:
                flow = traffic.flows.get((site, direction, medium), _NO_FLOW)
                packets.set(flow.packets, site, direction, medium)
                octets.set(flow.bytes, site, direction, medium)
                lost.set(flow.lost, site, direction, medium)
                jitter.set(flow.jitter_s, site, direction, medium)
        keyframes.set(traffic.keyframes.get(site, 0), site)
        requests.set(traffic.keyframe_requests.get(site, 0), site)


_CLIENT_COUNTERS: Final[tuple[tuple[Family, str, *tuple[str, ...]], ...]] = (
    (of.CLIENT_FRAMES, "frames_decoded", "decoded"),
    (of.CLIENT_FRAMES, "frames_dropped", "dropped"),
    (of.CLIENT_FREEZES, "freeze_count"),
    (of.CLIENT_FREEZE_SECONDS, "freeze_s"),
    (of.CLIENT_LIMITED, "quality_limited_cpu_s", "cpu"),
    (of.CLIENT_LIMITED, "quality_limited_bandwidth_s", "bandwidth"),
)
_CLIENT_GAUGES: Final = (
    (of.CLIENT_CONCEALED, "concealed_ratio", 1),
    (of.CLIENT_JITTER_BUFFER, "jitter_buffer_s", 1),
    (of.CLIENT_OUTGOING, "available_outgoing_bps", 8),
    (of.CLIENT_RTT, "rtt_s", 1),
)
"""Family, key, and what of the key's unit makes one of the family's."""


def _clients(sheet: Sheet, moment: Moment) -> None:
    clients = moment.figures.clients
    begun_s = moment.wall_s - moment.figures.now_s
    for row in moment.rows:
        site = row["code"]
        for family, key, *labels in _CLIENT_COUNTERS:
            sheet[family].set(clients.totals.get((site, key), 0.0), site, *labels)
        sheet[of.CLIENT_REPORTS].set(clients.taken[site], site, "taken")
        sheet[of.CLIENT_REPORTS].set(clients.ignored[site], site, "ignored")
        said = row.get("client")
        if said is not None:
            for family, key, per in _CLIENT_GAUGES:
                value = said.get(key)
                sheet[family].set(None if value is None else value / per, site)
            sheet[of.CLIENT_REPORTED].set(round(begun_s + said["at_s"], 1), site)


def _conference(sheet: Sheet, moment: Moment) -> None:
    figures, tally = moment.figures, moment.tally
    sheet[of.PHASE].set_word(figures.phase)
    sheet[of.START].set(datetime.fromisoformat(figures.begun).timestamp())
    for cause in dict.fromkeys((*of.FLOOR_CAUSES, *tally.floor_changes)):
        sheet[of.FLOOR_CHANGES].set(tally.floor_changes[cause], cause)
    sheet[of.QUEUE].set(figures.queue)
    for kind in of.SESSIONS.words:
        sheet[of.SESSIONS].set(sum(n for k, n in figures.sessions.items() if k == kind), kind)
    sheet[of.CHAIR_CONSOLES].set(figures.chair_consoles)
    for reason in dict.fromkeys((*of.MEDIA_LOST.words, *figures.media_lost)):
        sheet[of.MEDIA_LOST].set(figures.media_lost.get(reason, 0), reason)


def _plane(sheet: Sheet, moment: Moment) -> None:
    write_plane(sheet, moment.figures.media)


def _service(sheet: Sheet, moment: Moment) -> None:
    sheet[of.BUILD].set(1, *(moment.build[label] for label in of.BUILD.labels))
    sheet[of.JOURNAL_WRITE].set_summary(moment.writes.done, moment.writes.seconds)
    sheet[of.JOURNAL_FAILURES].set(moment.writes.failed)
    sheet[LOOP_LAG].set_histogram(moment.lag, moment.process)
    sheet[of.COLLECTOR].set(moment.toll.seconds)
    sheet[of.COLLECTOR_ERRORS].set(moment.toll.errors)


Part = Callable[[Sheet, Moment], None]

PARTS: Final[tuple[tuple[tuple[Family, ...], Part], ...]] = (
    (of.SITES, _sites),
    (of.TRAFFIC, _traffic),
    (of.CLIENTS, _clients),
    (of.CONFERENCE, _conference),
    (PLANE, _plane),
    (of.SERVICE, _service),
)
"""In the order of the page; that of the service last, so that it counts the errors of the others."""
