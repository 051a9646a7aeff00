"""Memory: what several processes hold together, read from Linux (``/proc/PID/smaps``, proc(5)).

Resident sizes of processes cannot be added: the three of a service run the same interpreter and
libraries, whose pages are in the machine once and in every resident size.  So what is private is
added, and of a part of a file that several have mapped the largest share is counted, once.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

_PRIVATE: Final = ("Private_Clean:", "Private_Dirty:")
_SHARED: Final = ("Shared_Clean:", "Shared_Dirty:")
_KB: Final = 1024
_HEAD_FIELDS: Final = 6
"""address perms offset dev inode path (proc(5)); what is no file has no path."""


def held_bytes(pids: Iterable[int]) -> int:
    """Of those that live and may be looked at."""
    private, shared = 0, dict[str, int]()
    for pid in pids:
        for place, own, common in _mappings(pid):
            private += own
            shared[place] = max(shared.get(place, 0), common)
    return private + sum(shared.values())


def _mappings(pid: int) -> Iterator[tuple[str, int, int]]:
    """Of each: which part of which file, bytes of this process alone, bytes others have too."""
    place, own, common = "", 0, 0
    text = ""
    with contextlib.suppress(OSError):
        text = Path(f"/proc/{pid}/smaps").read_text(encoding="utf-8", errors="replace")
    for line in text.splitlines():
        name, *rest = line.split()
        if not name.endswith(":"):
            yield place, own, common
            # What is no file is nobody else's, though a fork may share it for a while.
            is_file = len(rest) >= _HEAD_FIELDS - 1 and rest[4].startswith("/")
            place = f"{rest[4]} {rest[1]}" if is_file else f"{pid} {name}"
            own = common = 0
        elif name in _PRIVATE:
            own += int(rest[0]) * _KB
        elif name in _SHARED:
            common += int(rest[0]) * _KB
    yield place, own, common
