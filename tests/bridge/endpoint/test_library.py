from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import structlog

from bridge.endpoint import clip
from bridge.endpoint.card import Card
from bridge.endpoint.clip import Clip, Layer
from bridge.endpoint.library import KEYFRAME_PREFIX_BYTES, ClipLibrary

HA_NOI = Card(code="01", name="Hà Nội", position=0)
HCM = Card(code="79", name="Hồ Chí Minh", position=49)


@pytest.fixture(autouse=True)
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Encoders that write down what they were asked for and give one frame that says so."""
    asked: list[str] = []

    def encode(card: Card, layer: Layer | None = None) -> Clip:
        asked.append(f"{card.code} {layer or 'sound'}")
        return Clip((asked[-1].encode() * 100,))

    monkeypatch.setattr(clip, "encode_sound", encode)
    monkeypatch.setattr(clip, "encode_picture", encode)
    return asked


async def test_a_damaged_file_is_made_again_and_said_so(tmp_path: Path, encoded: list[str]) -> None:
    with ClipLibrary(tmp_path) as library:
        made = await library.sound(HA_NOI)
    path = tmp_path / clip.file_name(HA_NOI, None)
    path.write_bytes(path.read_bytes()[:-1])
    with structlog.testing.capture_logs() as log, ClipLibrary(tmp_path) as library:
        assert await library.sound(HA_NOI) == made
    assert [entry["event"] for entry in log] == ["clip.damaged"]
    assert clip.read(path) == made
    assert encoded == ["01 sound", "01 sound"]


async def test_a_folder_that_cannot_be_written_is_an_error_and_the_next_try_is_a_new_one(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").touch()
    with ClipLibrary(tmp_path / "file" / "clips") as library:
        with pytest.raises(OSError):
            await library.sound(HA_NOI)
        (tmp_path / "file").unlink()
        assert await library.sound(HA_NOI)


async def test_many_who_ask_at_once_get_the_one_clip(tmp_path: Path, encoded: list[str]) -> None:
    with ClipLibrary(tmp_path) as library:
        clips = await asyncio.gather(*(library.picture(HA_NOI, Layer.F) for _ in range(5)))
    assert encoded == ["01 f"]
    assert len({id(made) for made in clips}) == 1


async def test_a_clip_on_disk_is_not_made_again(tmp_path: Path, encoded: list[str]) -> None:
    with ClipLibrary(tmp_path) as library:
        made = await library.picture(HA_NOI, Layer.Q)
    with ClipLibrary(tmp_path) as library:
        assert await library.picture(HA_NOI, Layer.Q) == made
    assert encoded == ["01 q"]


async def test_prepare_makes_sound_and_the_low_layer_of_everybody(
    tmp_path: Path, encoded: list[str]
) -> None:
    with ClipLibrary(tmp_path) as library:
        await library.prepare([HA_NOI, HCM])
    assert sorted(encoded) == ["01 q", "01 sound", "79 q", "79 sound"]


async def test_what_the_library_gives_its_books_know(tmp_path: Path) -> None:
    with ClipLibrary(tmp_path) as library:
        sound = await library.sound(HA_NOI)
        picture = await library.picture(HCM, Layer.F)
        assert library.tones.whose(sound.frames[0]) == "01"
        assert library.keyframes.whose(picture.frames[0][:KEYFRAME_PREFIX_BYTES]) == "79"


async def test_one_who_stops_waiting_takes_nothing_from_the_others(tmp_path: Path) -> None:
    with ClipLibrary(tmp_path) as library:
        impatient = asyncio.create_task(library.sound(HA_NOI))
        patient = asyncio.create_task(library.sound(HA_NOI))
        await asyncio.sleep(0)
        impatient.cancel()
        assert await patient
