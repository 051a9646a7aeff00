"""The house as files: what the architecture tests look at.  Standard library only."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("config", "bridge", "signaling", "monitoring", "room110")
STDLIB = sys.stdlib_module_names


def modules() -> list[str]:
    """Every module of the packages, as a path below the root: ``bridge/line.py``."""
    return sorted(
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
    )


@cache
def source(module: str) -> str:
    return (ROOT / module).read_text(encoding="utf-8")


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(source(module), module)


def imports(module: str) -> Iterator[str]:
    """Dotted names a module imports, also inside functions and for types only.

    ``from a.b import c`` is ``a.b`` and, when that is one of our modules, ``a.b.c``.
    """
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module
            for alias in node.names:
                if path_of(f"{node.module}.{alias.name}"):
                    yield f"{node.module}.{alias.name}"


def path_of(dotted: str) -> str | None:
    """The file of one of our modules, or None."""
    path = dotted.replace(".", "/")
    for candidate in (f"{path}.py", f"{path}/__init__.py"):
        if dotted.split(".", maxsplit=1)[0] in PACKAGES and (ROOT / candidate).is_file():
            return candidate
    return None


def below(module: str, places: tuple[str, ...]) -> bool:
    """Is the module one of the files, or in one of the folders (which end in a slash)?"""
    return any(
        module == place or (place[-1] == "/" and module.startswith(place)) for place in places
    )


def tracked() -> list[Path]:
    """Files that are, or would be, in the repository.  Without git: all but what can be remade."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        made = {"build", "dist", "__pycache__"}
        return [
            path
            for path in ROOT.rglob("*")
            if path.is_file()
            and not any(
                part in made or (part.startswith(".") and part != ".ci")
                for part in path.relative_to(ROOT).parts
            )
        ]
    paths = [ROOT / name.decode() for name in listed.split(b"\0") if name]
    return [path for path in paths if path.is_file()]
