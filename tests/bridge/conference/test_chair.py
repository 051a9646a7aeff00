from __future__ import annotations

import pytest

from bridge.conference.chair import is_chair, is_present
from bridge.conference.commands import (
    Actor,
    ChairAssume,
    ChairCall,
    ChairHandover,
    ConsoleCame,
    ConsoleWent,
    Recover,
)
from bridge.conference.words import Role
from tests.bridge.conference.props import at, sit_down
from tests.bridge.conference.scene import (
    CHAIR,
    DEPUTY,
    SECRETARY,
    TECHNICIAN,
    in_session,
    shorthand,
)

OTHER_CHAIR = Actor(user="giang", roles=frozenset({Role.CHAIR, Role.SECRETARY}), site="110")
OTHER_DEPUTY = Actor(user="hoa", roles=frozenset({Role.DEPUTY}), site="110")
BOTH = Actor(user="kim", roles=frozenset({Role.CHAIR, Role.DEPUTY}), site="110")


def presided():
    """Chair, deputy, secretary and technician sit at consoles."""
    scene = in_session()
    sit_down(scene, CHAIR, DEPUTY, SECRETARY, TECHNICIAN)
    return scene


def handed_over():
    scene = presided()
    scene.do(ChairHandover(to=DEPUTY.user))
    return scene


# Who is the chair


@pytest.mark.parametrize(
    ("make", "chairs"),
    [(presided, {CHAIR, OTHER_CHAIR, BOTH}), (handed_over, {DEPUTY})],
)
def test_the_chair_is_whoever_has_the_role_or_one_deputy(make, chairs):
    state = make().state
    everybody = {CHAIR, OTHER_CHAIR, BOTH, DEPUTY, OTHER_DEPUTY, SECRETARY, TECHNICIAN}

    assert {a for a in everybody if is_chair(state, a.user, a.roles)} == chairs


# Consoles


def test_a_console_that_comes_and_goes_is_seen_once():
    scene = in_session()

    events = scene.do(ConsoleCame(user="an", roles=CHAIR.roles))
    assert shorthand(events) == [("ConsoleSeen", "an", True, (Role.CHAIR,))]
    assert scene.do(ConsoleCame(user="an", roles=CHAIR.roles)) == ()
    assert shorthand(scene.do(ConsoleWent(user="an"))) == [("ConsoleSeen", "an", False)]
    assert scene.do(ConsoleWent(user="an")) == ()
    assert scene.state.consoles == {}


def test_a_console_with_other_roles_is_news_and_roles_have_one_order():
    scene = in_session()
    scene.do(ConsoleCame(user="an", roles=frozenset({Role.SECRETARY})))

    scene.do(ConsoleCame(user="an", roles=frozenset({Role.SECRETARY, Role.CHAIR})))

    assert scene.state.consoles == {"an": (Role.CHAIR, Role.SECRETARY)}


@pytest.mark.parametrize(
    ("consoles", "present"),
    [
        ([], False),
        ([SECRETARY, TECHNICIAN, DEPUTY], False),
        ([CHAIR], True),
        ([OTHER_CHAIR, DEPUTY], True),
    ],
)
def test_the_chair_is_here_when_a_console_of_it_is(consoles, present):
    scene = in_session()

    sit_down(scene, *consoles)

    assert is_present(scene.state) is present


def test_the_chair_is_away_from_when_its_last_console_went():
    scene = in_session()
    assert scene.state.chair.away_since_s == 0.0
    sit_down(scene, CHAIR, OTHER_CHAIR, TECHNICIAN)
    assert scene.state.chair.away_since_s is None
    at(scene, 5.0, ConsoleWent(user=CHAIR.user))
    assert scene.state.chair.away_since_s is None
    at(scene, 6.0, ConsoleWent(user=OTHER_CHAIR.user))
    at(scene, 9.0, ConsoleWent(user=TECHNICIAN.user))

    assert scene.state.chair.away_since_s == 6.0
    at(scene, 11.0, ConsoleCame(user=CHAIR.user, roles=CHAIR.roles))
    assert scene.state.chair.away_since_s is None


def test_with_a_deputy_it_is_his_console_that_counts():
    scene = handed_over()
    assert is_present(scene.state)
    at(scene, 3.0, ConsoleWent(user=CHAIR.user))
    assert is_present(scene.state)

    at(scene, 4.0, ConsoleWent(user=DEPUTY.user))

    assert scene.state.chair.away_since_s == 4.0


def test_after_a_restart_no_console_is_here_and_the_deputy_is_still_the_chair():
    scene = handed_over()

    at(scene, 8.0, Recover())

    assert scene.state.consoles == {}
    assert scene.state.chair.away_since_s == 8.0
    assert scene.state.chair.deputy == DEPUTY.user


# Handing over


def test_the_chair_is_handed_to_a_deputy_and_given_back():
    scene = presided()

    assert shorthand(scene.do(ChairHandover(to="dung"))) == [("ChairPassed", "dung", "handed_over")]
    assert (scene.state.chair.deputy, scene.state.chair.epoch) == ("dung", 2)
    assert scene.no(ChairCall(site="01"), CHAIR) == "not_authorized"
    scene.do(ChairCall(site="01"), DEPUTY)
    events = scene.do(ChairHandover(to="an"), DEPUTY)

    assert shorthand(events) == [("ChairPassed", "handed_over")]
    assert (scene.state.chair.deputy, scene.state.chair.epoch) == (None, 3)
    assert scene.no(ChairCall(site="02"), DEPUTY) == "not_authorized"


def test_one_deputy_may_hand_on_to_another():
    scene = handed_over()
    sit_down(scene, OTHER_DEPUTY)

    scene.do(ChairHandover(to=OTHER_DEPUTY.user), DEPUTY)

    assert scene.state.chair.deputy == OTHER_DEPUTY.user


@pytest.mark.parametrize(
    ("make", "to", "actor"),
    [(presided, CHAIR.user, CHAIR), (handed_over, DEPUTY.user, DEPUTY)],
)
def test_who_has_the_chair_cannot_be_given_it_again(make, to, actor):
    assert make().do(ChairHandover(to=to), actor) == ()


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("nobody", "user_not_found"),
        (OTHER_DEPUTY.user, "user_not_found"),
        (SECRETARY.user, "bad_state"),
        (TECHNICIAN.user, "bad_state"),
    ],
)
def test_the_chair_goes_to_nobody_without_console_and_right(to, code):
    assert presided().no(ChairHandover(to=to)) == code


def test_who_is_chair_and_deputy_is_given_it_back_as_chair():
    scene = handed_over()
    sit_down(scene, BOTH)

    scene.do(ChairHandover(to=BOTH.user), DEPUTY)

    assert scene.state.chair.deputy is None


# Taking it


@pytest.mark.parametrize(
    ("grace_s", "waits_s", "code"),
    [(30.0, 0.0, "bad_state"), (30.0, 29.5, "bad_state"), (30.0, 30.0, None), (5.0, 5.0, None)],
)
def test_a_deputy_assumes_the_chair_when_it_is_away_too_long(grace_s, waits_s, code):
    scene = in_session(chair_grace_s=grace_s)
    sit_down(scene, CHAIR, DEPUTY)
    at(scene, 100.0, ConsoleWent(user=CHAIR.user))
    scene.now_s = 100.0 + waits_s

    if code:
        answer = scene.decide(ChairAssume(), DEPUTY)
        assert answer.code == code
        assert answer.detail == {"wait_s": grace_s - waits_s}
    else:
        events = scene.do(ChairAssume(), DEPUTY)
        assert shorthand(events) == [("ChairPassed", "dung", "assumed")]
        assert is_present(scene.state)


def test_a_deputy_assumes_nothing_while_the_chair_is_here():
    scene = presided()
    scene.now_s = 1000.0

    answer = scene.decide(ChairAssume(), DEPUTY)

    assert (answer.code, answer.detail) == ("bad_state", None)


def test_the_named_chair_takes_it_back_at_any_time():
    scene = handed_over()

    events = scene.do(ChairAssume(), CHAIR)

    assert shorthand(events) == [("ChairPassed", "reclaimed")]
    assert scene.state.chair.deputy is None
    assert scene.state.chair.epoch == 3


@pytest.mark.parametrize(("make", "actor"), [(presided, CHAIR), (handed_over, DEPUTY)])
def test_who_has_the_chair_has_nothing_to_take(make, actor):
    assert make().do(ChairAssume(), actor) == ()


def test_another_deputy_waits_for_the_first_as_for_the_chair():
    scene = handed_over()
    sit_down(scene, OTHER_DEPUTY)
    assert scene.no(ChairAssume(), OTHER_DEPUTY) == "bad_state"
    at(scene, 10.0, ConsoleWent(user=DEPUTY.user))
    scene.now_s = 40.0

    scene.do(ChairAssume(), OTHER_DEPUTY)

    assert (scene.state.chair.deputy, scene.state.chair.epoch) == (OTHER_DEPUTY.user, 3)
