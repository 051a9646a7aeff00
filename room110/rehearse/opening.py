"""Opening: room 110's microphone opens, speeches from the centre, a film, the central report.

Two provinces come late meanwhile: they are no less heard of by the secretary.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final

from bridge.conference import commands
from bridge.conference.words import CENTRE, CONTENT, Mark, Phase, RefusalCode, SiteCode
from room110.rehearse.acts import grant, mended, minutes, release
from room110.rehearse.cast import Cast
from room110.rehearse.people import CHAIR, DEPUTY, SECRETARY, TECHNICIAN, room
from room110.rehearse.steps import Chapter, Film, Heard, Say, Step, Until, Wait

WELCOME, SPEECH_OF_OPENING, FILM, CENTRAL_REPORT = range(1, 5)
"""Items of the agenda."""
FIRST_REPORT: Final = CENTRAL_REPORT + 1


def opening(cast: Cast, chance: Random) -> Iterator[Step]:
    yield Chapter(title="opening")
    open_ = commands.ChairPhase(to=Phase.OPEN)
    yield Say(by=DEPUTY, command=open_, refused=RefusalCode.NOT_AUTHORIZED)
    yield Say(by=CHAIR, command=open_)
    yield Heard()
    yield Say(by=CHAIR, command=commands.AgendaNext())
    yield minutes(chance, 4, 6)
    yield Say(by=CHAIR, command=commands.AgendaNext())
    yield minutes(chance, 2, 4)
    yield from _comes_late(cast.late[0])
    yield minutes(chance, 6, 8)
    yield from _film(chance)
    yield from _central_report(cast, chance)


def _comes_late(site: SiteCode) -> Iterator[Step]:
    yield from mended(site)
    head = commands.RollcallAnswer(head=f"Phó Giám đốc Sở {site}", title="Phó Giám đốc", count=5)
    yield Say(by=room(site), command=head)
    yield Until(
        what=f"site {site} is marked late",
        is_so=lambda screen: screen.snapshot["rollcall"]["marks"][site]["mark"] == Mark.LATE,
        within_s=10,
    )


def _film(chance: Random) -> Iterator[Step]:
    yield Chapter(title="film")
    yield Say(by=CHAIR, command=commands.AgendaNext())
    yield Film(on=True)
    yield Until(
        what="the film is on the stage",
        is_so=lambda screen: screen.snapshot.get("content") == CENTRE,
        within_s=10,
    )
    yield minutes(chance, 7, 8)
    yield Heard()
    yield Film(on=False)


def _central_report(cast: Cast, chance: Random) -> Iterator[Step]:
    yield Chapter(title="central report, with slides")
    yield Say(by=CHAIR, command=commands.AgendaNext())
    yield Say(by=SECRETARY, command=commands.FloorRequest(site=CENTRE, floors=(CONTENT,)))
    yield from grant(CENTRE, limit_s=None, floor=CONTENT)
    yield minutes(chance, 8, 9)
    yield from _comes_late(cast.late[1])
    yield Say(by=TECHNICIAN, command=commands.ViewCarousel(sites=cast.present[:4], every_s=8))
    yield minutes(chance, 9, 12)
    yield Say(by=TECHNICIAN, command=commands.ViewCarousel(sites=None))
    yield release(CENTRE, floor=CONTENT)
    note = "Báo cáo trung tâm nêu sáu kiến nghị; tài liệu gửi kèm."
    yield Say(by=SECRETARY, command=commands.MinutesNote(text=note))
    yield Wait(seconds=20)
