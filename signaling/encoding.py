"""Encoding: what the bridge says, as JSON on the wire.

A change goes to everybody at once, and to all of an audience as the same object; so its JSON is
made once per object and shared.  The bridge puts a change into all outboxes before the next
comes, hence a memory of the last few objects never misses.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import Any, Final

from bridge.outgoing import (
    Bye,
    Change,
    Device,
    Lines,
    MediaReset,
    MediaSet,
    MediaWant,
    Outgoing,
    Stage,
    Unheard,
)

REMEMBERED: Final = 16
"""More than there are audiences."""


class Encoder:
    def __init__(self) -> None:
        self._changes: OrderedDict[int, tuple[Change, str]] = OrderedDict()
        """Keyed by id(); the object is kept beside its text, so no id is given out again."""

    def encode(self, message: Outgoing) -> str:
        if not isinstance(message, Change):
            return dump(_fields(message))
        known = self._changes.get(id(message))
        if known is not None:
            return known[1]
        text = dump(_fields(message))
        self._changes[id(message)] = (message, text)
        if len(self._changes) > REMEMBERED:
            self._changes.popitem(last=False)
        return text


def _fields(message: Outgoing) -> dict[str, Any]:
    match message:
        case Change(rev=rev, now_s=now_s, events=events, set=patch):
            body = {"events": [*events], "set": {**patch}}
            return {"type": "change", "rev": rev, "now": now_s, **body}
        case Stage(rev=rev, slots=slots):
            return {"type": "stage", "rev": rev, "slots": {**slots}}
        case Lines(sites=sites):
            return {"type": "lines", "sites": {site: {**row} for site, row in sites.items()}}
        case MediaWant(layers=layers):
            return {"type": "media.want", "layers": [*layers]}
        case MediaSet(mic=mic, on_air=on_air):
            return {"type": "media.set", "mic": mic, "on_air": on_air}
        case MediaReset(reason=reason):
            return {"type": "media.reset", "reason": reason}
        case Device(role=role):
            return {"type": "device", "role": role}
        case Unheard(reason=why):
            return {"type": "unheard", "reason": why}
        case Bye(reason=reason):
            return {"type": "bye", "reason": reason}


def dump(fields: dict[str, Any]) -> str:
    """JSON in one line."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
