"""Moment: what a page is written from, and what the writers of its parts may ask.

A part that cannot be written raises; :mod:`monitoring.metrics` leaves it out and serves the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from bridge.conference.words import SiteCode
from bridge.journal import Writes
from bridge.watch import Figures
from monitoring.exposition import Histogram
from monitoring.tally import Tally


class Watched(Protocol):
    """What the page is about; :class:`bridge.service.Bridge` is it."""

    def sites(self) -> list[dict[str, Any]]: ...

    def figures(self) -> Figures: ...


@dataclass(slots=True)
class Toll:
    """What the pages cost."""

    seconds: float | None = None
    """Loop time of the last one; None: there was none."""
    errors: int = 0
    """Parts that were left out so far."""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """What there is to write; rows and figures are asked for once, by the first who needs them."""

    watched: Watched
    names: Mapping[SiteCode, str]
    tally: Tally
    writes: Writes
    lag: Histogram
    build: Mapping[str, str]
    """Label of ``room110_build_info`` -> value."""
    process: str
    """One of :data:`monitoring.plane.PROCESSES`."""
    toll: Toll
    wall_s: float
    """Unix time."""

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        return self.watched.sites()

    @cached_property
    def figures(self) -> Figures:
        return self.watched.figures()
