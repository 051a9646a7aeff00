"""Merge patches (RFC 7396): what to send instead of a whole snapshot.

Law: ``merge(a, diff(a, b)) == b`` for documents without nulls.  A null in a patch means *remove*,
which is why a snapshot has none: absent means none.  Lists are replaced whole.  Equality is
Python's, so 1, 1.0 and True are one value; no field of a snapshot is ever two of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Document = Mapping[str, Any]


def without_none(values: Mapping[str, Any]) -> dict[str, Any]:
    """Of a document: what is not so is absent."""
    return {name: value for name, value in values.items() if value is not None}


def plain(**values: Any) -> dict[str, Any]:
    """A document of these, as :func:`without_none`."""
    return without_none(values)


def diff(before: Document, after: Document) -> dict[str, Any]:
    """The smallest patch that makes *after* of *before*; empty if they are equal."""
    patch: dict[str, Any] = {name: None for name in before if name not in after}
    for name, value in after.items():
        old = before.get(name)
        if old == value:
            continue
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            patch[name] = diff(old, value)
        else:
            patch[name] = value
    return patch


def merge(target: Document, patch: Document) -> dict[str, Any]:
    """*target* with *patch* applied.  Neither is changed; what is not patched is shared."""
    merged = dict(target)
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, Mapping):
            old = merged.get(name)
            merged[name] = merge(old if isinstance(old, Mapping) else {}, value)
        else:
            merged[name] = value
    return merged
