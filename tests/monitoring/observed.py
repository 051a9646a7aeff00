"""A service to look at: real room, journal and bridge, a plane without media."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from bridge.conference.agenda import Draft
from bridge.conference.commands import Actor, ChairCall, ChairNext, ChairPhase, PersonCommand
from bridge.conference.session_commands import AgendaLoad, ConferenceDescribe
from bridge.conference.words import ItemKind, Phase, Role
from bridge.events import Emitter
from bridge.identity import Identity
from bridge.journal import Journals
from bridge.media.plane import LinkLost, LinkUp, SessionStats, SourceStats
from bridge.media.slots import SessionKind
from bridge.media.told import Acknowledgement, Load, SinkStats
from bridge.room import Room
from bridge.service import Bridge
from config.roster import load_roster
from monitoring.metrics import Metrics
from monitoring.surroundings import Surroundings
from tests.support.fake_plane import NOTHING, FakeOutbox, FakePlane, offer_of

ROSTER = load_roster()
CHAIR = Actor(user="an", roles=frozenset({Role.CHAIR}), site="110")
SECRETARY = Actor(user="binh", roles=frozenset({Role.SECRETARY}), site="110")
TECHNICIAN = Actor(user="cuong", roles=frozenset({Role.TECHNICIAN}), site="110")
WALL_S = 1_590_714_000.0

MIC = SourceStats(
    slot="mic",
    layer="",
    packets=100,
    bytes=10_000,
    lost=3,
    jitter_s=0.004,
    keyframes=0,
    level_dbov=-20,
    age_s=0.02,
)
CAMERA = replace(MIC, slot="camera", layer="q", packets=40, keyframes=2, keyframe_requests=5)
ACKNOWLEDGED = Acknowledgement(
    said={"nack": 2, "pli": 1}, told={"remb": 4}, reported_age_s=0.5, stage_age_s=0.75
)
CLIENT = {"concealed_ratio": 0, "jitter_buffer_s": 0, "available_outgoing_bps": 1, "rtt_s": 1}
SOUND = SinkStats(kind="audio", packets=50, bytes=5000, lost=1, jitter_s=0.003)


def carried(session: str, site: str, **changed: Any) -> SessionStats:
    stats = SessionStats(
        session=session,
        site=site,
        connected=True,
        age_s=0.0,
        rtt_s=0.0384,
        loss_down=0.012,
        packets_out=900,
        bytes_out=90_000,
        sources=(MIC, CAMERA),
        sinks=(SOUND,),
    )
    return replace(stats, **changed)


class Observed:
    """The service, its metrics, and hands on both."""

    def __init__(self, room: Room, journals: Journals) -> None:
        self.room = room
        self.plane = FakePlane()
        titles = {site.code: site.title for site in ROSTER}
        names = {site.code: site.name for site in ROSTER}
        self.bridge = Bridge(
            room=room, plane=self.plane, titles=titles, names=names, chance=random.Random(1)
        )
        self.clock_s = 0.0
        self.around = Surroundings(journal=journals.directory)
        self.metrics = Metrics(
            self.bridge,
            names=names,
            writes=journals.writes,
            build={"version": "0.1.0", "python": "3.11"},
            around=self.around,
            wall=lambda: WALL_S,
            clock=lambda: self.clock_s,
        )
        room.emitter.on_changed(self.metrics.tally.note)

    async def do(self, command: PersonCommand, actor: Actor = CHAIR) -> None:
        answer = await self.bridge.submit(command, actor, None)
        assert hasattr(answer, "events"), answer

    async def open(self) -> None:
        await self.do(ChairPhase(to=Phase.OPEN))

    async def join(self, site: str) -> str:
        """A room device with its media up; the name of its media."""
        identity = Identity(
            user=site,
            roles=frozenset({Role.SITE}),
            site=site,
            conference=self.bridge.conference_id(),
        )
        joined = self.bridge.join(identity=identity, kind=SessionKind.ROOM, outbox=FakeOutbox())
        self.bridge.offer(joined.session, *offer_of(joined.slots))
        self.plane.say(LinkUp(session=f"{joined.session}.1"))
        await self.settled()
        return f"{joined.session}.1"

    def console(self, *roles: Role) -> str:
        """A console at room 110; the name of its session."""
        identity = Identity(
            user="an",
            roles=frozenset(roles or {Role.CHAIR}),
            site="110",
            conference=self.bridge.conference_id(),
        )
        kind = SessionKind.CONSOLE
        return self.bridge.join(identity=identity, kind=kind, outbox=FakeOutbox()).session

    async def everything(self) -> str:
        """A conference in which every metric has something to say; the media of 01."""
        await self.do(ConferenceDescribe(starts="2020-05-29T08:00:00+07:00"))
        item = Draft(kind=ItemKind.SITE, title="Báo cáo", minutes=3, site="01")
        await self.do(AgendaLoad(items=(item,)))
        self.bridge.leave(self.console(), said_goodbye=True)
        await self.open()
        media = await self.join("01")
        await self.do(ChairCall(site="01"))
        self.bridge.report(media.partition(".")[0], mic="on", level=None, stats=CLIENT)
        self.around.journal_free_bytes = 10**9
        for later in range(3):
            self.carry(
                carried(
                    media,
                    "01",
                    sources=(replace(MIC, packets=100 + 50 * later), CAMERA),
                    sinks=(replace(SOUND, packets=50 + 50 * later),),
                    acknowledged=ACKNOWLEDGED,
                    path="udp",
                    allowed_bps=1_000_000,
                    line_bps=500_000,
                    shown={"chair": "bandwidth"},
                )
            )
            await asyncio.sleep(1.0)
        return media

    async def lose(self, media: str) -> None:
        self.carry()
        self.plane.say(LinkLost(session=media))
        await self.settled()

    async def settled(self) -> None:
        """The room has done what was posted before."""
        await self.room.submit(ChairNext(site=None), CHAIR)

    def carry(self, *sessions: SessionStats) -> None:
        self.plane.stats = replace(NOTHING, sessions=sessions, load=Load(datagrams_refused=0))

    def page(self, *, openmetrics: bool = False) -> str:
        """A page of now."""
        self.clock_s += 1.0
        return self.metrics.page(openmetrics).decode()

    def samples(self) -> dict[tuple[str, ...], float]:
        return samples(self.page())


def rows_of(
    samples: dict[tuple[str, ...], float], name: str, site: str | None = None
) -> dict[tuple[str, ...], float]:
    """The samples of one family, of one site."""
    return {k: v for k, v in samples.items() if k[0] == name and (site is None or site in k[1:])}


def samples(text: str) -> dict[tuple[str, ...], float]:
    """Name and label values in order of the labels' names -> value."""
    read: dict[tuple[str, ...], float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            key = (sample.name, *(value for _, value in sorted(sample.labels.items())))
            assert key not in read, key
            read[key] = sample.value
    return read


@asynccontextmanager
async def observed(directory: Path) -> AsyncIterator[Observed]:
    """The service with all 64 sites; its looks come once a second."""
    journals = Journals(directory)
    try:
        room = await Room.resume(journals, emitter=Emitter(), sites=ROSTER.codes, title="Hội nghị")
        running = asyncio.create_task(room.run())
        it = Observed(room, journals)
        looking = asyncio.create_task(it.bridge.run())
        try:
            yield it
        finally:
            looking.cancel()
            await room.close()
            await running
    finally:
        journals.close()
