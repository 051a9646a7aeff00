"""Screens: what every audience is shown, patch upon patch, beside what it should see.

A console, a wall and every site that an event names keep a snapshot as their pages do: the first one
whole, then patches merged.  After each change it must be what a newcomer would be given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from bridge.conference.patch import diff, merge
from bridge.conference.projection import DESK, WALL, Audience, project
from bridge.conference.state import Conference
from bridge.conference.words import SiteCode
from bridge.records import Record

FIRST: Final = 2
"""So many sites of the roster are always looked at, whether or not they are named."""
NAMED: Final = 3
"""And so many of those that are: a recess names all."""
SECRETS: Final = ("queue", "policy", "requests", "notes", "consoles", "rollcall")
"""What the desk alone is shown."""


class Screens:
    def __init__(self, conference: Conference) -> None:
        self._titles = {code: site.title or code for code, site in conference.sites.items()}
        always = [Audience(kind="site", site=code) for code in [*conference.sites][:FIRST]]
        self._shown = {one: self._project(conference, one) for one in (DESK, WALL, *always)}
        self._right = dict(self._shown)

    @property
    def desk(self) -> Mapping[str, Any]:
        """What a console shows."""
        return self._shown[DESK]

    def show(self, before: Conference, record: Record, after: Conference) -> Iterator[str]:
        """Patch what is shown; a sentence for each screen that is then not right."""
        named = {getattr(event, "site", None) for event in record.events}
        looked_at = [Audience(kind="site", site=code) for code in after.sites if code in named]
        for audience, shown in self._shown.items():
            old, now = self._right[audience], self._project(after, audience)
            self._right[audience] = now
            patch = diff(old, now)
            self._shown[audience] = merge(shown, patch)
            yield from _compared(audience, patch, self._shown[audience], now)
        for audience in looked_at[:NAMED]:
            old, now = self._project(before, audience), self._project(after, audience)
            patch = diff(old, now)
            yield from _compared(audience, patch, merge(old, patch), now)
        shows = self._shown[WALL]
        yield from (f"the wall is told of {name}" for name in SECRETS if name in shows)

    def _project(self, conference: Conference, audience: Audience) -> dict[str, Any]:
        return project(conference, audience, titles=self._titles)


def _compared(
    audience: Audience, patch: Mapping[str, Any], shown: Mapping[str, Any], right: Mapping[str, Any]
) -> Iterator[str]:
    who: SiteCode | str = audience.site or audience.kind
    if shown != right:
        wrong = sorted(
            name for name in {*shown, *right} if shown.get(name, ...) != right.get(name, ...)
        )
        yield f"the screen of {who} is wrong in {', '.join(wrong)}"
    if brings_null(patch, right):
        yield f"the screen of {who} has a null"


def brings_null(patch: Mapping[str, Any], right: Mapping[str, Any]) -> bool:
    """Whether *patch* leads to a null in *right*, which a patch could not say: it means remove."""
    for name, value in patch.items():
        if value is None:
            if name in right:
                return True
        elif isinstance(value, Mapping):
            if brings_null(value, right[name]):
                return True
        elif isinstance(value, list) and None in value:
            return True
    return False
