"""What each audience is told of a change, and above all what it is not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bridge.conference.check_words import Verdict, WalkSound
from bridge.conference.commands import (
    ChairCall,
    ChairDeny,
    ChairGrant,
    ChairMute,
    ChairNext,
    ChairPhase,
    CheckRun,
    FloorRequest,
    LinkLost,
    LinkUp,
    SiteMeasured,
    WalkBegin,
    WalkJudge,
)
from bridge.conference.figures import Figures
from bridge.conference.patch import merge
from bridge.conference.projection import DESK, WALL, Audience, public
from bridge.conference.words import Phase, Role
from bridge.events import Change
from bridge.identity import Identity
from bridge.media.slots import SessionKind
from bridge.sessions import Session
from bridge.views import Views, audience_of_session
from tests.bridge.conference.scene import SITES, TITLES, Scene, in_lobby, in_session, province

NAMES = {site: f"Tỉnh {site}" for site in SITES}
OWN, OTHER = Audience(kind="site", site="01"), Audience(kind="site", site="79")
ALL = (DESK, OWN, OTHER, WALL)


class Told:
    """A scene and its views, and the last thing each audience was told."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.rev = 7
        self.views = Views(TITLES, NAMES, scene.state, self.rev)
        self.last: dict[Audience, Any] = {}

    def do(self, command: Any, actor: Any = None, audiences: tuple[Audience, ...] = ALL) -> None:
        before = self.scene.state
        events = self.scene.do(command, actor)
        self.rev += 1
        change = Change(
            rev=self.rev,
            at_s=self.scene.now_s,
            wall="",
            actor="an",
            authority=None,
            command="x",
            events=events,
            before=before,
            after=self.scene.state,
        )
        self.last = dict(self.views.show(change, audiences, now_s=12.5))

    def ask(self, site: str) -> None:
        self.do(FloorRequest(text=f"secret of {site}"), province(site))

    def types(self, audience: Audience) -> list[str]:
        return [event["type"] for event in self.last[audience].events]

    def wire(self, audience: Audience) -> str:
        told = self.last[audience]
        return json.dumps([told.events, told.set])


def test_the_desk_hears_everything():
    told = Told(in_session())
    told.ask("79")
    assert told.types(DESK) == ["request_made"]
    assert "secret of 79" in told.wire(DESK)
    assert (told.last[DESK].rev, told.last[DESK].now_s) == (8, 12.5)


def test_a_site_hears_what_concerns_itself_and_nothing_of_another():
    told = Told(in_session())
    told.ask("01")
    assert told.types(OWN) == ["request_made"]
    assert told.types(OTHER) == told.types(WALL) == []
    assert told.last[OTHER].set == told.last[WALL].set == {}


@pytest.mark.parametrize(
    "command",
    [
        ChairMute(site="01"),
        ChairDeny(request=1, text="another time"),
        LinkLost(site="01"),
        ChairNext(site="01"),
    ],
)
def test_blocks_denials_lines_and_who_is_next_are_nobody_elses(command):
    told = Told(in_session())
    told.ask("01")
    told.do(command)
    assert told.types(DESK)
    for audience in (OTHER, WALL):
        assert told.types(audience) == []
        assert told.last[audience].set == {}
        assert told.last[audience].rev == 9


def test_a_request_that_ends_or_is_granted_is_known_by_its_site():
    told = Told(in_session())
    told.ask("01")
    told.do(ChairGrant(request=1))
    assert told.types(OWN) == ["request_granted"]
    assert told.types(OTHER) == told.types(WALL) == []
    told.do(ChairCall(site="79"))
    assert told.types(OWN) == ["request_ended"]
    assert told.types(OTHER) == ["request_made", "request_granted"]


def test_a_site_is_not_told_its_place_in_the_queue():
    told = Told(in_session())
    told.ask("79")
    told.ask("01")
    assert "position" in told.wire(DESK)
    assert "position" not in told.wire(OWN)


def test_that_somebody_speaks_is_public():
    told = Told(in_session())
    told.do(ChairCall(site="01"))
    assert told.last[OTHER].set == {"speakers": ["01"], "on_air": "01"}


def test_the_phase_is_for_everybody():
    told = Told(in_lobby())
    told.do(ChairPhase(to=Phase.OPEN))
    for audience in ALL:
        assert "phase_changed" in told.types(audience)
        assert told.last[audience].set["phase"] == "open"


def test_patches_add_up_to_the_snapshot_for_every_audience():
    told = Told(in_lobby())
    seen = {audience: told.views.snapshot(audience) for audience in ALL}
    steps = [
        (ChairPhase(to=Phase.OPEN), None),
        (ChairCall(site="01"), None),
        (LinkLost(site="01"), None),
        (ChairMute(site="all", but=("79",)), None),
        (LinkUp(site="01"), None),
        (ChairPhase(to=Phase.RECESS), None),
    ]
    for command, actor in steps:
        told.do(command, actor)
        for audience in ALL:
            seen[audience] = merge(seen[audience], told.last[audience].set)
            seen[audience]["rev"] = told.last[audience].rev
            assert seen[audience] == told.views.snapshot(audience)


def test_who_comes_between_two_changes_is_patched_from_what_it_was_given():
    told = Told(in_session())
    told.do(ChairMute(site="01"), audiences=(DESK,))
    late = told.views.snapshot(OWN)
    assert late["own"]["blocked"]
    told.do(ChairMute(site="01", on=False))
    assert told.last[OWN].set["own"]["blocked"] is False


def test_who_was_not_asked_for_is_still_patched_from_the_state_before():
    told = Told(in_session())
    told.do(ChairMute(site="01"), audiences=(DESK,))
    told.do(ChairCall(site="79"), audiences=(DESK, OWN))
    assert told.last[OWN].set == {"speakers": ["79"], "on_air": "79"}


def test_all_of_an_audience_share_one_value():
    told = Told(in_session())
    told.do(ChairCall(site="01"), audiences=(WALL, WALL, DESK))
    assert set(told.last) == {WALL, DESK}


def test_what_is_public_is_made_once_for_all(monkeypatch):
    told = Told(in_session())
    told.do(ChairNext(site="01"))
    made = []
    monkeypatch.setattr("bridge.views.public", lambda c: made.append(c) or public(c))
    told.do(ChairCall(site="01"))
    assert made == [told.scene.state]


def test_of_another_conference_nothing_is_left():
    told = Told(in_session())
    told.views.snapshot(DESK)
    fresh = in_lobby()
    told.views.begin(fresh.state, 1)
    assert told.views.snapshot(DESK)["phase"] == "lobby"
    assert told.views.snapshot(DESK)["rev"] == 1


def seat(kind: SessionKind, site: str | None, *roles: Role) -> Audience:
    identity = Identity(user="u", roles=frozenset(roles), conference="c", site=site)
    return audience_of_session(Session(id="s", identity=identity, kind=kind, slots=(), outbox=None))


@pytest.mark.parametrize(
    ("kind", "site", "roles", "audience"),
    [
        (SessionKind.ROOM, "01", (Role.SITE,), OWN),
        (SessionKind.ROOM, "110", (Role.SITE, Role.CHAIR), Audience(kind="site", site="110")),
        (SessionKind.CONSOLE, "110", (Role.CHAIR,), DESK),
        (SessionKind.CONSOLE, None, (Role.TECHNICIAN,), DESK),
        (SessionKind.WALL, "01", (Role.SITE,), OWN),
        (SessionKind.WALL, None, (Role.VIEWER,), WALL),
    ],
)
def test_a_room_sees_as_its_site_whatever_else_its_token_allows(kind, site, roles, audience):
    assert seat(kind, site, *roles) == audience


def test_titles_and_names_are_in_the_snapshot():
    views = Views(TITLES, NAMES, in_lobby().state, 1)
    assert views.snapshot(WALL)["sites"]["01"]["title"] == TITLES["01"]
    assert views.snapshot(DESK)["sites"]["01"]["name"] == NAMES["01"]


def test_a_room_is_not_told_the_number_it_shall_hear_nor_what_technicians_note():
    told = Told(in_lobby())
    told.do(CheckRun(sites=("01",)))
    told.do(SiteMeasured(site="01", verdict=Verdict.PASS, figures=Figures(played="47", width=9)))
    assert told.last[DESK].events[0]["figures"] == {"played": "47", "width": 9}
    assert told.last[OWN].events[0]["figures"] == {"width": 9}
    assert told.last[OTHER].events == told.last[WALL].events == []

    told.do(WalkBegin())
    told.do(WalkJudge(site="01", sound=WalkSound.ECHO, note="loa gần mic"))
    assert told.last[DESK].events[0]["note"] == "loa gần mic"
    assert told.last[OWN].events[0]["sound"] == "echo"
    assert "note" not in told.last[OWN].events[0]
