"""Who plays what, whether they are many or few."""

from __future__ import annotations

from random import Random

import pytest

from bridge.conference.words import ItemKind
from config.agenda import load_agenda
from config.roster import load_roster
from room110.rehearse.cast import LEAST, cast

ROSTER = load_roster()
ROWS = load_agenda(None, ROSTER).rows


def of(sites):
    return cast(ROSTER, ROWS, sites=sites, chance=Random(1))


def test_the_whole_cast_is_a_morning_with_63_provinces():
    whole = of(63)
    assert len(whole.present) == 60
    assert (len(whole.late), len(whole.reports), len(whole.hands)) == (2, 12, 15)
    assert {*whole.provinces, whole.excused} == {*ROSTER.codes} - {"110"}
    assert [draft.site for draft in whole.agenda if draft.site] == [*whole.reports]
    assert [row.title for row in ROWS] == [draft.title for draft in whole.agenda]


@pytest.mark.parametrize("sites", [LEAST, 12, 20, 40, 63])
def test_nobody_who_is_not_there_has_a_part(sites):
    some = of(sites)
    assert {*some.reports, *some.hands} <= {*some.present}
    assert not {*some.late, some.excused} & {*some.present}
    turns = [draft.site for draft in some.agenda if draft.kind is ItemKind.SITE]
    assert turns == [*some.reports]
    assert len(set(turns)) == len(turns)
    assert len(some.provinces) == sites - 1


def test_a_seed_is_a_cast():
    assert of(30) == of(30)


def test_a_few_are_too_few():
    with pytest.raises(ValueError, match="at least 8"):
        of(LEAST - 1)
