"""What goes on from one conference to the next, and all figures of a moment."""

from __future__ import annotations

import types
from dataclasses import replace
from typing import Any

from bridge.conference.words import Phase, Role
from bridge.identity import Identity
from bridge.media.plane import Plan, SessionStats
from bridge.media.slots import SessionKind
from bridge.outgoing import Lines
from bridge.sessions import Session, Sessions
from bridge.watch import Watch
from tests.bridge.conference.scene import TITLES, in_session
from tests.bridge.test_traffic import MIC
from tests.support.fake_plane import NOTHING, FakeOutbox, FakePlane

CARRIED = SessionStats(
    session="m01",
    site="01",
    connected=True,
    age_s=0.0,
    rtt_s=0.02,
    loss_down=0.0,
    packets_out=9,
    bytes_out=900,
    sources=(MIC,),
)


class Watching:
    def __init__(self) -> None:
        self.plane = FakePlane(stats=replace(NOTHING, sessions=(CARRIED,)))
        self.watch = Watch(TITLES, self.plane)
        self.sessions = Sessions()
        self.room = self.session("01", SessionKind.ROOM, Role.SITE)
        self.sessions.set_media(self.room, "m01")
        scene = in_session()
        self.conference: Any = types.SimpleNamespace(
            conference=scene.state, now_s=scene.now_s, begun="2020-05-29T08:00:00.000+07:00"
        )

    def session(self, site: str, kind: SessionKind, *roles: Role) -> Session:
        name = f"{kind}.{len(self.sessions)}"
        identity = Identity(user=name, roles=frozenset(roles), conference="c", site=site)
        session = Session(id=name, identity=identity, kind=kind, slots=(), outbox=FakeOutbox())
        self.sessions.add(session)
        return session

    def look(self) -> None:
        self.watch.look(self.conference, self.sessions, Plan(wants={"01": frozenset("q")}))

    def figures(self) -> Any:
        plan = Plan(wants={"01": frozenset("q")})
        return self.watch.figures(self.conference, self.sessions, plan)

    def row(self, site: str = "01") -> dict[str, Any]:
        rows = self.watch.sites(self.conference, self.sessions)
        return next(row for row in rows if row["code"] == site)


def test_a_look_counts_and_tells_consoles_what_is_new():
    watching = Watching()
    console = watching.session("110", SessionKind.CONSOLE, Role.CHAIR)
    watching.look()
    watching.look()

    assert watching.figures().traffic.flows["01", "uplink", "audio"].packets == 100
    told = console.outbox.of(Lines)  # type: ignore[union-attr]
    assert [sorted(lines.sites) for lines in told] == [["01", "02", "110", "48", "79"]]
    assert watching.room.outbox.of(Lines) == []  # type: ignore[union-attr]


def test_the_next_conference_begins_its_lines_anew_and_keeps_the_counters():
    watching = Watching()
    watching.look()
    watching.watch.lost("peer_closed")
    watching.watch.hear(watching.room, {"freeze_count": 3}, now_s=1.0)
    watching.watch.begin()

    figures = watching.figures()
    assert watching.row()["packets_in"] == 0
    assert figures.traffic.flows["01", "uplink", "audio"].packets == 100
    assert figures.clients.totals == {("01", "freeze_count"): 3.0}
    assert figures.media_lost == {"peer_closed": 1}


def test_the_figures_of_a_moment():
    watching = Watching()
    watching.session("110", SessionKind.CONSOLE, Role.CHAIR, Role.SECRETARY)
    watching.session("110", SessionKind.CONSOLE, Role.TECHNICIAN)
    watching.session("79", SessionKind.WALL, Role.CHAIR)
    gone = watching.session("02", SessionKind.ROOM, Role.SITE)
    gone.outbox = None

    figures = watching.figures()
    assert figures.sessions == {SessionKind.ROOM: 1, SessionKind.CONSOLE: 2, SessionKind.WALL: 1}
    assert figures.chair_consoles == 1
    assert (figures.phase, figures.queue) == (Phase.OPEN, 0)
    assert figures.begun == "2020-05-29T08:00:00.000+07:00"
    assert figures.wanted == {"01": frozenset("q")}
    assert figures.media.sessions == ()  # before the first look
    assert figures.quality.of == {}
    assert figures.conference is watching.conference.conference


def test_a_look_sees_how_well_it_goes_with_what_the_page_says():
    watching = Watching()
    watching.watch.hear(watching.room, {"rtt_s": 0.2}, now_s=1.0)
    watching.look()

    quality = watching.figures().quality.of["01"]
    assert quality.heard_s == watching.conference.now_s
    watching.watch.begin()
    assert watching.figures().quality.of == {}


def test_who_was_never_heard_is_silent_as_far_as_the_last_look_saw():
    watching = Watching()
    deaf = replace(CARRIED, session="deaf", age_s=None)
    watching.plane.stats = replace(NOTHING, sessions=(CARRIED, deaf))
    assert not watching.watch.is_silent("deaf")
    watching.look()

    assert watching.watch.is_silent("deaf")
    assert not watching.watch.is_silent("m01")
    assert not watching.watch.is_silent("nobody")


def test_what_the_page_says_stands_in_its_row_while_it_is_connected():
    watching = Watching()
    assert "client" not in watching.row()
    watching.watch.hear(watching.room, None, now_s=2.0)
    assert "client" not in watching.row()
    watching.watch.hear(watching.room, {"rtt_s": 0.031, "concealed_ratio": 7.0}, now_s=2.04)

    assert watching.row()["client"] == {"at_s": 2.0, "rtt_s": 0.031, "concealed_ratio": 1.0}
    watching.room.outbox = None
    assert "client" not in watching.row()


def test_a_page_that_says_hello_again_goes_on_with_its_counters():
    watching = Watching()
    watching.watch.hear(watching.room, {"freeze_count": 3}, now_s=1.0)
    newer = watching.session("01", SessionKind.ROOM, Role.SITE)
    watching.sessions.inherit(newer, watching.room)
    watching.watch.hear(newer, {"freeze_count": 4}, now_s=6.0)

    assert watching.figures().clients.totals == {("01", "freeze_count"): 4.0}
