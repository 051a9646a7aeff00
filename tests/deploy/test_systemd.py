"""The units: systemd parses them, scores them, what they start is a command, and what kills DTLS is not in them."""

from __future__ import annotations

import re
import shlex
import shutil
import string
import subprocess

import pytest
import typer

from config.settings import PREFIX, Settings
from room110.cli.exits import Exit
from room110.cli.program import app
from tests.architecture.house import ROOT

FOLDER = ROOT / "deploy/systemd"
UNITS = sorted(FOLDER.glob("*.service"))
TURN = FOLDER / "room110-turn.conf"
SERVICE, CANARY = FOLDER / "room110.service", FOLDER / "room110-canary.service"
ANALYZE = shutil.which("systemd-analyze")
needs_systemd = pytest.mark.skipif(ANALYZE is None, reason="no systemd-analyze on this machine")
each_unit = pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)


def settings(unit) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in unit.read_text(encoding="utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def variables(text: str) -> dict[str, str]:
    """What a file of settings sets, the commented defaults too."""
    return dict(re.findall(r"^#?([A-Z0-9_]+)=(.*)$", text, re.MULTILINE))


def given(unit) -> dict[str, str]:
    """What the program finds in its environment, before any file of settings."""
    lines = settings(unit)["Environment"]
    return dict(word.split("=", 1) for line in lines for word in shlex.split(line))


def test_there_is_one_for_the_service_and_one_for_the_canary():
    assert UNITS == [CANARY, SERVICE]


@needs_systemd
@each_unit
def test_systemd_understands_every_line(unit, tmp_path):
    # The program is where it will be installed; here it is one that exists.
    copy = tmp_path / unit.name
    copy.write_text(
        unit.read_text(encoding="utf-8").replace("/opt/room110/bin/room110", "/bin/true")
    )
    run = subprocess.run(
        [ANALYZE, "verify", "--man=no", str(copy)], capture_output=True, text=True, check=False
    )
    said = [line for line in (run.stdout + run.stderr).splitlines() if unit.name in line]
    assert said == []


@needs_systemd
@pytest.mark.parametrize("is_odd", [False, True])
def test_it_understands_what_a_turn_server_adds_and_would_say_if_not(is_odd, tmp_path):
    unit, more = tmp_path / SERVICE.name, tmp_path / f"{SERVICE.name}.d/turn.conf"
    unit.write_text(SERVICE.read_text().replace("/opt/room110/bin/room110", "/bin/true"))
    more.parent.mkdir()
    more.write_text(
        TURN.read_text().replace("LoadCredential=", "LoadOdd=" if is_odd else "LoadCredential=")
    )
    run = subprocess.run(
        [ANALYZE, "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )
    assert (more.name in run.stdout + run.stderr) is is_odd


def test_the_secret_of_a_turn_server_is_where_its_setting_looks():
    (credential,) = settings(TURN)["LoadCredential"]
    name, _, path = credential.partition(":")
    assert given(TURN) == {f"{PREFIX}TURN_SECRET_FILE": f"%d/{name}"}
    page = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
    assert f"    install -D -m 0600 turn-secret {path}\n" in page
    drop_in = f"/etc/systemd/system/{SERVICE.name}.d/turn.conf"
    assert f"    install -D -m 0644 deploy/systemd/{TURN.name} {drop_in}\n" in page


@needs_systemd
def test_a_line_that_it_does_not_understand_is_told(tmp_path):
    copy = tmp_path / CANARY.name
    copy.write_text(CANARY.read_text().replace("ProtectHome=yes", "ProtectHome=perhaps"))
    run = subprocess.run(
        [ANALYZE, "verify", "--man=no", str(copy)], capture_output=True, text=True, check=False
    )
    assert f"{CANARY.name}:" in run.stdout + run.stderr


@needs_systemd
@each_unit
def test_its_exposure_is_below_two(unit):
    run = subprocess.run(
        [ANALYZE, "security", "--offline=true", "--no-pager", str(unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(rf"Overall exposure level for {unit.name}: ([\d.]+)", run.stdout)
    assert found, run.stdout + run.stderr
    assert float(found[1]) < 2


@each_unit
def test_what_kills_dtls_is_not_in_it(unit):
    assert "MemoryDenyWriteExecute" not in settings(unit)


@each_unit
def test_it_is_not_started_again_for_what_only_a_person_mends(unit):
    codes = {Exit.CONFIGURATION} if unit == SERVICE else {Exit.USAGE, Exit.CONFIGURATION}
    (said,) = settings(unit)["RestartPreventExitStatus"]
    assert {int(code) for code in said.split()} == codes


@each_unit
def test_it_starts_a_command_that_there_is(unit):
    (line,) = settings(unit)["ExecStart"]
    sample = (ROOT / "deploy/canary.env").read_text() if unit == CANARY else ""
    known = variables(sample) | given(unit)
    program, name, *args = shlex.split(string.Template(line).substitute(known))
    assert program == "/opt/room110/bin/room110"
    command = typer.main.get_command(app).commands[name]
    command.make_context(name, args)  # raises what its parser would say


@each_unit
def test_every_setting_it_gives_is_one(unit):
    ours = {name for name in given(unit) if name.startswith(PREFIX)}
    assert ours <= {PREFIX + name.upper() for name in Settings.model_fields}


def test_the_sample_of_the_canary_has_all_that_its_unit_and_its_container_ask():
    sample = (ROOT / "deploy/canary.env").read_text()
    (line,) = settings(CANARY)["ExecStart"]
    compose = (ROOT / "deploy/docker/compose.canary.yaml").read_text()
    asked = set(re.findall(r"\$\{(CANARY_\w+)", line))
    assert asked == set(re.findall(r"\$\{(CANARY_\w+)", compose)) == set(variables(sample))
    # Each is explained, and those with a default have it.
    assert len(re.findall(r"^# .*\n#?CANARY_", sample, re.MULTILINE)) == len(asked)
    defaults = {name: value for name, value in given(CANARY).items() if name in asked}
    assert {name for name in asked if f"#{name}=" in sample} == defaults.keys()
    for name, value in defaults.items():
        assert f"#{name}={value}\n" in sample and f"${{{name}:-{value}}}" in compose
