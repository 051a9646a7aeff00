"""Process: what a running program costs, read from Linux's own accounts (proc(5)).

For a process we started or were told of; no library, because two files are all there is to it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Since the process began; take two and subtract."""

    user_s: float
    system_s: float
    rss_bytes: int

    def __add__(self, other: Usage) -> Usage:
        """Of two processes together."""
        return Usage(
            user_s=self.user_s + other.user_s,
            system_s=self.system_s + other.system_s,
            rss_bytes=self.rss_bytes + other.rss_bytes,
        )


def usage(pid: int) -> Usage:
    """What *pid* has used so far.  Raises ProcessLookupError when it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    except FileNotFoundError:
        raise ProcessLookupError(pid) from None
    # The name stands in brackets and may hold spaces; fields are counted behind it.
    fields = stat[stat.rindex(")") + 2 :].split()
    return Usage(
        user_s=int(fields[11]) / _TICKS_PER_S,
        system_s=int(fields[12]) / _TICKS_PER_S,
        rss_bytes=int(pages) * _PAGE_BYTES,
    )
