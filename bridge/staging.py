"""Staging: the present stage, and what it asks of the plane, of the rooms and of everybody.

Whatever happens (a change, a newcomer, an offer), the stage is set anew from the conference and
from who is there; what is as it was is not said again.  The plan comes first, so that a gate is
shut before anybody hears why.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from bridge.conference.words import SiteCode
from bridge.directions import direct
from bridge.media.core.layers import LAYERS
from bridge.media.plane import LayerDemand, MediaPlane, Plan
from bridge.private import private_lines
from bridge.room import Room
from bridge.sessions import Sessions
from bridge.stage import Stage, seats_in, set_stage

ALL: Final = frozenset(LAYERS)


class Staging:
    def __init__(
        self,
        *,
        plane: MediaPlane,
        sessions: Sessions,
        room: Room,
        consents: Collection[SiteCode],
    ) -> None:
        """*consents*: whose microphone may be opened from here."""
        self._plane = plane
        self._sessions = sessions
        self._room = room
        self._consents = frozenset(consents)
        self._stage = Stage()
        self._demand: dict[SiteCode, frozenset[str]] = {}
        """Layers beyond the plan's that some subscriber needs, as the plane says."""
        self._lit: frozenset[SiteCode] = frozenset()

    @property
    def plan(self) -> Plan:
        """What the plane was told last."""
        return self._stage.plan

    def adopt(self, plan: Plan) -> None:
        """Go on with a plan that the plane carries already: who had a place keeps it."""
        self._stage = Stage(seats=seats_in(plan), plan=plan)

    def hear(self, demand: LayerDemand) -> None:
        self._demand[demand.site] = demand.layers
        self.set()

    def light(self, sites: Collection[SiteCode]) -> None:
        """These sites, and no others, are to send every layer, whoever watches: their lines are
        tried."""
        self._lit = frozenset(sites)
        self.set()

    def set(self) -> None:
        """Plan first, then what everybody is asked and told."""
        conference = self._room.conference
        watched = any(session.has_gallery for session in self._sessions)
        stage = set_stage(conference, self._stage, gallery_watched=watched)
        private = private_lines(conference, self._sessions, stage.slots)
        wants = {**stage.plan.wants, **dict.fromkeys(self._lit, ALL)}
        stage = replace(stage, plan=replace(stage.plan, private=private, wants=wants))
        if stage.plan != self._stage.plan:
            self._plane.set_plan(stage.plan)
        self._stage = stage
        direct(
            self._sessions,
            conference,
            stage,
            demand=self._demand,
            consents=self._consents,
            rev=self._room.rev,
        )
