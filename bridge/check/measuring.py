"""Measuring: what a line check asks of whoever can measure, and what it gets.

:class:`Figures` stand in the conference, for they are journalled.
"""

from __future__ import annotations

from typing import Protocol

from bridge.conference.figures import Figures
from bridge.conference.words import SiteCode


class Unmeasurable(Exception):
    """Nothing can be said of this site; ``reason`` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Measuring(Protocol):
    async def measure(self, site: SiteCode, *, bursts: bool, number: str | None) -> Figures:
        """Raises Unmeasurable if the site has no media."""
