"""What is on the screens, as the director knows it: broadcast, monitor, carousel, probe."""

from __future__ import annotations

from bridge.conference.commands import (
    Recover,
    SiteProbe,
    Tick,
    ViewBroadcast,
    ViewCarousel,
    ViewWatch,
)
from bridge.conference.words import Phase
from tests.bridge.conference.scene import PROVINCES

PREPARE_S, PROBE_S = 3.0, 60.0


class Screens:
    def __init__(self, facts):
        self.facts = facts
        self.broadcast = None
        self.broadcast_s = 0.0
        self.shown = False
        self.watch = None
        self.watch_s = 0.0
        self.turning = ()
        self.every_s = 0
        self.probe = None
        self.probe_s = 0.0

    def note(self, command, now_s):
        """A command that was accepted, before what follows from it."""
        match command:
            case ViewBroadcast(site=site) if site != self.broadcast:
                self.broadcast, self.broadcast_s, self.shown = site, now_s, False
            case ViewWatch(site=site):
                self.turning = ()
                self._look(site, now_s)
            case ViewCarousel(sites=None):
                self.turning = ()
            case ViewCarousel(sites=sites, every_s=every_s):
                turning = PROVINCES if sites == "online" else tuple(dict.fromkeys(sites))
                if (turning, every_s) != (self.turning, self.every_s):
                    self.turning, self.every_s = turning, every_s
                    self._look(self.next_up(), now_s)
            case SiteProbe(site=None):
                self.probe = None
            case SiteProbe(site=site, kind=kind):
                if self.probe != (site, kind):
                    self.probe, self.probe_s = (site, kind), now_s
            case Recover():
                self.probe = None
            case Tick():
                self._tick(now_s)

    def sweep(self, next_site):
        """What may not be so any more, once the command is done."""
        lines, phase = self.facts.lines.connected, self.facts.phase
        if self.broadcast and (not lines[self.broadcast] or phase is not Phase.OPEN):
            self.broadcast, self.broadcast_s, self.shown = None, self.facts.now_s, False
        if self.probe and not self.may_probe(self.probe[0], next_site):
            self.probe = None

    def may_probe(self, site, next_site):
        walked = self.facts.phase is Phase.RECESS and site == self.facts.walks.current
        is_for = self.facts.phase is Phase.LOBBY or walked or site == next_site
        return is_for and self.facts.lines.connected[site]

    def next_up(self):
        """Whom the carousel turns to; who is watched, if nobody else is up."""
        start = self.turning.index(self.watch) + 1 if self.watch in self.turning else 0
        turn = (*self.turning[start:], *self.turning[:start])
        return next((site for site in turn if self.facts.lines.connected[site]), self.watch)

    def _look(self, site, now_s):
        if site != self.watch:
            self.watch, self.watch_s = site, now_s

    def _tick(self, now_s):
        if self.probe and self.probe_s + PROBE_S <= now_s:
            self.probe = None
        if self.broadcast and self.broadcast_s + PREPARE_S <= now_s:
            self.shown = True
        if self.turning and self.watch_s + self.every_s <= now_s:
            self._look(self.next_up(), now_s)

    def agree(self, state):
        """After a command."""
        views = state.views
        assert (views.broadcast, views.broadcast_shown) == (self.broadcast, self.shown)
        assert self.broadcast is None or views.broadcast_since_s == self.broadcast_s
        assert (views.watch, views.watch_since_s) == (self.watch, self.watch_s)
        turning = None if views.carousel is None else views.carousel.sites
        assert turning == (self.turning or None)
        assert views.carousel is None or views.carousel.every_s == self.every_s
        probe = state.probe
        assert (probe and (probe.site, probe.kind)) == self.probe
        assert probe is None or probe.since_s == self.probe_s

    def deadlines(self):
        if self.probe:
            yield self.probe_s + PROBE_S
        if self.broadcast and not self.shown:
            yield self.broadcast_s + PREPARE_S
        if self.turning and self.next_up() != self.watch:
            yield self.watch_s + self.every_s
