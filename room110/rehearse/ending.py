"""Ending: the centre answers, everybody rests, the service dies in the break, and it is closed twice.

Somebody still speaks when the recess comes and goes on after it.  The chair closes too early, which may
be taken back for a quarter of an hour (practice.md A14).
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final

from bridge.conference import commands
from bridge.conference.words import CENTRE, Mark, Phase, RefusalCode, SlateKind
from room110.rehearse.acts import minutes, release, speak
from room110.rehearse.cast import Cast
from room110.rehearse.people import CHAIR, DESKS, SECRETARY, TECHNICIAN, room
from room110.rehearse.steps import (
    Chapter,
    Consoles,
    Heard,
    Lines,
    Restart,
    Say,
    Step,
    Until,
    Wait,
)

GOES_ON: Final = "2026-11-26T11:15:00+07:00"
ALL_BACK_S: Final = 60.0


def ending(cast: Cast, chance: Random) -> Iterator[Step]:
    yield Chapter(title="answers from room 110")
    yield Say(by=CHAIR, command=commands.AgendaNext())
    for _ in range(3):
        yield minutes(chance, 6, 7.5)
        note = commands.MinutesNote(text="Bộ tiếp thu, sẽ trả lời bằng văn bản.")
        yield Say(by=SECRETARY, command=note)
    yield Heard()
    yield from _recess(cast, chance)
    yield from _conclusion(cast, chance)


def _recess(cast: Cast, chance: Random) -> Iterator[Step]:
    speaker = cast.late[1]
    yield Chapter(title="recess, in which the service dies")
    yield Say(by=CHAIR, command=commands.ChairCall(site=speaker))
    yield from speak(chance, speaker)
    yield Say(by=CHAIR, command=commands.AgendaNext())
    slate = commands.ProgrammeSlate(slate=SlateKind.RECESS, until=GOES_ON)
    yield Say(by=SECRETARY, command=slate)
    yield Say(by=CHAIR, command=commands.ChairPhase(to=Phase.RECESS))
    yield Heard(centre=False)
    call = commands.ChairCall(site=cast.present[0])
    yield Say(by=CHAIR, command=call, refused=RefusalCode.BAD_STATE)
    yield minutes(chance, 5, 6)
    yield Restart(whole=True)
    yield Until(
        what="every line after the restart",
        is_so=lambda screen: {*cast.provinces, CENTRE} <= screen.up,
        within_s=ALL_BACK_S,
    )
    yield Heard(centre=False)
    yield minutes(chance, 10, 12)
    yield Say(by=CHAIR, command=commands.ChairPhase(to=Phase.OPEN))
    yield Chapter(title="the session goes on")
    yield Heard(sites=(speaker,))
    yield minutes(chance, 1, 2)
    yield release(speaker)


def _conclusion(cast: Cast, chance: Random) -> Iterator[Step]:
    yield Chapter(title="conclusion")
    yield Say(by=CHAIR, command=commands.AgendaNext())
    left = commands.RollcallMark(site=cast.present[4], mark=Mark.LEFT)
    yield Say(by=SECRETARY, command=left)
    yield minutes(chance, 8, 10)
    yield Say(by=CHAIR, command=commands.ChairPhase(to=Phase.CLOSED))
    yield Heard(centre=False)
    too_late = room(cast.present[0])
    yield Say(by=too_late, command=commands.FloorRequest(), refused=RefusalCode.BAD_STATE)
    yield Wait(seconds=120)
    yield Chapter(title="closed too early, opened again")
    yield Say(by=CHAIR, command=commands.ChairPhase(to=Phase.OPEN))
    yield Heard()
    yield minutes(chance, 4, 6)
    note = "Hội nghị thống nhất sáu nội dung trong thông báo kết luận."
    yield Say(by=SECRETARY, command=commands.MinutesNote(text=note))
    yield Say(by=TECHNICIAN, command=commands.ConferenceLock(on=False))
    yield Say(by=CHAIR, command=commands.ChairPhase(to=Phase.CLOSED))
    yield Heard(centre=False)
    yield Lines(sites=(*cast.provinces, CENTRE), to="left")
    yield Consoles(people=DESKS, on=False)
