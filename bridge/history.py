"""The history: the last changes of a conference, for those who missed some.

A client that comes back says the last revision it saw and gets exactly what it missed; a command
that was thought on an older revision is measured against what has changed since.  Both need the
same thing: the changes since a revision, with the states around them.  States share what did not
change, so a thousand of them cost little more than one.  Who missed more than is kept gets the
whole state.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Final

from bridge.events import Change

KEPT: Final = 1024
"""Two hours of a lively conference."""


class History:
    def __init__(self, changes: Iterable[Change] = (), *, rev: int) -> None:
        """*rev* is the newest; *changes* lead up to it without a hole."""
        self._changes = deque(changes, KEPT)
        self._rev = rev

    def add(self, change: Change) -> None:
        """The next change."""
        self._changes.append(change)
        self._rev = change.rev

    def since(self, rev: int) -> tuple[Change, ...] | None:
        """The changes after *rev*; None: they are no longer known, or *rev* is none of ours."""
        missed = self._rev - rev
        if not 0 <= missed <= len(self._changes):
            return None
        return tuple(self._changes)[len(self._changes) - missed :]
