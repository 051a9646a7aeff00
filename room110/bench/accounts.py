"""Accounts: what a process has used and holds, to the nanosecond, read from Linux (proc(5)).

The clock ticks of ``/proc/PID/stat`` are 10 ms; a forwarder at one subscriber uses less than that in
a second.  ``schedstat`` counts the same time in nanoseconds, one file per thread, interrupts that ran
on the thread's account included.  A thread that ended takes its figures with it, so an account is
for processes whose threads last as long as the measurement.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from room110.process import usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Take two and subtract."""

    cpu_s: float
    """User and system, all threads that live."""
    ticks_s: float
    """The same by the kernel's coarse clock, ended threads included: a check of the former."""
    rss_bytes: int
    threads: int
    files: int
    """Open descriptors; 0 when they may not be seen."""


def account(pid: int) -> Account:
    """Of *pid* now.  Raises ProcessLookupError when it is gone."""
    used = usage(pid)
    cpu_ns = threads = 0
    for task in _entries(f"/proc/{pid}/task"):
        with contextlib.suppress(OSError):
            text = Path(f"/proc/{pid}/task/{task}/schedstat").read_text(encoding="ascii")
            cpu_ns += int(text.split()[0])
            threads += 1
    return Account(
        cpu_s=cpu_ns / 1e9,
        ticks_s=used.user_s + used.system_s,
        rss_bytes=used.rss_bytes,
        threads=threads,
        files=len(_entries(f"/proc/{pid}/fd")),
    )


def children(pid: int) -> tuple[int, ...]:
    """Processes that *pid* started and that live, with theirs, in the order of their numbers."""
    parents: dict[int, int] = {}
    for entry in _entries("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError):
                stat = Path(f"/proc/{entry}/stat").read_text(encoding="ascii", errors="replace")
                parents[int(entry)] = int(stat[stat.rindex(")") + 2 :].split()[1])
    found: list[int] = []
    wanted = {pid}
    while wanted:
        wanted = {child for child, parent in parents.items() if parent in wanted}
        found += wanted
    return tuple(sorted(found))


def media_pid(facts: Mapping[str, Any]) -> int:
    """Of ``service.json``: the process that owns the media; 0 while there is none."""
    return int(facts["media_pid"])


def parts(facts: Mapping[str, Any], started: int) -> dict[str, int]:
    """The processes of a service by what they do: media, control, and the one that was *started*
    and keeps them; any other by its number."""
    named = {"media": media_pid(facts), "control": int(facts["pid"]), "supervisor": started}
    strangers = set(children(started)) - set(named.values())
    return named | {f"other.{pid}": pid for pid in sorted(strangers)}


def accounts(named: Mapping[str, int]) -> dict[str, Account]:
    """Of each that lives."""
    found = {}
    for name, pid in named.items():
        with contextlib.suppress(ProcessLookupError):
            found[name] = account(pid)
    return found


def udp_errors() -> dict[str, int]:
    """Datagrams the kernel of this network namespace dropped at sockets so far, by its reason."""
    rows = [
        line.split()
        for line in Path("/proc/net/snmp").read_text(encoding="ascii").splitlines()
        if line.startswith("Udp:")
    ]
    counted = dict(zip(rows[0], rows[1], strict=True))
    return {name: int(counted[name]) for name in ("InErrors", "RcvbufErrors", "SndbufErrors")}


def _entries(path: str) -> list[str]:
    try:
        return [entry.name for entry in Path(path).iterdir()]
    except OSError:
        return []
