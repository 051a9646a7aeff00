"""Ears: who is heard where, told from the packets that endpoints get.

A clip's payload says whose sound it is (:mod:`bridge.endpoint.book`), so nothing is decoded.  Two
things are looked at.  Asked now: whom does everybody hear?  And all the time: did anybody hear a
site that should be heard no longer, or never was to be?  Every microphone of a rehearsal sends
always, so a gate that leaks does not stay unnoticed.

What was on its way may be late, and so may the word that a gate was opened: a packet is a leak when
it came :data:`GRACE_S` after the shutting, and :data:`GRACE_S` later the gate is shut still.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final, Protocol

from bridge.conference.words import SiteCode
from bridge.media.slots import CONTENT

GRACE_S: Final = 3.0
"""On a machine that carries both ends and other work, the worker hears of a plan, and a packet is read
from its socket, 2 s later (measured at a load of 12 on two cores)."""
WINDOW_S: Final = 0.25
"""Who speaks has sent a dozen packets by then."""
NEVER_S: Final = float("-inf")
MOST: Final = 20

Listener = str
"""A site, or what somebody else who listens is called."""


class Ear(Protocol):
    @property
    def last_heard_s(self) -> Mapping[SiteCode, float]: ...


class Hearing(Protocol):
    @property
    def sounds(self) -> Mapping[str, Ear]:
        """By slot."""


class Ears:
    def __init__(self) -> None:
        self.leaks: list[str] = []
        self.looks = 0
        self._open: dict[Listener, frozenset[SiteCode]] = {}
        self._shut_s: dict[tuple[Listener, SiteCode], float] = {}
        self._suspect_s: dict[tuple[Listener, SiteCode], float] = {}

    def allow(self, listener: Listener, sites: Collection[SiteCode], now_s: float) -> None:
        """From *now_s* on *listener* may hear these and no others."""
        before, after = self._open.get(listener, frozenset()), frozenset(sites)
        self._open[listener] = after
        for site in before - after:
            self._shut_s[listener, site] = now_s
        for site in after - before:
            self._suspect_s.pop((listener, site), None)

    def look(self, listener: Listener, hearing: Hearing | None, now_s: float) -> None:
        """What has *listener* heard since?"""
        self.looks += 1
        for site, at_s in () if hearing is None else _last_heard(hearing):
            if site in self._open.get(listener, ()):
                continue
            key = (listener, site)
            if at_s > self._shut_s.get(key, NEVER_S) + GRACE_S:
                self._suspect_s.setdefault(key, at_s)
        for (who, site), at_s in [*self._suspect_s.items()]:
            if who == listener and now_s - at_s > GRACE_S:
                del self._suspect_s[who, site]
                since_s = at_s - self._shut_s.get((who, site), NEVER_S)
                # It has been told, and is looked at anew.
                self._shut_s[who, site] = now_s
                if len(self.leaks) < MOST:
                    self.leaks.append(
                        f"{who} heard {site}, whose gate had been shut {since_s:.1f} s"
                    )


def heard_since(hearing: Hearing, since_s: float) -> frozenset[SiteCode]:
    """Whom these ears have heard from then on."""
    return frozenset(site for site, at_s in _last_heard(hearing) if at_s > since_s)


def _last_heard(hearing: Hearing) -> Iterator[tuple[SiteCode, float]]:
    """The sound of films is another thing and has its own floor."""
    for slot, ear in hearing.sounds.items():
        if slot != CONTENT:
            yield from ear.last_heard_s.items()
