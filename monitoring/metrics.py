"""Metrics: the page of /metrics, written from what the bridge has seen.

The line of a site and the numbers behind it are those of the last look, once a second; words that
a command changes (floor, gate, block) are of now.  They come from the rows that REST and the
board show, so no two windows disagree.

A scrape must cost the conference nothing that can be heard, hence our own writer
(:mod:`monitoring.exposition`), and at most one page a second however often somebody asks.
What the process costs is said by :mod:`monitoring.processes`.

A part of the page that raises is left out, counted and logged, and the others are served: the day
something is wrong is the day the page is needed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import structlog

from bridge.conference.words import SiteCode
from bridge.journal import Writes
from monitoring.columns import Histogram, Sheet
from monitoring.exposition import EOF
from monitoring.lag import measure_lag
from monitoring.moment import Epoch, Moment, SiteKeys, Toll, Watched
from monitoring.parts import PARTS, Part
from monitoring.plane import LAG_BOUNDS_S, PLANE
from monitoring.processes import ProcessText
from monitoring.surroundings import Surroundings
from monitoring.tally import Tally

log = structlog.get_logger(__name__)

KEPT_S: Final = 1.0
"""A page is given again until it is as old as this."""


class Metrics:
    def __init__(
        self,
        watched: Watched,
        *,
        names: Mapping[SiteCode, str],
        writes: Writes,
        build: Mapping[str, str],
        process: str = "service",
        around: Surroundings | None = None,
        wall: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """*names* are what people call the sites; *build* has the labels of the build info;
        *process* is one of :data:`monitoring.plane.PROCESSES`: where media is carried by another,
        that one tells what it carries; *wall* is Unix time and *clock* any monotonic one."""
        self.tally = Tally()
        """To be told of every change of a conference."""
        self._watched = watched
        self._names = names
        self._writes = writes
        self._build = build
        self._wall = wall
        self._clock = clock
        self._around = around or Surroundings()
        self._kept = SiteKeys()
        self._epoch = Epoch()
        self._lag = Histogram(LAG_BOUNDS_S)
        self._toll = Toll()
        self._failing: set[str] = set()
        self._pages: dict[bool, tuple[float, bytes]] = {}
        """OpenMetrics or not -> when it was written, and the page."""
        self._name = process
        self._parts = tuple(
            (Sheet(families), write)
            for families, write in PARTS
            if not (process == "control" and families is PLANE)
        )
        self._process = ProcessText(process)

    async def run(self) -> None:
        """Measure the loop and look around until cancelled."""
        async with asyncio.TaskGroup() as parts:
            parts.create_task(measure_lag(self._lag))
            parts.create_task(self._around.run())

    def page(self, openmetrics: bool) -> bytes:
        """The page in one of the two formats, at most :data:`KEPT_S` old.  Raises nothing."""
        started_s = self._clock()
        written_s, body = self._pages.get(openmetrics, (float("-inf"), b""))
        if started_s - written_s < KEPT_S:
            return body
        moment = Moment(
            watched=self._watched,
            names=self._names,
            tally=self.tally,
            writes=self._writes,
            lag=self._lag,
            build=self._build,
            process=self._name,
            toll=self._toll,
            wall_s=self._wall(),
            around=self._around,
            kept=self._kept,
            epoch=self._epoch,
        )
        texts = [
            self._guarded(
                write.__name__.strip("_").removeprefix("write_"),
                partial(_text, sheet, write, moment, openmetrics),
            )
            for sheet, write in self._parts
        ]
        texts.append(self._guarded("process", partial(self._process, openmetrics)))
        if openmetrics:
            texts.append(EOF.encode())
        body = b"".join(texts)
        self._pages[openmetrics] = (started_s, body)
        self._toll.seconds = self._clock() - started_s
        return body

    def _guarded(self, part: str, write: Callable[[], bytes]) -> bytes:
        try:
            text = write()
        except Exception:
            self._toll.errors += 1
            if part not in self._failing:
                self._failing.add(part)
                log.exception("metrics.part_failed", part=part)
            return b""
        self._failing.discard(part)
        return text


def _text(sheet: Sheet, write: Part, moment: Moment, openmetrics: bool) -> bytes:
    sheet.clear()
    write(sheet, moment)
    return sheet.page(openmetrics=openmetrics)
