"""Watch: one look a second, for the desk, for who speaks, and for the windows.

A survey is of one conference and begins anew with the next.  What is counted here goes on for as
long as the service runs: the traffic of every site, what pages say of themselves, and why media
was lost.  The windows show the rows of the sites (:meth:`bridge.survey.Survey.sites`), which are
what REST and the board show, and :class:`Figures` beside them.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bridge.arrivals import Arrivals
from bridge.asked import Asked
from bridge.clients import Clients, Said
from bridge.conference.state import Conference
from bridge.conference.words import Phase, Role, SiteCode
from bridge.media.plane import MediaPlane, Plan, PlaneStats
from bridge.media.slots import SessionKind
from bridge.outgoing import Lines, Unheard
from bridge.quality import Qualities
from bridge.room import Room
from bridge.sessions import Session, Sessions
from bridge.survey import Known, Survey
from bridge.traffic import SiteTraffic

LOST_REASONS: Final = (
    *("lost", "handshake_failed", "handshake_timeout", "peer_closed", "bug"),
    "worker_lost",
)
"""Why media ends without our doing: the peer's silence, or the plane's word."""

_BEFORE_THE_FIRST_LOOK: Final = PlaneStats()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One moment; ``media``, ``traffic`` and ``quality`` are of the last look."""

    now_s: float
    """Conference seconds."""
    begun: str
    """Time of day, ISO 8601, when the conference began."""
    conference: Conference
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
    quality: Qualities
    clients: Clients
    media_lost: Mapping[str, int]
    """By :data:`LOST_REASONS`."""
    restarts: Mapping[SiteCode, int]
    """Times that a room's media changed its way."""
    arrivals: Arrivals
    asked: Asked


class Watch:
    """*titles* has one for every site."""

    def __init__(self, titles: Mapping[SiteCode, str], plane: MediaPlane) -> None:
        self._titles = titles
        self._plane = plane
        self._survey = Survey(titles)
        self._media = _BEFORE_THE_FIRST_LOOK
        self._traffic = SiteTraffic()
        self._quality = Qualities()
        self._clients = Clients()
        self._media_lost: Counter[str] = Counter()
        self._restarts: Counter[SiteCode] = Counter()
        self.arrivals = Arrivals()
        self.asked = Asked(time.perf_counter)

        self.checking: Collection[SiteCode] = ()
        """Where a line check runs; who runs it says so."""
        self.spoken_dbov: Mapping[SiteCode, float] = {}
        """How loud a line check found somebody who spoke."""

    def begin(self) -> None:
        """Another conference."""
        self._survey = Survey(self._titles)
        self._quality.begin()

    def look(self, room: Room, sessions: Sessions, plan: Plan) -> None:
        """Once a second: judge, count, and tell consoles what is new, and speakers that they are
        not heard."""
        self._media = self._plane.snapshot()
        live = sessions.rooms()
        rooms = {s.media: site for site, s in live.items() if s.media is not None}
        said = {site: s.client.stats for site, s in live.items() if s.outbox and s.client}
        self._traffic.look(self._media, rooms)
        self._quality.look(self._media, rooms, self._traffic, said, now_s=room.now_s)
        known = Known(
            quality=self._quality.of, checking=self.checking, spoken_dbov=self.spoken_dbov
        )
        news = self._survey.look(
            self._media, room.conference, sessions, plan, known=known, now_s=room.now_s
        )
        lines = Lines(sites=news)
        for session in sessions:
            if news and session.kind is SessionKind.CONSOLE:
                session.tell(lines)
        for site, session in live.items():
            hearing = self._survey.hearing.get(site)
            unheard = Unheard(reason=hearing.unheard if hearing else None)
            if unheard.reason or Unheard.__name__ in session.told:
                session.tell_once(unheard)

    def hear(self, session: Session, stats: Said, *, now_s: float) -> None:
        """What the page of a room says of its getStats, *now_s* in conference seconds."""
        if stats is not None and session.site is not None:
            session.client = self._clients.hear(session.client, session.site, stats, now_s=now_s)

    def lost(self, reason: str) -> None:
        """A session's media has ended without our doing."""
        self._media_lost[reason] += 1

    def restarted(self, session: Session) -> None:
        """A session's media goes on another way."""
        if session.kind is SessionKind.ROOM and session.site is not None:
            self._restarts[session.site] += 1

    def is_silent(self, media: str) -> bool:
        """Whether nothing was ever heard of a media session, as far as the last look saw it."""
        return any(s.session == media and s.age_s is None for s in self._media.sessions)

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
            conference=room.conference,
            phase=room.conference.phase,
            queue=len(room.conference.queue),
            sessions=Counter(session.kind for session in connected),
            chair_consoles=sum(
                s.kind is SessionKind.CONSOLE and Role.CHAIR in s.identity.roles for s in connected
            ),
            wanted=plan.wants,
            media=self._media,
            traffic=self._traffic,
            quality=self._quality,
            clients=self._clients,
            media_lost=self._media_lost,
            restarts=self._restarts,
            arrivals=self.arrivals,
            asked=self.asked,
        )
