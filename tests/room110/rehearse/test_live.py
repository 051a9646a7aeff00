"""The live player where nothing goes as written; how it plays is in test_run_live."""

from __future__ import annotations

import asyncio

import pytest

from bridge.conference import commands
from bridge.conference.words import Phase, RefusalCode
from bridge.endpoint.library import ClipLibrary
from config.roster import load_roster
from config.settings import Settings
from room110.crowd import card_of, clip_folder
from room110.local import Local
from room110.rehearse import live, steps
from room110.rehearse.live import live_player
from room110.rehearse.pace import Pace
from room110.rehearse.people import CHAIR, TECHNICIAN, room
from room110.whole import running

ROSTER = load_roster()
BEGIN = (
    steps.Consoles(people=(TECHNICIAN, CHAIR), on=True),
    steps.Lines(sites=("01", "02", "110"), to="up"),
)
OPEN = steps.Say(by=CHAIR, command=commands.ChairPhase(to=Phase.OPEN))
CALL = steps.Say(by=CHAIR, command=commands.ChairCall(site="01"))


@pytest.fixture
async def player(tmp_path):
    settings = Settings(state=tmp_path, http_port=0, media_port=0, media_tcp_port=0)
    with ClipLibrary(clip_folder()) as library:
        await library.prepare([card_of(ROSTER.by_code(code)) for code in ("01", "02", "110")])
        async with running(settings):
            local = Local.find(settings)
            await local.begin_rehearsal("Hội nghị")
            pace = Pace(speed=60.0)
            async with live_player(local, ROSTER, library, pace, lambda _: None) as player:
                yield player


async def test_what_is_heard_is_told_from_what_is_not(player, monkeypatch):
    probe = commands.SiteProbe(site="02", kind="talk")
    await player.play(
        (
            *BEGIN,
            steps.Heard(centre=False),
            steps.Say(by=TECHNICIAN, command=probe),
            steps.Heard(centre=False, probed="02", talks=True),
            OPEN,
            CALL,
            steps.Mic(site="01"),
            steps.Heard(sites=("01",)),
            steps.Film(on=True),
            steps.Say(by=room("02"), command=commands.ChairRevoke(), refused=RefusalCode.NOT_AUTHORIZED),
        )
    )  # fmt: skip
    assert player.faults == []
    assert player.hearings == 3
    monkeypatch.setattr(live, "HEARD_S", 0.5)
    await player.play((steps.Heard(sites=("02",)),))
    assert player.faults[0].endswith("01 does not hear ['02']")
    await player.play((steps.Heard(),))
    assert player.faults[1].endswith("02 hears ['01']")
    # A gate that only we think is shut leaks.
    for listener in ("02", "technicians"):
        player.ears.allow(listener, {"110"}, asyncio.get_running_loop().time())
    async with asyncio.timeout(10):
        while len(player.ears.leaks) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert {leak[:11] for leak in player.ears.leaks} == {"02 heard 01", "technicians"[:11]}


async def test_a_line_that_does_not_come_is_a_fault(player, monkeypatch):
    monkeypatch.setattr(live, "COME_S", 0.3)
    await player.play((steps.Standby(site="01", on=True),))
    assert player.faults[0].endswith("a standby device of 01 is for those at leisure")
    player.faults.clear()

    async def nothing(sites):
        pass

    monkeypatch.setattr(player._rooms, "join", nothing)
    await player.play((steps.Lines(sites=("01",), to="up"),))
    assert player.faults[0].endswith("waited 0.3 s for: lines up: 01")
