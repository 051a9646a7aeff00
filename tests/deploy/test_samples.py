"""The sample configurations: every key is explained, and stands where unit and container look for it."""

from __future__ import annotations

import re
import subprocess

import pytest
from ruamel.yaml import YAML

from config.settings import PREFIX, Settings
from tests.architecture.house import ROOT

SAMPLES = (ROOT / "deploy/room110.env", ROOT / "deploy/canary.env")
PAGE = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
NO_REPOSITORY = 128
KEY = re.compile(r"#?([A-Z][A-Z0-9_]*)=")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_every_key_is_explained_above_it(sample):
    lines = sample.read_text(encoding="utf-8").splitlines()
    keys = [place for place, line in enumerate(lines) if KEY.match(line)]
    assert keys
    for place in keys:
        said = lines[place - 1]
        assert said.startswith("# ") and said.endswith(".") and lines[place - 2] != said, said


def test_every_setting_is_in_the_sample():
    names = KEY.findall(SAMPLES[0].read_text(encoding="utf-8"))
    assert sorted(names) == sorted(PREFIX + name.upper() for name in Settings.model_fields)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_no_remark_stands_behind_a_value(sample):
    """systemd and docker compose would take it for part of the value."""
    for line in sample.read_text(encoding="utf-8").splitlines():
        if KEY.match(line):
            assert " #" not in line


@pytest.mark.parametrize(
    ("unit", "sample"), [("room110", "room110.env"), ("room110-canary", "canary.env")]
)
def test_it_is_installed_where_the_unit_reads_it(unit, sample):
    text = (ROOT / f"deploy/systemd/{unit}.service").read_text(encoding="utf-8")
    (where,) = re.findall(r"^EnvironmentFile=-?(.*)$", text, re.MULTILINE)
    assert re.search(rf"^    install -D -m 0\d+ deploy/{sample} {where}", PAGE, re.MULTILINE)


def test_every_file_that_the_page_installs_is_there():
    named = set(re.findall(r"\b(?:deploy|docs)/[\w./-]+\w", PAGE))
    assert len(named) > 8
    # Copies of the samples, which are no part of the repository.
    copied = {
        f"deploy/docker/{name}"
        for name in ("room110.env", "turnserver.conf", "secrets/turn-secret")
    }
    assert {name for name in named if not (ROOT / name).exists()} <= copied <= named


def test_every_compose_file_is_told_of():
    for path in (ROOT / "deploy/docker").glob("compose*.yaml"):
        assert path.name in PAGE, path.name


def test_what_a_machine_writes_for_itself_is_never_committed():
    made = ["room110.env", "canary.env", "grafana-password", "metrics-token", "token/canary"]
    made += ["turnserver.conf", "turn-certificates/privkey.pem", "secrets/turn-secret"]
    done = subprocess.run(
        ["git", "check-ignore", *(f"deploy/docker/{name}" for name in made)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == NO_REPOSITORY:
        pytest.skip("not in a repository: nothing is committed")
    assert done.stdout.split() == [f"deploy/docker/{name}" for name in made]


def test_what_the_kernel_is_told_is_for_the_kernel():
    lines = (ROOT / "deploy/sysctl/90-room110.conf").read_text(encoding="utf-8").splitlines()
    said = [line for line in lines if line and not line.startswith("#")]
    assert said and all(re.fullmatch(r"net\.core\.[a-z_]+ = \d+", line) for line in said)


def test_the_secrets_of_compose_are_told_of():
    compose = YAML(typ="safe").load(ROOT / "deploy/docker/compose.monitoring.yaml")
    for secret in compose["secrets"].values():
        assert f"> {secret['file'].removeprefix('./')}" in PAGE
