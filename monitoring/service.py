"""Service: what runs here, its journal, its disk, its loop, its processes, and what a page costs."""

from __future__ import annotations

from typing import Final

from monitoring.columns import Sheet
from monitoring.exposition import Family, counter, gauge, info
from monitoring.moment import Moment
from monitoring.plane import LEVELS, LOGGED_MESSAGES, LOOP_LAG

CHILDREN: Final = ("control", "media")

BUILD: Final = info("room110_build_info", "What runs here.", "version", "python")
JOURNAL_WRITE: Final = Family(
    name="room110_journal_write_seconds",
    kind="summary",
    text="Time a batch took to be durable, waiting for the journal's thread included.",
)
JOURNAL_FAILURES: Final = counter(
    "room110_journal_write_failures_total", "Batches that could not be written."
)
JOURNAL_FREE: Final = gauge(
    "room110_journal_disk_free_bytes", "What is free for us on the disk of the journal."
)
RESTARTS: Final = counter(
    "room110_process_restarts_total",
    "Times the supervisor had to start a process of the service again.",
    "process",
    words=CHILDREN,
)
COLLECTOR: Final = gauge(
    "room110_collector_seconds", "Loop time that the page before this one took."
)
COLLECTOR_ERRORS: Final = counter(
    "room110_collector_errors_total", "Parts of a page that failed and were left out."
)
SERVICE: Final = (
    *(BUILD, JOURNAL_WRITE, JOURNAL_FAILURES, JOURNAL_FREE, RESTARTS, LOOP_LAG, LOGGED_MESSAGES),
    *(COLLECTOR, COLLECTOR_ERRORS),
)


def write_service(sheet: Sheet, moment: Moment) -> None:
    sheet[BUILD].set(1, *(moment.build[label] for label in BUILD.labels))
    sheet[JOURNAL_WRITE].set_summary(moment.writes.done, moment.writes.seconds)
    sheet[JOURNAL_FAILURES].set(moment.writes.failed)
    around = moment.around
    sheet[JOURNAL_FREE].set(around.journal_free_bytes)
    for child in CHILDREN:
        sheet[RESTARTS].set(around.restarts.get(child, 0), child)
    for level in LEVELS:
        sheet[LOGGED_MESSAGES].set(around.logged.get(level, 0), level, moment.process)
    sheet[LOOP_LAG].set_histogram(moment.lag, moment.process)
    sheet[COLLECTOR].set(moment.toll.seconds)
    sheet[COLLECTOR_ERRORS].set(moment.toll.errors)
