"""A journal with line checks and a walk, for the tests of the sheet."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

from bridge.conference.check_words import Reason, Verdict, WalkPicture, WalkSound
from bridge.conference.commands import (
    CheckHeard,
    CheckRun,
    LinkLost,
    SiteMeasured,
    WalkBegin,
    WalkEnd,
    WalkJudge,
    WalkNext,
    WalkSkip,
)
from bridge.conference.figures import Figures
from bridge.journal import Journal
from bridge.records import Record
from tests.bridge.conference.scene import TECHNICIAN, Scene, in_lobby, province

GOOD = Figures(
    way="udp",
    family="ipv4",
    rtt_s=0.0312,
    loss_up=0.0,
    loss_down=0.0123,
    jitter_up_s=0.004,
    jitter_down_s=0.0051,
    up_bps=2_130_000.0,
    down_bps=8_040_000.0,
    spoken_dbov=-24.0,
    noise_dbov=-57.6,
    frames_per_s=25.2,
    width=1280,
    height=720,
    echo_db=21.0,
    played="47",
)


class Sitting:
    """A scene whose every command is a record, a minute each."""

    def __init__(self, conference: str = "c1") -> None:
        self.scene: Scene = in_lobby()
        self.scene.journal[0] = self._first(conference)
        self.records: list[Record] = []
        self._record("conference.begin", tuple(self.scene.journal))

    def _first(self, conference: str) -> Any:
        return replace(
            self.scene.journal[0],
            conference=conference,
            title="Hội nghị <giao ban>",
            titles=("Sở KH&CN 01", "Sở 02", "Sở 48", "=Sở 79", "Phòng 110"),
        )

    def do(self, command: Any, actor: Any = None) -> None:
        self.scene.now_s += 60.0
        self._record(type(command).__name__, self.scene.do(command, actor))

    def _record(self, command: str, events: tuple[Any, ...]) -> None:
        rev = len(self.records) + 1
        self.records.append(
            Record(
                rev=rev,
                at_s=self.scene.now_s,
                wall=f"2020-05-29T07:{rev:02}:00.000+07:00",
                actor="cuong",
                authority=None,
                command_id=None,
                command=command,
                events=events,
            )
        )

    def check(self, site: str, verdict: Verdict, *reasons: Reason, **figures: Any) -> None:
        self.do(CheckRun(sites=(site,)), TECHNICIAN)
        found = Figures(**figures) if figures else GOOD
        self.do(SiteMeasured(site=site, verdict=verdict, reasons=reasons, figures=found))


def morning(conference: str = "c1") -> Sitting:
    """01 failed and passes now and heard its number; 02 has a figure only; 48 was judged;
    79 has lost its line; 110 was not checked."""
    sitting = Sitting(conference)
    sitting.check("01", Verdict.FAIL, Reason.LOSS_UP, Reason.NO_PICTURE)
    sitting.check("01", Verdict.WATCH, Reason.LOSS_DOWN)
    sitting.do(CheckHeard(number="47"), province("01"))
    sitting.check("02", Verdict.FAIL, Reason.NO_MEDIA, way="tcp")
    sitting.do(WalkBegin(), TECHNICIAN)
    sitting.do(WalkNext(), TECHNICIAN)
    sitting.do(WalkSkip(), TECHNICIAN)
    words = {"sound": WalkSound.ECHO, "picture": WalkPicture.GOOD, "note": "Loa <gần> mic"}
    sitting.do(WalkJudge(site="48", **words), TECHNICIAN)
    sitting.do(WalkEnd(), TECHNICIAN)
    sitting.do(LinkLost(site="79"))
    return sitting


def journalled(path: Path, records: list[Record]) -> Path:
    async def write() -> None:
        journal = await Journal.create(path)
        await journal.append(records)
        await journal.close()

    asyncio.run(write())
    return path
