"""Props: what scenes are played with: an agenda on paper, live microphones, consoles, time."""

from __future__ import annotations

from typing import Any

from bridge.conference.agenda import Draft
from bridge.conference.commands import (
    HOUSE,
    Actor,
    AgendaLoad,
    Command,
    ConsoleCame,
    MicLive,
)
from bridge.conference.course import Course
from bridge.conference.events import Event
from bridge.conference.words import ItemKind, Role, SiteCode
from tests.bridge.conference.scene import Scene, in_session, speaking

OPENING = Draft(kind=ItemKind.CENTRE, title="Khai mạc", minutes=10)
FILM = Draft(kind=ItemKind.CLIP, title="Phim tư liệu", minutes=5)
REPORT = Draft(
    kind=ItemKind.SITE, title="Tham luận", minutes=7, site="01", speaker="Bà Hoa", group="Nhóm 1"
)
SECOND = Draft(kind=ItemKind.SITE, title="Tham luận", minutes=6, site="02")
TALK = Draft(kind=ItemKind.DISCUSSION, title="Thảo luận", minutes=30)
PAUSE = Draft(kind=ItemKind.BREAK, title="Giải lao", minutes=15)

PAPER = (OPENING, FILM, REPORT, SECOND, TALK, PAUSE)
"""Items 1 to 6."""


def planned(*drafts: Draft, **policy: Any) -> Scene:
    """The session open and *drafts* (else all of :data:`PAPER`) on the agenda."""
    scene = in_session(**policy)
    scene.do(AgendaLoad(items=drafts or PAPER))
    return scene


def talking(*sites: SiteCode, **policy: Any) -> Scene:
    """Each of *sites* speaks and its microphone is live, all since 0 s."""
    scene = speaking(*sites, **policy)
    for site in sites:
        scene.do(MicLive(site=site))
    return scene


def sit_down(scene: Scene, *actors: Actor) -> None:
    """Consoles of these persons are connected."""
    for actor in actors:
        scene.do(ConsoleCame(user=actor.user, roles=actor.roles))


def at(
    scene: Scene, now_s: float, command: Command, actor: Actor | None = None
) -> tuple[Event, ...]:
    """It is *now_s*, and *command* is done."""
    scene.now_s = now_s
    return scene.do(command, actor)


def course_of(scene: Scene, actor: Actor = HOUSE, authority: Role | None = None) -> Course:
    """A decision that begins."""
    return Course(scene.state, actor, authority, now_s=scene.now_s)
