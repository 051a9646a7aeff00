"""Every role, every command of a person, every phase, against a table written by hand."""

from __future__ import annotations

from itertools import product
from typing import get_args

import pytest

from bridge.conference.authority import AUTHORITY, authorise
from bridge.conference.commands import (
    HOUSE,
    Actor,
    ChairAccept,
    ChairCall,
    ChairDeny,
    ChairGrant,
    ChairMute,
    ChairNext,
    ChairPhase,
    ChairRevoke,
    FloorRelease,
    FloorRequest,
    HelpAck,
    HelpClose,
    HelpRaise,
    PersonCommand,
)
from bridge.conference.words import Phase, Role
from tests.bridge.conference.scene import CHAIR, SECRETARY, Scene, in_session, province

# Request 1 is of site 01, accepted, and made by the actor "me" where the column says so;
# request 9 does not exist.
COMMANDS = {
    "request for my site": FloorRequest(),
    "request for my site by name": FloorRequest(site="01"),
    "request for another": FloorRequest(site="02"),
    "release 1": FloorRelease(request=1),
    "release 9": FloorRelease(request=9),
    "accept": ChairAccept(request=1),
    "grant": ChairGrant(request=1),
    "call": ChairCall(site="01"),
    "deny": ChairDeny(request=1),
    "revoke": ChairRevoke(request=1),
    "revoke whoever": ChairRevoke(),
    "next": ChairNext(site="01"),
    "nobody next": ChairNext(site=None),
    "mute a site": ChairMute(site="01"),
    "unmute a site": ChairMute(site="01", on=False),
    "mute all": ChairMute(site="all"),
    "mute all but": ChairMute(site="all", but=("01",)),
    "unmute all": ChairMute(site="all", on=False),
    "shut 110": ChairMute(site="110"),
    "unshut 110": ChairMute(site="110", on=False),
    "phase": ChairPhase(to=Phase.CLOSED),
    "raise help": HelpRaise(),
    "raise help of another": HelpRaise(site="02"),
    "acknowledge help": HelpAck(site="01"),
    "close help": HelpClose(site="01"),
    "close help of another": HelpClose(site="02"),
}

# y: in every phase, l: in the lobby, -: never.  Everybody stands in site 01 and did not make
# request 1.
EXPECTED = """
                              chair deputy secretary technician site viewer metrics
request for my site             y     -        y         l        y     -      -
request for my site by name     y     -        y         l        y     -      -
request for another             y     -        y         l        -     -      -
release 1                       -     -        -         -        y     -      -
release 9                       y     -        y         l        y     -      -
accept                          y     -        y         l        -     -      -
grant                           y     -        -         l        -     -      -
call                            y     -        -         l        -     -      -
deny                            y     -        -         l        -     -      -
revoke                          y     -        -         l        -     -      -
revoke whoever                  y     -        -         l        -     -      -
next                            y     -        -         l        -     -      -
nobody next                     y     -        -         l        -     -      -
mute a site                     y     -        -         l        -     -      -
unmute a site                   y     -        -         l        -     -      -
mute all                        y     -        -         l        -     -      -
mute all but                    y     -        -         l        -     -      -
unmute all                      y     -        -         l        -     -      -
shut 110                        y     -        -         y        -     -      -
unshut 110                      y     -        -         l        -     -      -
phase                           y     -        -         l        -     -      -
raise help                      -     -        -         -        y     -      -
raise help of another           -     -        -         -        -     -      -
acknowledge help                y     -        y         y        -     -      -
close help                      y     -        y         y        y     -      -
close help of another           y     -        y         y        -     -      -
"""


ROLES, *ROWS = EXPECTED.strip().splitlines()
ROWS = [(row[:28].strip(), dict(zip(ROLES.split(), row[28:].split(), strict=True))) for row in ROWS]


def in_phase(phase: Phase) -> Scene:
    """A scene in *phase* in which site 01 has asked."""
    scene = Scene()
    for to in {
        Phase.LOBBY: (),
        Phase.OPEN: (Phase.OPEN,),
        Phase.RECESS: (Phase.OPEN, Phase.RECESS),
        Phase.CLOSED: (Phase.OPEN,),
    }[phase]:
        scene.do(ChairPhase(to=to))
    scene.ask("01")
    if phase is Phase.CLOSED:
        scene.do(ChairPhase(to=Phase.CLOSED))
    return scene


SCENES = {phase: in_phase(phase).state for phase in Phase}


@pytest.mark.parametrize(("name", "row"), ROWS, ids=[name for name, _ in ROWS])
def test_each_role_may_do_in_each_phase_what_the_table_says(name, row):
    tried = {}
    expected = {}
    for role, phase in product(Role, Phase):
        actor = Actor(user="me", roles=frozenset({role}), site="01")
        tried[role, phase] = authorise(actor, COMMANDS[name], SCENES[phase])
        allowed = row[role] == "y" or (row[role] == "l" and phase is Phase.LOBBY)
        expected[role, phase] = role if allowed else None

    assert tried == expected


def test_the_tables_leave_no_command_out():
    assert set(AUTHORITY) == set(get_args(PersonCommand))
    assert {type(command) for command in COMMANDS.values()} == set(AUTHORITY)
    assert [name for name, _ in ROWS] == list(COMMANDS)


def test_who_has_no_role_may_do_nothing_not_even_the_house():
    for command in COMMANDS.values():
        assert authorise(HOUSE, command, SCENES[Phase.LOBBY]) is None


def test_a_site_cannot_release_the_request_of_another():
    scene = in_session()
    scene.ask("02")

    assert authorise(province("01"), FloorRelease(request=1), scene.state) is None


def test_a_site_role_without_a_site_is_nobody():
    adrift = Actor(user="x", roles=frozenset({Role.SITE}))

    assert authorise(adrift, FloorRequest(), SCENES[Phase.OPEN]) is None
    assert authorise(adrift, FloorRelease(request=1), SCENES[Phase.OPEN]) is None


def test_who_put_a_site_on_the_list_may_take_it_off_until_it_is_granted():
    scene = in_session()
    scene.do(FloorRequest(site="01"), SECRETARY)
    assert authorise(SECRETARY, FloorRelease(request=1), scene.state) is Role.SECRETARY
    assert authorise(CHAIR, FloorRelease(request=1), scene.state) is None

    scene.do(ChairGrant(request=1))

    assert authorise(SECRETARY, FloorRelease(request=1), scene.state) is None
    assert authorise(province("01"), FloorRelease(request=1), scene.state) is Role.SITE


@pytest.mark.parametrize(
    ("roles", "phase", "used"),
    [
        ({Role.TECHNICIAN, Role.CHAIR}, Phase.LOBBY, Role.TECHNICIAN),
        ({Role.TECHNICIAN, Role.CHAIR}, Phase.OPEN, Role.CHAIR),
        ({Role.SECRETARY, Role.CHAIR}, Phase.OPEN, Role.SECRETARY),
        ({Role.SECRETARY, Role.TECHNICIAN}, Phase.LOBBY, Role.SECRETARY),
        ({Role.VIEWER, Role.METRICS, Role.DEPUTY}, Phase.LOBBY, None),
    ],
)
def test_of_several_roles_the_least_that_suffices_is_used(roles, phase, used):
    actor = Actor(user="me", roles=frozenset(roles), site="110")

    assert authorise(actor, ChairAccept(request=1), SCENES[phase]) is used


def test_a_hand_raised_by_its_own_site_is_the_sites_whatever_else_its_token_holds():
    both = Actor(user="me", roles=frozenset({Role.SITE, Role.CHAIR}), site="01")

    assert authorise(both, FloorRequest(), SCENES[Phase.OPEN]) is Role.SITE
    assert authorise(both, FloorRequest(site="02"), SCENES[Phase.OPEN]) is Role.CHAIR
