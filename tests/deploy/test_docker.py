"""Containers, by their own validators: what cannot be run here is at least well formed.

Docker itself is not run: neither a daemon nor an image registry is there in CI.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

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
    assert images.pop("bridge") == "room110"
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


def test_every_package_of_ours_is_copied_into_the_image():
    lines = (DEPLOY / "docker/Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = {line.split()[1] for line in lines if line.startswith("COPY") and "--from" not in line}
    assert {"config", "bridge", "signaling", "monitoring", "room110"} <= copied
