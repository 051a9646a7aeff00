"""What is written beside the code is true, and names nobody's machine."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.architecture.house import PACKAGES, ROOT, tracked

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "constraints.txt").read_text(encoding="utf-8")

# Put together from halves, or this file would be the first to be caught.
MACHINE = (
    *("/" + "root/", "/" + "home/", "/" + "work/", "/" + "opt/wheels"),
    *("pypi" + ".org", "python" + "hosted.org", "npm" + "js.", "index" + "-url"),
)
# The texts that say which option must be off name it.
MAY_NAME_THE_OPTION = {"Makefile"}


def required() -> set[str]:
    project = PROJECT["project"]
    groups = [
        PROJECT["build-system"]["requires"],
        project["dependencies"],
        *project["optional-dependencies"].values(),
    ]
    return {re.split(r"[<>=!~\[; ]", line)[0].lower() for group in groups for line in group}


def test_every_dependency_has_its_line_of_reason_and_no_other_has():
    text = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^`]+)` \| (.*\S) \|$", text, re.MULTILINE)

    assert {name.lower() for name, _ in rows} == required()
    assert len(rows) == len(required())


def test_every_dependency_is_locked_with_hashes():
    locked = dict(re.findall(r"^([a-z0-9-]+)==\S+ \\\n\s+--hash=(sha256):", LOCK, re.MULTILINE))

    assert required() <= set(locked)
    assert len(locked) == len(re.findall(r"^[a-z0-9-]+==", LOCK, re.MULTILINE))


def test_what_is_pinned_exactly_is_locked_to_the_same():
    for line in PROJECT["project"]["dependencies"]:
        if "==" in line:
            assert re.search(rf"^{re.escape(line)} \\$", LOCK, re.MULTILINE), line


def test_exactly_our_packages_are_in_the_wheel():
    assert PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == list(PACKAGES)
    assert PROJECT["tool"]["mypy"]["packages"] == list(PACKAGES)


@pytest.mark.parametrize("word", MACHINE)
def test_no_file_names_a_machine_or_a_registry(word):
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if word == MACHINE[-1] and path.name in MAY_NAME_THE_OPTION:
            continue
        if word in text:
            found.append(path.relative_to(ROOT).as_posix())

    assert found == []
