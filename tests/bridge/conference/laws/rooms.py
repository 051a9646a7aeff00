"""What is set on a site, as whoever set it knows: mute, cut, help, ladder, speaking time."""

from __future__ import annotations

from bridge.conference.commands import (
    ChairLimit,
    ChairMute,
    ChairSilence,
    HelpAck,
    HelpClose,
    HelpRaise,
    SiteCut,
    SiteLadder,
)
from bridge.conference.words import Help, Ladder
from tests.bridge.conference.scene import PROVINCES, SITES


class Rooms:
    def __init__(self):
        self.blocked = set()
        self.cut = set()
        self.help = {}
        self.ladder = dict.fromkeys(SITES, Ladder.FULL)
        self.limit_s = dict.fromkeys(SITES)

    def note(self, command, actor):
        """A command that was accepted."""
        match command:
            case ChairMute(site="all", on=on, but=but):
                for site in set(PROVINCES) - set(but):
                    (self.blocked.add if on else self.blocked.discard)(site)
            case ChairMute(site=site, on=on):
                (self.blocked.add if on else self.blocked.discard)(site)
            case ChairSilence():
                self.blocked.add("110")
            case ChairLimit(site=site, limit_s=limit_s):
                self.limit_s[site] = limit_s
            case SiteCut(site=site, on=on):
                (self.cut.add if on else self.cut.discard)(site)
            case SiteLadder(site=site, to=to):
                self.ladder[site] = to
            case HelpRaise(site=site):
                self.help[site or actor.site] = Help.RAISED
            case HelpAck(site=site):
                self.help[site] = Help.ACKNOWLEDGED
            case HelpClose(site=site):
                self.help.pop(site or actor.site, None)

    def agree(self, state):
        """After a command."""
        for code, site in state.sites.items():
            assert site.blocked is (code in self.blocked)
            assert site.cut is (code in self.cut)
            assert site.help is self.help.get(code)
            assert site.ladder is self.ladder[code]
            assert site.limit_s == self.limit_s[code]
