"""Wire: the message that brings a command of the core to a service.

The same fields under the same names (:mod:`signaling.terms`), through the decoder that the service
has, so a command nobody could send is found here.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from typing import Any

from bridge.conference import commands
from bridge.conference.commands import PersonCommand
from bridge.inbox import Wish
from signaling.decoding import decode
from signaling.messages import Command


def message_of(command: PersonCommand, command_id: str, seen_rev: int | None = None) -> Command:
    """Raises ProtocolError where the wire has no such message."""
    said: dict[str, Any] = {"type": Wish(command=command).name, "id": command_id}
    if seen_rev is not None:
        said["rev"] = seen_rev
    if isinstance(command, commands.ChairPolicy):
        said |= command.changes
    else:
        said |= _written(command)
    if isinstance(command, commands.ChairMute) and command.site != "all":
        del said["but"]
    message = decode(json.dumps(said), joined=True)
    assert isinstance(message, Command)
    return message


def _written(value: Any) -> dict[str, Any]:
    return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return _written(value) if is_dataclass(value) else value
