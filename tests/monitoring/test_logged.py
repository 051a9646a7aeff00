"""Messages counted by level, those of libraries too."""

from __future__ import annotations

import io
import logging

import pytest
import structlog

from monitoring.logged import LOGGED, count_logged
from monitoring.logs import configure


@pytest.fixture(autouse=True)
def _restored():
    """Leave logging and the count as they were found."""
    root = logging.getLogger()
    handlers, level, counted = root.handlers[:], root.level, LOGGED.copy()
    LOGGED.clear()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()
    LOGGED.clear()
    LOGGED.update(counted)


def test_what_is_written_is_counted_and_what_is_not_is_not():
    configure("info", "json", io.StringIO())
    log = structlog.get_logger()
    log.debug("it.happened")
    log.info("it.happened")
    log.info("it.happened")
    log.error("it.failed")
    logging.getLogger("aioice").info("candidate")
    logging.getLogger("aioice").warning("odd")

    assert LOGGED == {"info": 2, "error": 1, "warning": 1}


def test_a_record_goes_on_as_it_was():
    record = {"event": "it.happened", "level": "info"}
    assert count_logged(None, "info", record) is record
    assert record == {"event": "it.happened", "level": "info"}
