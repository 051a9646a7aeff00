"""What is written down, as the secretary knows it: the roll, slates, notes, the lock, the heading."""

from __future__ import annotations

from bridge.conference.commands import (
    ConferenceDescribe,
    ConferenceLock,
    NoteSend,
    ProgrammeSlate,
    RollcallAnswer,
    RollcallClose,
    RollcallMark,
    RollcallOpen,
)
from bridge.conference.words import Mark

HEADING = ("place", "chair", "secretary", "organizer", "starts")
SAID = ("head", "title", "count")
HERE = {Mark.PRESENT, Mark.LATE}


class Papers:
    def __init__(self):
        self.calling = False
        self.was_called = False
        self.roll = {}
        """Site -> (mark, reason, what is said of it)."""
        self.slates = {}
        self.notes = []
        self.locked = False
        self.heading = dict.fromkeys(HEADING)

    def note(self, command, actor, authority):
        """A command that was accepted."""
        match command:
            case RollcallOpen():
                self.calling = self.was_called = True
            case RollcallClose():
                self.calling = False
            case RollcallAnswer():
                before = self.roll.get(actor.site, (None,))[0]
                late = Mark.PRESENT if self.calling else Mark.LATE
                self._mark(actor.site, before if before in HERE else late, None, command)
            case RollcallMark(site=site, mark=None):
                self.roll.pop(site, None)
            case RollcallMark(site=site, mark=mark, reason=reason):
                self._mark(site, mark, reason, command)
            case ProgrammeSlate(slate=slate, text=None, until=None):
                self.slates.pop(slate, None)
            case ProgrammeSlate(slate=slate, text=text, until=until):
                self.slates[slate] = (text, until)
            case NoteSend(to=to, text=text):
                site = actor.site if authority == "site" else None
                self.notes = [*self.notes, (actor.user, site, to, text)][-100:]
            case ConferenceLock(on=on):
                self.locked = on
            case ConferenceDescribe():
                for name in HEADING:
                    if getattr(command, name) is not None:
                        self.heading[name] = getattr(command, name)

    def _mark(self, site, mark, reason, command):
        known = self.roll[site][2] if site in self.roll else {}
        said = {name: getattr(command, name) for name in SAID}
        kept = {name: known.get(name) if s is None else s for name, s in said.items()}
        self.roll[site] = (mark, reason, kept)

    def agree(self, state):
        """After a command."""
        assert state.rollcall.is_open is self.calling
        assert (state.rollcall.opened_s is not None) is self.was_called
        assert {
            site: (m.mark, m.reason, {name: getattr(m, name) for name in SAID})
            for site, m in state.rollcall.marks.items()
        } == self.roll
        assert {kind: (s.text, s.until) for kind, s in state.slates.items()} == self.slates
        assert [(n.by, n.site, n.to, n.text) for n in state.notes] == self.notes
        assert state.locked is self.locked
        assert {name: getattr(state.description, name) for name in HEADING} == self.heading
