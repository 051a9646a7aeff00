"""What is left out, and whether a decoder can do without: a receiver is played here."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.media.core.packets import STARTS_FRAME, SYNC, Packet
from bridge.media.core.rewrite import Run
from bridge.media.core.tiers import WHOLE, Tiers

PATTERNS = {
    "L1T1": [(0, False)],
    "L1T2": [(0, False), (1, True), (0, False), (1, False)],
    "L1T3": [
        (0, False),
        (2, True),
        (1, True),
        (2, False),
        (0, False),
        (2, False),
        (1, False),
        (2, False),
    ],
}
"""As libwebrtc sends: of each frame its layer, and whether it needs the lowest alone."""


@dataclass(frozen=True, slots=True)
class Frame:
    picture_id: int
    tid: int
    sync: bool
    needs: frozenset[int]
    """Picture ids of frames that a decoder must have had."""
    packets: list[Packet]


class Camera:
    """A source: frames in order, and what each is predicted from."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self._index = 0
        self._last: dict[int, int] = {}
        """Layer -> its newest frame."""

    def frame(self, tid: int, *, sync: bool = False, packets: int = 1) -> Frame:
        needed = {0} if sync else set(range(tid + 1))
        tier = tid | SYNC * sync
        picture_id = len(self.frames)
        made = []
        for n in range(packets):
            flags = tier | STARTS_FRAME * (n == 0)
            made.append((self._index, 0, 0x80, 0, 0x90E0, picture_id, 0, flags, b""))
            self._index += 1
        needs = frozenset(self._last[layer] for layer in needed if layer in self._last)
        frame = Frame(picture_id, tid, sync, needs, made)
        self._last[tid] = picture_id
        self.frames.append(frame)
        return frame


class Line:
    """Tiers and a run, and what went on."""

    def __init__(self, used: int) -> None:
        self.tiers = Tiers()
        self.run = Run(
            first=0,
            payload_type=96,
            index_delta=0,
            timestamp_delta=0,
            picture_id_delta=0,
            tl0_delta=0,
        )
        self.got: list[tuple[int, int, int]] = []
        """Outgoing index and picture id, and the source's picture id."""
        self._used = used
        self.tiers.begin()

    def send(self, *frames: Frame) -> None:
        packets = [packet for frame in frames for packet in frame.packets]
        for piece in self.tiers.passed(packets, self.run, self._used):
            for packet in piece:
                out = packet[0] + self.run.index_delta, packet[5] + self.run.picture_id_delta
                self.got.append((*out, packet[5]))

    @property
    def shown(self) -> list[int]:
        """The source's picture ids, each once."""
        return list(dict.fromkeys(source for _, _, source in self.got))


def sent(pattern: str, tops: dict[int, int], frames: int = 24) -> tuple[Camera, Line]:
    """*tops*: frame -> the highest layer from there on."""
    camera = Camera()
    rows = PATTERNS[pattern]
    line = Line(max(tid for tid, _ in rows))
    for n in range(frames):
        line.tiers.top = tops.get(n, line.tiers.top)
        tid, sync = rows[n % len(rows)]
        line.send(camera.frame(tid, sync=sync))
    return camera, line


def tids(camera: Camera, line: Line) -> list[int]:
    return [camera.frames[n].tid for n in line.shown]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_at_first_everything_goes_on(pattern):
    _, line = sent(pattern, {})

    assert line.shown == list(range(24))
    assert line.tiers.is_open
    assert line.run.index_delta == line.run.picture_id_delta == 0


@pytest.mark.parametrize(
    ("pattern", "top", "layers"),
    [
        ("L1T3", 1, [0, 1] * 6),
        ("L1T3", 0, [0] * 6),
        ("L1T2", 0, [0] * 12),
        ("L1T1", 0, [0] * 24),
    ],
)
def test_the_upper_layers_are_left_out_and_the_numbers_close_up(pattern, top, layers):
    camera, line = sent(pattern, {0: top})

    assert tids(camera, line) == layers
    assert [index for index, _, _ in line.got] == list(range(len(layers)))
    assert [picture_id for _, picture_id, _ in line.got] == list(range(len(layers)))
    assert not line.tiers.is_open


def test_down_is_at_once_and_up_at_the_next_frame_that_needs_the_lowest_alone():
    # Frames 8 to 15 are 0 2s 1s 2 0 2 1 2, and so again.
    camera, line = sent("L1T3", {9: 0, 12: WHOLE}, frames=28)

    after = [(n, camera.frames[n].tid) for n in line.shown if n >= 8]
    assert after[:4] == [(8, 0), (12, 0), (16, 0), (18, 1)], "frame 14 needs one left out"
    assert after[4:8] == [(20, 0), (22, 1), (24, 0), (25, 2)]
    assert line.tiers.is_open


def test_up_one_layer_only_as_far_as_it_may():
    camera, line = sent("L1T3", {3: 0, 9: 1}, frames=40)

    assert set(tids(camera, line)[4:]) == {0, 1}
    assert (line.tiers.present, line.tiers.is_open) == (1, False)


def test_a_frame_that_has_begun_is_finished():
    camera, line = Camera(), Line(2)
    line.send(camera.frame(0, packets=3))
    frame = camera.frame(2, sync=True, packets=3)
    for n, packet in enumerate(frame.packets):
        if n == 1:
            line.tiers.top = 0
        line.send(Frame(frame.picture_id, 2, True, frame.needs, [packet]))
    line.send(camera.frame(2, packets=2), camera.frame(0))

    assert line.shown == [0, 1, 3]
    assert len(line.got) == 7


def test_a_frame_left_out_does_not_come_in_when_more_is_allowed_amid_it():
    camera, line = Camera(), Line(1)
    line.tiers.top = 0
    line.send(camera.frame(0))
    frame = camera.frame(1, sync=True, packets=3)
    line.send(Frame(1, 1, True, frame.needs, frame.packets[:1]))
    line.tiers.top = WHOLE
    line.send(Frame(1, 1, True, frame.needs, frame.packets[1:]), camera.frame(0))

    assert line.shown == [0, 2]


def test_a_picture_whose_beginning_was_lost_is_left_out_with_its_number():
    camera, line = Camera(), Line(1)
    line.tiers.top = 0
    line.send(camera.frame(0))
    cut = camera.frame(1, packets=3)
    line.send(Frame(1, 1, False, cut.needs, cut.packets[1:]), camera.frame(0))

    assert [(picture_id, source) for _, picture_id, source in line.got] == [(0, 0), (1, 2)]
    assert [index for index, _, _ in line.got] == [0, 2], "the lost packet may still come"


def test_a_key_frame_begins_with_all_that_may_be_shown():
    line = Line(2)
    line.tiers.top = 1
    line.send(Camera().frame(0))
    line.tiers.top = 2
    line.tiers.begin()

    assert line.tiers.present == 2


moves = st.lists(
    st.tuples(
        st.integers(0, WHOLE),
        st.integers(1, 3),
        st.booleans(),
        st.integers(1, 5),
        st.sampled_from([None, 0, 1, 2, WHOLE]),
    ),
    max_size=60,
)


@given(st.integers(0, WHOLE), moves)
def test_whatever_is_left_out_a_decoder_finds_what_it_needs(used, rows):
    """Layers, packets and dependencies at random; frames come in batches of one to five."""
    camera, line = Camera(), Line(used)
    batch = [camera.frame(0)]
    present: set[int] = set()
    for tid, packets, sync, batch_size, top in rows:
        # The first of a layer has nothing else to be predicted from.
        layer = min(tid, used)
        is_first = layer not in present
        present.add(layer)
        batch.append(camera.frame(layer, sync=layer > 0 and (sync or is_first), packets=packets))
        if len(batch) >= batch_size:
            line.send(*batch)
            batch = []
            line.tiers.top = line.tiers.top if top is None else top
    line.send(*batch)

    shown = set(line.shown)
    for n in shown:
        assert camera.frames[n].needs <= shown
    came = [source for _, _, source in line.got]
    assert all(came.count(n) == len(camera.frames[n].packets) for n in shown), "whole frames"
    assert [index for index, _, _ in line.got] == list(range(len(line.got)))
    ids = list(dict.fromkeys(picture_id for _, picture_id, _ in line.got))
    assert ids == list(range(len(shown))), "libwebrtc waits for a picture id that is missing"
    assert all(before <= after for before, after in pairwise(came))


@given(st.lists(st.integers(0, WHOLE), min_size=1, max_size=6))
def test_when_all_may_be_shown_again_all_is_shown_after_two_periods(tops):
    _, line = sent("L1T3", dict(enumerate([*tops, WHOLE])), frames=40)

    assert line.tiers.is_open
    assert line.shown[-16:] == list(range(24, 40))
