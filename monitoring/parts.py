"""Parts: what stands on the page, part by part, from one moment of the service.

A part that cannot be written raises; :mod:`monitoring.metrics` leaves it out and serves the others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from monitoring.clients import CLIENTS, write_clients
from monitoring.columns import Sheet
from monitoring.conference import CONFERENCE, write_conference
from monitoring.exposition import Family
from monitoring.moment import Moment
from monitoring.plane import PLANE, write_plane
from monitoring.service import SERVICE, write_service
from monitoring.sites import SITES, write_sites
from monitoring.traffic import QUALITY, TRAFFIC, write_quality, write_traffic

Part = Callable[[Sheet, Moment], None]


def _plane(sheet: Sheet, moment: Moment) -> None:
    write_plane(sheet, moment.figures.media)


PARTS: Final[tuple[tuple[tuple[Family, ...], Part], ...]] = (
    (SITES, write_sites),
    (TRAFFIC, write_traffic),
    (QUALITY, write_quality),
    (CLIENTS, write_clients),
    (CONFERENCE, write_conference),
    (PLANE, _plane),
    (SERVICE, write_service),
)
"""In the order of the page; that of the service last, so that it counts the errors of the others."""
