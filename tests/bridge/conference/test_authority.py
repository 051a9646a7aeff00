"""Every role, every command of a person, every phase, against a table written by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import get_args

import pytest

from bridge.conference.authority import AUTHORITY, Scope, authorise
from bridge.conference.commands import (
    HOUSE,
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
from bridge.conference.state import Request
from bridge.conference.words import Ladder, Mark, Phase, RequestStatus, Role, SlateKind
from tests.bridge.conference.props import REPORT, TALK
from tests.bridge.conference.scene import CHAIR, SECRETARY, Scene, in_session, province

# "me" stands in site 01.  Request 1 is a hand of site 01; 2 was put up for site 02 and 3 for site
# 48, both by "me", and 3 has the floor.  Item 1 of the agenda is to come, item 2 is current.
# Request and item 9 are not there.
COMMANDS = {
    "request for my site": FloorRequest(),
    "request for my site by name": FloorRequest(site="01"),
    "request for another": FloorRequest(site="02"),
    "release of my site": FloorRelease(request=1),
    "release of my making": FloorRelease(request=2),
    "release of my making, granted": FloorRelease(request=3),
    "release what is not there": FloorRelease(request=9),
    "accept": ChairAccept(request=1),
    "grant": ChairGrant(request=1),
    "call": ChairCall(site="01"),
    "deny": ChairDeny(request=1),
    "revoke": ChairRevoke(request=3),
    "revoke whoever": ChairRevoke(),
    "next": ChairNext(site="01"),
    "nobody next": ChairNext(site=None),
    "hold": ChairHold(request=3),
    "resume": ChairResume(request=3),
    "extend": ChairExtend(request=3, add_s=60),
    "limit": ChairLimit(site="01", limit_s=60),
    "mute a site": ChairMute(site="01"),
    "unmute a site": ChairMute(site="01", on=False),
    "mute all": ChairMute(site="all"),
    "mute all but": ChairMute(site="all", but=("01",)),
    "unmute all": ChairMute(site="all", on=False),
    "shut 110": ChairMute(site="110"),
    "unshut 110": ChairMute(site="110", on=False),
    "silence": ChairSilence(),
    "policy": ChairPolicy(changes={}),
    "phase": ChairPhase(to=Phase.CLOSED),
    "hand over": ChairHandover(to="dung"),
    "assume": ChairAssume(),
    "load": AgendaLoad(items=()),
    "next item": AgendaNext(),
    "named item": AgendaNext(item=1),
    "finish": AgendaFinish(),
    "skip to come": AgendaSkip(item=1),
    "skip current": AgendaSkip(item=2),
    "skip what is not there": AgendaSkip(item=9),
    "defer to come": AgendaDefer(item=1),
    "defer current": AgendaDefer(item=2),
    "defer what is not there": AgendaDefer(item=9),
    "return": AgendaReturn(item=1),
    "call the roll": RollcallOpen(),
    "answer": RollcallAnswer(head="Bà Hoa"),
    "mark": RollcallMark(site="01", mark=Mark.PRESENT),
    "close the roll": RollcallClose(),
    "broadcast": ViewBroadcast(site="01"),
    "watch": ViewWatch(site="01"),
    "carousel": ViewCarousel(sites=None),
    "slate": ProgrammeSlate(slate=SlateKind.END),
    "cut my site": SiteCut(site="01"),
    "cut 110": SiteCut(site="110"),
    "probe": SiteProbe(site="01"),
    "switch": SiteSwitch(),
    "switch by name": SiteSwitch(site="01"),
    "switch another": SiteSwitch(site="02"),
    "restart": SiteRestart(site="01"),
    "drop": SiteDrop(site="01"),
    "ladder": SiteLadder(site="01", to=Ladder.FULL),
    "raise help": HelpRaise(),
    "raise help by name": HelpRaise(site="01"),
    "raise help of another": HelpRaise(site="02"),
    "acknowledge help": HelpAck(site="01"),
    "close help": HelpClose(site="01"),
    "close help of another": HelpClose(site="02"),
    "note to the desk": NoteSend(to="desk", text="?"),
    "note to technicians": NoteSend(to="technicians", text="?"),
    "note to a site": NoteSend(to="02", text="?"),
    "minutes": MinutesNote(text="?"),
    "lock": ConferenceLock(),
    "unlock": ConferenceLock(on=False),
    "describe": ConferenceDescribe(),
    "check": CheckRun(sites="all"),
    "stop the check": CheckStop(),
    "number heard here": CheckHeard(number="47"),
    "number heard here by name": CheckHeard(number="47", site="01"),
    "number heard elsewhere": CheckHeard(number="47", site="02"),
    "walk": WalkBegin(),
    "walk on": WalkNext(),
    "walk past": WalkSkip(),
    "walk to": WalkGo(site="01"),
    "judge": WalkJudge(site="01"),
    "walk no further": WalkEnd(),
}

# y: in every phase, l: in the lobby, -: never; c: in every phase, as chair; w: in lobby and recess,
# W: in these, as chair.  "holding" is a
# deputy who has the chair, "former" the named chair meanwhile.
EXPECTED = """
                              chair deputy secretary technician site viewer metrics holding former
request for my site             y     -        y         l        y     -      -       c      -
request for my site by name     y     -        y         l        y     -      -       c      -
request for another             y     -        y         l        -     -      -       c      -
release of my site              -     -        -         -        y     -      -       -      -
release of my making            y     -        y         l        -     -      -       c      -
release of my making, granted   -     -        -         -        -     -      -       -      -
release what is not there       y     -        y         l        y     -      -       c      -
accept                          y     -        y         l        -     -      -       c      -
grant                           y     -        -         l        -     -      -       c      -
call                            y     -        -         l        -     -      -       c      -
deny                            y     -        -         l        -     -      -       c      -
revoke                          y     -        -         l        -     -      -       c      -
revoke whoever                  y     -        -         l        -     -      -       c      -
next                            y     -        -         l        -     -      -       c      -
nobody next                     y     -        -         l        -     -      -       c      -
hold                            y     -        -         l        -     -      -       c      -
resume                          y     -        -         l        -     -      -       c      -
extend                          y     -        -         l        -     -      -       c      -
limit                           y     -        -         l        -     -      -       c      -
mute a site                     y     -        -         l        -     -      -       c      -
unmute a site                   y     -        -         l        -     -      -       c      -
mute all                        y     -        -         l        -     -      -       c      -
mute all but                    y     -        -         l        -     -      -       c      -
unmute all                      y     -        -         l        -     -      -       c      -
shut 110                        y     -        -         y        -     -      -       c      -
unshut 110                      y     -        -         l        -     -      -       c      -
silence                         y     -        -         l        -     -      -       c      -
policy                          y     -        -         l        -     -      -       c      -
phase                           y     -        -         l        -     -      -       c      -
hand over                       y     -        -         -        -     -      -       c      -
assume                          y     y        -         -        -     -      -       y      y
load                            y     -        y         l        -     -      -       c      -
next item                       y     -        -         l        -     -      -       c      -
named item                      y     -        -         l        -     -      -       c      -
finish                          y     -        -         l        -     -      -       c      -
skip to come                    y     -        y         l        -     -      -       c      -
skip current                    y     -        -         l        -     -      -       c      -
skip what is not there          y     -        y         l        -     -      -       c      -
defer to come                   y     -        y         l        -     -      -       c      -
defer current                   y     -        -         l        -     -      -       c      -
defer what is not there         y     -        y         l        -     -      -       c      -
return                          y     -        y         l        -     -      -       c      -
call the roll                   y     -        y         -        -     -      -       c      -
answer                          -     -        -         -        y     -      -       -      -
mark                            y     -        y         -        -     -      -       c      -
close the roll                  y     -        y         -        -     -      -       c      -
broadcast                       y     -        -         y        -     -      -       c      -
watch                           y     -        -         y        -     -      -       c      -
carousel                        y     -        -         y        -     -      -       c      -
slate                           y     -        y         y        -     -      -       c      -
cut my site                     y     -        -         y        -     -      -       c      -
cut 110                         y     -        -         y        -     -      -       c      -
probe                           -     -        -         y        -     -      -       -      -
switch                          y     -        -         y        y     -      -       c      -
switch by name                  y     -        -         y        y     -      -       c      -
switch another                  y     -        -         y        -     -      -       c      -
restart                         y     -        -         y        -     -      -       c      -
drop                            y     -        -         y        -     -      -       c      -
ladder                          y     -        -         y        -     -      -       c      -
raise help                      -     -        -         -        y     -      -       -      -
raise help by name              -     -        -         -        y     -      -       -      -
raise help of another           -     -        -         -        -     -      -       -      -
acknowledge help                y     -        y         y        -     -      -       c      -
close help                      y     -        y         y        y     -      -       c      -
close help of another           y     -        y         y        -     -      -       c      -
note to the desk                y     y        y         y        y     -      -       y      -
note to technicians             y     y        y         y        y     -      -       y      -
note to a site                  y     y        y         y        -     -      -       y      -
minutes                         y     -        y         -        -     -      -       c      -
lock                            y     -        -         y        -     -      -       c      -
unlock                          y     -        -         y        -     -      -       c      -
describe                        y     -        y         y        -     -      -       c      -
check                           y     -        -         y        -     -      -       c      -
stop the check                  y     -        -         y        -     -      -       c      -
number heard here               -     -        -         y        y     -      -       -      -
number heard here by name       -     -        -         y        y     -      -       -      -
number heard elsewhere          -     -        -         y        -     -      -       -      -
walk                            w     -        -         w        -     -      -       W      -
walk on                         w     -        -         w        -     -      -       W      -
walk past                       w     -        -         w        -     -      -       W      -
walk to                         w     -        -         w        -     -      -       W      -
judge                           w     -        -         w        -     -      -       W      -
walk no further                 w     -        -         w        -     -      -       W      -
"""


HEAD, *LINES = EXPECTED.strip("\n").splitlines()
COLUMNS = HEAD.split()
ROWS = [(row[:30].strip(), dict(zip(COLUMNS, row[30:].split(), strict=True))) for row in LINES]

# Column -> the role of "me", and who of the deputies has the chair.
STANDINGS = {role.value: (role, None) for role in Role} | {
    "holding": (Role.DEPUTY, "me"),
    "former": (Role.CHAIR, "dung"),
}


def state_of(phase, deputy=None):
    """A conference in *phase*, reachable or not: the table is total."""
    state = Scene().state

    def made(number, site, by, status):
        return Request(
            id=number, floors=("speech",), site=site, by=by, status=status, created_s=0.0
        )

    agenda = state.agenda.with_items([REPORT, TALK], append=False).started(2, at_s=0.0)
    return replace(
        state,
        phase=phase,
        agenda=agenda,
        chair=replace(state.chair, deputy=deputy),
        requests={
            1: made(1, "01", "site:01", RequestStatus.ACCEPTED),
            2: made(2, "02", "me", RequestStatus.ACCEPTED),
            3: made(3, "48", "me", RequestStatus.GRANTED),
        },
    )


@pytest.mark.parametrize(("name", "row"), ROWS, ids=[name for name, _ in ROWS])
def test_each_role_may_do_in_each_phase_what_the_table_says(name, row):
    tried = {}
    expected = {}
    for column, phase in product(COLUMNS, Phase):
        role, deputy = STANDINGS[column]
        actor = Actor(user="me", roles=frozenset({role}), site="01")
        tried[column, phase] = authorise(actor, COMMANDS[name], state_of(phase, deputy))
        mark = row[column]
        phases = {"l": {Phase.LOBBY}, "w": {Phase.LOBBY, Phase.RECESS}, "-": set()}
        allowed = phase in phases.get(mark.lower(), Phase)
        expected[column, phase] = (Role.CHAIR if mark in "cW" else role) if allowed else None

    assert tried == expected


def test_the_tables_leave_no_command_out():
    assert set(AUTHORITY) == set(get_args(PersonCommand))
    assert {type(command) for command in COMMANDS.values()} == set(AUTHORITY)
    assert [name for name, _ in ROWS] == list(COMMANDS)
    assert set(COLUMNS) == set(STANDINGS)


@pytest.mark.parametrize("phase", Phase)
def test_who_has_no_role_may_do_nothing_not_even_the_house(phase):
    for command in COMMANDS.values():
        assert authorise(HOUSE, command, state_of(phase)) is None


@pytest.mark.parametrize("roles", [set(), {Role.VIEWER}, {Role.SITE}, {Role.CHAIR}])
def test_the_name_of_the_deputy_alone_is_no_authority(roles):
    actor = Actor(user="me", roles=frozenset(roles), site="01")

    assert authorise(actor, ChairCall(site="01"), state_of(Phase.OPEN, "me")) is None


def test_another_deputy_than_who_has_the_chair_has_nothing_of_it():
    actor = Actor(user="me", roles=frozenset({Role.DEPUTY}), site="110")

    assert authorise(actor, ChairCall(site="01"), state_of(Phase.OPEN, "dung")) is None


def test_a_row_whose_scope_says_nothing_about_its_command_is_a_mistake(monkeypatch):
    monkeypatch.setitem(AUTHORITY, ChairSilence, {Role.CHAIR: {Phase.OPEN: Scope.OWN}})

    with pytest.raises(AssertionError, match="OWN says nothing about ChairSilence"):
        authorise(CHAIR, ChairSilence(), state_of(Phase.OPEN))


def test_a_site_cannot_release_the_request_of_another():
    scene = in_session()
    scene.ask("02")

    assert authorise(province("01"), FloorRelease(request=1), scene.state) is None


@pytest.mark.parametrize(
    "command",
    [
        FloorRequest(),
        FloorRelease(request=1),
        FloorRelease(request=9),
        RollcallAnswer(head="?"),
        HelpRaise(),
        HelpClose(),
        SiteSwitch(),
        CheckHeard(number="47"),
        NoteSend(to="desk", text="?"),
    ],
)
def test_a_site_role_without_a_site_is_nobody(command):
    adrift = Actor(user="x", roles=frozenset({Role.SITE}))

    assert authorise(adrift, command, state_of(Phase.OPEN)) is None


def test_who_put_a_site_on_the_list_may_take_it_off_until_it_is_granted():
    scene = in_session()
    scene.do(FloorRequest(site="01"), SECRETARY)
    assert authorise(SECRETARY, FloorRelease(request=1), scene.state) is Role.SECRETARY
    assert authorise(CHAIR, FloorRelease(request=1), scene.state) is None

    scene.do(ChairGrant(request=1))

    assert authorise(SECRETARY, FloorRelease(request=1), scene.state) is None
    assert authorise(province("01"), FloorRelease(request=1), scene.state) is Role.SITE


@pytest.mark.parametrize(
    ("roles", "command", "phase", "used"),
    [
        ({Role.TECHNICIAN, Role.CHAIR}, ChairAccept(request=1), Phase.LOBBY, Role.TECHNICIAN),
        ({Role.TECHNICIAN, Role.CHAIR}, ChairAccept(request=1), Phase.OPEN, Role.CHAIR),
        ({Role.SECRETARY, Role.CHAIR}, ChairAccept(request=1), Phase.OPEN, Role.SECRETARY),
        ({Role.SECRETARY, Role.TECHNICIAN}, ChairAccept(request=1), Phase.LOBBY, Role.SECRETARY),
        ({Role.VIEWER, Role.METRICS, Role.DEPUTY}, ChairAccept(request=1), Phase.LOBBY, None),
        ({Role.SITE, Role.CHAIR}, FloorRequest(), Phase.OPEN, Role.SITE),
        ({Role.SITE, Role.CHAIR}, FloorRequest(site="02"), Phase.OPEN, Role.CHAIR),
        ({Role.SITE, Role.TECHNICIAN}, NoteSend(to="desk", text="?"), Phase.OPEN, Role.SITE),
        ({Role.SITE, Role.TECHNICIAN}, NoteSend(to="02", text="?"), Phase.OPEN, Role.TECHNICIAN),
        ({Role.SITE, Role.TECHNICIAN}, SiteSwitch(), Phase.OPEN, Role.SITE),
        ({Role.TECHNICIAN, Role.CHAIR}, ChairMute(site="110"), Phase.OPEN, Role.TECHNICIAN),
        ({Role.TECHNICIAN, Role.CHAIR}, ChairMute(site="01"), Phase.OPEN, Role.CHAIR),
        ({Role.SECRETARY, Role.CHAIR}, AgendaSkip(item=2), Phase.OPEN, Role.CHAIR),
        ({Role.DEPUTY, Role.CHAIR}, ChairAssume(), Phase.OPEN, Role.CHAIR),
        (
            {Role.CHAIR, Role.TECHNICIAN, Role.SECRETARY},
            HelpAck(site="01"),
            Phase.OPEN,
            Role.TECHNICIAN,
        ),
    ],
)
def test_of_several_roles_the_least_that_suffices_is_used(roles, command, phase, used):
    actor = Actor(user="me", roles=frozenset(roles), site="01")

    assert authorise(actor, command, state_of(phase)) is used
