"""Which machines are connected, and which is a room's live device."""

from __future__ import annotations

from bridge.conference.words import Role
from bridge.identity import Identity
from bridge.media.slots import SessionKind, slots_for
from bridge.outgoing import MediaReset, MediaSet, MediaWant, Stage
from bridge.sessions import Session, Sessions
from tests.support.fake_plane import FakeOutbox


def session(name: str, site: str | None = "01", kind: SessionKind = SessionKind.ROOM) -> Session:
    return Session(
        id=name,
        identity=Identity(user=name, roles=frozenset({Role.SITE}), conference="c", site=site),
        kind=kind,
        slots=slots_for(kind),
        outbox=FakeOutbox(),
    )


def test_a_room_is_found_by_its_site_and_others_are_not_rooms():
    sessions = Sessions()
    room, console = session("a"), session("b", kind=SessionKind.CONSOLE)
    nowhere = session("c", site=None)
    for one in (console, room, nowhere):
        sessions.add(one)
    assert sessions.room("01") is room
    assert sessions.room("02") is None
    assert sessions.rooms() == {"01": room}
    assert (len(sessions), sessions.get("b"), sessions.get("z")) == (3, console, None)


def test_sessions_may_leave_while_they_are_gone_through():
    sessions = Sessions()
    for name in "abc":
        sessions.add(session(name))
    for one in sessions:
        sessions.remove(one)
    assert len(sessions) == 0


def test_media_is_found_by_its_name_until_it_is_another_or_none():
    sessions, room = Sessions(), session("a")
    sessions.add(room)
    sessions.set_media(room, "a.1")
    room.link_up = True
    sessions.set_media(room, "a.2")
    assert sessions.by_media("a.1") is None
    assert sessions.by_media("a.2") is room
    assert not room.link_up
    sessions.set_media(room, None)
    assert sessions.by_media("a.2") is None


def test_a_newcomer_inherits_the_media_and_its_link():
    sessions, old, new = Sessions(), session("old"), session("new")
    sessions.add(old)
    sessions.set_media(old, "old.1")
    old.link_up = True
    sessions.inherit(new, old)
    assert sessions.get("old") is None
    assert sessions.room("01") is new
    assert sessions.by_media("old.1") is new
    assert (new.media, new.link_up, new.inherited) == ("old.1", True, True)
    assert (old.media, old.link_up) == (None, False)


def test_there_may_be_nothing_to_inherit():
    sessions, old, new = Sessions(), session("old"), session("new")
    sessions.add(old)
    sessions.inherit(new, old)
    assert (new.media, new.inherited) == (None, False)


def test_media_of_ones_own_is_not_inherited():
    sessions, room = Sessions(), session("a")
    room.offers = 1
    sessions.set_media(room, "a.1")
    assert not room.inherited


def test_who_is_removed_takes_its_media_out_of_the_index():
    sessions, room = Sessions(), session("a")
    sessions.add(room)
    sessions.set_media(room, "a.1")
    sessions.remove(room)
    assert sessions.by_media("a.1") is None
    sessions.remove(room)


def test_a_word_is_told_once_and_again_when_it_changes():
    room = session("a")
    live, mute = MediaSet(mic="ask", on_air=True), MediaSet(mic="mute", on_air=False)
    for message in (mute, mute, MediaWant(layers=["q"]), live, live, mute):
        room.tell_once(message)
    assert room.outbox.messages == [mute, MediaWant(layers=["q"]), live, mute]


def test_the_stage_is_shown_when_its_slots_change_not_its_revision():
    room = session("a")
    room.show(Stage(rev=1, slots={}))
    room.show(Stage(rev=2, slots={}))
    room.show(Stage(rev=3, slots={"chair": "110"}))
    assert [stage.rev for stage in room.outbox.messages] == [1, 3]


def test_who_has_no_control_is_told_nothing():
    room = session("a")
    outbox, room.outbox = room.outbox, None
    room.tell(MediaReset(reason="lost"))
    assert outbox.messages == []


def test_only_gallery_slots_make_a_gallery():
    watcher = session("a", kind=SessionKind.CONSOLE)
    assert not watcher.has_gallery
    watcher.slots = slots_for(SessionKind.CONSOLE, gallery_size=1)
    assert watcher.has_gallery
