"""Rounds: line checks, carried out after they were written down.

The conference says which sites, in which order, and when it is over (:mod:`bridge.conference.checking`);
here :data:`AT_ONCE` at a time are measured, judged, and told to the room, each as soon as it is known.
What is measured now is told to the watch: its line *is checking*, not weak.

While a line may not be filled nothing is sent beside the conference and no number is spoken.  When
that begins in the middle of a round (the chair opens), what is being measured is broken off at once,
and measured again by looking on.

A measurement that fails by a bug is logged and said to be no answer: it must not end a conference.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping

import structlog

from bridge.check.measuring import Measuring, Unmeasurable
from bridge.check.verdict import unmeasured, verdict_of
from bridge.conference.check_words import Reason
from bridge.conference.checked import Checks
from bridge.conference.checking import may_burst
from bridge.conference.commands import SiteMeasured
from bridge.conference.events import CheckBegun, CheckEnded, SiteChecked
from bridge.conference.figures import Figures
from bridge.conference.words import SiteCode
from bridge.events import Change
from bridge.media.tried import AT_ONCE
from bridge.room import Room
from bridge.watch import Watch

log = structlog.get_logger(__name__)

UNSPOKEN = frozenset({Reason.NO_LEVEL, Reason.SILENT, Reason.QUIET})
"""Where one of these is said, the microphone heard nobody speak."""


class Rounds:
    """Of all conferences of the service.  *number* draws two digits."""

    def __init__(
        self, *, room: Room, watch: Watch, measuring: Measuring, number: Callable[[], str]
    ) -> None:
        self._room = room
        self._watch = watch
        self._measuring = measuring
        self._number = number
        self._bell = asyncio.Event()
        self._work: asyncio.Task[None] | None = None
        self._bursts = False
        """What the present work may do."""
        self._now: set[SiteCode] = set()
        watch.spoken_dbov = spoken_in(room.conference.checks)

    def hear(self, change: Change) -> None:
        """What has happened in the conference."""
        kinds = {type(event) for event in change.events}
        if SiteChecked in kinds:
            self._watch.spoken_dbov = spoken_in(change.after.checks)
        is_too_loud = self._bursts and not may_burst(change.after)
        if CheckEnded in kinds or is_too_loud:
            self._stop()
        if CheckBegun in kinds or is_too_loud:
            self._bell.set()

    def begin(self) -> None:
        """Another conference."""
        self._stop()
        self._watch.spoken_dbov = spoken_in(self._room.conference.checks)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._bell.wait()
            self._bell.clear()
            going_on = self._room.conference.checks.round
            if going_on is None:
                continue
            self._bursts = may_burst(self._room.conference)
            async with asyncio.TaskGroup() as group:
                work = self._all(deque(going_on.left), bursts=self._bursts)
                self._work = group.create_task(work, name="line check")

    def _stop(self) -> None:
        if self._work is not None:
            self._work.cancel()

    async def _all(self, left: deque[SiteCode], *, bursts: bool) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(AT_ONCE):
                    group.create_task(self._some(left, bursts=bursts))
        finally:
            self._bursts = False

    async def _some(self, left: deque[SiteCode], *, bursts: bool) -> None:
        while left:
            site = left.popleft()
            self._show(site, on=True)
            try:
                found = await self._one(site, bursts=bursts)
            finally:
                self._show(site, on=False)
            self._room.post(found)

    async def _one(self, site: SiteCode, *, bursts: bool) -> SiteMeasured:
        number = self._number() if bursts else None
        figures = Figures()
        try:
            figures = await self._measuring.measure(site, bursts=bursts, number=number)
            verdict, reasons = verdict_of(figures, bursts=bursts)
        except Unmeasurable as error:
            verdict, reasons = unmeasured(error.reason)
        except Exception:
            log.exception("check.failed", site=site)
            verdict, reasons = unmeasured(Reason.NO_ANSWER)
        return SiteMeasured(site=site, verdict=verdict, reasons=reasons, figures=figures)

    def _show(self, site: SiteCode, *, on: bool) -> None:
        (self._now.add if on else self._now.discard)(site)
        self._watch.checking = frozenset(self._now)


def spoken_in(checks: Checks) -> Mapping[SiteCode, float]:
    """How loud somebody spoke at a site, where the last check heard somebody."""
    return {
        site: checked.figures.spoken_dbov
        for site, checked in checks.sites.items()
        if checked.figures.spoken_dbov is not None and UNSPOKEN.isdisjoint(checked.reasons)
    }
