"""Gates: whose sound is let through, enforced where it enters.

A gate is keyed by site, not by connection: it is asked for every new source, so the first packet
of a new connection already meets it.  The microphones' are what the plan says; sound of slides and
film is let through for one site alone, the one that stands in the content slot.

Shutting comes before opening: there is never a moment with more open than planned.
"""

from __future__ import annotations

from collections.abc import Callable

from bridge.media.streams import Feed


class Gates:
    def __init__(self, feed_of: Callable[[str, str], Feed]) -> None:
        """*feed_of* gives the feed of a site and medium."""
        self._feed_of = feed_of
        self._open: frozenset[tuple[str, str]] = frozenset()
        """Sites and media."""

    def set(self, gates: frozenset[str], content: str | None) -> None:
        """*gates*: sites whose microphone is heard; *content*: whose slides are.  The caller has
        flushed."""
        wanted = {(site, "audio") for site in gates}
        if content is not None:
            wanted.add((content, "content.audio"))
        before, self._open = self._open, frozenset(wanted)
        for site, medium in before - self._open:
            _turn(self._feed_of(site, medium), is_open=False)
        for site, medium in self._open - before:
            _turn(self._feed_of(site, medium), is_open=True)

    def is_open(self, feed: Feed) -> bool:
        return (feed.site, feed.medium) in self._open


def _turn(feed: Feed, *, is_open: bool) -> None:
    for source in feed.sources.values():
        source.open = is_open
        for outlet in source.outlets:
            outlet.end_run()
