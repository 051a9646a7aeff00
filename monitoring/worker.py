"""Worker: the page of /metrics of the media process.

It is written in the loop that forwards sound, so at most once a second however often somebody asks.
It says nothing of the conference and names no site: it is for this machine alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from bridge.media.plane import MediaPlane
from monitoring.columns import Histogram, Sheet
from monitoring.exposition import EOF
from monitoring.lag import measure_lag
from monitoring.logged import LOGGED
from monitoring.plane import (
    LAG_BOUNDS_S,
    LEVELS,
    LOGGED_MESSAGES,
    LOOP_LAG,
    PLANE,
    WORKER,
    Host,
    write_plane,
    write_worker,
)
from monitoring.processes import ProcessText

KEPT_S: Final = 1.0
NAME: Final = "media"


class WorkerMetrics:
    def __init__(
        self, plane: MediaPlane, host: Host, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._plane = plane
        self._host = host
        self._clock = clock
        self._lag = Histogram(LAG_BOUNDS_S)
        self._sheet = Sheet((*PLANE, LOOP_LAG, LOGGED_MESSAGES, *WORKER))
        self._process = ProcessText(NAME)
        self._pages: dict[bool, tuple[float, bytes]] = {}
        """OpenMetrics or not -> when it was written, and the page."""

    async def run(self) -> None:
        """Measure the loop until cancelled."""
        await measure_lag(self._lag)

    def page(self, openmetrics: bool) -> bytes:
        """The page in one of the two formats, at most :data:`KEPT_S` old."""
        now_s = self._clock()
        written_s, body = self._pages.get(openmetrics, (float("-inf"), b""))
        if now_s - written_s >= KEPT_S:
            body = self._written(openmetrics)
            self._pages[openmetrics] = (now_s, body)
        return body

    def _written(self, openmetrics: bool) -> bytes:
        write_plane(self._sheet, self._plane.snapshot())
        self._sheet[LOOP_LAG].set_histogram(self._lag, NAME)
        write_worker(self._sheet, self._host)
        for level in LEVELS:
            self._sheet[LOGGED_MESSAGES].set(LOGGED.get(level, 0), level, NAME)
        end = EOF.encode() if openmetrics else b""
        return self._sheet.page(openmetrics=openmetrics) + self._process(openmetrics) + end
