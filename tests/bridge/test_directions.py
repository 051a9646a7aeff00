"""What a stage asks and shows, in order, and once."""

from __future__ import annotations

from bridge.conference.commands import ChairCall
from bridge.conference.words import Role
from bridge.directions import direct
from bridge.identity import Identity
from bridge.media.slots import SessionKind, slots_for
from bridge.outgoing import MediaSet, MediaWant
from bridge.outgoing import Stage as StageMessage
from bridge.sessions import Session, Sessions
from bridge.stage import Stage, set_stage
from tests.bridge.conference.scene import in_session
from tests.support.fake_plane import FakeOutbox


def session(sessions: Sessions, site: str, kind: SessionKind, log: list) -> Session:
    name = f"{kind}:{site}"
    made = Session(
        id=name,
        identity=Identity(user=name, roles=frozenset({Role.SITE}), conference="c1", site=site),
        kind=kind,
        slots=slots_for(kind, gallery_size=5 if kind is SessionKind.CONSOLE else 0),
        outbox=FakeOutbox(name, log),
    )
    sessions.add(made)
    return made


def test_microphones_then_layers_then_what_everybody_sees_and_nothing_twice():
    scene, sessions, log = in_session(), Sessions(), []
    for site in ("01", "02"):
        session(sessions, site, SessionKind.ROOM, log)
    session(sessions, "110", SessionKind.CONSOLE, log)
    scene.do(ChairCall(site="01"))
    stage = set_stage(scene.state, Stage(), gallery_watched=True)

    direct(sessions, scene.state, stage, demand={"01": frozenset("h")}, rev=7)

    assert [type(message) for _, message in log] == [
        *(MediaSet, MediaSet, MediaWant, MediaWant),
        *(StageMessage, StageMessage, StageMessage),
    ]
    told = {name: message for name, message in log if isinstance(message, StageMessage)}
    assert told["room:01"].slots == {"chair": "110"}
    assert told["room:02"].slots == {"chair": "110", "speaker.1": "01"}
    # Nobody is shown its own room, which is in the gallery of the others.
    assert "110" not in told["console:110"].slots.values()
    assert told["console:110"].slots["gallery.00"] == "01"
    assert ("room:01", MediaWant(layers=["f", "h", "q"])) in log

    log.clear()
    direct(sessions, scene.state, stage, demand={"01": frozenset("h")}, rev=8)
    assert log == []
