"""Surroundings: what is around the service and must be asked of the system: disk and processes.

Both mean files, and a file may keep its reader waiting, so they are looked at in a thread, now and then;
a page shows what the last look has seen.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import structlog

from monitoring.logged import LOGGED

log = structlog.get_logger(__name__)

LOOK_S: Final = 5.0


class Surroundings:
    def __init__(
        self,
        *,
        journal: Path | None = None,
        restarts: Callable[[], Mapping[str, int]] = dict,
        token_refusals: Mapping[str, int] | None = None,
    ) -> None:
        """*journal*: a folder on its disk; *restarts* says how often which process had to be started
        again, and may take its time; *token_refusals* counts on while the service runs."""
        self._journal = journal
        self._ask_restarts = restarts
        self._failing = False
        self.journal_free_bytes: int | None = None
        """None: there is none, or it cannot be asked."""
        self.restarts: Mapping[str, int] = {}
        self.token_refusals = {} if token_refusals is None else token_refusals
        """By code."""
        self.logged: Mapping[str, int] = LOGGED
        """Level -> messages of this process."""

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            try:
                self.journal_free_bytes, self.restarts = await asyncio.to_thread(self._look)
                self._failing = False
            except OSError as error:
                self.journal_free_bytes = None
                if not self._failing:
                    log.warning("metrics.no_surroundings", error=str(error))
                self._failing = True
            await asyncio.sleep(LOOK_S)

    def _look(self) -> tuple[int | None, Mapping[str, int]]:
        restarts = self._ask_restarts()
        if self._journal is None:
            return None, restarts
        disk = os.statvfs(self._journal)
        return disk.f_bavail * disk.f_frsize, restarts
