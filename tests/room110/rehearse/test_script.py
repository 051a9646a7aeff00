from __future__ import annotations

from random import Random

from room110.rehearse import steps
from room110.rehearse.script import script
from tests.room110.rehearse.playing import a_cast, refused


def test_a_seed_is_a_script():
    def table(seed):
        # Conditions are functions, made anew with each table.
        return [
            step.what if isinstance(step, steps.Until) else step
            for step in script(a_cast(), Random(seed))
        ]

    assert table(1) == table(1)
    assert table(1) != table(2)


def test_every_no_of_the_core_is_provoked():
    from bridge.conference.words import RefusalCode

    assert refused(script(a_cast(), Random(1))) == {code.value for code in RefusalCode}
