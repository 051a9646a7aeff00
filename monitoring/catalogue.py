"""Catalogue: every metric of the service, in the order of the page.

Names follow the Prometheus rules: one prefix, base units, ``_total`` for counters only.  ``site`` is
the code (``01`` to ``110``); there are as many as the roster has, so it is the one label that may
name somebody.  Session ids, users and addresses never stand in a label.

What a site *is* (info, line, microphone, floor, flags, counters) is there for every site at all
times, so that a table keeps its rows; how well it goes (jitter, loss, round trip, level) only while
it goes.  Counters add up over all connections of a site and never fall while the service runs.

Each part of the page has its families beside the code that writes them: :mod:`monitoring.sites`,
:mod:`monitoring.traffic`, :mod:`monitoring.clients`, :mod:`monitoring.conference`,
:mod:`monitoring.service`.  What the media plane counts is in :mod:`monitoring.plane`, which the media
process needs without all this; the canary's page is :mod:`monitoring.canary`.
docs/monitoring.md is printed from here (``make docs``).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from monitoring.canary import CANARY
from monitoring.clients import CLIENTS
from monitoring.conference import CONFERENCE
from monitoring.exposition import Family
from monitoring.plane import PLANE, WORKER
from monitoring.service import SERVICE
from monitoring.sites import SITES
from monitoring.traffic import QUALITY, TRAFFIC

FAMILIES: Final = (
    *(*SITES, *TRAFFIC, *QUALITY, *CLIENTS),
    *(*CONFERENCE, *PLANE, *SERVICE, *WORKER),
)
"""Of the service: control's page and the media process's together."""


def markdown(families: Iterable[Family]) -> str:
    """A table of docs/monitoring.md."""
    rows = ["| metric | type | labels | is |", "|---|---|---|---|"]
    for family in families:
        labels = ", ".join(f"`{label}`" for label in family.labels)
        if family.words:
            labels += ": " + " ".join(family.words)
        rows.append(f"| `{family.name}` | {family.kind} | {labels} | {family.text} |")
    return "\n".join(rows) + "\n"


def documents() -> dict[str, str]:
    """The tables of docs/monitoring.md by the names of their marks."""
    return {"metrics": markdown(FAMILIES), "canary": markdown(CANARY)}
