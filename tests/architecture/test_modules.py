"""What every module owes: a name of its own, a theory, a size a reader can hold, a test."""

from __future__ import annotations

import ast
from importlib.metadata import packages_distributions
from pathlib import PurePath

import pytest

from tests.architecture.house import PACKAGES, ROOT, STDLIB, modules, source, tree

LINES = 300

NAMED_LIKE_THE_STANDARD_LIBRARY = {
    "monitoring/http.py": "the plan of the house names it so; nothing in monitoring is run as a file",
}

WITHOUT_A_TEST_OF_ITS_OWN = {
    "bridge/conference/actor.py": "a value; tests/bridge/conference/test_authority.py judges it",
    "bridge/conference/check_commands.py": "values; every test of decide uses them",
    "bridge/conference/check_events.py": "values; every test of evolve uses them",
    "bridge/conference/check_words.py": "words",
    "bridge/conference/commands.py": "values; every test of decide uses them",
    "bridge/conference/events.py": "values; every test of evolve uses them",
    "bridge/conference/floor_commands.py": "values; every test of decide uses them",
    "bridge/conference/floor_events.py": "values; every test of evolve uses them",
    "bridge/conference/house_commands.py": "values; every test of decide uses them",
    "bridge/conference/policy.py": "a value; tests/bridge/conference/test_mutes.py changes it",
    "bridge/conference/session_commands.py": "values; every test of decide uses them",
    "bridge/conference/session_events.py": "values; every test of evolve uses them",
    "bridge/conference/state.py": "values; every test of evolve uses them",
    "bridge/conference/words.py": "words",
    "bridge/endpoint/channel.py": "an interface",
    "bridge/media/core/drops.py": "words",
    "bridge/media/plane.py": "an interface and its values",
    "signaling/ports.py": "an interface",
    "bridge/identity.py": "a value; tests/signaling/test_identity.py makes it",
    "bridge/outgoing.py": "values and an interface; tests/bridge/test_service.py puts them",
    "room110/rehearse/people.py": "values; every test of a player lets them speak",
    "room110/rehearse/steps.py": "values; tests/room110/rehearse/test_player.py plays each",
    "monitoring/dashboards/__main__.py": "one line; `make docs` runs it",
    "room110/__main__.py": "one line; the end-to-end tests start programs with it",
    "room110/cli/exits.py": "words; tests/room110/cli/test_program.py asks for each",
}

named = [module for module in modules() if not module.endswith("__init__.py")]


@pytest.mark.parametrize("module", named)
def test_no_module_is_called_like_something_else(module):
    name = PurePath(module).stem
    if module not in NAMED_LIKE_THE_STANDARD_LIBRARY:
        assert name not in STDLIB
    assert name not in PACKAGES


@pytest.mark.parametrize("package", PACKAGES)
def test_the_package_name_is_ours_alone(package):
    # A distribution called `config` once overwrote ours without a word (research/style.md 4.4).
    assert set(packages_distributions().get(package, [])) <= {"room110"}


@pytest.mark.parametrize("package", PACKAGES)
def test_the_package_is_typed(package):
    assert (ROOT / package / "py.typed").is_file()


@pytest.mark.parametrize("module", modules())
def test_a_module_can_be_held_in_the_head(module):
    assert len(source(module).splitlines()) <= LINES


@pytest.mark.parametrize("module", [m for m in modules() if source(m).strip()])
def test_a_module_opens_with_its_theory(module):
    assert ast.get_docstring(tree(module))


@pytest.mark.parametrize("module", named)
def test_a_module_has_its_test_beside_it(module):
    path = PurePath(module)
    test = ROOT / "tests" / path.parent / f"test_{path.name}"

    assert test.is_file() != (module in WITHOUT_A_TEST_OF_ITS_OWN), (
        f"expected {test.relative_to(ROOT)}, or a reason in WITHOUT_A_TEST_OF_ITS_OWN, not both"
    )


@pytest.mark.parametrize("module", [*NAMED_LIKE_THE_STANDARD_LIBRARY, *WITHOUT_A_TEST_OF_ITS_OWN])
def test_an_exception_is_for_a_module_that_exists(module):
    assert (ROOT / module).is_file()


def test_every_folder_of_tests_is_a_package():
    # One without __init__.py beside others with one, and `bridge` is the folder of tests.
    folders = {path.parent for path in (ROOT / "tests").rglob("*.py")}

    assert [f.relative_to(ROOT) for f in folders if not (f / "__init__.py").is_file()] == []
