from __future__ import annotations

import pytest

from bridge.media.slots import (
    CAMERA,
    CONTENT_PICTURE,
    CONTENT_SOUND,
    MIC,
    Direction,
    SessionKind,
    gallery,
    slots_for,
)

STAGE = [
    "chair audio",
    "speaker.1 audio",
    "speaker.2 audio",
    "speaker.3 audio",
    "speaker.4 audio",
    "content audio",
    "chair video",
    "speaker.1 video",
    "speaker.2 video",
    "content video",
]
FILM = ["content.picture video", "content.sound audio"]


def words(kind, **size):
    return [f"{slot.name} {slot.kind}" for slot in slots_for(kind, **size)]


def test_a_room_sends_microphone_camera_and_film_and_receives_the_stage():
    assert words(SessionKind.ROOM) == ["mic audio", "camera video", *FILM, *STAGE]


def test_a_machine_for_film_sends_it_and_receives_nothing():
    assert words(SessionKind.CONTENT) == FILM
    assert words(SessionKind.CONTENT, gallery_size=64) == FILM


@pytest.mark.parametrize("kind", [SessionKind.CONSOLE, SessionKind.WALL])
def test_consoles_and_walls_only_receive(kind):
    assert words(kind) == STAGE
    assert {slot.direction for slot in slots_for(kind)} == {Direction.RECEIVE}


@pytest.mark.parametrize("kind", [SessionKind.ROOM, SessionKind.CONSOLE, SessionKind.WALL])
def test_a_gallery_is_one_small_picture_per_site_behind_the_rest(kind):
    without = words(kind)
    assert words(kind, gallery_size=64) == [
        *without,
        *(f"gallery.{position:02d} video" for position in range(64)),
    ]


def test_gallery_slots_are_named_by_two_digits_of_the_roster_position():
    assert (gallery(0), gallery(9), gallery(63)) == ("gallery.00", "gallery.09", "gallery.63")


@pytest.mark.parametrize("kind", SessionKind)
def test_no_two_slots_of_a_session_are_the_same(kind):
    slots = slots_for(kind, gallery_size=64)
    assert len(set(slots)) == len(slots)
    assert [s for s in slots if s.direction is Direction.SEND] in (
        [],
        [CONTENT_PICTURE, CONTENT_SOUND],
        [MIC, CAMERA, CONTENT_PICTURE, CONTENT_SOUND],
    )
