"""Watch: one look a second, for the desk and for the windows.

A survey is of one conference and begins anew with the next.  What is counted here goes on for as
long as the service runs: the traffic of every site, what pages say of themselves, and why media
was lost.  The windows show the rows of the sites (:meth:`bridge.survey.Survey.sites`), which are
what REST and the board show, and :class:`Figures` beside them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bridge.clients import Clients, Said
from bridge.conference.words import Phase, Role, SiteCode
from bridge.media.plane import MediaPlane, Plan, PlaneStats
from bridge.media.slots import SessionKind
from bridge.outgoing import Lines
from bridge.room import Room
from bridge.sessions import Session, Sessions
from bridge.survey import Survey
from bridge.traffic import SiteTraffic

LOST_REASONS: Final = (
    *("lost", "handshake_failed", "handshake_timeout", "peer_closed", "bug"),
    "worker_lost",
)
"""Why media ends without our doing: the peer's silence, or the plane's word."""

_BEFORE_THE_FIRST_LOOK: Final = PlaneStats()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One moment; ``media`` and ``traffic`` are of the last look."""

    now_s: float
    """Conference seconds."""
    begun: str
    """Time of day, ISO 8601, when the conference began."""
    phase: Phase
    queue: int
    """Accepted requests that wait."""
    sessions: Mapping[SessionKind, int]
    """Connected ones: a room whose WebSocket is gone is none."""
    chair_consoles: int
    """Connected consoles that may act as the chair."""
    wanted: Mapping[SiteCode, frozenset[str]]
    """Picture layers somebody watches."""
    media: PlaneStats
    traffic: SiteTraffic
    clients: Clients
    media_lost: Mapping[str, int]
    """By :data:`LOST_REASONS`."""


class Watch:
    """*titles* has one for every site."""

    def __init__(self, titles: Mapping[SiteCode, str], plane: MediaPlane) -> None:
        self._titles = titles
        self._plane = plane
        self._survey = Survey(titles)
        self._media = _BEFORE_THE_FIRST_LOOK
        self._traffic = SiteTraffic()
        self._clients = Clients()
        self._media_lost: Counter[str] = Counter()

    def begin(self) -> None:
        """Another conference."""
        self._survey = Survey(self._titles)

    def look(self, room: Room, sessions: Sessions, plan: Plan) -> None:
        """Once a second: judge, count, and tell consoles what is new."""
        self._media = self._plane.snapshot()
        rooms = {s.media: site for site, s in sessions.rooms().items() if s.media is not None}
        self._traffic.look(self._media, rooms)
        news = self._survey.look(self._media, room.conference, sessions, plan, now_s=room.now_s)
        lines = Lines(sites=news)
        for session in sessions:
            if news and session.kind is SessionKind.CONSOLE:
                session.tell(lines)

    def hear(self, session: Session, stats: Said, *, now_s: float) -> None:
        """What the page of a room says of its getStats, *now_s* in conference seconds."""
        if stats is not None and session.site is not None:
            session.client = self._clients.hear(session.client, session.site, stats, now_s=now_s)

    def lost(self, reason: str) -> None:
        """A session's media has ended without our doing."""
        self._media_lost[reason] += 1

    def lines(self, room: Room, sessions: Sessions) -> Lines:
        """All lines as the last look saw them."""
        return Lines(sites=self._survey.lines(room.conference, sessions))

    def sites(self, room: Room, sessions: Sessions) -> list[dict[str, Any]]:
        """See :meth:`bridge.survey.Survey.sites`."""
        return self._survey.sites(room.conference, sessions)

    def figures(self, room: Room, sessions: Sessions, plan: Plan) -> Figures:
        connected = [session for session in sessions if session.outbox is not None]
        return Figures(
            now_s=room.now_s,
            begun=room.begun,
            phase=room.conference.phase,
            queue=len(room.conference.queue),
            sessions=Counter(session.kind for session in connected),
            chair_consoles=sum(
                s.kind is SessionKind.CONSOLE and Role.CHAIR in s.identity.roles for s in connected
            ),
            wanted=plan.wants,
            media=self._media,
            traffic=self._traffic,
            clients=self._clients,
            media_lost=self._media_lost,
        )
