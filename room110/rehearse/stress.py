"""Stress: every province reports for three minutes, and chance breaks in.

What is drawn is what happens and when; the answer to a disturbance may be anything, for the invariants
say what must not follow from it.  Only the order itself must go through: every report is granted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Final

from bridge.conference import commands
from bridge.conference.agenda import Draft
from bridge.conference.commands import PersonCommand
from bridge.conference.words import CENTRE, ItemKind, Phase, RequestHandling, SiteCode, Via
from room110.rehearse.people import (
    CHAIR,
    DEPUTY,
    DESKS,
    SECRETARY,
    SPARE,
    TECHNICIAN,
    Person,
    room,
)
from room110.rehearse.steps import (
    Chapter,
    Consoles,
    Lines,
    Mic,
    Restart,
    Say,
    Script,
    Step,
    Until,
    Wait,
)

MINUTES: Final = 3
LIMIT_S: Final = MINUTES * 60
DISTURBANCES: Final = 3
"""At most, in one report."""

Disturbance = Callable[[SiteCode, Sequence[SiteCode], Random], Iterator[Step]]
"""Of who speaks, among all sites; everything is as before at its end, or nearly."""


def stress(sites: Sequence[SiteCode], chance: Random) -> Script:
    return tuple(_stress(sites, chance))


def _stress(sites: Sequence[SiteCode], chance: Random) -> Iterator[Step]:
    yield Chapter(title=f"stress: {len(sites)} reports of {MINUTES} minutes")
    yield Consoles(people=DESKS, on=True)
    yield Lines(sites=(*sites, CENTRE), to="up")
    items = tuple(
        Draft(kind=ItemKind.SITE, title=f"Báo cáo {site}", minutes=MINUTES, site=site)
        for site in sites
    )
    yield Say(by=SECRETARY, command=commands.AgendaLoad(items=items))
    yield Say(by=CHAIR, command=commands.ChairPhase(to=Phase.OPEN))
    for site in sites:
        yield _maybe(CHAIR, commands.ChairRevoke())
        yield Say(by=CHAIR, command=commands.ChairNext(site=site))
        yield Say(by=CHAIR, command=commands.AgendaNext())
        grant = commands.ChairGrant(request=0, on_full="replace")
        yield Say(by=CHAIR, command=grant, of=site, turn=True, limit_s=LIMIT_S)
        yield Wait(seconds=chance.uniform(0, 20))
        yield Mic(site=site)
        for _ in range(chance.randint(0, DISTURBANCES)):
            yield Wait(seconds=chance.uniform(0, 60))
            yield from chance.choice(ALL)(site, sites, chance)
        yield Wait(seconds=chance.uniform(10, 150))
        if chance.random() < 0.7:  # noqa: PLR2004  # else the agenda takes it away
            yield _maybe(room(site), commands.FloorRelease(request=0), of=site)
    yield Say(by=CHAIR, command=commands.ChairPhase(to=Phase.CLOSED))


def _maybe(by: Person, command: PersonCommand, *, of: SiteCode | None = None) -> Say:
    return Say(by=by, command=command, of=of, may_fail=True)


def _up(*sites: SiteCode) -> Iterator[Step]:
    yield Lines(sites=sites, to="up")
    yield Until(
        what=f"the lines of {', '.join(sites)}",
        is_so=lambda screen: set(sites) <= screen.up,
        within_s=20,
    )


def _short_loss(site: SiteCode, _sites: Sequence[SiteCode], chance: Random) -> Iterator[Step]:
    yield Lines(sites=(site,), to=chance.choice(["lost", "left"]))
    yield Wait(seconds=chance.uniform(0, 19))
    yield from _up(site)


def _long_loss(site: SiteCode, _sites: Sequence[SiteCode], chance: Random) -> Iterator[Step]:
    yield Lines(sites=(site,), to="lost")
    yield Wait(seconds=chance.choice([19.9, 20.1, 25, 130]))
    yield from _up(site)
    if chance.random() < 0.5:  # noqa: PLR2004  # the chair lets it go on, or goes on
        yield _maybe(CHAIR, commands.ChairGrant(request=0), of=site)
        yield Mic(site=site)


def _many_lost(_site: SiteCode, sites: Sequence[SiteCode], chance: Random) -> Iterator[Step]:
    lost = tuple(chance.sample(list(sites), len(sites) // 4))
    yield Lines(sites=lost, to="lost")
    yield Wait(seconds=chance.uniform(1, 40))
    yield from _up(*lost)


def _hands(_site: SiteCode, sites: Sequence[SiteCode], chance: Random) -> Iterator[Step]:
    handling = chance.choice(list(RequestHandling))
    yield _maybe(CHAIR, commands.ChairPolicy(changes={"request_handling": handling}))
    hands = chance.sample(list(sites), min(4, len(sites)))
    for hand in hands:
        request = commands.FloorRequest(priority=chance.randint(0, 4), respond=True)
        yield _maybe(room(hand), request)
    for hand in hands:
        position = chance.choice([None, 0, 1, 2, 9])
        yield _maybe(SECRETARY, commands.ChairAccept(request=0, position=position), of=hand)
    yield _maybe(CHAIR, commands.ChairDeny(request=0), of=hands[0])
    yield _maybe(room(hands[1]), commands.FloorRelease(request=0), of=hands[1])
    yield _maybe(CHAIR, commands.ChairGrant(request=0), of=hands[2])
    yield _maybe(CHAIR, commands.ChairRevoke(request=0), of=hands[2])


def _calls(_site: SiteCode, sites: Sequence[SiteCode], chance: Random) -> Iterator[Step]:
    other = chance.choice(list(sites))
    via = chance.choice(list(Via))
    yield _maybe(CHAIR, commands.ChairCall(site=other, via=via))
    yield Wait(seconds=chance.uniform(0, 40))
    yield _maybe(CHAIR, commands.ChairRevoke())


def _interrupts(site: SiteCode, _sites: Sequence[SiteCode], chance: Random) -> Iterator[Step]:
    yield _maybe(CHAIR, commands.ChairHold(request=0), of=site)
    yield Wait(seconds=chance.uniform(0, 60))
    yield _maybe(SPARE, commands.ChairResume(request=0), of=site)
    yield _maybe(CHAIR, commands.ChairExtend(request=0, add_s=chance.randint(1, 120)), of=site)


def _howls(site: SiteCode, _sites: Sequence[SiteCode], chance: Random) -> Iterator[Step]:
    howling = chance.choice([site, CENTRE])
    yield _maybe(TECHNICIAN, commands.SiteCut(site=howling, on=True))
    yield Wait(seconds=chance.uniform(0, 30))
    yield _maybe(TECHNICIAN, commands.SiteCut(site=howling, on=False))


def _silence(site: SiteCode, sites: Sequence[SiteCode], chance: Random) -> Iterator[Step]:
    yield _maybe(CHAIR, commands.ChairSilence())
    yield Wait(seconds=chance.uniform(0, 20))
    yield _maybe(CHAIR, commands.ChairMute(site=CENTRE, on=False))
    yield _maybe(CHAIR, commands.ChairMute(site="all", but=(chance.choice(list(sites)),)))
    yield _maybe(CHAIR, commands.ChairResume(request=0), of=site)
    yield _maybe(CHAIR, commands.ChairMute(site="all", on=False))


def _chair_lost(_site: SiteCode, _sites: Sequence[SiteCode], chance: Random) -> Iterator[Step]:
    yield Consoles(people=(CHAIR, SPARE), on=False)
    yield Wait(seconds=chance.choice([5, 29.9, 30.1, 60]))
    yield _maybe(DEPUTY, commands.ChairAssume())
    yield _maybe(DEPUTY, commands.ChairHold(request=0), of=_site)
    yield _maybe(DEPUTY, commands.ChairResume(request=0), of=_site)
    yield Consoles(people=(CHAIR, SPARE), on=True)
    yield _maybe(CHAIR, commands.ChairAssume())
    yield _maybe(CHAIR, commands.ChairResume(request=0), of=_site)


def _recess(_site: SiteCode, _sites: Sequence[SiteCode], chance: Random) -> Iterator[Step]:
    yield _maybe(CHAIR, commands.ChairPhase(to=Phase.RECESS))
    yield Wait(seconds=chance.uniform(1, 300))
    yield _maybe(CHAIR, commands.ChairPhase(to=Phase.OPEN))


def _several(_site: SiteCode, sites: Sequence[SiteCode], chance: Random) -> Iterator[Step]:
    """More may hold the floor for a while, and it goes on by itself."""
    changes = {"max_floor_users": chance.randint(2, 4), "auto_advance": True}
    yield _maybe(CHAIR, commands.ChairPolicy(changes=changes))
    others = chance.sample(list(sites), min(3, len(sites)))
    for other in others:
        yield _maybe(SECRETARY, commands.FloorRequest(site=other, limit_s=chance.randint(20, 90)))
    yield Wait(seconds=chance.uniform(1, 60))
    yield _maybe(CHAIR, commands.ChairPolicy(changes={"auto_advance": False}))
    for other in others:
        yield _maybe(CHAIR, commands.ChairRevoke(request=0), of=other)
    yield _maybe(CHAIR, commands.ChairPolicy(changes={"max_floor_users": 1}))


def _help(site: SiteCode, sites: Sequence[SiteCode], chance: Random) -> Iterator[Step]:
    needy = chance.choice(list(sites))
    yield _maybe(room(needy), commands.HelpRaise())
    yield _maybe(TECHNICIAN, commands.HelpAck(site=needy))
    yield _maybe(room(needy), commands.NoteSend(to="desk", text="Đề nghị bật mic"))
    yield _maybe(TECHNICIAN, commands.SiteProbe(site=needy))
    yield _maybe(CHAIR, commands.ViewBroadcast(site=needy))
    yield Wait(seconds=chance.uniform(0, 10))
    yield _maybe(TECHNICIAN, commands.ViewCarousel(sites="online", every_s=chance.randint(5, 30)))
    yield _maybe(CHAIR, commands.ViewBroadcast(site=None))
    yield _maybe(TECHNICIAN, commands.ViewWatch(site=site))
    yield _maybe(TECHNICIAN, commands.HelpClose(site=needy))


def _restart(_site: SiteCode, _sites: Sequence[SiteCode], chance: Random) -> Iterator[Step]:
    yield Restart(whole=chance.random() < 0.5)  # noqa: PLR2004  # half of them


ALL: Final[Sequence[Disturbance]] = (
    _short_loss,
    _long_loss,
    _many_lost,
    _hands,
    _calls,
    _interrupts,
    _howls,
    _silence,
    _chair_lost,
    _recess,
    _several,
    _help,
    _restart,
)
