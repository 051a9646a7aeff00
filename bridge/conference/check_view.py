"""Check view: line checks and the walk, as JSON-able objects for the desk, and for a site its own.

The number that was spoken in a room is kept from that room: who types it shall have heard it.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from bridge.conference.checked import Checked, Checks
from bridge.conference.figures import Figures
from bridge.conference.patch import plain
from bridge.conference.walk import Visit, Walk
from bridge.conference.words import SiteCode


def check(checks: Checks) -> dict[str, Any]:
    """For the desk; ``round`` is there while one runs."""
    going_on = checks.round
    running = None
    if going_on is not None:
        running = {
            "by": going_on.by,
            "since_s": going_on.since_s,
            "sites": list(going_on.sites),
            "left": list(going_on.left),
        }
    return plain(
        round=running,
        results={site: _result(checked) for site, checked in checks.sites.items()},
    )


def walk(walked: Walk) -> dict[str, Any] | None:
    """For the desk; None: nobody has walked."""
    if walked.begun_s is None:
        return None
    return plain(
        by=walked.by,
        begun_s=walked.begun_s,
        ended_s=walked.ended_s,
        current=walked.current,
        since_s=walked.since_s if walked.current is not None else None,
        visits={site: visited(visit) for site, visit in walked.visits.items()},
    )


def own(checks: Checks, site: SiteCode) -> dict[str, Any] | None:
    """For the site; None: it was never checked, and is not being."""
    going_on, last = checks.round, checks.sites.get(site)
    running = going_on is not None and site in going_on.left
    if last is None:
        return {"running": True} if running else None
    return {
        "running": running,
        "at_s": last.at_s,
        "verdict": last.verdict.value,
        "reasons": [reason.value for reason in last.reasons],
        "asked": last.figures.played is not None,
        **_heard(last),
    }


def visited(visit: Visit) -> dict[str, Any]:
    return plain(
        took_s=visit.took_s,
        skipped=visit.skipped,
        sound=visit.sound.value if visit.sound else None,
        picture=visit.picture.value if visit.picture else None,
        note=visit.note,
        by=visit.by,
        judged_s=visit.judged_s,
    )


def figures(measured: Figures) -> dict[str, Any]:
    return plain(**{field.name: getattr(measured, field.name) for field in fields(measured)})


def _result(checked: Checked) -> dict[str, Any]:
    return {
        "at_s": checked.at_s,
        "by": checked.by,
        "verdict": checked.verdict.value,
        "reasons": [reason.value for reason in checked.reasons],
        "figures": figures(checked.figures),
        **_heard(checked),
    }


def _heard(checked: Checked) -> dict[str, Any]:
    return plain(heard=checked.heard, tries=checked.tries or None)
