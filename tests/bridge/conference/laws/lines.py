"""Lines, as whoever told of them knows: what is connected, and what is gone since when."""

from __future__ import annotations

from bridge.conference.commands import LinkLost, LinkUp, Recover, SiteLeft, StandbySeen, Tick
from bridge.conference.words import Link
from tests.bridge.conference.scene import SITES


class Lines:
    def __init__(self):
        self.connected = dict.fromkeys(SITES, False)
        self.gone_s = {}
        """Site -> since when its line is away, as the grace of a speaker counts it."""
        self.patience_s = {}
        """Site -> since when its line is lost and not yet down."""
        self.since_s = dict.fromkeys(SITES, 0.0)
        self.seen = set()
        self.standby = set()

    def note(self, command, policy, now_s):
        """A command that was accepted."""
        match command:
            case LinkUp(site=site):
                self._back(site, now_s)
            case LinkLost(site=site) if self.connected[site]:
                self.connected[site] = False
                self.gone_s[site] = self.patience_s[site] = self.since_s[site] = now_s
            case SiteLeft(site=site):
                if self.connected[site]:
                    self.gone_s[site] = now_s
                if self.connected[site] or site in self.patience_s:
                    self.since_s[site] = now_s
                self.connected[site] = False
                self.patience_s.pop(site, None)
            case StandbySeen(site=site, on=on):
                (self.standby.add if on else self.standby.discard)(site)
            case Recover(alive=alive):
                self.standby.clear()
                for site in set(SITES) & alive:
                    self._back(site, now_s)
                for site in set(SITES) - alive:
                    if self.connected[site] or site in self.patience_s:
                        self.patience_s[site] = self.since_s[site] = now_s
                    if self.connected[site] or site in self.gone_s:
                        self.gone_s[site] = now_s
                    self.connected[site] = False
            case Tick():
                for site, since_s in list(self.patience_s.items()):
                    if since_s + policy.down_after_s <= now_s:
                        del self.patience_s[site]
                        self.since_s[site] = now_s

    def _back(self, site, now_s):
        if not self.connected[site]:
            self.since_s[site] = now_s
        self.connected[site] = True
        self.seen.add(site)
        self.gone_s.pop(site, None)
        self.patience_s.pop(site, None)

    def agree(self, state):
        """After a command."""
        for code, site in state.sites.items():
            lost = Link.LOST if code in self.patience_s else Link.DOWN
            assert site.link is (Link.UP if self.connected[code] else lost)
            assert site.link_since_s == self.since_s[code]
            assert site.seen is (code in self.seen)
            assert site.standby is (code in self.standby)

    def deadlines(self, policy):
        return [since_s + policy.down_after_s for since_s in self.patience_s.values()]
