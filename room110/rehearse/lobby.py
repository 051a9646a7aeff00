"""Lobby: the hour before, in which lines and rooms are tried and nobody is heard.

Technicians do the chair's part here.  The sound and picture walk goes round in seat order (practice.md
A16); what somebody may not do yet is tried too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Final

from bridge.conference import commands
from bridge.conference.words import (
    CENTRE,
    Ladder,
    Mark,
    RefusalCode,
    RequestHandling,
    SiteCode,
    SlateKind,
)
from room110.rehearse.acts import ask, mended, probe
from room110.rehearse.cast import Cast
from room110.rehearse.people import (
    CHAIR,
    DEPUTY,
    SECOND_TECHNICIAN,
    SECRETARY,
    SPARE,
    TECHNICIAN,
    room,
)
from room110.rehearse.steps import (
    AtLeisure,
    Chapter,
    Consoles,
    Heard,
    Lines,
    Say,
    Standby,
    Step,
    Together,
    Until,
    Wait,
)

STARTS: Final = "2026-11-26T08:00:00+07:00"
WAVE: Final = 6
"""Sites that connect at about one time."""
NO_SUCH_SITE: Final = "99"


def lobby(cast: Cast, chance: Random) -> Iterator[Step]:
    yield Chapter(title="lobby: consoles, agenda, lines")
    yield Consoles(people=(TECHNICIAN, SECOND_TECHNICIAN, SECRETARY), on=True)
    yield from _paper(cast)
    yield from _connect(cast, chance)
    yield from _walk(cast)
    yield from _care(cast)
    yield from _not_yet(cast)
    yield Chapter(title="lobby: roll call")
    yield Consoles(people=(CHAIR, SPARE, DEPUTY), on=True)
    yield from _roll_call(cast, chance)


def _paper(cast: Cast) -> Iterator[Step]:
    changes = {
        "max_floor_users": 1,
        "request_handling": RequestHandling.QUEUE,
        "limit_s": 300,
        "warn_s": 60,
        "grace_s": 20.0,
        "chair_grace_s": 30.0,
        "down_after_s": 120.0,
        "start_within_s": 15.0,
        "reopen_within_s": 900.0,
    }
    yield Say(by=TECHNICIAN, command=commands.ChairPolicy(changes=changes))
    yield Say(
        by=SECRETARY,
        command=commands.ConferenceDescribe(
            place="Phòng họp 110",
            chair="Ông Trần Quốc Hùng, Bộ trưởng",
            secretary="Bà Vũ Thanh Mai",
            organizer="Bộ Khoa học và Công nghệ",
            starts=STARTS,
        ),
    )
    slate = commands.ProgrammeSlate(
        slate=SlateKind.LOBBY,
        text="Hội nghị không trao đổi nội dung thuộc bí mật nhà nước.",
        until=STARTS,
    )
    yield Say(by=SECRETARY, command=slate)
    # All or nothing: one site nobody knows, and nothing is loaded.
    turns = [draft for draft in cast.agenda if draft.site is not None]
    wrong = (*cast.agenda, replace(turns[0], site=NO_SUCH_SITE))
    yield Say(
        by=SECRETARY,
        command=commands.AgendaLoad(items=wrong),
        refused=RefusalCode.SITE_NOT_FOUND,
    )
    yield Say(by=SECRETARY, command=commands.AgendaLoad(items=cast.agenda))
    excused = commands.RollcallMark(site=cast.excused, mark=Mark.EXCUSED)
    yield Say(by=SECRETARY, command=excused, refused=RefusalCode.BAD_STATE)
    reason = "Bận công tác đột xuất, đã gửi báo cáo bằng văn bản"
    yield Say(by=SECRETARY, command=replace(excused, reason=reason))


def _connect(cast: Cast, chance: Random) -> Iterator[Step]:
    yield Lines(sites=(CENTRE,), to="up")
    for start in range(0, len(cast.present), WAVE):
        yield Wait(seconds=chance.uniform(10, 90))
        yield Lines(sites=cast.present[start : start + WAVE], to="up")
    yield Until(
        what="every line that is to be there",
        is_so=lambda screen: {*cast.present, CENTRE} <= screen.up,
        within_s=60,
    )
    unlucky = cast.present[-1]
    yield Lines(sites=(unlucky,), to="lost")
    yield Wait(seconds=30)
    yield from mended(unlucky)
    yield Heard(centre=False)


def _walk(cast: Cast) -> Iterator[Step]:
    """Each is listened to in seat order, every twelfth is talked with; one is listened to for too
    long."""
    yield Chapter(title="lobby: sound and picture walk")
    for place, site in enumerate(cast.present):
        talks = place % 12 == 0
        yield from probe(site, seconds=8, talk=talks)
        if place in {0, 1}:
            yield Heard(centre=False, probed=site, talks=talks)
    yield AtLeisure(steps=(Wait(seconds=61),))
    yield Say(by=TECHNICIAN, command=commands.SiteProbe(site=None))
    yield Heard(centre=False)
    yield Say(by=TECHNICIAN, command=commands.ViewCarousel(sites="online", every_s=8))
    yield Wait(seconds=120)
    yield Say(by=TECHNICIAN, command=commands.ViewWatch(site=cast.present[2]))


def _care(cast: Cast) -> Iterator[Step]:
    """Somebody needs help, a line gets a smaller picture, a device is begun anew, one is dropped."""
    needy, thin, dropped = cast.present[:3]
    yield Say(by=room(needy), command=commands.HelpRaise())
    yield Say(by=SECOND_TECHNICIAN, command=commands.HelpAck(site=needy))
    yield Say(
        by=SECOND_TECHNICIAN,
        command=commands.NoteSend(to=needy, text="Kỹ thuật đã nhận, sẽ gọi lại"),
    )
    yield Say(
        by=room(needy),
        command=commands.NoteSend(to="technicians", text="Loa phòng họp bị rè"),
    )
    yield Wait(seconds=90)
    yield Say(by=room(needy), command=commands.HelpClose())
    yield Say(
        by=room(needy),
        command=commands.NoteSend(to=thin, text="Chào các đồng chí"),
        refused=RefusalCode.NOT_AUTHORIZED,
    )
    yield Say(by=TECHNICIAN, command=commands.SiteLadder(site=thin, to=Ladder.SMALL))
    yield Say(by=TECHNICIAN, command=commands.SiteDrop(site=dropped))
    yield Lines(sites=(dropped,), to="left")
    yield Wait(seconds=20)
    yield from mended(dropped)
    yield AtLeisure(
        steps=(
            Standby(site=thin, on=True),
            Say(by=TECHNICIAN, command=commands.SiteSwitch(site=thin)),
            Standby(site=thin, on=False),
            Say(by=TECHNICIAN, command=commands.SiteRestart(site=thin)),
        )
    )


def _not_yet(cast: Cast) -> Iterator[Step]:
    """A hand goes up too early, and nobody can be given the floor."""
    early: SiteCode = cast.present[0]
    yield ask(early, text="Thử đăng ký phát biểu")
    yield Say(
        by=TECHNICIAN,
        command=commands.ChairGrant(request=0),
        of=early,
        refused=RefusalCode.BAD_STATE,
    )
    yield Say(
        by=TECHNICIAN,
        command=commands.ChairHandover(to=DEPUTY.user),
        refused=RefusalCode.NOT_AUTHORIZED,
    )
    yield Heard(centre=False)


def _roll_call(cast: Cast, chance: Random) -> Iterator[Step]:
    yield Say(by=SECRETARY, command=commands.RollcallOpen())
    yield Together(
        says=tuple(
            Say(
                by=room(site),
                command=commands.RollcallAnswer(
                    head=f"Giám đốc Sở {site}", title="Giám đốc Sở", count=chance.randint(3, 25)
                ),
            )
            for site in cast.present
        )
    )
    yield Say(
        by=SECRETARY,
        command=commands.RollcallMark(site=cast.present[1], mark=Mark.PRESENT, count=12),
    )
    yield AtLeisure(steps=(Wait(seconds=2150),))
    yield Wait(seconds=240)
    yield Say(by=SECRETARY, command=commands.RollcallClose())
    yield Say(by=TECHNICIAN, command=commands.ConferenceLock(on=True))
    yield Say(by=CHAIR, command=commands.ChairLimit(site=cast.hands[0], limit_s=300))
    yield Say(
        by=CHAIR,
        command=commands.ChairHandover(to="nobody"),
        refused=RefusalCode.USER_NOT_FOUND,
    )
    yield Heard(centre=False)
