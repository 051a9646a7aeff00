"""Any bytes at any door give a message or the documented error.

Here only a few hundred inputs each, always the same; ``make fuzz`` looks for more.  What it finds is
kept as a file in ``corpus`` under the name of its target, and is an input of this test for ever.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from random import Random

import pytest

from tests.fuzz.mutate import mutations
from tests.fuzz.targets import SEEDS, TARGETS

CORPUS = Path(__file__).with_name("corpus")
KEPT = sorted(path for path in CORPUS.glob("*/*") if path.is_file())
INPUTS = 400


@pytest.mark.parametrize("name", TARGETS)
def test_bytes_that_are_nearly_right(name):
    target = TARGETS[name]

    for data in (b"", *SEEDS[name], *islice(mutations(SEEDS[name], Random(110)), INPUTS)):
        target(data)


@pytest.mark.parametrize("name", TARGETS)
def test_what_once_failed_does_not_again(name):
    for path in KEPT:
        if path.parent.name == name:
            TARGETS[name](path.read_bytes())


def test_every_kept_input_is_of_a_target():
    assert {path.parent.name for path in KEPT} <= set(TARGETS)


def test_the_same_seed_gives_the_same_inputs():
    one, two = (list(islice(mutations(SEEDS["rtcp"], Random(1)), 50)) for _ in range(2))

    assert one == two
    assert len(set(one)) > 40
