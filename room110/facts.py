"""Facts: ``service.json`` in the state directory, where a running service says what it is.

Local commands, the demonstration and the supervisor read it: addresses, processes, the conference.
It is written whole or not at all, by control alone, anew whenever one of them changes; the
supervisor takes it away at the end.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from bridge.media.plane import Greeting

RESTARTS: Final = "restarts.json"
SOCKET: Final = "media.sock"
"""Where control and the media worker meet, in the state directory too."""
_NAME: Final = "service.json"


def write(state: Path, facts: Mapping[str, object]) -> None:
    path = state / _NAME
    part = path.with_suffix(".part")
    part.write_text(json.dumps(facts) + "\n", encoding="utf-8")
    part.replace(path)


def read(state: Path) -> dict[str, Any]:
    """Nothing when there are none, or none that can be read."""
    try:
        facts = json.loads((state / _NAME).read_bytes())
    except (OSError, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}


def forget(state: Path) -> None:
    for name in (_NAME, RESTARTS):
        (state / name).unlink(missing_ok=True)


def write_restarts(state: Path, restarts: Mapping[str, int]) -> None:
    """Process -> times that the supervisor had to start it again: the supervisor's own word."""
    path = state / RESTARTS
    part = path.with_suffix(".part")
    part.write_text(json.dumps(restarts) + "\n", encoding="utf-8")
    part.replace(path)


def restarts(state: Path) -> dict[str, int]:
    """Nothing where no supervisor has written, or not yet."""
    try:
        found = json.loads((state / RESTARTS).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def listeners(greeting: Greeting) -> list[str]:
    """``127.0.0.1:8110/udp`` for each place where media listens."""
    return [f"{c.address}:{c.port}/{c.transport}" for c in greeting.candidates]


def pins(facts: Mapping[str, Any]) -> dict[str, str]:
    """The environment in which another start takes the ports that this one took."""
    env = {"ROOM110_HTTP_PORT": _port(facts["http"])}
    if facts.get("media_metrics"):
        env["ROOM110_MEDIA_METRICS_PORT"] = _port(facts["media_metrics"])
    for place in facts["media"]:
        where, _, transport = str(place).partition("/")
        name = "ROOM110_MEDIA_PORT" if transport == "udp" else "ROOM110_MEDIA_TCP_PORT"
        env[name] = _port(where)
    return env


def mend(name: str) -> str:
    """What to do about a port that is taken."""
    return f"is another service running here?  room110 status; or set ROOM110_{name}"


def _port(place: object) -> str:
    return str(place).rpartition(":")[2]
