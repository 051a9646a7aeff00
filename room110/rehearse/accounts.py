"""Accounts: speaking time kept by our own stopwatches, and what a restart may change.

A stopwatch hears the same events as the core and keeps its own list of what holds a speaker, so that
held time that was charged, or spoken time that was not, is found in seconds.  Floats are summed in
another order here, hence the tolerance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from bridge.conference import events
from bridge.conference.events import Event
from bridge.conference.state import Conference
from bridge.conference.words import Hold, Link, SiteCode

TOLERANCE_S: Final = 1e-3


@dataclass(slots=True)
class Stopwatch:
    site: SiteCode
    holds: set[Hold] = field(default_factory=set)
    is_started: bool = False
    spoken_s: float = 0.0
    runs_since_s: float | None = None

    def turn(self, at_s: float) -> None:
        """Run or stand, as is right from *at_s* on."""
        runs = self.is_started and not self.holds
        if self.runs_since_s is not None:
            self.spoken_s += at_s - self.runs_since_s
        self.runs_since_s = at_s if runs else None


class Accounts:
    def __init__(self) -> None:
        self._running: dict[int, Stopwatch] = {}
        self._cut: set[SiteCode] = set()
        self._floors: dict[int, tuple[str, ...]] = {}
        self.spoken_s: dict[SiteCode, float] = {}
        """With the speech floor, by site, of speeches that have ended."""
        self.speeches = 0

    def hear(self, event: Event, after: Conference) -> Iterator[str]:
        """Take an event; a sentence for each speaker the core's clock is wrong about."""
        match event:
            case events.RequestMade(request=number, floors=floors):
                self._floors[number] = floors
            case events.RequestGranted(request=number):
                watch = Stopwatch(after.requests[number].site)
                if watch.site in self._cut:
                    watch.holds.add(Hold.TECHNICAL)
                self._running[number] = watch
            case events.ClockStarted(request=number):
                self._running[number].is_started = True
            case events.HoldStarted(request=number, cause=cause):
                self._running[number].holds.add(cause)
            case events.HoldEnded(request=number, cause=cause):
                self._running[number].holds.discard(cause)
            case events.CutChanged(site=site, on=on):
                self._cut = self._cut | {site} if on else self._cut - {site}
                for watch in self._running.values():
                    if watch.site == site:
                        (watch.holds.add if on else watch.holds.discard)(Hold.TECHNICAL)
        for watch in self._running.values():
            watch.turn(event.at_s)
        if isinstance(event, events.RequestEnded) and event.request in self._running:
            yield from self._compared(event.request, after, event.at_s)
            self._end(event.request)
        else:
            for number in self._running:
                yield from self._compared(number, after, event.at_s)

    def _end(self, number: int) -> None:
        watch = self._running.pop(number)
        if "speech" in self._floors[number]:
            before_s = self.spoken_s.get(watch.site, 0.0)
            self.spoken_s[watch.site] = before_s + watch.spoken_s
            self.speeches += 1

    def _compared(self, number: int, after: Conference, at_s: float) -> Iterator[str]:
        ours, theirs = self._running[number], after.requests[number]
        charged_s = theirs.spoken_s(at_s)
        if abs(charged_s - ours.spoken_s) > TOLERANCE_S:
            yield f"request {number}: {charged_s:g} s are charged, {ours.spoken_s:g} s were spoken"
        if theirs.status == "granted" and set(theirs.holds or {}) != ours.holds:
            yield f"request {number} is held by {set(theirs.holds or {})}, not {ours.holds}"


def every_request_has_one_end(conference: Conference) -> Iterator[str]:
    """Of a closed conference: each has spoken, was not reached, or was withdrawn."""
    for request in conference.requests.values():
        buckets = (
            request.granted_s is not None and request.status in {"released", "revoked"},
            request.granted_s is None and request.status == "denied",
            request.granted_s is None and request.status == "cancelled",
        )
        if sum(buckets) != 1:
            yield f"request {request.id} is {request.status} and belongs nowhere"


def a_restart_changes_no_floor(before: Conference, after: Conference) -> Iterator[str]:
    """Requests, queue and speaking time are as they were; nobody is at a console."""
    if before.queue != after.queue:
        yield f"queue {before.queue} became {after.queue}"
    for number, was in before.requests.items():
        now = after.requests[number]
        at_s = now.since_s if now.since_s is not None else was.since_s or 0.0
        if was.status != now.status or was.limit_s != now.limit_s:
            yield f"request {number} was {was.status} and is {now.status}"
        if now.since_s is None and was.since_s is None and now.used_s != was.used_s:
            yield f"request {number} was charged {now.used_s - was.used_s:g} s of the outage"
        lost = after.sites[now.site].link is not Link.UP
        if lost and now.via == "line" and now.since_s is not None:
            yield f"the clock of request {number} runs without a line from {at_s:g}"
    if after.consoles or after.probe is not None:
        yield "a console or a probe has outlived the restart"
