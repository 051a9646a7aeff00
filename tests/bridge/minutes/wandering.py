"""Wandering: a conference played at random, aimed at what the rules will mostly allow."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from typing import TypeVar

from bridge.answers import Answers
from bridge.batch import Batch
from bridge.conference.commands import (
    HOUSE,
    Actor,
    AgendaDefer,
    AgendaFinish,
    AgendaLoad,
    AgendaNext,
    AgendaReturn,
    AgendaSkip,
    ChairAssume,
    ChairCall,
    ChairDeny,
    ChairExtend,
    ChairGrant,
    ChairHandover,
    ChairHold,
    ChairMute,
    ChairPhase,
    ChairResume,
    ChairRevoke,
    Command,
    ConsoleCame,
    ConsoleWent,
    FloorRelease,
    FloorRequest,
    HelpAck,
    HelpClose,
    HelpRaise,
    LinkLost,
    LinkUp,
    MicLive,
    MinutesNote,
    Recover,
    RollcallAnswer,
    RollcallClose,
    RollcallMark,
    RollcallOpen,
    SiteCut,
    SiteLeft,
    SiteProbe,
    SiteSwitch,
    StandbySeen,
    Tick,
)
from bridge.conference.floor import ONGOING
from bridge.conference.words import CONTENT, SPEECH, Mark, Phase, Via
from bridge.history import History
from bridge.inbox import Wish
from tests.bridge.conference.scene import CHAIR, DEPUTY, SECRETARY, TECHNICIAN, province
from tests.bridge.minutes.sitting import AGENDA, SITES, Sitting

T = TypeVar("T")

FLOORS = ((SPEECH,), (SPEECH,), (CONTENT,), (SPEECH, CONTENT))
WORDS = (None, "=1", "*a* | b", "\x00\ud800", "ý kiến")
PASSED_S = (0.0, 0.0, 1.0, 15.0, 20.0, 61.0, 125.0)


def wandered(seed: int, *, steps: int) -> Sitting:
    """What the rules allowed of *steps* random commands; some begin in the lobby and stay there."""
    chance = Random(seed)
    sitting = Sitting(max_floor_users=2, limit_s=60, grace_s=20.0, chair_grace_s=30.0)
    for site in SITES:
        if chance.random() < 0.9:
            sitting.come(site)
    for _ in range(steps):
        sitting.now_s += chance.choice(PASSED_S)
        attempt(sitting, Tick(), HOUSE)
        attempt(sitting, *_act(sitting, chance))
        _go_on(sitting, chance)
        # A session is mostly open, or little happens.
        if sitting.state.phase is not Phase.OPEN and chance.random() < 0.1:
            attempt(sitting, ChairPhase(to=Phase.OPEN), CHAIR)
    return sitting


def attempt(sitting: Sitting, command: Command, actor: Actor) -> None:
    """Done if it is allowed."""
    batch = Batch(
        state=sitting.state,
        rev=len(sitting.records),
        now_s=sitting.now_s,
        wall=sitting.wall,
        known=Answers(),
        history=History(rev=len(sitting.records)),
    )
    batch.decide([Wish(command=command, actor=actor)])
    sitting.state = batch.state
    sitting.records += batch.records


def _act(sitting: Sitting, chance: Random) -> tuple[Command, Actor]:
    state = sitting.state
    site = chance.choice(SITES[:-1])
    waiting = _some(chance, (r.id for r in state.requests.values() if r.status in ONGOING), 1)
    holder = _some(chance, (r.id for r in state.granted), waiting)
    item = _some(chance, state.agenda.order, 1)
    floors, text, on = chance.choice(FLOORS), chance.choice(WORDS), chance.random() < 0.4
    chair = DEPUTY if state.chair.deputy else CHAIR
    of_floor: list[tuple[Command, Actor]] = (
        [
            (FloorRequest(floors=floors, text=text, group=text), province(site)),
            (FloorRequest(), province(site)),
            (ChairGrant(request=waiting, on_full=chance.choice(("reject", "replace"))), chair),
            (ChairGrant(request=waiting), chair),
            (ChairCall(site=site, floors=floors, via=chance.choice(tuple(Via))), chair),
            (ChairDeny(request=waiting), chair),
            (ChairRevoke(request=holder), chair),
            (ChairHold(request=holder), chair),
            (ChairResume(request=holder), chair),
            (ChairExtend(request=holder, add_s=60), chair),
            (FloorRelease(request=waiting), province(state.requests[waiting].site)),
            (FloorRelease(request=holder), province(state.requests[holder].site)),
        ]
        if state.requests
        else [(FloorRequest(floors=floors, text=text), province(site))]
    )
    of_lines: list[tuple[Command, Actor]] = [
        (LinkUp(site=site), HOUSE),
        (LinkUp(site=site), HOUSE),
        (LinkLost(site=site), HOUSE),
        (SiteLeft(site=site), HOUSE),
        (MicLive(site=site), HOUSE),
        (MicLive(site=site), HOUSE),
        (Recover(alive=frozenset(chance.sample(SITES, 4))), HOUSE),
        (ConsoleCame(user=CHAIR.user, roles=CHAIR.roles), HOUSE),
        (ConsoleCame(user=DEPUTY.user, roles=DEPUTY.roles), HOUSE),
        (ConsoleWent(user=CHAIR.user), HOUSE),
        (StandbySeen(site=site, on=on), HOUSE),
    ]
    of_course: list[tuple[Command, Actor]] = [
        (ChairPhase(to=chance.choices(tuple(Phase), (0, 5, 4, 1))[0]), chair),
        (AgendaLoad(items=AGENDA, append=on), SECRETARY),
        (AgendaNext(), chair),
        (AgendaNext(item=item), chair),
        (AgendaFinish(), chair),
        (AgendaSkip(item=item), chair),
        (AgendaDefer(item=item), chair),
        (AgendaReturn(item=item), chair),
        (ChairMute(site=site, on=on), chair),
        (ChairHandover(to=DEPUTY.user), chair),
        (ChairAssume(), chance.choice((CHAIR, DEPUTY))),
        (MinutesNote(text=text or "ghi"), SECRETARY),
    ]
    if item in state.agenda.items and (of := state.agenda.items[item].draft.site):
        of_course.append((ChairCall(site=of, agenda_item=item), chair))
    of_people: list[tuple[Command, Actor]] = [
        (SiteCut(site=site, on=on), TECHNICIAN),
        (SiteProbe(site=site if on else None), TECHNICIAN),
        (SiteSwitch(site=site), TECHNICIAN),
        (HelpRaise(), province(site)),
        (HelpAck(site=site), TECHNICIAN),
        (HelpClose(site=site), TECHNICIAN),
        (RollcallMark(site=site, mark=chance.choice((None, *Mark)), reason=text), SECRETARY),
        (RollcallOpen() if on else RollcallClose(), SECRETARY),
        (RollcallAnswer(head="| Bà Hoa", count=3), province(site)),
    ]
    return chance.choice(chance.choice((of_floor, of_floor, of_lines, of_course, of_people)))


def _go_on(sitting: Sitting, chance: Random) -> None:
    """Who was cut off comes back sometimes and is given the rest."""
    for request in tuple(sitting.state.requests.values()):
        if request.continues and request.status in ONGOING and chance.random() < 0.2:
            attempt(sitting, LinkUp(site=request.site), HOUSE)
            attempt(sitting, ChairGrant(request=request.id, on_full="replace"), CHAIR)


def _some(chance: Random, of: Iterable[T], otherwise: T) -> T:
    these = list(of)
    return chance.choice(these) if these else otherwise
