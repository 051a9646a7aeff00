"""The words of the core, read from its source: importing it would bind us to what is mutated."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
CORE: Final = ROOT / "bridge" / "conference"
_HOLDERS: Final = ("words.py", "floor.py", "authority.py")
_SHORT: Final = {"_S": "RequestStatus"}


def members(name: str) -> tuple[str, ...]:
    """The members of that enumeration; none, if it is no enumeration of ours."""
    return _enums().get(_SHORT.get(name, name), ())


@cache
def _enums() -> dict[str, tuple[str, ...]]:
    found = {}
    for module in _HOLDERS:
        for node in ast.parse((CORE / module).read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and _is_enum(node):
                found[node.name] = tuple(
                    target.id
                    for line in node.body
                    if isinstance(line, ast.Assign)
                    for target in line.targets
                    if isinstance(target, ast.Name)
                )
    return found


def _is_enum(node: ast.ClassDef) -> bool:
    return any(isinstance(base, ast.Name) and base.id.endswith("Enum") for base in node.bases)
