"""The one emitter of the house, and every name that can be heard on it.

The room emits what has happened after it is durable and visible; WebSocket clients, the
forwarding plan, metrics and minutes listen.  Three rules:

* Names stand in :class:`EventName`.  Nobody writes one: each has its own typed pair of methods,
  so a misspelt name or a wrong payload does not pass the type checker, nor the first run.
* A listener is a plain function that only takes note (queues, counts, sets a flag).  It runs
  between two commands of the room, in the order of registration, and must not block.
* A listener that raises is logged and the next one is served: one faulty window must not stop
  the conference.  That is why nobody can take the "error" listener away.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import structlog
from pyee.asyncio import AsyncIOEventEmitter

from bridge.conference.events import Event
from bridge.conference.state import Conference
from bridge.conference.words import Role

_log = structlog.get_logger(__name__)

Off = Callable[[], None]
"""Stops the listening; may be called any number of times."""


class EventName(StrEnum):
    CHANGED = "conference.changed"
    BEGUN = "conference.begun"
    ERROR = "error"
    """pyee's own name for an exception out of a listener."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One accepted command, or one batch of due timers: durable, and visible from now."""

    rev: int
    at_s: float
    wall: str
    """Time of day, ISO 8601 with +07:00."""
    actor: str
    authority: Role | None
    """By which role; None: the service itself."""
    command: str
    """``chair.call``, ``link.lost``, ``tick``: as on the wire and in the journal."""
    events: tuple[Event, ...]
    before: Conference
    after: Conference


class Emitter:
    """Hands what has happened to everybody who listens."""

    def __init__(self) -> None:
        # pyee's asyncio flavour is the one that turns a listener's exception into "error".
        self._pyee = AsyncIOEventEmitter()
        self._on(EventName.ERROR, _log_failure)

    def on_changed(self, listener: Callable[[Change], None]) -> Off:
        """Listen to every change of the current conference; the same listener counts once.

        TypeError: a coroutine function, for its work would be done after later changes.
        """
        return self._on(EventName.CHANGED, listener)

    def on_begun(self, listener: Callable[[], None]) -> Off:
        """Hear that another conference, at revision 1, is the room's current one now.

        Nothing of the former goes on in it; its links begin as down.
        """
        return self._on(EventName.BEGUN, listener)

    def changed(self, change: Change) -> None:
        self._pyee.emit(EventName.CHANGED, change)

    def begun(self) -> None:
        self._pyee.emit(EventName.BEGUN)

    def _on(self, name: EventName, listener: Callable[..., None]) -> Off:
        if inspect.iscoroutinefunction(listener):
            raise TypeError(f"a listener of {name} only takes note; it is a plain function")
        self._pyee.on(name, listener)

        def off() -> None:
            if listener in self._pyee.listeners(name):
                self._pyee.remove_listener(name, listener)

        return off


def _log_failure(error: Exception) -> None:
    _log.error("events.listener_failed", exc_info=error)
