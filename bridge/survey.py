"""Survey: once a second, how every site is: line, mic and floor, and the numbers behind them.

Looks at the plane's counters, the endpoints' own words and the conference, and keeps only what
the next look needs: the last counters, to make a rate of this second, and the last line, to keep
its hysteresis.  What it hears of those who speak is in :mod:`bridge.speakers`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from bridge.complaints import Complaints
from bridge.conference.gate import ongoing, open_gates, word_of
from bridge.conference.state import Conference
from bridge.conference.words import Ladder, Link, Mark, SiteCode
from bridge.counted import Counted, Health, count, measure
from bridge.hearing import Hearing
from bridge.line import MISSING_AFTER_S, Line, Sample, judge
from bridge.media.core.drops import DropReason
from bridge.media.plane import Plan, PlaneStats, SessionStats
from bridge.quality import Quality
from bridge.sessions import Session, Sessions
from bridge.speakers import Speakers

_UNKNOWN = Health()
_NUMBERS = tuple(field.name for field in fields(Health))

IN_SNAPSHOT = frozenset({"code", "title", "floor", "blocked", "gate", "link"})
"""Facts of a site that change with the conference and are told with it."""

Rows = Mapping[SiteCode, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What others know of the sites, for one look."""

    quality: Mapping[SiteCode, Quality] = field(default_factory=dict)
    checking: Collection[SiteCode] = ()
    """Where a line check runs."""
    spoken_dbov: Mapping[SiteCode, float] = field(default_factory=dict)
    """How loud the last line check found somebody who spoke."""


NOTHING_KNOWN = Known()


class Survey:
    """Of one conference: its seconds begin anew in the next.  *titles* has one for every site."""

    def __init__(self, titles: Mapping[SiteCode, str]) -> None:
        self._titles = titles
        self._seen: Rows = {}
        self._health: dict[SiteCode, Health] = {}
        self._lines: dict[SiteCode, Line] = {}
        self._counted: dict[str, Counted] = {}
        """By media session."""
        self._wanted_since_s: dict[SiteCode, float] = {}
        self._withheld_since_s: dict[SiteCode, float] = {}
        self._complaints = Complaints()
        self._speakers = Speakers()
        self._numbers: dict[SiteCode, dict[str, Any]] = {}
        """What the last look measured, as the rows have it."""

    @property
    def hearing(self) -> Mapping[SiteCode, Hearing]:
        """Of those who speak, as the last look heard them."""
        return self._speakers.of

    def look(
        self,
        stats: PlaneStats,
        conference: Conference,
        sessions: Sessions,
        plan: Plan,
        *,
        known: Known = NOTHING_KNOWN,
        now_s: float,
    ) -> Rows:
        """One look, *now_s* in conference seconds: what :meth:`lines` says anew of which sites."""
        by_media = {s.session: s for s in stats.sessions}
        live = sessions.rooms()
        carried = {
            code: by_media[session.media]
            for code, session in live.items()
            if session.media in by_media
        }
        for code in conference.sites:
            self._health[code] = self._measured(carried.get(code))
            sample = self._sample(
                code,
                conference,
                live.get(code),
                carried.get(code),
                wanted=bool(plan.wants.get(code)),
                checking=code in known.checking,
                now_s=now_s,
            )
            self._lines[code] = judge(self._lines.get(code), sample, now_s=now_s)
        mics = {code: session.mic for code, session in live.items()}
        self._speakers.look(conference, carried, mics, known.spoken_dbov, now_s=now_s)
        self._counted = {s.session: count(s) for s in carried.values()}
        # Asked for by every page and every question; they are as they are until the next look.
        self._numbers = {
            code: _numbers(health)
            | _heard(self.hearing.get(code))
            | _estimate(known.quality.get(code))
            for code, health in self._health.items()
        }
        before, self._seen = self._seen, self._rows(conference, sessions)
        return {code: row for code, row in self._seen.items() if before.get(code) != row}

    def _measured(self, carried: SessionStats | None) -> Health:
        return measure(carried, self._counted.get(carried.session)) if carried else _UNKNOWN

    def _sample(
        self,
        code: SiteCode,
        conference: Conference,
        session: Session | None,
        carried: SessionStats | None,
        *,
        wanted: bool,
        checking: bool,
        now_s: float,
    ) -> Sample:
        site, health = conference.sites[code], self._health[code]
        is_up = site.link is Link.UP
        # A line that has just come is given as long as a layer that was just asked for.
        wanted_s = _lasts(self._wanted_since_s, code, is_so=wanted and is_up, now_s=now_s)
        # Of a site that is to have less, nothing is missing.
        is_full = carried is not None and site.ladder is Ladder.FULL
        withheld = (
            is_full and carried is not None and DropReason.BANDWIDTH in carried.shown.values()
        )
        withheld_s = _lasts(self._withheld_since_s, code, is_so=withheld and is_up, now_s=now_s)
        before = self._counted.get(carried.session) if carried else None
        now = count(carried) if carried else None
        new_in = now.packets - before.packets if now and before else 0
        new_lost = max(0, now.lost - before.lost) if now and before else 0
        return Sample(
            link=site.link,
            phase=conference.phase,
            excused=_is_excused(conference, code),
            checking=checking,
            link_for_s=now_s - site.link_since_s,
            picture_wanted_s=wanted_s,
            picture_age_s=health.picture_age_s,
            sound_expected=session is not None
            and session.mic == "on"
            and now_s - site.link_since_s > MISSING_AFTER_S,
            sound_age_s=health.sound_age_s,
            loss_up=health.loss_up,
            packets_up=new_in + new_lost,
            loss_down=health.loss_down,
            rtt_s=carried.rtt_s if carried else None,
            jitter_s=None if health.jitter_ms is None else health.jitter_ms / 1000,
            withheld_s=withheld_s or 0.0,
            complaint=self._complaints.look(
                code,
                session.client if session and session.outbox else None,
                now_s=now_s,
                sends=new_in > 0 and wanted,
                receives=bool(now and before and now.out > before.out),
            ),
        )

    def lines(self, conference: Conference, sessions: Sessions) -> Rows:
        """The rows of :meth:`sites` without what the snapshot has, as the last look saw them."""
        return self._seen or self._rows(conference, sessions)

    def _rows(self, conference: Conference, sessions: Sessions) -> Rows:
        return {
            row["code"]: {name: value for name, value in row.items() if name not in IN_SNAPSHOT}
            for row in self.sites(conference, sessions)
        }

    def sites(self, conference: Conference, sessions: Sessions) -> list[dict[str, Any]]:
        """JSON rows in roster order: the three facts, the flags, and the numbers."""
        live = sessions.rooms()
        asked, gates = ongoing(conference), open_gates(conference)
        rows: list[dict[str, Any]] = []
        for code, site in conference.sites.items():
            session = live.get(code)
            unseen = Sample(
                link=site.link, phase=conference.phase, excused=_is_excused(conference, code)
            )
            line = self._lines.get(code) or judge(None, unseen, now_s=site.link_since_s)
            row: dict[str, Any] = {
                "code": code,
                "title": self._titles[code],
                "line": line.word.value,
                "line_cause": line.cause.value,
                "line_reason": line.reason,
                "line_since_s": round(line.since_s, 3),
                "mic": session.mic if session else "unknown",
                "floor": word_of(asked.get(code), is_next=conference.next == code).value,
                "blocked": site.blocked,
                "gate": code in gates,
                "link": site.link.value,
                "control": "up" if session and session.outbox else "lost",
            }
            row |= self._numbers.get(code, _NO_NUMBERS)
            if session and session.outbox and session.client:
                client = session.client
                row["client"] = {"at_s": round(client.at_s, 1), **client.stats}
            rows.append(row)
        return rows


def _numbers(health: Health) -> dict[str, Any]:
    values = ((name, getattr(health, name)) for name in _NUMBERS)
    return {name: value for name, value in values if value is not None}


_NO_NUMBERS = _numbers(_UNKNOWN)


def _heard(hearing: Hearing | None) -> dict[str, Any]:
    """Of a speaker: why nobody hears him, or that it cannot be told."""
    if hearing is None:
        return {}
    if hearing.unheard is None:
        return {"unmeasured": True} if hearing.unmeasured else {}
    since_s = round(hearing.since_s, 3)
    return {"unheard": {"reason": hearing.unheard.value, "since_s": since_s}}


def _estimate(quality: Quality | None) -> dict[str, Any]:
    """How sound is heard over the line, each way, with what it was estimated from."""
    if quality is None or not quality.sound:
        return {}
    return {
        "estimate": {
            direction.removesuffix("link"): {
                "mos": round(sound.mos, 2),
                "loss": round(sound.loss, 4),
                "delay_ms": round(sound.delay_s * 1000),
            }
            for direction, sound in quality.sound.items()
        }
    }


def _is_excused(conference: Conference, site: SiteCode) -> bool:
    attendance = conference.rollcall.marks.get(site)
    return attendance is not None and attendance.mark is Mark.EXCUSED


def _lasts(
    since_s: dict[SiteCode, float], code: SiteCode, *, is_so: bool, now_s: float
) -> float | None:
    """For how long it has been so; None: it is not."""
    if not is_so:
        since_s.pop(code, None)
        return None
    return now_s - since_s.setdefault(code, now_s)


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
