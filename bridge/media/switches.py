"""Switches: how often slots changed what they show, and how long a change of the stage took.

The chair gives the floor; how long until a subscriber is sent the new speaker's picture?  From the
plan to the first key frame, one time for every subscriber and picture slot of the stage.  Galleries
are not asked, nor is who has just come: it waits for its first picture, not for a switch.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from bridge.media.slots import STAGE_PICTURES
from bridge.media.times import SWITCH_BOUNDS_S, Times

if TYPE_CHECKING:
    from bridge.media.streams import Outlet

_STAGE: Final = frozenset(STAGE_PICTURES)


class Switches:
    def __init__(self) -> None:
        self.count = 0
        """Times that an outlet moved to another source or layer."""
        self.times = Times(SWITCH_BOUNDS_S)
        self._awaiting: set[Outlet] = set()
        """The stage has changed, and the first key frame of whom they show now is not here."""

    def aimed(self, outlet: Outlet, now_s: float) -> None:
        """*outlet* shall show another site, or none."""
        outlet.aimed_s = now_s
        if outlet.feed is not None and outlet.slot in _STAGE:
            self._awaiting.add(outlet)
        else:
            self._awaiting.discard(outlet)

    def newcomer(self, outlets: Iterable[Outlet]) -> None:
        """They were aimed for the first time."""
        self._awaiting.difference_update(outlets)

    def moved(self, outlet: Outlet, now_s: float) -> None:
        """A key frame moved *outlet*."""
        self.count += 1
        if outlet in self._awaiting:
            self._awaiting.remove(outlet)
            self.times.note(now_s - outlet.aimed_s)
