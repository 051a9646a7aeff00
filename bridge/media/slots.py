"""Slots: the m-lines of a session, fixed for its whole life (DESIGN section 5).

The list and its order are the contract between client and service: ``hello.ok.slots`` names it,
the client makes its transceivers in that order, and ``media.offer.slots`` maps each mid back to
a slot.  A floor change never renegotiates; it changes the source behind a slot.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class SessionKind(StrEnum):
    """What a machine in a room is for (DESIGN section 2)."""

    ROOM = "room"
    CONTENT = "content"
    CONSOLE = "console"
    WALL = "wall"


class Medium(StrEnum):
    AUDIO = "audio"
    VIDEO = "video"


class Direction(StrEnum):
    """Seen from the client."""

    SEND = "send"
    RECEIVE = "receive"


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a session; sound and picture of one place share its name and differ in kind."""

    name: str
    kind: Medium
    direction: Direction


MIC: Final = Slot("mic", Medium.AUDIO, Direction.SEND)
CAMERA: Final = Slot("camera", Medium.VIDEO, Direction.SEND)
CONTENT_PICTURE: Final = Slot("content.picture", Medium.VIDEO, Direction.SEND)
CONTENT_SOUND: Final = Slot("content.sound", Medium.AUDIO, Direction.SEND)
"""Slides and film (practice.md 3): stereo and unprocessed, unlike a microphone."""

MAX_SPEAKERS: Final = 4
"""Speech holders at most, each with its own sound slot; the first two also have a picture."""

CONTENT: Final = "content"
GALLERY: Final = "gallery."
STAGE_SOUNDS: Final = ("chair", *(f"speaker.{n}" for n in range(1, MAX_SPEAKERS + 1)), CONTENT)
STAGE_PICTURES: Final = ("chair", "speaker.1", "speaker.2", CONTENT)


def gallery(position: int) -> str:
    """Name of the gallery slot of a roster position: ``gallery.00`` (Hà Nội) to ``gallery.63``."""
    return f"{GALLERY}{position:02d}"


def slots_for(kind: SessionKind, *, gallery_size: int = 0) -> tuple[Slot, ...]:
    """The slots of a session, in order of its m-lines.

    ``gallery_size`` is the size of the roster for those who may see it, else 0.
    """
    return tuple(_slots_for(kind, gallery_size))


def _slots_for(kind: SessionKind, gallery_size: int) -> Iterable[Slot]:
    if kind is SessionKind.ROOM:
        yield MIC
        yield CAMERA
    if kind in {SessionKind.ROOM, SessionKind.CONTENT}:
        yield CONTENT_PICTURE
        yield CONTENT_SOUND
    if kind is SessionKind.CONTENT:
        return
    for place in STAGE_SOUNDS:
        yield Slot(place, Medium.AUDIO, Direction.RECEIVE)
    for place in STAGE_PICTURES:
        yield Slot(place, Medium.VIDEO, Direction.RECEIVE)
    for position in range(gallery_size):
        yield Slot(gallery(position), Medium.VIDEO, Direction.RECEIVE)
