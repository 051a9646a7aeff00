"""The wheel: whole, and enough for a demonstration on a machine that has nothing of ours.

The environment is made empty and gets two things.  The wheel, by pip.  And what the wheel says that it
needs, followed to the end (``Requires-Dist``), and nothing beside it: not our tools, not the source
tree.  Those packages are not fetched again: they are taken, as links, from the environment that
``make`` has installed out of constraints.txt with its hashes, and each must have the version that
stands there.  So it is the same files that a registry would have given, in a second instead of a
minute; a library that we import and have forgotten to name is missing here as it would be there,
while ``--system-site-packages`` would have hidden it.  What is not proved is that the registry still
has them; every ``make`` on a new machine does that.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.house import PACKAGES, ROOT, tracked
from tests.support.program import wait_until

LOCKED = dict(
    re.findall(r"^([a-z0-9._-]+)==(\S+)", (ROOT / "constraints.txt").read_text(), re.MULTILINE)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Where only the wheel is."""

    wheel: Path
    venv: Path
    home: Path

    def run(self, *args: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.venv / "bin" / args[0], *args[1:]],
            cwd=self.home,
            env=self.env(),
            capture_output=True,
            text=True,
            check=False,
        )

    def env(self) -> dict[str, str]:
        ports = ("HTTP_PORT", "MEDIA_PORT", "MEDIA_TCP_PORT", "MEDIA_METRICS_PORT")
        return {
            "PATH": os.defpath,
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            **{f"ROOM110_{name}": "0" for name in ports},
        }


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    folder = tmp_path_factory.mktemp("machine")
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT))
    (wheel,) = folder.glob("*.whl")
    venv = folder / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    (site,) = venv.glob("lib/python*/site-packages")
    assert not list(site.iterdir())
    for distribution in needed(wheel):
        link(distribution, site)
    pip("--python", str(venv), "install", "--no-deps", str(wheel))
    (folder / "home").mkdir()
    return Machine(wheel=wheel, venv=venv, home=folder / "home")


def pip(*args: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-cache-dir", *args],
        env={**os.environ, "PIP_NO_INDEX": "1"},
        cwd=ROOT.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def needed(wheel: Path) -> Iterator[metadata.Distribution]:
    """What *wheel* requires, and what that requires, each once."""
    with zipfile.ZipFile(wheel) as files:
        (name,) = (name for name in files.namelist() if name.endswith(".dist-info/METADATA"))
        said = files.read(name).decode()
    waiting = [(line, "") for line in re.findall(r"^Requires-Dist: (.*)$", said, re.MULTILINE)]
    seen = set()
    while waiting:
        line, extra = waiting.pop()
        requirement = Requirement(line)
        name = canonicalize_name(requirement.name)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
            continue
        distribution = metadata.distribution(name)
        assert requirement.specifier.contains(distribution.version), line
        for more in {"", *requirement.extras} - {extra for known, extra in seen if known == name}:
            seen.add((name, more))
            waiting += [(needs, more) for needs in distribution.requires or ()]
            if not more:
                yield distribution


def link(distribution: metadata.Distribution, site: Path) -> None:
    """As if it were installed there, but for programs, which we do not use."""
    name = canonicalize_name(distribution.name)
    assert distribution.version == LOCKED[name], f"{name}: install what constraints.txt says"
    for top in {file.parts[0] for file in distribution.files or ()} - {"..", "__pycache__"}:
        (site / top).symlink_to(str(distribution.locate_file(top)))


def test_the_wheel_has_every_file_of_our_packages_and_no_other(machine):
    ours = {path.relative_to(ROOT).as_posix() for path in tracked()}
    ours = {name for name in ours if name.split("/")[0] in PACKAGES}
    with zipfile.ZipFile(machine.wheel) as files:
        packed = {name for name in files.namelist() if ".dist-info/" not in name}

    assert packed == ours
    assert {f"{package}/py.typed" for package in PACKAGES} <= packed
    for kind in ("pages/site.html", "pages/desk.html", "pages/board.html", "pages/vi.json", ".csv"):
        assert any(name.endswith(kind) for name in packed), kind


def test_only_what_the_wheel_says_it_needs_is_there(machine):
    (site,) = machine.venv.glob("lib/python*/site-packages")
    tools = {"pytest", "numpy", "playwright", "hypothesis", "mypy", "grafana_foundation_sdk", "pip"}
    assert not tools & {path.name for path in site.iterdir()}
    asked = machine.run(
        "python",
        "-c",
        "import sys, json, bridge, config, monitoring, room110, signaling as s;"
        "from importlib.util import find_spec;"
        "print(json.dumps([sys.path, s.__file__, find_spec('tests') is None]))",
    )
    path, where, no_tests = json.loads(asked.stdout)
    assert no_tests and where.startswith(str(site))
    assert not [entry for entry in path if entry.startswith(str(ROOT))]


def test_every_module_can_be_imported_there(machine):
    """But for the writers of dashboards, which need a tool of ours."""
    with zipfile.ZipFile(machine.wheel) as files:
        modules = [
            name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            for name in files.namelist()
            if name.endswith(".py") and not name.endswith("__main__.py")
        ]
    needs_tools = ("monitoring.dashboards", "room110.bench.pages")
    plain = sorted(name for name in modules if not name.startswith(needs_tools))
    done = machine.run("python", "-W", "error", "-c", f"import {', '.join(plain)}")

    assert done.stderr == ""
    assert len(plain) > 200


def test_the_demonstration_runs_from_it(machine):
    """With two sites, until one of them has spoken; a page of it is opened meanwhile."""
    version = machine.run("room110", "version")
    assert (version.returncode, version.stderr) == (0, "")
    output = machine.home / "said"
    with output.open("wb") as out:
        demo = subprocess.Popen(
            [machine.venv / "bin/room110", "demo", "--sites", "2"],
            cwd=machine.home,
            env=machine.env(),
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until(
            lambda: "HAS THE FLOOR" in output.read_text(),
            timeout_s=60,
            or_if=lambda: demo.poll() is not None,
            why=output.read_text,
        )
        (desk,) = re.findall(r"desk\s+(http://\S+)#token", output.read_text())
        with urllib.request.urlopen(desk) as page:
            assert "/desk" in desk and b"<html" in page.read()
        status = machine.run("room110", "status", "--json")
        assert json.loads(status.stdout)["schema_version"] == 1
    finally:
        demo.terminate()
        code = demo.wait(30)
    assert (code, "Traceback" in output.read_text()) == (0, False), output.read_text()
