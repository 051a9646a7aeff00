"""Scrape: what one page of /metrics costs the loop that forwards sound.

Everything is as in a service but the packets: a conference in its open phase, every site joined
and its line up, pages that report their getStats, one holder, and counters that go on between two
pages.  A scrape is timed from the question to the bytes, with nothing kept from the page before; the
look that a service takes once a second is timed beside it, and the page of the media process, as
soon as its own look is done.  Nothing is sent anywhere.

The time is the thread's own (CPU): what others on the machine take is not the scrape's.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from statistics import median, quantiles
from types import SimpleNamespace
from typing import Any, Final, cast

from bridge.conference import evolve
from bridge.conference.decide import begin
from bridge.conference.events import (
    Event,
    LinkChanged,
    PhaseChanged,
    Policy,
    RequestGranted,
    RequestMade,
)
from bridge.conference.state import Conference
from bridge.conference.words import CENTRE, SPEECH, Link, Phase, RequestStatus, Role, SiteCode
from bridge.identity import Identity
from bridge.journal import Writes
from bridge.media.core.drops import DropReason
from bridge.media.host import MediaHost
from bridge.media.plane import MediaPlane, Plan, PlaneStats, SessionStats, SourceStats
from bridge.media.slots import SessionKind, slots_for
from bridge.media.told import Acknowledgement, SinkStats
from bridge.outgoing import Outgoing
from bridge.room import Room
from bridge.sessions import Session, Sessions
from bridge.watch import Figures, Watch
from monitoring.metrics import KEPT_S, Metrics
from monitoring.worker import WorkerMetrics
from room110.cli.output import emit, emit_json

SIZES: Final = (64, 512)
"""A conference of provinces, and one of districts."""
PACKETS_A_SECOND: Final = {"mic": 50, "camera": 40}
BEGUN: Final = "2020-05-29T08:00:00.000+07:00"


class Nobody:
    """An outbox that nobody reads."""

    def put(self, message: Outgoing) -> None:
        del message


class Made:
    """A conference of *count* sites that lives from one :meth:`look` to the next."""

    def __init__(self, count: int) -> None:
        self.codes = (*(f"{n:03d}" for n in range(1000, 1000 + count - 1)), CENTRE)
        self._conference = evolve.fold(_events(self.codes))
        self._sessions = Sessions()
        for code in self.codes:
            self._sessions.add(session := _session(code))
            self._sessions.set_media(session, f"{code}.1")
        self._plan = Plan(wants={code: frozenset("q") for code in self.codes})
        self._plane = _Plane(self.codes)
        self.plane = cast(MediaPlane, self._plane)
        titles = {code: f"Sở {code}" for code in self.codes}
        self._watch = Watch(titles, self.plane)
        self._room = _Room(self._conference)

    def look(self) -> None:
        """What a service does once a second; the pages have reported before."""
        self._watch.look(cast(Room, self._room), self._sessions, self._plan)

    def go_on(self) -> None:
        """A second passes."""
        self._room.now_s += 1
        self._plane.go_on()
        for session in self._sessions:
            said = {
                "frames_decoded": 15.0 * self._room.now_s,
                "concealed_ratio": 0.01,
                "jitter_buffer_s": 0.06,
                "rtt_s": 0.03,
            }
            self._watch.hear(session, said, now_s=self._room.now_s)

    def sites(self) -> list[dict[str, Any]]:
        return self._watch.sites(cast(Room, self._room), self._sessions)

    def figures(self) -> Figures:
        return self._watch.figures(cast(Room, self._room), self._sessions, self._plan)


@dataclass
class _Room:
    """What is asked of one."""

    conference: Conference
    now_s: float = 0.0
    begun: str = BEGUN


_NO_HOST: Final = MediaHost(cast(MediaPlane, SimpleNamespace(on_event=lambda _: None)))


class _Plane:
    """What is asked of one."""

    def __init__(self, codes: tuple[SiteCode, ...]) -> None:
        self._codes = codes
        self._seconds = 0
        self._stats = _stats(codes, 0)

    def go_on(self) -> None:
        self._seconds += 1
        self._stats = _stats(self._codes, self._seconds)

    def snapshot(self) -> PlaneStats:
        return self._stats


def measure(sites: int, *, scrapes: int) -> dict[str, Any]:
    """The cost of *scrapes* pages, one a second of a conference of *sites*."""
    made = Made(sites)
    ticks = itertools.count()
    metrics = Metrics(
        made,
        names={code: f"Tỉnh {code}" for code in made.codes},
        writes=Writes(),
        build={"version": "bench", "python": "bench"},
        # So that no page is as young as to be given again.
        clock=lambda: next(ticks) * KEPT_S,
    )
    worker = WorkerMetrics(made.plane, _NO_HOST, clock=lambda: next(ticks) * KEPT_S)
    looks_s, scrapes_s, workers_s = [], [], []
    body = b""
    for _ in range(scrapes):
        made.go_on()
        looks_s.append(_took_s(made.look))
        began_s = time.thread_time()
        body = metrics.page(openmetrics=True)
        scrapes_s.append(time.thread_time() - began_s)
        workers_s.append(_took_s(lambda: worker.page(openmetrics=True)))
    return {
        "sites": sites,
        "series": sum(not line.startswith(b"#") for line in body.splitlines()),
        "bytes": len(body),
        "first_ms": _ms(scrapes_s[0]),
        **_spread("scrape", scrapes_s[1:]),
        **_spread("look", looks_s[1:]),
        **_spread("media", workers_s[1:]),
    }


def run_scrape(*, scrapes: int, as_json: bool) -> int:
    """Measure and print.  The exit code is 0: figures judge nobody."""
    results = [measure(sites, scrapes=scrapes) for sites in SIZES]
    if as_json:
        emit_json({"scrapes": scrapes, "sizes": results})
        return 0
    for result in results:
        for name, value in result.items():
            emit(f"{name:14} {value}")
    return 0


def _took_s(work: Callable[[], object]) -> float:
    began_s = time.thread_time()
    work()
    return time.thread_time() - began_s


def _spread(name: str, seconds: list[float]) -> Mapping[str, float]:
    return {
        f"{name}_p50_ms": _ms(median(seconds)),
        f"{name}_p99_ms": _ms(quantiles(seconds, n=100, method="inclusive")[98]),
        f"{name}_max_ms": _ms(max(seconds)),
    }


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 3)


def _events(codes: tuple[SiteCode, ...]) -> Iterator[Event]:
    yield begin(conference="bench", title="Bench", rehearsal=True, sites=codes, policy=Policy())
    for code in codes:
        yield LinkChanged(at_s=0.0, site=code, to=Link.UP)
    yield PhaseChanged(at_s=0.0, to=Phase.OPEN)
    yield RequestMade(
        at_s=0.0,
        request=1,
        floors=(SPEECH,),
        site=codes[0],
        by="bench",
        status=RequestStatus.ACCEPTED,
        position=1,
    )
    yield RequestGranted(at_s=0.0, request=1, limit_s=300)


def _session(code: SiteCode) -> Session:
    return Session(
        id=code,
        identity=Identity(user=code, roles=frozenset({Role.SITE}), site=code, conference="bench"),
        kind=SessionKind.ROOM,
        slots=slots_for(SessionKind.ROOM),
        outbox=Nobody(),
        mic="on",
    )


def _stats(codes: tuple[SiteCode, ...], now_s: int) -> PlaneStats:
    return PlaneStats(
        sessions=tuple(_carried(code, now_s) for code in codes),
        packets_in=now_s * 90 * len(codes),
        packets_out=now_s * 300 * len(codes),
        bytes_in=now_s * 40_000 * len(codes),
        bytes_out=now_s * 400_000 * len(codes),
        drops=dict.fromkeys(DropReason, now_s),
        keyframe_requests=now_s,
        switches=now_s,
    )


def _carried(code: SiteCode, now_s: int) -> SessionStats:
    return SessionStats(
        session=f"{code}.1",
        site=code,
        connected=True,
        age_s=0.01,
        rtt_s=0.0213,
        loss_down=0.004,
        packets_out=now_s * 300,
        bytes_out=now_s * 400_000,
        sources=tuple(
            SourceStats(
                slot=slot,
                layer=layer,
                packets=now_s * PACKETS_A_SECOND[slot],
                bytes=now_s * PACKETS_A_SECOND[slot] * 500,
                lost=now_s // 10,
                jitter_s=0.0031,
                keyframes=now_s // 5,
                level_dbov=-31 if slot == "mic" else None,
                age_s=0.02,
                repaired=now_s // 3,
            )
            for slot, layer in (("mic", ""), ("camera", "q"), ("camera", "f"))
        ),
        path="udp",
        acknowledged=Acknowledgement(
            said={"nack": now_s, "pli": now_s // 2, "remb": 2 * now_s},
            told={"nack": now_s // 3, "remb": 2 * now_s},
            reported_age_s=0.3,
            stage_age_s=0.4,
        ),
        allowed_bps=1_500_000 + now_s * 1000,
        line_bps=900_000 + now_s * 1000,
        repeated=now_s,
        shown={"chair": "f", "speaker.1": "bandwidth"},
        sinks=tuple(
            SinkStats(
                kind=kind,
                packets=now_s * 150,
                bytes=now_s * 200_000,
                lost=now_s // 20,
                jitter_s=0.0027,
            )
            for kind in ("audio", "video")
        ),
    )
