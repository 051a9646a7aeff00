"""The walk and the line checks, as the technician knows them who keeps a list by hand."""

from __future__ import annotations

from bridge.conference.commands import (
    CheckHeard,
    CheckRun,
    CheckStop,
    Recover,
    SiteMeasured,
    WalkBegin,
    WalkEnd,
    WalkGo,
    WalkJudge,
    WalkNext,
    WalkSkip,
)
from bridge.conference.words import Phase, ProbeKind
from tests.bridge.conference.scene import PROVINCES, SITES


class Walks:
    def __init__(self, facts):
        self.facts = facts
        self.ever = False
        self.on = False
        self.current = None
        self.since_s = 0.0
        self.took_s = {}
        self.skipped = set()
        self.said = {}
        self.round = None
        self.found = {}
        self.words = {}
        """Site -> what was said of its number, since its last check."""

    def note(self, command, now_s):
        """A command that was accepted."""
        match command:
            case WalkBegin(anew=anew) if not self.on:
                if anew:
                    self.took_s, self.skipped, self.said = {}, set(), {}
                self.ever = self.on = True
                self.current = None
                self._turn(self._following(), now_s)
            case WalkNext():
                self._turn(self._following(), now_s)
            case WalkSkip():
                self.skipped.add(self.current)
                self._turn(self._following(), now_s)
            case WalkGo(site=site):
                self._turn(site, now_s)
            case WalkJudge(site=site):
                was = self.said.get(site, (None, None, None))
                words = (command.sound, command.picture, command.note)
                now = tuple(w if w is not None else old for w, old in zip(words, was, strict=True))
                if now != was:
                    self.said[site] = now
                    self.skipped.discard(site)
            case WalkEnd() if self.on:
                if self.facts.screens.probe == (self.current, ProbeKind.TALK):
                    self.facts.screens.probe = None
                self._end(now_s)
            case CheckRun(sites=named):
                up = self.facts.lines.connected
                self.round = [s for s in SITES if up[s] and (named == "all" or s in named)]
            case CheckStop() | Recover():
                self.round = None
            case SiteMeasured(site=site) if site in (self.round or ()):
                self.round = [other for other in self.round if other != site] or None
                self.found[site] = (command.verdict, command.figures.played)
                self.words[site] = []
            case CheckHeard(site=site, number=number):
                right = number == self.found[site][1]
                if True not in self.words[site]:
                    self.words[site].append(right)

    def sweep(self):
        """What may not be so any more, once the command is done."""
        if self.on and self.facts.phase not in {Phase.LOBBY, Phase.RECESS}:
            self._end(self.facts.now_s)

    def agree(self, state):
        walk = state.walk
        assert (walk.begun_s is not None, walk.is_on) == (self.ever, self.on)
        assert walk.current == self.current
        assert walk.current is None or walk.since_s == self.since_s
        for site in PROVINCES:
            visit = walk.visit(site)
            said = (visit.sound, visit.picture, visit.note)
            assert said == self.said.get(site, (None, None, None))
            assert visit.skipped is (site in self.skipped)
            assert visit.took_s == self.took_s.get(site, 0.0)
        going_on = state.checks.round
        assert (None if going_on is None else list(going_on.left)) == self.round
        assert set(state.checks.sites) == set(self.found)
        for site, checked in state.checks.sites.items():
            assert (checked.verdict, checked.figures.played) == self.found[site]
            words = self.words[site]
            assert (checked.heard, checked.tries) == (words[-1] if words else None, len(words))

    def _following(self):
        start = 0 if self.current is None else PROVINCES.index(self.current) + 1
        for site in PROVINCES[start:]:
            sound, picture, _ = self.said.get(site, (None, None, None))
            is_done = site in self.skipped or sound or picture
            if self.facts.lines.connected[site] and not is_done:
                return site
        return None

    def _turn(self, site, now_s):
        screens = self.facts.screens
        if site is not None and site == self.current and screens.probe == (site, ProbeKind.TALK):
            return
        self._leave(site, now_s)
        screens.probe = None
        if site is not None:
            screens.probe, screens.probe_s = (site, ProbeKind.TALK), now_s

    def _leave(self, to, now_s):
        if to == self.current:
            return
        if self.current is not None:
            had_s = self.took_s.get(self.current, 0.0)
            self.took_s[self.current] = had_s + now_s - self.since_s
        self.current, self.since_s = to, now_s

    def _end(self, now_s):
        self._leave(None, now_s)
        self.on = False
