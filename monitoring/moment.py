"""Moment: what a page is written from, and what the writers of its parts may ask.

A part that cannot be written raises; :mod:`monitoring.metrics` leaves it out and serves the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Any, Final, Protocol

from bridge.conference.words import CENTRE, Link, SiteCode
from bridge.journal import Writes
from bridge.quality import UNKNOWN, Quality
from bridge.watch import Figures
from monitoring.columns import Histogram, Keys
from monitoring.surroundings import Surroundings
from monitoring.tally import Tally

TODAY_OFFSET_S: Final = 7 * 3600
"""Where the conference is, it is UTC+7, in summer and winter."""
APART_S: Final = 0.5


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


class SiteKeys:
    """Label sets of all sites, the same objects from page to page (:meth:`Column.set_all`)."""

    def __init__(self) -> None:
        self._codes: tuple[SiteCode, ...] = ()
        self._named: Keys = ()
        self._keys: dict[tuple[tuple[str, ...], ...], Keys] = {}

    def take(self, codes: tuple[SiteCode, ...]) -> SiteKeys:
        """These are the sites."""
        if codes != self._codes:
            self._codes = codes
            self._keys.clear()
            self._named = ()
        return self

    def __call__(self, *words: tuple[str, ...]) -> Keys:
        """A label set for every site and each of *words*, the last fastest."""
        keys = self._keys.get(words)
        if keys is None:
            keys = self._keys[words] = tuple(product(self._codes, *words))
        return keys

    def named(self, names: Mapping[SiteCode, str]) -> Keys:
        """The label sets of ``room110_site_info``."""
        if not self._named:
            roles = ("centre" if code == CENTRE else "province" for code in self._codes)
            self._named = tuple(
                (code, names.get(code, code), role)
                for code, role in zip(self._codes, roles, strict=True)
            )
        return self._named


class Epoch:
    """When the conference's seconds began, Unix time; the same from page to page, though the clocks
    differ by a little each time: a moment that is as it was must not seem to have changed."""

    def __init__(self) -> None:
        self._at_s = float("-inf")

    def at_s(self, *, wall_s: float, now_s: float) -> float:
        if abs(wall_s - now_s - self._at_s) > APART_S:
            self._at_s = wall_s - now_s
        return self._at_s


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
    around: Surroundings = field(default_factory=Surroundings)
    kept: SiteKeys = field(default_factory=SiteKeys)
    epoch: Epoch = field(default_factory=Epoch)

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        return self.watched.sites()

    @cached_property
    def figures(self) -> Figures:
        return self.watched.figures()

    @cached_property
    def keys(self) -> SiteKeys:
        return self.kept.take(tuple(row["code"] for row in self.rows))

    @cached_property
    def qualities(self) -> list[Quality]:
        """How well it goes at each of :attr:`rows`."""
        of = self.figures.quality.of
        return [
            of.get(row["code"], UNKNOWN) if row["link"] == Link.UP else UNKNOWN for row in self.rows
        ]

    @property
    def since_midnight_s(self) -> float:
        """How long today has lasted."""
        return (self.wall_s + TODAY_OFFSET_S) % 86400

    def unix(self, conference_s: float | None) -> float | None:
        """A moment of the conference as Unix time."""
        if conference_s is None:
            return None
        return self._epoch_s + conference_s

    @cached_property
    def _epoch_s(self) -> float:
        return self.epoch.at_s(wall_s=self.wall_s, now_s=self.figures.now_s)
