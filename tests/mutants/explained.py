"""Explained: mutants that no test can notice, for they are no other rule.  Name -> why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

EXPLAINED: Final[Mapping[str, str]] = {}
