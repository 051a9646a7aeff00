"""What each audience sees (I18, practice.md A22): all can follow by patches, none sees too much."""

from __future__ import annotations

import json

from bridge.conference import events
from bridge.conference.patch import diff, merge
from bridge.conference.projection import DESK, WALL, Audience, project
from bridge.conference.words import QueueVisible
from tests.bridge.conference.scene import PROVINCES, TITLES

AUDIENCES = (DESK, WALL, *(Audience(kind="site", site=code) for code in ("01", "110")))

NOBODYS_BUSINESS = (
    events.CarouselSet,
    events.ChairPassed,
    events.ClockStarted,
    events.ConsoleSeen,
    events.DeviceSwitched,
    events.HelpChanged,
    events.LadderChanged,
    events.LimitExtended,
    events.MediaRestarted,
    events.MinutesNoted,
    events.NextChosen,
    events.NoteSent,
    events.NumberHeard,
    events.ProbeEnded,
    events.ProbeStarted,
    events.RequestAccepted,
    events.RequestMade,
    events.RollcallMarked,
    events.SiteChecked,
    events.SiteDropped,
    events.SiteLimited,
    events.StandbyChanged,
    events.TimeOver,
    events.TimeWarned,
    events.WalkBegun,
    events.WalkEnded,
    events.WalkJudged,
    events.WalkMoved,
    events.WalkSkipped,
    events.WatchChosen,
)
"""Of it nothing is to be seen but by desk and the site concerned."""
SHOWN = (
    events.BlockChanged,
    events.CutChanged,
    events.HoldEnded,
    events.HoldStarted,
    events.LinkChanged,
    events.RequestEnded,
    events.RequestGranted,
)
"""Of it is to be seen what becomes of the stage."""
STAGE = {"on_air", "programme", "speakers", "content", "by_phone"}


def snapshots(state):
    return [project(state, audience, titles=TITLES) for audience in AUDIENCES]


def all_can_follow(befores, state):
    """After a command: a patch makes the new snapshot of the old one; no value is ever null."""
    for before, after in zip(befores, snapshots(state), strict=True):
        assert merge(before, json.loads(json.dumps(diff(before, after)))) == after
        assert (diff(before, after) == {}) is (before == after)
        text = json.dumps(after)
        assert json.loads(text) == after
        assert "null" not in text


def others_see_nothing(before, after, event):
    """After an event: what concerns one site only, and is not public, does not reach another."""
    if not isinstance(event, NOBODYS_BUSINESS + SHOWN):
        return
    concerned = {getattr(event, "site", None), getattr(event, "to", None), before.next, after.next}
    if hasattr(event, "request"):
        concerned.add(after.requests[event.request].site)
    public = STAGE if isinstance(event, SHOWN) else set()
    if isinstance(event, events.LinkChanged):
        public = public | {"connected"}
    code = next((code for code in PROVINCES if code not in concerned), None)
    sees_queue = after.policy.queue_visible is QueueVisible.ALL
    for audience in (WALL, Audience(kind="site", site=code)):
        queue = {"queue_sites"} if sees_queue and audience is not WALL else set()
        views = [project(state, audience, titles=TITLES) for state in (before, after)]
        assert diff(*views).keys() <= public | queue
        if not sees_queue or audience is WALL:
            assert "queue_sites" not in views[1]
