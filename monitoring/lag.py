"""Lag: how late the loop comes to a timer.

One loop forwards sound every 20 ms and does everything else; whatever holds it up is heard by all
sites at once.  A timer of 100 ms that comes late says by how much.
"""

from __future__ import annotations

import asyncio
from typing import Final

from monitoring.columns import Histogram

TICK_S: Final = 0.1


async def measure_lag(into: Histogram) -> None:
    """Observe until cancelled."""
    clock = asyncio.get_running_loop().time
    while True:
        due_s = clock() + TICK_S
        await asyncio.sleep(TICK_S)
        into.observe(max(0.0, clock() - due_s))
