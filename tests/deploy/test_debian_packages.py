"""deploy/debian-packages.sh, with a Debian that only writes down what it was told."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "deploy/debian-packages.sh"


@pytest.fixture
def ask(tmp_path):
    """Ask for packages as *uid*, where *present* are installed; code, stderr, what apt was told."""

    def _ask(*packages, uid, present=()):
        tools = tmp_path / "tools"
        tools.mkdir()
        told = tmp_path / "told"
        told.write_text("")
        names = "|".join(present) or "none"
        texts = {
            "id": f"echo {uid}",
            "apt-get": f'echo "$*" >> {told}',
            "dpkg-query": f'case "$4" in {names}) echo installed ;; *) exit 1 ;; esac',
        }
        for name, text in texts.items():
            (tools / name).write_text(f"#!/bin/sh\n{text}\n")
            (tools / name).chmod(0o755)
        done = subprocess.run(
            [SCRIPT, *packages],
            env={"PATH": f"{tools}:{os.defpath}"},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stderr, told.read_text().splitlines()

    return _ask


def test_who_is_not_root_is_told_what_cannot_run_and_the_mend(ask):
    code, err, told = ask("fonts-dejavu-core", uid=1000)

    assert code == 1 and told == []
    assert "Vietnamese names in pictures" in err
    assert "apt-get update && apt-get install fonts-dejavu-core" in err


def test_root_gets_what_is_missing_and_only_that(ask):
    code, _, told = ask("one", "two", "three", uid=0, present=["two"])

    assert code == 0
    assert told == ["update -q", "install -q -y --no-install-recommends one three"]


@pytest.mark.parametrize("uid", [0, 1000])
def test_what_is_there_is_left_alone(ask, uid):
    assert ask("one", uid=uid, present=["one"]) == (0, "", [])
