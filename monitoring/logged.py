"""Logged: how many messages this process has logged, by level.

A processor of the chain in :mod:`monitoring.logs`, which is one per process, and so is the count.  What
is below the level that is logged was never a message.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import MutableMapping
from typing import Any, Final

LOGGED: Final[Counter[str]] = Counter()
"""Level -> messages."""


def count_logged(
    _logger: Any, method: str, event_dict: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """The structlog processor that counts; behind the one that says the level."""
    LOGGED[str(event_dict.get("level", method))] += 1
    return event_dict
