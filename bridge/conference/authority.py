"""Authority: who may do what, and when.  Role x command x phase, in one table.

The chair decides; nobody else gives or takes the floor while the conference is on.  A site
speaks for itself.  A secretary keeps the list.  A technician does the chair's part in the
lobby, so that lines and microphones can be tried before anybody sits down, and in any phase
may stop a howl but never opens what was shut.  A deputy has nothing of the chair until it was handed
to him or he has assumed it; then he acts by the chair's authority, and the named chair by none but
the right to take it back.  Viewers and the metrics reader only look.

Rule 1: what the table does not name is forbidden.
Rule 2: of several roles the least that suffices is used, and the journal keeps it as ``as``: a
technician who is also at the console tests in the lobby as technician, and a site's own hand is
a site's hand whoever else holds its token.  One exception: who is named chair takes the chair back
as its owner, deputy or not.
Rule 3: this file says who may try.  Whether it can be done (phase, line, capacity) is decided
after it: in the lobby a technician may ask for a grant, and hears ``bad_state``.
Rule 4: whoever put a request on the list for a site may withdraw it until it is granted.  From
then on it is the site's to release and the chair's to revoke, or a secretary could end a speech.

(research/floor-control.md 5.4, amended by DESIGN section 4: room 110 can be shut.)
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final

from bridge.conference.care import DESK, TECHNICIANS
from bridge.conference.chair import is_chair
from bridge.conference.commands import (
    Actor,
    AgendaDefer,
    AgendaFinish,
    AgendaLoad,
    AgendaNext,
    AgendaReturn,
    AgendaSkip,
    ChairAccept,
    ChairAssume,
    ChairCall,
    ChairDeny,
    ChairExtend,
    ChairGrant,
    ChairHandover,
    ChairHold,
    ChairLimit,
    ChairMute,
    ChairNext,
    ChairPhase,
    ChairPolicy,
    ChairResume,
    ChairRevoke,
    ChairSilence,
    CheckHeard,
    CheckRun,
    CheckStop,
    ConferenceDescribe,
    ConferenceLock,
    FloorRelease,
    FloorRequest,
    HelpAck,
    HelpClose,
    HelpRaise,
    MinutesNote,
    NoteSend,
    PersonCommand,
    ProgrammeSlate,
    RollcallAnswer,
    RollcallClose,
    RollcallMark,
    RollcallOpen,
    SiteCut,
    SiteDrop,
    SiteLadder,
    SiteProbe,
    SiteRestart,
    SiteSwitch,
    ViewBroadcast,
    ViewCarousel,
    ViewWatch,
    WalkBegin,
    WalkEnd,
    WalkGo,
    WalkJudge,
    WalkNext,
    WalkSkip,
)
from bridge.conference.state import Conference
from bridge.conference.words import CENTRE, ItemStatus, Phase, RequestStatus, Role


class Scope(Enum):
    """How far a power reaches."""

    ANY = auto()
    OWN = auto()
    """The site the actor stands in."""
    MADE = auto()
    """A request the actor made, until it is granted."""
    SHUT_CENTRE = auto()
    """Block room 110; not unblock it, nobody else."""
    PLANNED = auto()
    """An agenda item that has not begun: nobody speaks for it yet."""
    IN = auto()
    """A note to the desk or the technicians, not to a site."""


Powers = Mapping[Phase, Scope]


def _always(scope: Scope) -> dict[Phase, Scope]:
    return dict.fromkeys(Phase, scope)


_CHAIR: Final = {Role.CHAIR: _always(Scope.ANY)}
_CHAIR_AND_LOBBY: Final = {Role.TECHNICIAN: {Phase.LOBBY: Scope.ANY}} | _CHAIR
_LIST: Final = {Role.SECRETARY: _always(Scope.ANY)} | _CHAIR_AND_LOBBY
_PLAN: Final = {Role.SECRETARY: _always(Scope.PLANNED)} | _CHAIR_AND_LOBBY
_PAPER: Final = {Role.SECRETARY: _always(Scope.ANY)} | _CHAIR
_CARE: Final = {Role.TECHNICIAN: _always(Scope.ANY)} | _CHAIR
_SITE: Final = {Role.SITE: _always(Scope.OWN)}
_WALK: Final = {
    role: {Phase.LOBBY: Scope.ANY, Phase.RECESS: Scope.ANY}
    for role in (Role.TECHNICIAN, Role.CHAIR)
}
_HELPERS: Final = {
    role: _always(Scope.ANY) for role in (Role.TECHNICIAN, Role.SECRETARY, Role.CHAIR)
}

# The order inside a row is the order of trying: the least authority first.
AUTHORITY: Final[Mapping[type[PersonCommand], Mapping[Role, Powers]]] = {
    FloorRequest: _SITE | _LIST,
    FloorRelease: {
        Role.SITE: _always(Scope.OWN),
        Role.SECRETARY: _always(Scope.MADE),
        Role.TECHNICIAN: {Phase.LOBBY: Scope.MADE},
        Role.CHAIR: _always(Scope.MADE),
    },
    ChairAccept: _LIST,
    ChairGrant: _CHAIR_AND_LOBBY,
    ChairCall: _CHAIR_AND_LOBBY,
    ChairDeny: _CHAIR_AND_LOBBY,
    ChairRevoke: _CHAIR_AND_LOBBY,
    ChairNext: _CHAIR_AND_LOBBY,
    ChairHold: _CHAIR_AND_LOBBY,
    ChairResume: _CHAIR_AND_LOBBY,
    ChairExtend: _CHAIR_AND_LOBBY,
    ChairLimit: _CHAIR_AND_LOBBY,
    ChairMute: {Role.TECHNICIAN: _always(Scope.SHUT_CENTRE) | {Phase.LOBBY: Scope.ANY}} | _CHAIR,
    ChairSilence: _CHAIR_AND_LOBBY,
    ChairPolicy: _CHAIR_AND_LOBBY,
    ChairPhase: _CHAIR_AND_LOBBY,
    ChairHandover: _CHAIR,
    ChairAssume: _CHAIR | {Role.DEPUTY: _always(Scope.ANY)},
    AgendaLoad: _LIST,
    AgendaNext: _CHAIR_AND_LOBBY,
    AgendaFinish: _CHAIR_AND_LOBBY,
    AgendaSkip: _PLAN,
    AgendaDefer: _PLAN,
    AgendaReturn: _LIST,
    RollcallOpen: _PAPER,
    RollcallAnswer: _SITE,
    RollcallMark: _PAPER,
    RollcallClose: _PAPER,
    ViewBroadcast: _CARE,
    ViewWatch: _CARE,
    ViewCarousel: _CARE,
    ProgrammeSlate: _HELPERS,
    SiteCut: _CARE,
    SiteProbe: {Role.TECHNICIAN: _always(Scope.ANY)},
    SiteSwitch: _SITE | _CARE,
    SiteRestart: _CARE,
    SiteDrop: _CARE,
    SiteLadder: _CARE,
    HelpRaise: _SITE,
    HelpAck: _HELPERS,
    HelpClose: _SITE | _HELPERS,
    NoteSend: {Role.SITE: _always(Scope.IN), Role.DEPUTY: _always(Scope.ANY)} | _HELPERS,
    MinutesNote: _PAPER,
    ConferenceLock: _CARE,
    ConferenceDescribe: _HELPERS,
    CheckRun: _CARE,
    CheckStop: _CARE,
    CheckHeard: _SITE | {Role.TECHNICIAN: _always(Scope.ANY)},
    WalkBegin: _WALK,
    WalkNext: _WALK,
    WalkSkip: _WALK,
    WalkGo: _WALK,
    WalkJudge: _WALK,
    WalkEnd: _WALK,
}


def authorise(actor: Actor, command: PersonCommand, conference: Conference) -> Role | None:
    """The role by whose authority *actor* may try *command* now; None: by none.

    A request or an item that does not exist is nobody's: who names it is let through here and
    told so by the check of existence.
    """
    for role, powers in AUTHORITY[type(command)].items():
        scope = powers.get(conference.phase)
        if scope is None or not _has(role, actor, command, conference):
            continue
        if _reaches(scope, actor, command, conference):
            return role
    return None


def _has(role: Role, actor: Actor, command: PersonCommand, conference: Conference) -> bool:
    # Who is named chair may take the chair back; everything else is for who has it.
    if role is Role.CHAIR and not isinstance(command, ChairAssume):
        return is_chair(conference, actor.user, actor.roles)
    return role in actor.roles


def _reaches(scope: Scope, actor: Actor, command: PersonCommand, conference: Conference) -> bool:
    match scope, command:
        case Scope.ANY, _:
            return True
        case (
            Scope.OWN,
            FloorRequest(site=site)
            | HelpRaise(site=site)
            | HelpClose(site=site)
            | SiteSwitch(site=site)
            | CheckHeard(site=site),
        ):
            return actor.site is not None and site in {None, actor.site}
        case Scope.OWN, RollcallAnswer():
            return actor.site is not None
        case Scope.OWN, FloorRelease(request=number):
            request = conference.requests.get(number)
            return actor.site is not None and (request is None or request.site == actor.site)
        case Scope.MADE, FloorRelease(request=number):
            request = conference.requests.get(number)
            return request is None or (
                request.by == actor.user and request.status is not RequestStatus.GRANTED
            )
        case Scope.SHUT_CENTRE, ChairMute(site=site, on=on):
            return on and site == CENTRE
        case Scope.PLANNED, AgendaSkip(item=number) | AgendaDefer(item=number):
            item = conference.agenda.items.get(number)
            return item is None or item.status is not ItemStatus.CURRENT
        case Scope.IN, NoteSend(to=to):
            return actor.site is not None and to in {DESK, TECHNICIANS}
    raise AssertionError(f"{scope} says nothing about {type(command).__name__}")
