"""Survey: once a second, how every site is: line, mic and floor, and the numbers behind them.

Looks at the plane's counters, the endpoints' own words and the conference, and keeps only what
the next look needs: the last counters, to make a rate of this second, and the last line, to keep
its hysteresis.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from bridge.conference.gate import ongoing, open_gates, word_of
from bridge.conference.state import Conference
from bridge.conference.words import Link, SiteCode
from bridge.line import MISSING_AFTER_S, Line, Sample, judge
from bridge.media.plane import Plan, PlaneStats, SessionStats
from bridge.sessions import Sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What the last look saw of a site's room device."""

    loss_up: float = 0.0
    """Fraction of the last second's packets that did not arrive here."""
    loss_down: float = 0.0
    """Fraction the device last reported missing."""
    rtt_ms: float | None = None
    level_dbov: int | None = None
    packets_in: int = 0
    packets_lost: int = 0
    packets_out: int = 0
    sound_age_s: float | None = None
    picture_age_s: float | None = None


_UNKNOWN = Health()
_NUMBERS = tuple(field.name for field in fields(Health))

IN_SNAPSHOT = frozenset({"code", "title", "floor", "blocked", "gate", "link"})
"""Facts of a site that change with the conference and are told with it."""

Rows = Mapping[SiteCode, Mapping[str, Any]]


class Survey:
    """Of one conference: its seconds begin anew in the next.  *titles* has one for every site."""

    def __init__(self, titles: Mapping[SiteCode, str]) -> None:
        self._titles = titles
        self._seen: Rows = {}
        self._health: dict[SiteCode, Health] = {}
        self._lines: dict[SiteCode, Line] = {}
        self._counted: dict[str, tuple[int, int]] = {}
        """Media session -> packets and losses at the last look."""
        self._wanted_since_s: dict[SiteCode, float] = {}

    def look(
        self,
        stats: PlaneStats,
        conference: Conference,
        sessions: Sessions,
        plan: Plan,
        *,
        now_s: float,
    ) -> Rows:
        """One look, *now_s* in conference seconds: what :meth:`lines` says anew of which sites."""
        by_media = {s.session: s for s in stats.sessions}
        live = sessions.rooms()
        counted: dict[str, tuple[int, int]] = {}
        for code, site in conference.sites.items():
            session = live.get(code)
            carried = by_media.get(session.media) if session and session.media else None
            health = Health()
            if carried is not None:
                health, counted[carried.session] = self._measure(carried)
            self._health[code] = health
            # A line that has just come is given as long as a layer that was just asked for.
            if plan.wants.get(code) and site.link is Link.UP:
                self._wanted_since_s.setdefault(code, now_s)
            else:
                self._wanted_since_s.pop(code, None)
            since_s = self._wanted_since_s.get(code)
            sample = Sample(
                link=site.link,
                phase=conference.phase,
                picture_wanted_s=None if since_s is None else now_s - since_s,
                picture_age_s=health.picture_age_s,
                sound_expected=session is not None
                and session.mic == "on"
                and now_s - site.link_since_s > MISSING_AFTER_S,
                sound_age_s=health.sound_age_s,
                loss=max(health.loss_up, health.loss_down),
            )
            self._lines[code] = judge(self._lines.get(code), sample, now_s=now_s)
        self._counted = counted
        before, self._seen = self._seen, self._rows(conference, sessions)
        return {code: row for code, row in self._seen.items() if before.get(code) != row}

    def lines(self, conference: Conference, sessions: Sessions) -> Rows:
        """The rows of :meth:`sites` without what the snapshot has, as the last look saw them."""
        return self._seen or self._rows(conference, sessions)

    def _rows(self, conference: Conference, sessions: Sessions) -> Rows:
        return {
            row["code"]: {name: value for name, value in row.items() if name not in IN_SNAPSHOT}
            for row in self.sites(conference, sessions)
        }

    def _measure(self, carried: SessionStats) -> tuple[Health, tuple[int, int]]:
        packets = sum(s.packets for s in carried.sources)
        lost = sum(s.lost for s in carried.sources)
        packets_before, lost_before = self._counted.get(carried.session, (packets, lost))
        new_lost = max(0, lost - lost_before)
        expected = packets - packets_before + new_lost
        health = Health(
            loss_up=new_lost / expected if expected > 0 else 0.0,
            loss_down=carried.loss_down or 0.0,
            rtt_ms=None if carried.rtt_s is None else round(carried.rtt_s * 1000, 1),
            packets_in=packets,
            packets_lost=lost,
            packets_out=carried.packets_out,
        )
        for source in carried.sources:
            if source.slot == "mic":
                health = replace(health, sound_age_s=source.age_s, level_dbov=source.level_dbov)
            elif source.age_s is not None:
                age_s = health.picture_age_s
                newer = source.age_s if age_s is None else min(age_s, source.age_s)
                health = replace(health, picture_age_s=newer)
        return health, (packets, lost)

    def sites(self, conference: Conference, sessions: Sessions) -> list[dict[str, Any]]:
        """JSON rows in roster order: the three facts, the flags, and the numbers."""
        live = sessions.rooms()
        asked, gates = ongoing(conference), open_gates(conference)
        rows: list[dict[str, Any]] = []
        for code, site in conference.sites.items():
            session = live.get(code)
            line = self._lines.get(code) or judge(
                None, Sample(link=site.link, phase=conference.phase), now_s=site.link_since_s
            )
            row: dict[str, Any] = {
                "code": code,
                "title": self._titles[code],
                "line": line.word.value,
                "line_reason": line.reason,
                "line_since_s": round(line.since_s, 3),
                "mic": session.mic if session else "unknown",
                "floor": word_of(asked.get(code), is_next=conference.next == code).value,
                "blocked": site.blocked,
                "gate": code in gates,
                "link": site.link.value,
                "control": "up" if session and session.outbox else "lost",
            }
            health = self._health.get(code, _UNKNOWN)
            for name in _NUMBERS:
                value = getattr(health, name)
                if value is not None:
                    row[name] = value
            if session and session.outbox and session.client:
                client = session.client
                row["client"] = {"at_s": round(client.at_s, 1), **client.stats}
            rows.append(row)
        return rows


def media_totals(stats: PlaneStats) -> dict[str, Any]:
    """The plane's counters as JSON, drops by their names."""
    return {
        "sessions": len(stats.sessions),
        "connected": sum(s.connected for s in stats.sessions),
        "packets_in": stats.packets_in,
        "packets_out": stats.packets_out,
        "bytes_in": stats.bytes_in,
        "bytes_out": stats.bytes_out,
        "keyframe_requests": stats.keyframe_requests,
        "switches": stats.switches,
        "drops": dict(stats.drops),
    }
