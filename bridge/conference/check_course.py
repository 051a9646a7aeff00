"""Check course: what events of line checks and of the walk make of the conference."""

from __future__ import annotations

from dataclasses import replace

from bridge.conference.check_events import (
    CheckBegun,
    CheckEnded,
    CheckEvent,
    NumberHeard,
    SiteChecked,
    WalkBegun,
    WalkEnded,
    WalkJudged,
    WalkMoved,
    WalkSkipped,
)
from bridge.conference.checked import Checks
from bridge.conference.state import Conference
from bridge.conference.walk import Walk

OfChecks = CheckBegun | SiteChecked | CheckEnded | NumberHeard
OfWalk = WalkBegun | WalkMoved | WalkSkipped | WalkJudged | WalkEnded


def changed(conference: Conference, event: CheckEvent) -> Conference:
    """The next state."""
    if isinstance(event, OfChecks):
        return replace(conference, checks=_checked(conference.checks, event))
    return replace(conference, walk=_walked(conference.walk, event))


def _checked(checks: Checks, event: OfChecks) -> Checks:
    match event:
        case CheckBegun():
            return checks.begun(event)
        case SiteChecked():
            return checks.found(event)
        case NumberHeard():
            return checks.heard(event)
        case CheckEnded():
            return checks.ended()


def _walked(walk: Walk, event: OfWalk) -> Walk:
    match event:
        case WalkBegun():
            return walk.begun(event)
        case WalkMoved(at_s=at_s, site=site):
            return walk.moved(site, at_s=at_s)
        case WalkSkipped(site=site):
            return walk.skipped(site)
        case WalkJudged():
            return walk.judged(event)
        case WalkEnded(at_s=at_s):
            return walk.ended(at_s=at_s)
