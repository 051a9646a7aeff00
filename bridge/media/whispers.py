"""Whispers: a microphone heard behind its shut gate, by those whom the plan names and nobody else.

What a gate holds back goes nowhere.  For a probe (practice.md A8, A16) it is forwarded all the
same, on a way of its own that has no joint with the stage's: each stream of a whispering site gets
an *echo*, a source of the medium ``whisper.audio``, with its own numbers and its own outlets.  An
outlet hears it only where ``Plan.private`` aims it there, by session.  The gate does not know of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bridge.media.core.clock import SessionClock
from bridge.media.streams import Feed, Source

MEDIUM: Final = "whisper.audio"
_SOUND: Final = "audio"


class Whispers:
    def __init__(
        self,
        feed_of: Callable[[str, str], Feed],
        add: Callable[[Source], None],
        remove: Callable[[Source], None],
    ) -> None:
        """*add* and *remove*: a source begins, or ends."""
        self._feed_of = feed_of
        self._add = add
        self._remove = remove
        self._sites: frozenset[str] = frozenset()
        self.echoes: dict[Source, Source] = {}
        """Microphone -> what is whispered of it."""

    def set(self, sites: frozenset[str]) -> None:
        """Exactly these sites whisper.  The caller has flushed."""
        before, self._sites = self._sites, sites
        for site in before - sites:
            for source in tuple(self._feed_of(site, _SOUND).sources.values()):
                self.end(source)
        for site in sites - before:
            for source in self._feed_of(site, _SOUND).sources.values():
                self.begin(source)

    def begin(self, source: Source) -> None:
        """A stream has begun: it whispers, if its site does."""
        feed = source.feed
        if feed.medium != _SOUND or feed.site not in self._sites:
            return
        echo = Source(
            self._feed_of(feed.site, MEDIUM),
            slot=source.slot,
            layer=source.layer,
            codec=source.codec,
            ssrc=source.ssrc,
            payload_type=source.payload_type,
            level_extension=None,
            clock=SessionClock(),
            ask=source.ask,
        )
        self.echoes[source] = echo
        self._add(echo)
        echo.open = True

    def end(self, source: Source) -> None:
        """A stream has ended, and what was whispered of it."""
        echo = self.echoes.pop(source, None)
        if echo is not None:
            self._remove(echo)
