"""Compare: both servers in turn, the same clients, the same shapes, one run.

Runs inside the servers' namespace (``__main__`` sees to that).  Each round has each server once, the
order turned round every time, so that whatever the machine does meanwhile meets both.  A server is
started for its turn and ended after it; only one runs at a time.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any, Final

from bench.janus.api import session
from bench.janus.namespaces import SERVER_ADDRESS, ClientSide
from bench.janus.server import janus
from bench.janus.videoroom import videoroom
from room110.bench.fanout import BURST, Stand, Window, measure, room110
from room110.bench.pump import Pump, pumping
from room110.bench.service import service
from room110.bench.syscalls import machine
from room110.cli.output import say

ENGINES: Final = ("janus", "room110")


async def compare(
    clients: str, *, rounds: int, seconds: float, sizes: Sequence[int], woken: bool
) -> dict[str, Any]:
    """*clients*: the namespace in which their sockets are opened."""
    side = ClientSide(clients)
    loops = os.cpu_count() or 1
    result: dict[str, Any] = {
        "machine": machine(),
        "seconds": seconds,
        "rounds": rounds,
        "receivers": "woken" if woken else "drained",
        "janus": {"event_loops": loops},
        "room110": {},
    }
    windows: dict[str, list[Window]] = {engine: [] for engine in ENGINES}
    try:
        for turn in range(rounds):
            for engine in ENGINES if turn % 2 == 0 else reversed(ENGINES):
                say(f"round {turn + 1} of {rounds}: {engine}")
                async with (
                    pumping(woken=woken) as pump,
                    _stand(engine, pump, side, result) as stand,
                ):
                    measured, profile = await measure(
                        stand, pump, sizes=sizes, seconds=seconds, bursts=(BURST,)
                    )
                windows[engine] += measured
                result[engine]["srtp"] = profile
    finally:
        side.close()
    for engine in ENGINES:
        result[engine]["windows"] = [asdict(window) for window in windows[engine]]
    return result | {"table": table(windows["janus"], windows["room110"])}


@asynccontextmanager
async def _stand(
    engine: str, pump: Pump, side: ClientSide, result: dict[str, Any]
) -> AsyncIterator[Stand]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if engine == "janus":
            loops = result["janus"]["event_loops"]
            async with (
                janus(folder, address=SERVER_ADDRESS, event_loops=loops) as other,
                session(other.url, other.secret) as api,
            ):
                result["janus"]["version"] = other.version
                yield await videoroom(api, other.pid, pump, side.open)
        else:
            env = {
                "ROOM110_MEDIA_HOST": SERVER_ADDRESS,
                "ROOM110_MEDIA_ADVERTISE": SERVER_ADDRESS,
            }
            async with (
                service(folder, env=env) as running,
                room110(running, pump, side.open) as stand,
            ):
                yield stand


def table(janus_windows: Sequence[Window], our_windows: Sequence[Window]) -> list[dict[str, Any]]:
    """Medians over the rounds, by shape."""
    shapes = sorted({(w.publishers, w.subscribers) for w in our_windows})
    rows = []
    for shape in shapes:
        theirs, ours = (
            [w.us_per_packet for w in windows if (w.publishers, w.subscribers) == shape]
            for windows in (janus_windows, our_windows)
        )
        rows.append(
            {
                "publishers": shape[0],
                "subscribers": shape[1],
                "janus_us": round(median(theirs), 2),
                "room110_us": round(median(ours), 2),
                "ratio": round(median(ours) / median(theirs), 2),
            }
        )
    return rows
