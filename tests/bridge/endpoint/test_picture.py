from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog
from PIL import Image, ImageChops, ImageFont

from bridge.endpoint import picture
from bridge.endpoint.card import Card

HA_NOI = Card(code="01", name="Hà Nội", position=0)
DIEN_BIEN = Card(code="11", name="Điện Biên", position=6)


@pytest.fixture
def no_font(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def missing(*_: object, **__: object) -> None:
        raise OSError("cannot open resource")

    default = ImageFont.load_default(20)
    monkeypatch.setattr(ImageFont, "truetype", missing)
    monkeypatch.setattr(ImageFont, "load_default", lambda _size: default)
    picture.can_write_vietnamese.cache_clear()
    picture._font.cache_clear()
    yield
    picture.can_write_vietnamese.cache_clear()
    picture._font.cache_clear()


def test_the_loop_is_seamless() -> None:
    first = picture.still(DIEN_BIEN, 320, 180, 0)
    assert first.tobytes() == picture.still(DIEN_BIEN, 320, 180, picture.LOOP_S).tobytes()


def test_two_moments_of_the_loop_differ() -> None:
    early, late = (picture.still(DIEN_BIEN, 320, 180, t) for t in (1.0, 1.0 + 1 / 15))
    assert ImageChops.difference(early, late).getbbox() is not None


def test_drawing_what_moves_leaves_the_plate_alone() -> None:
    plate = picture.plate(DIEN_BIEN, 320, 180)
    before = plate.tobytes()
    picture.over(plate, DIEN_BIEN, 2.0)
    assert plate.tobytes() == before


def test_a_long_name_stays_inside_the_picture() -> None:
    card = Card(code="110", name="Bộ Khoa học và Công nghệ, phòng họp 110", position=63)
    plate = picture.plate(card, 320, 180)
    written = ImageChops.difference(plate, Image.new("RGB", plate.size, card.colour)).getbbox()
    assert written is not None
    assert written[0] > 0
    assert written[2] < 320


@pytest.mark.parametrize("t", [0.0, 1.0, 3.9])
def test_the_nearest_card_is_the_one_drawn(t: float) -> None:
    frame = picture.still(DIEN_BIEN, 640, 360, t)
    assert picture.nearest(frame, [HA_NOI, DIEN_BIEN]) == DIEN_BIEN


def test_a_frame_of_nobody_is_not_the_nearest_to_anybody() -> None:
    cards = [HA_NOI, DIEN_BIEN]
    assert picture.nearest(Image.new("RGB", (320, 180)), cards) is None
    assert picture.nearest(Image.new("RGB", (320, 180), (255, 255, 255)), cards) is None
    assert picture.nearest(picture.still(HA_NOI, 320, 180, 0), []) is None


@pytest.mark.usefixtures("no_font")
def test_without_the_font_names_lose_their_marks_and_one_log_line_says_so() -> None:
    with structlog.testing.capture_logs() as log:
        picture.still(DIEN_BIEN, 320, 180, 0)
        picture.still(HA_NOI, 320, 180, 0)
    assert [entry["event"] for entry in log] == ["picture.no_font"]
    assert "fonts-dejavu-core" in log[0]["mend"]


def test_marks_are_taken_off_letter_by_letter() -> None:
    assert picture.unaccented("Điện Biên, Đắk Lắk, đường") == "Dien Bien, Dak Lak, duong"
