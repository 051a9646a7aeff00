"""Walked: how far the walk is, from what the service tells of lines and visits: values only.

The service says whose turn it is and what was said of whom; who is next and how many are left follows
from that, by the rule of :mod:`bridge.conference.walking`, which goes forward only, past those without
a line and those of whom something was said.  Counted as the board counts (``signaling/pages/js/checks.js``):
a site without a line is no work that is left, and is told apart.  Room 110 walks and is not walked to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

CENTRE: Final = "110"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where the walk stands."""

    rev: int
    now_s: float
    walk: Mapping[str, Any]
    """As the service tells it; empty: nobody has walked."""
    order: tuple[str, ...]
    """Those who are walked to."""
    linked: frozenset[str]

    @classmethod
    def of(cls, check: Mapping[str, Any], sites: Iterable[Mapping[str, Any]]) -> Standing:
        """From the answers to GET ``/check`` and ``/sites``."""
        walked_to = [site for site in sites if site["code"] != CENTRE]
        return cls(
            rev=check["rev"],
            now_s=check["now"],
            walk=check.get("walk") or {},
            order=tuple(site["code"] for site in walked_to),
            linked=frozenset(site["code"] for site in walked_to if site["link"] == "up"),
        )

    @property
    def is_on(self) -> bool:
        return "begun_s" in self.walk and "ended_s" not in self.walk

    @property
    def current(self) -> str | None:
        return self.walk.get("current")

    @property
    def next(self) -> str | None:
        """Where *next* goes, or *begin*; None: behind all of them."""
        start = 0 if self.current is None else self.order.index(self.current) + 1
        return next((site for site in self.order[start:] if site in self.left), None)

    @property
    def done(self) -> tuple[str, ...]:
        return tuple(filter(self._is_done, self.order))

    @property
    def left(self) -> tuple[str, ...]:
        """Of whom nothing was said yet, and who could be gone to."""
        return tuple(site for site in self.order if site in self.linked and not self._is_done(site))

    @property
    def no_line(self) -> tuple[str, ...]:
        return tuple(
            site for site in self.order if site not in self.linked and not self._is_done(site)
        )

    def visit(self, site: str) -> Mapping[str, Any]:
        visit: Mapping[str, Any] = self.walk.get("visits", {}).get(site, {})
        return visit

    def took_s(self, site: str) -> float:
        """All its turns, the present one too."""
        present_s = self.now_s - self.walk["since_s"] if site == self.current else 0.0
        return float(self.visit(site).get("took_s", 0.0)) + present_s

    def state(self, site: str) -> str:
        """In a word."""
        if site == self.current:
            return "turn"
        if self._is_done(site):
            return "skipped" if self.visit(site).get("skipped") else "done"
        if site not in self.linked:
            return "no line"
        return "next" if site == self.next else "left"

    def facts(self) -> dict[str, Any]:
        """For ``--json``."""
        known = {"walk": self.walk or None, "current": self.current, "next": self.next}
        return {
            "rev": self.rev,
            "now": self.now_s,
            "on": self.is_on,
            **{name: value for name, value in known.items() if value is not None},
            **{name: list(getattr(self, name)) for name in ("done", "left", "no_line")},
        }

    def counted(self) -> str:
        """``3 of 60 done``, and those without a line."""
        done = len(self.done)
        apart = f", {len(self.no_line)} without a line" if self.no_line else ""
        return f"{done} of {done + len(self.left)} done{apart}"

    def _is_done(self, site: str) -> bool:
        return any(self.visit(site).get(name) for name in ("skipped", "sound", "picture"))
