"""Until: a program of ours runs until it is told to stop, also in the middle of a start that hangs."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import structlog

log = structlog.get_logger(__name__)

_NUMBERS: Final = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def until_told() -> Iterator[asyncio.Future[None]]:
    """Cancels the task inside at SIGTERM and SIGINT; what it is given never comes.  The second
    signal is for whoever cannot wait."""
    this = asyncio.current_task()
    assert this is not None
    loop = asyncio.get_running_loop()

    def unhook() -> None:
        for number in _NUMBERS:
            loop.remove_signal_handler(number)

    def stop() -> None:
        log.info("service.stopping")
        unhook()
        this.cancel()

    for number in _NUMBERS:
        loop.add_signal_handler(number, stop)
    try:
        yield loop.create_future()
    finally:
        unhook()
