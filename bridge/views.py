"""Views: what each audience was last shown, and the patch to what it may see now.

All sessions of an audience see one sequence of snapshots, so the patch is made once per audience
and change, and shared (the door encodes a shared value once).  An audience nobody looks with is
not kept up to date: its snapshot is made when somebody asks.

Events are told beside the patch, for logs and for sounds: the desk hears all of them; a site and
a wall hear what is :data:`PUBLIC`, and a site what concerns itself.  Who comes back hears the same
of everything that was missed, with one patch over all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bridge.conference.codec import encode
from bridge.conference.events import (
    AgendaLoaded,
    Event,
    ItemEnded,
    ItemMoved,
    ItemStarted,
    NoteSent,
    PhaseChanged,
    RollcallClosed,
    RollcallOpened,
    SiteChecked,
    SlateWritten,
    WalkJudged,
)
from bridge.conference.patch import diff
from bridge.conference.projection import Audience, audience_of, project, public
from bridge.conference.state import Conference
from bridge.conference.words import SiteCode
from bridge.events import Change
from bridge.media.slots import SessionKind
from bridge.outgoing import Change as Told
from bridge.sessions import Session


def audience_of_session(session: Session) -> Audience:
    """A room sees what its site may see, whatever else its token allows."""
    site = session.site
    if session.kind is SessionKind.ROOM and site is not None:
        return Audience(kind="site", site=site)
    return audience_of(session.identity.actor)


PUBLIC = (
    PhaseChanged
    | AgendaLoaded
    | ItemStarted
    | ItemEnded
    | ItemMoved
    | SlateWritten
    | RollcallOpened
    | RollcallClosed
)


class Views:
    """*titles* and *names* have one for every site; names are what a tile has room for."""

    def __init__(
        self,
        titles: Mapping[SiteCode, str],
        names: Mapping[SiteCode, str],
        conference: Conference,
        rev: int,
    ) -> None:
        self._titles = titles
        self._names = names
        self._conference = conference
        self._rev = rev
        self._shown: dict[Audience, dict[str, Any]] = {}

    def begin(self, conference: Conference, rev: int) -> None:
        """Another conference; whoever looked has been sent away."""
        self._conference = conference
        self._rev = rev
        self._shown.clear()

    def snapshot(self, audience: Audience) -> dict[str, Any]:
        """What *audience* may see now, with ``rev``."""
        if audience not in self._shown:
            self._shown[audience] = self._project(self._conference, audience)
        return {"rev": self._rev, **self._shown[audience]}

    def show(
        self, change: Change, audiences: Iterable[Audience], *, now_s: float
    ) -> dict[Audience, Told]:
        """Go on to *change* and say what each of *audiences* is told."""
        self._conference = change.after
        self._rev = change.rev
        before = self._shown
        self._shown = {}
        shared = public(change.after)
        told: dict[Audience, Told] = {}
        for audience in set(audiences):
            after = self._project(change.after, audience, shared)
            self._shown[audience] = after
            old = before.get(audience)
            if old is None:
                old = self._project(change.before, audience)
            told[audience] = Told(
                rev=change.rev,
                now_s=now_s,
                events=_told(change, audience),
                set=diff(old, after),
            )
        return told

    def missed(self, audience: Audience, changes: Sequence[Change], *, now_s: float) -> Told:
        """All of *changes*, which lead to the present state, as one."""
        before = self._conference if not changes else changes[0].before
        return Told(
            rev=self._rev,
            now_s=now_s,
            events=[words for change in changes for words in _told(change, audience)],
            set=diff(self._project(before, audience), self._project(self._conference, audience)),
        )

    def _project(
        self,
        conference: Conference,
        audience: Audience,
        shared: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        snapshot = project(conference, audience, titles=self._titles, shared=shared)
        for code, site in snapshot["sites"].items():
            site["name"] = self._names[code]
        return snapshot


def _told(change: Change, audience: Audience) -> list[dict[str, Any]]:
    return [
        _words(event, audience)
        for event in change.events
        if _concerns(event, audience, change.after)
    ]


def _words(event: Event, audience: Audience) -> dict[str, Any]:
    """A site's place in the queue would tell it how many others there are; the number that was
    spoken in a room shall be heard there and not read; what technicians note is theirs."""
    words = encode(event)
    if audience.kind != "desk":
        words.pop("position", None)
        if isinstance(event, SiteChecked):
            words["figures"].pop("played", None)
        if isinstance(event, WalkJudged):
            words.pop("note", None)
    return words


def _concerns(event: Event, audience: Audience, conference: Conference) -> bool:
    if audience.kind == "desk" or isinstance(event, PUBLIC):
        return True
    if audience.site is None:
        return False
    if isinstance(event, NoteSent) and event.to == audience.site:
        return True
    site = getattr(event, "site", None)
    request = getattr(event, "request", None)
    if site is None and isinstance(request, int):
        site = conference.requests[request].site
    return site == audience.site
