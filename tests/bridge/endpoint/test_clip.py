from __future__ import annotations

import cmath
import math
from array import array
from pathlib import Path

import av
import pytest
from PIL import Image

from bridge.endpoint import clip, picture
from bridge.endpoint.book import PayloadBook
from bridge.endpoint.card import Card
from bridge.endpoint.clip import Clip, ClipDamaged, Layer
from bridge.media.core.layers import LAYERS

HA_NOI = Card(code="01", name="Hà Nội", position=0)
HA_GIANG = Card(code="02", name="Hà Giang", position=1)
CA_MAU = Card(code="96", name="Cà Mau", position=62)


@pytest.fixture(scope="module")
def q() -> Clip:
    return clip.encode_picture(HA_GIANG, Layer.Q)


@pytest.fixture(scope="module")
def tone() -> Clip:
    return clip.encode_sound(HA_GIANG)


def decode_picture(frames: list[bytes]) -> list[Image.Image]:
    decoder = av.VideoCodecContext.create("vp8", "r")
    return [
        image.to_image()  # type: ignore[no-untyped-call]
        for data in frames
        for image in decoder.decode(av.Packet(data))
    ]


def decode_sound(payloads: list[bytes]) -> array[float]:
    decoder = av.AudioCodecContext.create("libopus", "r")
    decoder.sample_rate = 48_000
    decoder.layout = "mono"
    decoder.format = "s16"
    samples: array[int] = array("h")
    for payload in payloads:
        for frame in decoder.decode(av.Packet(payload)):
            samples.frombytes(bytes(frame.planes[0])[: frame.samples * 2])
    return array("f", (sample / 32768 for sample in samples))


def tone_and_rest(samples: array[float], tone_hz: int) -> tuple[float, float]:
    """RMS of the tone, and of all that is not the tone."""
    turn = -2j * math.pi * tone_hz / 48_000
    amplitude = 2 / len(samples) * sum(x * cmath.exp(turn * n) for n, x in enumerate(samples))
    power = sum(x * x for x in samples) / len(samples)
    tone = abs(amplitude) ** 2 / 2
    return math.sqrt(tone), math.sqrt(max(0.0, power - tone))


def test_a_picture_is_four_seconds_and_only_its_first_frame_is_a_key_frame(q: Clip) -> None:
    assert len(q.frames) == 60
    assert [number for number, frame in enumerate(q.frames) if not frame[0] & 1] == [0]


def test_a_picture_keeps_to_its_bit_rate(q: Clip) -> None:
    assert 70_000 < sum(map(len, q.frames)) * 8 / picture.LOOP_S < 130_000


def test_a_decoded_picture_shows_the_card_it_was_made_from(q: Clip) -> None:
    for image in decode_picture([*q.frames[:2]]):
        assert image.size == (320, 180)
        assert picture.nearest(image, [HA_NOI, HA_GIANG, CA_MAU]) == HA_GIANG


def test_going_back_to_the_key_frame_from_anywhere_decodes_to_the_same_pictures(q: Clip) -> None:
    once = decode_picture([*q.frames[:3]])
    again = decode_picture([*q.frames[:20], *q.frames[:3]])
    assert [image.tobytes() for image in again[-3:]] == [image.tobytes() for image in once]


def test_the_high_layer_is_the_same_card_larger() -> None:
    f = clip.encode_picture(HA_GIANG, Layer.F)
    (image,) = decode_picture([f.frames[0]])
    assert image.size == (640, 360)
    assert picture.nearest(image, [HA_NOI, HA_GIANG, CA_MAU]) == HA_GIANG
    assert 350_000 < sum(map(len, f.frames)) * 8 / picture.LOOP_S < 650_000


def test_the_middle_layer_is_between_them_in_size_and_rate() -> None:
    h = clip.encode_picture(HA_GIANG, Layer.H)
    (image,) = decode_picture([h.frames[0]])
    assert image.size == (480, 270)
    assert picture.nearest(image, [HA_NOI, HA_GIANG, CA_MAU]) == HA_GIANG
    assert 180_000 < sum(map(len, h.frames)) * 8 / picture.LOOP_S < 330_000


def test_the_layers_are_those_of_the_service_each_larger_than_the_one_before() -> None:
    assert tuple(Layer) == LAYERS
    encodings = [clip.ENCODINGS[layer] for layer in Layer]
    assert [e.width for e in encodings] == sorted({e.width for e in encodings})
    assert [e.bit_rate for e in encodings] == sorted({e.bit_rate for e in encodings})


def test_a_sound_is_two_seconds_of_20_ms_frames(tone: Clip) -> None:
    assert len(tone.frames) == 100
    assert {len(frame) for frame in tone.frames} == {60}


def test_a_decoded_sound_is_the_sites_tone_at_minus_20_dbov_over_the_seam_too(tone: Clip) -> None:
    samples = decode_sound([*tone.frames, *tone.frames[:20]])
    before_seam, across_seam = samples[1900 * 48 : 1950 * 48], samples[1975 * 48 : 2025 * 48]
    for part in (before_seam, across_seam):
        level, rest = tone_and_rest(part, HA_GIANG.tone_hz)
        assert 20 * math.log10(level) == pytest.approx(-20, abs=0.5)
        assert rest < level / 50


def test_the_payloads_of_different_sites_differ(tone: Clip) -> None:
    book = PayloadBook()
    for card in (HA_NOI, CA_MAU):
        book.add(card.code, clip.encode_sound(card).frames)
    book.add("02", tone.frames)
    assert book.shared == 0


def test_a_clip_comes_back_from_its_file_as_it_was(tmp_path: Path) -> None:
    made = Clip((b"key", b"", b"x" * 1000))
    clip.write(tmp_path / "new folder" / "a.clip", made)
    assert clip.read(tmp_path / "new folder" / "a.clip") == made
    assert [path.name for path in tmp_path.rglob("*.clip*")] == ["a.clip"]


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "foreign"])
def test_a_damaged_file_is_no_clip(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "a.clip"
    clip.write(path, Clip((b"key", b"x" * 1000)))
    whole = path.read_bytes()
    path.write_bytes(
        {
            "cut": whole[:-1],
            "changed": whole[:-1] + b"y",
            "empty": b"",
            "foreign": b"RIFF" + whole[4:],
        }[damage]
    )
    with pytest.raises(ClipDamaged):
        clip.read(path)


def test_whatever_changes_the_bytes_changes_the_name_of_the_file() -> None:
    other_name = Card(code="01", name="Hà-Nội", position=0)
    names = [
        clip.file_name(HA_NOI, Layer.Q),
        clip.file_name(HA_NOI, Layer.F),
        clip.file_name(HA_NOI, None),
        clip.file_name(HA_GIANG, Layer.Q),
        clip.file_name(other_name, Layer.Q),
    ]
    assert len(set(names)) == len(names)
    assert clip.file_name(HA_NOI, Layer.Q) == names[0]
