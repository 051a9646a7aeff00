"""A scene: a conference of four provinces and room 110 that tests can drive in a line or two."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from bridge.conference.commands import (
    HOUSE,
    Actor,
    ChairCall,
    ChairPhase,
    Command,
    FloorRequest,
    HouseCommand,
    LinkUp,
)
from bridge.conference.decide import Decision, begin, decide
from bridge.conference.events import Event, Policy
from bridge.conference.evolve import begun, evolve
from bridge.conference.state import Request
from bridge.conference.words import CENTRE, Phase, Refusal, RefusalCode, Role, SiteCode

PROVINCES = ("01", "02", "48", "79")
SITES = (*PROVINCES, CENTRE)
TITLES = {code: f"Sở Khoa học và Công nghệ {code}" for code in PROVINCES} | {CENTRE: "Phòng 110"}

CHAIR = Actor(user="an", roles=frozenset({Role.CHAIR}), site=CENTRE)
SECRETARY = Actor(user="binh", roles=frozenset({Role.SECRETARY}), site=CENTRE)
TECHNICIAN = Actor(user="cuong", roles=frozenset({Role.TECHNICIAN}), site=CENTRE)
DEPUTY = Actor(user="dung", roles=frozenset({Role.DEPUTY}), site=CENTRE)
VIEWER = Actor(user="em", roles=frozenset({Role.VIEWER}))


def province(site: SiteCode) -> Actor:
    return Actor(user=f"site:{site}", roles=frozenset({Role.SITE}), site=site)


class Scene:
    """Decides and folds, keeps the journal, and has a clock that is set by hand."""

    def __init__(self, **policy: Any) -> None:
        first = begin(
            conference="c1",
            title="Hội nghị",
            rehearsal=False,
            sites=SITES,
            policy=Policy(**policy),
        )
        self.journal: list[Event] = [first]
        self.state = begun(first)
        self.now_s = 0.0

    def decide(self, command: Command, actor: Actor | None = None) -> Decision | Refusal:
        if actor is None:
            actor = HOUSE if isinstance(command, HouseCommand) else CHAIR
        return decide(self.state, command, actor, now_s=self.now_s)

    def do(self, command: Command, actor: Actor | None = None) -> tuple[Event, ...]:
        """Decide, insist on a yes, and fold."""
        answer = self.decide(command, actor)
        assert isinstance(answer, Decision), answer
        for event in answer.events:
            self.state = evolve(self.state, event)
        self.journal += answer.events
        return answer.events

    def no(self, command: Command, actor: Actor | None = None) -> RefusalCode:
        """Decide and insist on a no."""
        answer = self.decide(command, actor)
        assert isinstance(answer, Refusal), answer
        return answer.code

    def request(self, number: int) -> Request:
        return self.state.requests[number]

    def ask(self, *sites: SiteCode) -> None:
        """Each of *sites* asks for the floor itself."""
        for site in sites:
            self.do(FloorRequest(), province(site))


def in_lobby(**policy: Any) -> Scene:
    """Everybody connected, nothing begun."""
    scene = Scene(**policy)
    for site in SITES:
        scene.do(LinkUp(site=site))
    return scene


def in_session(**policy: Any) -> Scene:
    """Everybody connected, the session open."""
    scene = in_lobby(**policy)
    scene.do(ChairPhase(to=Phase.OPEN))
    return scene


def speaking(*sites: SiteCode, **policy: Any) -> Scene:
    """The session open and each of *sites* with the floor; request 1 is the first one's."""
    scene = in_session(max_floor_users=len(sites), **policy)
    for site in sites:
        scene.do(ChairCall(site=site))
    return scene


def shorthand(events: tuple[Event, ...]) -> list[tuple[Any, ...]]:
    """Events as (class name, value, ...) without the times, None and what is as by default."""
    return [
        (
            type(event).__name__,
            *(
                value
                for field in fields(event)
                if (value := getattr(event, field.name)) not in (None, field.default)
                and field.name != "at_s"
            ),
        )
        for event in events
    ]
