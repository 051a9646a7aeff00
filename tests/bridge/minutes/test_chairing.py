from __future__ import annotations

from bridge.conference.commands import (
    ChairAssume,
    ChairHandover,
    ChairPhase,
    ConsoleCame,
    ConsoleWent,
)
from bridge.conference.words import ChairChange, Phase, Role
from tests.bridge.conference.scene import CHAIR, DEPUTY
from tests.bridge.minutes.sitting import full, opened


def test_the_chair_is_handed_over_assumed_and_taken_back():
    sitting = opened(chair_grace_s=30.0)
    for actor in (CHAIR, DEPUTY):
        sitting.do(ConsoleCame(user=actor.user, roles=actor.roles))
    sitting.do(ChairHandover(to=DEPUTY.user))
    sitting.do(ChairAssume())
    sitting.do(ConsoleWent(user=CHAIR.user))
    sitting.at("08:01")
    sitting.do(ChairAssume(), DEPUTY)

    assert [(h.to, h.how, h.by, h.authority) for h in sitting.minutes.handovers] == [
        ("dung", ChairChange.HANDED_OVER, "an", Role.CHAIR),
        (None, ChairChange.RECLAIMED, "an", Role.CHAIR),
        ("dung", ChairChange.ASSUMED, "dung", Role.DEPUTY),
    ]


def test_a_deputy_with_the_chair_acts_as_the_chair_and_under_a_name():
    acting = {(a.actor, a.authority): a for a in full().minutes.acting}

    assert acting["dung", Role.CHAIR].commands == 1
    assert acting["binh", Role.SECRETARY].commands == 8
    assert not any(actor == "room110" for actor, _ in acting)


def test_a_command_counts_once_however_much_it_makes_happen():
    sitting = opened()
    sitting.at("08:10")
    sitting.do(ChairPhase(to=Phase.CLOSED))
    (acting,) = sitting.minutes.acting

    assert (acting.actor, acting.commands) == ("an", 2)
    assert (acting.first.at_s, acting.last.at_s) == (1800.0, 2400.0)
