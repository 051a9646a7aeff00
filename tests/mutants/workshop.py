"""The workshop: a copy of the core and its tests, in which mutants are tried one after the other.

Nothing here touches the working tree.  A trial is a child of this process, which has pytest and
hypothesis loaded already and nothing of ours; it may use so much processor time and so much memory,
for some mutants go round for ever.  The tests of the mutant's own module come first, then the
other tables, then the laws: the first red one ends the trial.
"""

from __future__ import annotations

import os
import resource
import shutil
import sys
import tempfile
import traceback
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final

import hypothesis.stateful
import pytest

from tests.mutants.mutant import Mutant
from tests.mutants.words import ROOT

COPIED: Final = (
    "bridge/__init__.py",
    "bridge/conference",
    "tests/__init__.py",
    "tests/conftest.py",
    "tests/bridge/__init__.py",
    "tests/bridge/conference",
    "docs/floor.md",
    "pyproject.toml",
)
TESTS: Final = Path("tests/bridge/conference")
LAWS: Final = ("test_laws.py", "test_random_conference.py")
"""What is dear comes last."""
SECONDS: Final = 20
DEAR_SECONDS: Final = 150
"""Of processor time for a stage of a trial; the sound core needs a fifth of it."""
BYTES: Final = 2 << 30
SAID: Final = "said.txt"

_ = hypothesis.stateful  # loaded once, for all children


class Depth(StrEnum):
    """How many tests a mutant must pass."""

    OWN = "own"
    """Those of its module."""
    TABLES = "tables"
    LAWS = "laws"


class Verdict(StrEnum):
    KILLED = "killed"
    STUCK = "stuck"
    """It went round for ever, or grew: as good as killed."""
    SURVIVED = "survived"


class Workshop:
    """A copy of its own; made and removed by ``with``."""

    def __init__(self) -> None:
        self.root = Path(tempfile.gettempdir())

    def __enter__(self) -> Workshop:
        self.root = Path(tempfile.mkdtemp(prefix="mutants-"))
        for name in COPIED:
            source, to = ROOT / name, self.root / name
            to.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, to, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, to)
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.root)

    def try_out(self, mutant: Mutant, depth: Depth) -> Verdict:
        """Whether the tests notice."""
        path = self.root / "bridge" / "conference" / mutant.module
        sound = path.read_text(encoding="utf-8")
        _write(path, mutant.source)
        try:
            return self.run(self.stages(mutant.module, depth))
        finally:
            _write(path, sound)

    def stages(self, module: str, depth: Depth) -> list[list[str]]:
        """Which tests to run, in which order."""
        tests = self.root / TESTS
        dear = [tests / name for name in LAWS]
        own = sorted(set(tests.glob(f"test_{Path(module).stem}*.py")) - set(dear))
        stages = [own]
        if depth is not Depth.OWN:
            stages.append(sorted(set(tests.glob("test_*.py")) - set(own) - set(dear)))
        if depth is Depth.LAWS:
            stages += [[path] for path in dear]
        return [[str(path) for path in stage] for stage in stages if stage]

    def run(self, stages: Sequence[Sequence[str]]) -> Verdict:
        """These tests on the copy as it is."""
        child = os.fork()
        if child == 0:
            self._be_the_child(stages)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            return Verdict.STUCK
        return Verdict.SURVIVED if os.WEXITSTATUS(status) == 0 else Verdict.KILLED

    def said(self) -> str:
        """The last words of the tests."""
        return (self.root / SAID).read_text(encoding="utf-8")[-2000:]

    def _be_the_child(self, stages: Sequence[Sequence[str]]) -> None:
        code = 1
        try:
            with (self.root / SAID).open("w", encoding="utf-8") as log:
                os.dup2(log.fileno(), 1)
                os.dup2(log.fileno(), 2)
            resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
            os.chdir(self.root)
            sys.path[:] = [str(self.root), *(p for p in sys.path if Path(p or ".") != ROOT)]
            for name in [n for n in sys.modules if n.split(".")[0] in {"tests", "bridge"}]:
                del sys.modules[name]
            code = next((code for code in map(_tests, stages) if code), 0)
        except BaseException:  # noqa: BLE001  # whatever it is, the child ends here
            traceback.print_exc()
        finally:
            os._exit(int(code))


def _write(path: Path, source: str) -> None:
    """Python tells an old compilation by second and size alone, which is not enough for us."""
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*"):
        compiled.unlink()
    path.write_text(source, encoding="utf-8")


def _tests(paths: Sequence[str]) -> int:
    used = resource.getrusage(resource.RUSAGE_SELF)
    allowed_s = DEAR_SECONDS if Path(paths[0]).name in LAWS else SECONDS
    until_s = int(used.ru_utime + used.ru_stime) + allowed_s
    resource.setrlimit(resource.RLIMIT_CPU, (until_s, resource.RLIM_INFINITY))
    return int(pytest.main(["-x", "-q", "--assert=plain", "-p", "no:cacheprovider", *paths]))
