"""Containers, by their own validators: what cannot be run here is at least well formed.

Docker itself is not run: neither a daemon nor an image registry is there in CI.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from ruamel.yaml import YAML

from room110.cli.program import app

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE = sorted((DEPLOY / "docker").glob("compose*.yaml"))
BIN = Path(sys.executable).parent


def services():
    return {
        name: service
        for path in COMPOSE
        for name, service in YAML(typ="safe").load(path)["services"].items()
    }


def test_the_dockerfile_is_what_its_linter_wants():
    run = subprocess.run(
        [BIN / "hadolint", "--no-color", DEPLOY / "docker/Dockerfile"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.stdout + run.stderr, run.returncode) == ("", 0)


@pytest.mark.parametrize("path", COMPOSE, ids=lambda path: path.name)
def test_a_compose_file_is_of_the_compose_specification(path):
    run = subprocess.run(
        [BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_every_image_of_somebody_else_is_pinned_to_a_version():
    images = {name: service["image"] for name, service in services().items()}
    assert {images.pop("bridge"), images.pop("canary")} == {"room110"}
    assert images
    for image in images.values():
        tag = image.rpartition(":")[2]
        assert any(c.isdigit() for c in tag), image


def test_every_file_that_is_mounted_is_there():
    for name, service in services().items():
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            if source.startswith("../"):
                assert (DEPLOY / "docker" / source).exists(), f"{name}: {source}"


OURS = {name: service for name, service in services().items() if service["image"] == "room110"}


@pytest.mark.parametrize("service", OURS.values(), ids=OURS)
def test_ours_may_write_only_where_they_must(service):
    assert service["read_only"] is True
    assert (service["cap_drop"], service["restart"]) == (["ALL"], "unless-stopped")
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}


@pytest.mark.parametrize("service", OURS.values(), ids=OURS)
def test_ours_start_a_command_that_there_is(service):
    name, *args = service.get("command", ["serve"])
    # What compose would put in: the default, or what a person has written.
    args = [re.sub(r"\$\{\w+:-(.*?)\}", r"\1", arg) for arg in args]
    args = [re.sub(r"\$\{\w+:\?.*?\}", "https://hop.example.gov.vn", arg) for arg in args]
    assert "${" not in "".join(args)
    typer.main.get_command(app).commands[name].make_context(name, args)


def test_what_the_image_starts_is_a_command_too():
    text = (DEPLOY / "docker/Dockerfile").read_text(encoding="utf-8")
    assert 'ENTRYPOINT ["/opt/room110/bin/room110"]' in text and 'CMD ["serve"]' in text


def test_nothing_but_what_is_copied_goes_to_the_daemon():
    lines = (DEPLOY / "docker/Dockerfile").read_text(encoding="utf-8").splitlines()
    copies = [line.split() for line in lines if line.startswith("COPY ") and "--from" not in line]
    copied = {name for _, *names, _ in copies for name in names}
    ignored = (DEPLOY.parent / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignored[1] == "*"
    assert {line[1:] for line in ignored if line.startswith("!")} == copied


def test_every_package_of_ours_is_copied_into_the_image():
    lines = (DEPLOY / "docker/Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = {line.split()[1] for line in lines if line.startswith("COPY") and "--from" not in line}
    assert {"config", "bridge", "signaling", "monitoring", "room110"} <= copied
