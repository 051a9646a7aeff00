"""The mutants themselves: what is changed, that all of it can be run, and that the workshop notices."""

from __future__ import annotations

import subprocess
import sys
from random import Random

import pytest

from tests.mutants import by_hand
from tests.mutants.__main__ import all_mutants, main
from tests.mutants.explained import EXPLAINED
from tests.mutants.operators import mutants
from tests.mutants.words import CORE, ROOT, members

SOURCE = '''"""Theory."""
from __future__ import annotations

LIMIT: int = 3


def rule(a: int | None, *, b: bool = True) -> int:
    """Contract."""
    if a is None or not b:
        raise Refused(RefusalCode.STALE, f"no {a + 1}", a=a)
    match a:
        case 1 | 2:
            note(
                Phase.OPEN,
                what=a,
            )
    return min(a, 7) - 1
'''


def test_every_operator_has_its_places():
    lines = SOURCE.splitlines()
    told = [
        mutant.change.removeprefix(lines[mutant.line - 1].strip())[2:-1]
        for mutant in mutants("x.py", SOURCE)
    ]

    assert told == [
        "3 -> 4",
        "3 -> (2)",
        "True -> False",
        "a is None or not b -> (not (a is None or not b))",
        "or -> and",
        "a is None -> False",
        "not b -> False",
        "is -> is not",
        "not b -> (b)",
        'raise Refused(RefusalCode.STALE, f"no {a + 1}", a=a) -> pass',
        "STALE -> SITE_NOT_FOUND",
        "nothing -> if False",
        "1 | -> nothing",
        "| 2 -> nothing",
        "1 -> 2",
        "1 -> (0)",
        "2 -> 3",
        "2 -> (1)",
        "note( Phase.OPEN, what=a, ) -> pass",
        "what=a, -> nothing",
        "OPEN -> RECESS",
        "- -> +",
        "min -> max",
        "7 -> 8",
        "7 -> (6)",
        "1 -> 2",
        "1 -> (0)",
    ]


def test_a_mutant_differs_by_what_it_says():
    (first, *_) = mutants("x.py", SOURCE)

    assert first.source == SOURCE.replace("= 3", "= 4")
    assert (first.line, first.scope) == (4, "module")
    assert first.name == "x.py module: LIMIT: int = 3 [3 -> 4]"


def test_what_is_unpacked_in_brackets_goes_with_them():
    sources = [mutant.source for mutant in mutants("x.py", "A = {**((b) if c else d), 1: 2}\n")]

    assert "A = { 1: 2}\n" in sources
    for source in sources:
        compile(source, "x.py", "exec")


def test_of_two_that_read_the_same_each_has_a_name():
    names = [mutant.name for mutant in mutants("x.py", "A = 1\n\n\ndef f():\n    g()\n    g()\n")]

    assert names[-2:] == ["x.py f: g() [g() -> pass]", "x.py f: g() [g() -> pass] #2"]
    assert len(set(names)) == len(names)


def test_the_words_of_the_core_are_known():
    assert members("Phase") == ("LOBBY", "OPEN", "RECESS", "CLOSED")
    assert members("_S") == members("RequestStatus")
    assert members("Conference") == ()


def test_every_mistake_of_ours_can_be_made():
    found = [
        mutant
        for path in sorted(CORE.glob("*.py"))
        for mutant in by_hand.mutants(path.name, path.read_text(encoding="utf-8"))
    ]

    assert len(found) == len(by_hand.MISTAKES)
    for mutant in found:
        compile(mutant.source, mutant.module, "exec")


def test_a_mistake_whose_text_is_gone_is_told():
    with pytest.raises(ValueError, match="stands 0 times"):
        list(by_hand.mutants("gate.py", ""))


def test_mutants_can_be_compiled_and_explanations_are_of_mutants():
    everything = list(all_mutants())

    for mutant in Random(110).sample(everything, 100):
        compile(mutant.source, mutant.module, "exec")
    assert set(EXPLAINED) <= {mutant.name for mutant in everything}
    assert all(reason for reason in EXPLAINED.values())


def test_a_few_are_tried_and_noticed():
    # In a process of its own: a trial is a child that runs pytest.
    command = [sys.executable, "-m", "tests.mutants", "--depth", "own", "patch.py", "--sample", "4"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 killed, 0 stuck, 0 survived; 0 to be looked at" in done.stdout


def test_the_command_prints_what_it_would_try(capsys):
    assert main(["--list", "patch.py", "--sample", "3"]) == 0

    assert len(capsys.readouterr().out.splitlines()) == 4
