"""The unit: systemd parses it, scores it, and what kills DTLS is not in it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from room110.cli.exits import Exit

UNIT = Path(__file__).parents[2] / "deploy/systemd/room110.service"
ANALYZE = shutil.which("systemd-analyze")
needs_systemd = pytest.mark.skipif(ANALYZE is None, reason="no systemd-analyze on this machine")


def settings() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in UNIT.read_text(encoding="utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


@needs_systemd
def test_systemd_understands_every_line(tmp_path):
    # The program is where it will be installed; here it is one that exists.
    unit = tmp_path / UNIT.name
    unit.write_text(
        UNIT.read_text(encoding="utf-8").replace("/opt/room110/bin/room110", "/bin/true")
    )
    run = subprocess.run(
        [ANALYZE, "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )
    said = [line for line in (run.stdout + run.stderr).splitlines() if UNIT.name in line]
    assert said == []


@needs_systemd
def test_its_exposure_is_below_two():
    run = subprocess.run(
        [ANALYZE, "security", "--offline=true", "--no-pager", str(UNIT)],
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"Overall exposure level for room110\.service: ([\d.]+)", run.stdout)
    assert found, run.stdout + run.stderr
    assert float(found[1]) < 2


def test_what_kills_dtls_is_not_in_it():
    assert "MemoryDenyWriteExecute" not in settings()


def test_it_is_not_started_again_for_what_only_a_person_mends():
    assert settings()["RestartPreventExitStatus"] == [str(Exit.CONFIGURATION.value)]
