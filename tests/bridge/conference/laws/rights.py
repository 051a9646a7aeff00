"""By whose authority a thing happens (I8), told from the events: never mind what was asked for."""

from __future__ import annotations

from bridge.conference.commands import (
    ChairCall,
    ChairGrant,
    ChairMute,
    ChairPhase,
    HouseCommand,
    Tick,
)
from bridge.conference.events import (
    AgendaLoaded,
    BlockChanged,
    BroadcastChosen,
    BroadcastShown,
    CarouselSet,
    ChairPassed,
    CheckBegun,
    CheckEnded,
    ConsoleSeen,
    CutChanged,
    DeviceSwitched,
    HoldEnded,
    HoldStarted,
    ItemEnded,
    ItemMoved,
    ItemStarted,
    LimitExtended,
    LinkChanged,
    NextChosen,
    NumberHeard,
    PhaseChanged,
    PolicyChanged,
    ProbeEnded,
    ProbeStarted,
    RequestAccepted,
    RequestEnded,
    RequestGranted,
    RollcallMarked,
    SiteChecked,
    SiteLimited,
    StandbyChanged,
    TimeOver,
    TimeWarned,
    WalkBegun,
    WalkJudged,
    WalkMoved,
    WalkSkipped,
    WatchChosen,
)
from bridge.conference.words import EndReason, Hold, Phase, Role

THE_CHAIRS = (
    ItemStarted,
    LimitExtended,
    PhaseChanged,
    PolicyChanged,
    SiteLimited,
)
"""Events that nobody else makes, but a technician in the lobby."""
THE_DESKS = (AgendaLoaded, ItemMoved, RequestAccepted)
"""The secretary's too."""
THE_CARES = (
    CheckBegun,
    CutChanged,
    ProbeStarted,
    WalkBegun,
    WalkJudged,
    WalkMoved,
    WalkSkipped,
)
THE_HOUSES = (
    BroadcastShown,
    ConsoleSeen,
    LinkChanged,
    SiteChecked,
    StandbyChanged,
    TimeOver,
    TimeWarned,
)
TAKEN = {EndReason.CHAIR, EndReason.REPLACED, EndReason.AGENDA, EndReason.CLOSED, EndReason.OPENED}


def cover(event, command, authority, before, facts):
    """The event of that command, on the state *before*, was somebody's to make."""
    if isinstance(command, HouseCommand):
        assert authority is None
        _of_the_house(event, command, before, facts)
        return
    assert authority is not None
    assert not isinstance(event, THE_HOUSES)
    in_lobby = before.phase is Phase.LOBBY
    chair = {Role.CHAIR} | ({Role.TECHNICIAN} if in_lobby else set())
    if isinstance(event, THE_CHAIRS) or _is_a_chairs(event, command, facts):
        assert authority in chair, (event, authority)
    if isinstance(event, THE_DESKS):
        assert authority in chair | {Role.SECRETARY}
    if isinstance(event, THE_CARES):
        assert authority in {Role.CHAIR, Role.TECHNICIAN}
    match event:
        case RequestEnded(reason=EndReason.OWN, request=number):
            request = before.requests[number]
            assert authority is Role.SITE or request.status != "granted"
        case RequestEnded(reason=reason):
            # A secretary passes over what is planned, and nobody waits or speaks for that.
            assert reason in TAKEN
            assert authority in chair
        case BlockChanged(site=site, on=True):
            assert authority in chair or (authority is Role.TECHNICIAN and site == "110")
        case ItemEnded(item=item):
            plan = authority is Role.SECRETARY and item != before.agenda.current
            assert plan or authority in chair
        case ChairPassed():
            assert authority in {Role.CHAIR, Role.DEPUTY}
        case RollcallMarked(mark=mark):
            assert authority in {Role.SITE, Role.SECRETARY, Role.CHAIR}
            assert authority is not Role.SITE or mark in {"present", "late"}
        case CheckEnded():
            assert authority in {Role.TECHNICIAN, Role.CHAIR}
        case NumberHeard():
            assert authority in {Role.TECHNICIAN, Role.SITE}
        case WatchChosen() | CarouselSet() | DeviceSwitched():
            assert authority in {Role.TECHNICIAN, Role.CHAIR, Role.SITE}


def _is_a_chairs(event, command, facts):
    match event:
        case RequestGranted():
            # With auto_advance the floor goes on by itself, whatever it was that freed it.
            return not facts.policy.auto_advance
        case NextChosen(site=site):
            return site is not None or not facts.policy.auto_advance
        case BlockChanged(on=False):
            assert isinstance(command, ChairMute | ChairPhase | ChairGrant | ChairCall)
            return True
        case HoldStarted(cause=cause) | HoldEnded(cause=cause):
            assert cause in {Hold.CHAIR, Hold.PHASE}
            return True
    return False


def _of_the_house(event, command, before, facts):
    assert not isinstance(event, (*THE_CHAIRS, *THE_DESKS, *THE_CARES, ChairPassed, ItemEnded))
    match event:
        case RequestGranted():  # I11
            assert facts.policy.auto_advance
            assert facts.seat.here
            assert before.phase is Phase.OPEN
        case RequestEnded(reason=reason):
            assert isinstance(command, Tick)
            assert reason in {EndReason.LINK_LOST, EndReason.TIME_LIMIT}
        case NextChosen(site=site) | BroadcastChosen(site=site):
            assert site is None
        case HoldStarted(cause=cause) | HoldEnded(cause=cause):
            assert cause is Hold.LINK
        case BlockChanged():
            raise AssertionError("the house lifts no mute, and mutes nobody")
        case NumberHeard():
            raise AssertionError("the house has no ears")
        case ProbeEnded() | WatchChosen() | DeviceSwitched():
            pass
