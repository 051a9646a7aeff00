"""What is seen of a site's streams by looking at them a hundred times a second."""

from __future__ import annotations

import pytest

from bridge.media.core.arrival import UplinkEstimate
from bridge.media.forwarder import Forwarder
from bridge.media.plane import Codec
from bridge.media.tap import COUNTED_S, Tap
from tests.bridge.media.core.test_sps import X264
from tests.support.far_room import KEY_FRAME
from tests.support.media import CAMERA, H264, MIC, Client, h264, picture, sound, spec


class Rig:
    def __init__(self, **changes: object) -> None:
        self.client = Client(Forwarder(), spec("01", **changes))
        self.now_s = 10.0
        self.tap = Tap(self.client, self.now_s)

    def look(self, *packets: bytes, after_s: float = 0.01) -> None:
        self.now_s = round(self.now_s + after_s, 6)
        self.client.says(*packets, now_s=self.now_s)
        self.tap.look(self.now_s)


@pytest.fixture
def rig() -> Rig:
    return Rig()


def word(seq: int, level: int) -> bytes:
    return sound(seq, seq * 960, mid=b"0", level=bytes((-level,)))


def frame(seq: int, *, rid: bytes = b"q", ssrc: int = 2, key: bool = False) -> bytes:
    body = KEY_FRAME if key else b""
    return picture(
        seq, seq * 3000, ssrc=ssrc, key=key, picture_id=seq, body=body, mid=b"1", rid=rid
    )


def test_a_level_is_noted_for_each_look_that_finds_a_new_packet(rig):
    rig.look(word(1, -50))
    rig.look(word(2, -40))
    rig.look()
    rig.look(word(3, -30))

    assert list(rig.tap.levels) == [(20, -40), (40, -30)]


def test_a_picture_is_a_timestamp_that_is_new(rig):
    for number in range(1, 60):
        rig.look(frame(2 * number), frame(2 * number), after_s=0.04)

    assert rig.tap.frames_per_s("q", rig.now_s) == pytest.approx(25, abs=0.5)
    assert rig.tap.frames_per_s("f", rig.now_s) is None
    assert rig.tap.frames_per_s("q", rig.now_s + COUNTED_S) is None


def test_the_largest_layer_that_comes_now_counts(rig):
    assert rig.tap.largest(rig.now_s) is None
    rig.look(frame(1, rid=b"q", ssrc=2), frame(1, rid=b"f", ssrc=3))
    largest = rig.tap.largest(rig.now_s)
    assert largest is not None
    assert largest.layer == "f"
    rig.look(frame(2, rid=b"q", ssrc=2), after_s=1.5)
    largest = rig.tap.largest(rig.now_s)
    assert largest is not None
    assert largest.layer == "q"


def test_the_size_of_each_layer_is_that_of_its_last_key_frame(rig):
    rig.look(frame(1))
    assert rig.tap.sizes == {}
    rig.look(frame(2), frame(3, key=True), frame(4))
    assert rig.tap.sizes == {"q": (1280, 720)}
    small = KEY_FRAME[:-4] + (640).to_bytes(2, "little") + (360).to_bytes(2, "little")
    rig.look(picture(1, 1, ssrc=3, key=True, body=small, mid=b"1", rid=b"h"))
    assert rig.tap.sizes == {"q": (1280, 720), "h": (640, 360)}
    rig.look(picture(5, 5, ssrc=2, key=True, picture_id=5, body=small, mid=b"1", rid=b"q"))
    assert rig.tap.sizes["q"] == (640, 360)


def test_the_size_is_found_if_the_key_frame_came_before_anybody_looked(rig):
    rig.client.says(frame(1, key=True), *(frame(n) for n in range(2, 40)))
    rig.look(frame(40))

    assert rig.tap.sizes == {"q": (1280, 720)}


def test_the_size_of_h264_is_read_from_its_parameter_set():
    camera = CAMERA.__class__(
        slot="camera", kind="video", mid="1", codec=Codec.H264, payload_type=H264, mid_extension=4
    )
    rig = Rig(uplinks=(MIC, camera))
    sps = bytes.fromhex(next(iter(X264)))
    rig.look(h264(1, 1, key=True, body=sps[1:], mid=b"1"), h264(2, 1, body=b"x", mid=b"1"))

    assert rig.tap.sizes == {"": (1280, 720)}


def test_a_key_frame_that_says_no_size_says_nothing(rig):
    rig.look(picture(1, 1, ssrc=2, key=True, body=b"short", mid=b"1", rid=b"q"))

    assert rig.tap.sizes == {}


def test_the_best_second_is_of_all_that_came_with_the_headers_below(rig):
    for number in range(1, 400):
        fast = 100 <= number < 250
        rig.look(word(number, -30) if not fast else frame(number))
        if fast:
            rig.look(frame(number, ssrc=3, rid=b"f"), after_s=0.0)
    packets = rig.client.packets_in

    assert packets == 399 + 150
    size = len(frame(1)) + 44
    assert rig.tap.best_bps == pytest.approx(2 * 100 * 8 * size, rel=0.05)


def test_the_least_that_the_line_was_believed_to_carry_is_kept(rig, monkeypatch):
    believed: list[int | None] = [None, 700_000, 400_000, 900_000, None]
    monkeypatch.setattr(UplinkEstimate, "bps", property(lambda _: believed.pop(0)))
    rig.look()
    assert rig.tap.limit_bps is None
    while believed:
        rig.look()

    assert rig.tap.limit_bps == 400_000


def test_less_than_a_second_is_no_rate(rig):
    for number in range(1, 50):
        rig.look(word(number, -30))

    assert rig.tap.best_bps == 0


def test_loss_is_of_the_time_since_the_tap_was_opened(rig):
    rig.client.says(word(1, -30), word(5, -30), now_s=rig.now_s)
    tap = Tap(rig.client, rig.now_s)
    assert tap.loss() == (0, 0)
    rig.client.says(word(6, -30), word(8, -30), word(10, -30), now_s=rig.now_s)
    rig.client.says(frame(1), frame(4), now_s=rig.now_s)

    assert tap.loss() == (5 + 4, 2 + 2)


def test_jitter_is_the_microphone_s_and_without_one_the_camera_s(rig):
    assert rig.tap.jitter_s() is None
    for number in range(1, 30):
        rig.look(frame(number), after_s=0.05)
    worse = rig.tap.jitter_s()
    assert worse is not None
    assert worse > 0.005
    for number in range(1, 30):
        rig.look(word(number, -30), after_s=0.02)
    assert rig.tap.jitter_s() == pytest.approx(0, abs=1e-6)
