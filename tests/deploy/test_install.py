"""deploy/install.sh, with a Python and a Debian that only write down what they were told."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# What the fake `python3 -m venv DIR` makes: a pip that says where it is, as the real one does,
# and a python that notes what it installs.  $TELL is the file of notes.
PYTHON = """#!/bin/sh
case "$*" in
    "-m venv "*)
        mkdir -p "$3/bin"
        printf '#!/bin/sh\\necho "pip 23.0.1 from %s/lib/pip (python 3.11)"\\n' "$3" > "$3/bin/pip"
        printf '#!/bin/sh\\necho "$*" >> "$TELL"; [ ! -e "$BROKEN" ]\\n' > "$3/bin/python"
        chmod +x "$3/bin/pip" "$3/bin/python"
        echo venv >> "$TELL" ;;
    *ensurepip*) [ -e "$HAS_VENV" ] ;;
    *version_info*) [ ! -e "$OLD" ] ;;
    --version) echo "Python 3.9.2" ;;
esac
"""
APT = """#!/bin/sh
echo "apt-get $*" >> "$TELL"
[ "$1" = update ] || touch "$HAS_VENV"
"""


class Checkout:
    def __init__(self, root):
        self.root = root / "checkout"
        self.tools = root / "tools"
        self.flags = root / "flags"
        for folder in (self.root, self.tools, self.flags):
            folder.mkdir()
        for name in ("deploy/install.sh", "pyproject.toml", "constraints.txt"):
            (self.root / name).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, self.root / name)
        self.tool("python3", PYTHON)
        self.tool("apt-get", APT)
        self.become(1000)
        self.set("HAS_VENV")

    def tool(self, name, text):
        path = self.tools / name
        path.write_text(text)
        path.chmod(0o755)

    def become(self, uid):
        self.tool("id", f"#!/bin/sh\necho {uid}\n")

    def set(self, flag, on=True):
        (self.flags / flag).touch() if on else (self.flags / flag).unlink()

    def install(self):
        """Exit code, stderr, and what was told meanwhile."""
        tell = self.flags / "TELL"
        tell.write_text("")
        flags = {name: str(self.flags / name) for name in ("TELL", "HAS_VENV", "OLD", "BROKEN")}
        done = subprocess.run(
            ["deploy/install.sh"],
            cwd=self.root,
            env={"PATH": f"{self.tools}:{os.defpath}", **flags},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stderr, tell.read_text().splitlines()


@pytest.fixture
def checkout(tmp_path):
    return Checkout(tmp_path)


def test_without_venv_it_says_how_to_get_it(checkout):
    checkout.set("HAS_VENV", on=False)

    code, err, told = checkout.install()

    assert code == 1 and "apt-get install python3-venv" in err
    assert told == []


def test_root_gets_venv_installed(checkout):
    checkout.set("HAS_VENV", on=False)
    checkout.become(0)

    code, _, told = checkout.install()

    assert code == 0
    assert told[:2] == [
        "apt-get update -q",
        "apt-get install -q -y --no-install-recommends python3-venv",
    ]


def test_an_old_python_is_refused(checkout):
    checkout.set("OLD")

    code, err, told = checkout.install()

    assert code == 1 and "Python 3.9.2 is too old" in err
    assert told == []


def test_what_is_installed_is_checked_by_its_hashes(checkout):
    code, _, told = checkout.install()

    assert code == 0
    venv, locked, ours = told
    assert venv == "venv"
    assert "--require-hashes -r constraints.txt" in locked
    assert "--no-deps --no-build-isolation --editable ." in ours


def test_the_second_time_there_is_nothing_to_do(checkout):
    checkout.install()

    assert checkout.install() == (0, "", [])


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_a_change_is_installed_into_the_same_environment(checkout, name):
    checkout.install()
    with (checkout.root / name).open("a") as file:
        file.write("# changed\n")

    _, _, told = checkout.install()

    assert "venv" not in told and len(told) == 2


def test_an_interrupted_installation_begins_anew(checkout):
    checkout.set("BROKEN")
    assert checkout.install()[0] != 0
    checkout.set("BROKEN", on=False)

    code, err, told = checkout.install()

    assert code == 0 and "making it anew" in err
    assert told[0] == "venv" and len(told) == 3


def test_an_environment_without_pip_is_made_anew(checkout):
    checkout.install()
    (checkout.root / ".venv/bin/pip").unlink()

    assert checkout.install()[2][0] == "venv"


def test_an_environment_that_came_with_a_moved_checkout_is_made_anew(checkout):
    checkout.install()
    moved = checkout.root.with_name("moved")
    shutil.copytree(checkout.root, moved)
    checkout.root = moved

    assert checkout.install()[2][0] == "venv"
