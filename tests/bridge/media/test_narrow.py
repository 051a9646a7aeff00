"""A subscriber whose line narrows under a large picture, in virtual time: how long its picture stands.

The publisher sends ``q`` and ``f`` at 15 a second; a key frame is here 50 ms after it was asked for, of
all layers at once and the large one first, as Chromium does.  The subscriber asks again for what it lost,
every 50 ms until it decodes a later key frame, and says what Chromium would (``tests.support.remb``).
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import pairwise

import pytest

from bridge.media.core import rtp, vp8
from bridge.media.core.rtcp import Nack, Outgoing, PictureLoss, Remb
from bridge.media.core.serial import extend16
from bridge.media.forwarder import Forwarder
from bridge.media.plane import Plan, PlaneEvent
from bridge.media.steering import REPAIR_S, TURN_S, Steering
from bridge.media.udp import Address
from tests.support.line import SimulatedLine
from tests.support.media import SPEAKER_PICTURE, SPEAKER_SOUND, Client, picture, sound, spec
from tests.support.remb import RembReceiver

STEP_S = 0.005
FRAME_S = 1 / 15
FROZEN_S = FRAME_S + 0.15
"""Chromium counts a freeze from here on."""
SIZES = {"q": (1_200, 7_000), "f": (12_500, 20_000)}
"""Bytes of a frame, and of a key frame."""
SSRCS = {"q": 11, "f": 13}
NARROW_S = 8.0
OSN_BYTES = 2
"""Of a retransmission, the number it repeats (RFC 4588)."""
PICTURE, SOUND = SPEAKER_PICTURE.ssrc, SPEAKER_SOUND.ssrc


class Publisher:
    """Site 01, all the time."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._seqs = dict.fromkeys((1, *SSRCS.values()), 0)
        self._frames = 0
        self._next_s = self._sound_s = 0.0
        self._asked = 0
        self._key_s: float | None = 0.0

    def run(self, now_s: float) -> None:
        if len(self.client.asked) > self._asked:
            self._asked = len(self.client.asked)
            self._key_s = now_s + 0.05
        while self._sound_s <= now_s:
            self._sound_s += 0.02
            self._seqs[1] += 1
            self.client.says(
                sound(self._seqs[1], self._seqs[1] * 960, body=bytes(100), mid=b"0"), now_s=now_s
            )
        is_due = self._key_s is not None and self._key_s <= now_s
        if now_s < self._next_s and not is_due:
            return
        if is_due:
            self._key_s = None
        self._next_s = max(self._next_s, now_s) + FRAME_S
        self._frames += 1
        for layer in ("f", "q"):
            self._frame(layer, now_s, key=is_due)

    def _frame(self, layer: str, now_s: float, *, key: bool) -> None:
        ssrc, size = SSRCS[layer], SIZES[layer][key]
        packets = -(-size // 1100)
        for n in range(packets):
            self._seqs[ssrc] += 1
            self.client.says(
                picture(
                    self._seqs[ssrc],
                    int(now_s * 90_000),
                    ssrc=ssrc,
                    key=key,
                    starts=n == 0,
                    marker=n == packets - 1,
                    picture_id=self._frames,
                    tl0=self._frames,
                    body=bytes(size // packets),
                    mid=b"1",
                    rid=layer.encode(),
                ),
                now_s=now_s,
            )


class Eye:
    """Decodes what comes over a line, and says what it misses."""

    def __init__(self, line: SimulatedLine) -> None:
        self.line = line
        self.decoded: list[tuple[float, int]] = []
        """When, and of how many packets."""
        self.sounds: list[float] = []
        self._remb = RembReceiver()
        self._came: dict[int, bytes] = {}
        self._highest: int | None = None
        self._missing: dict[int, float] = {}
        """Index -> when to ask for it."""
        self._last_id: int | None = None
        self._end = -1
        self._remb_s = 0.0
        self._plis_s = 0.0

    def take(self, now_s: float) -> list[Outgoing]:
        for data in self.line.due(now_s):
            sent_s, packet = int.from_bytes(data[:4], "big") / 10_000, data[4:]
            if rtp.is_rtcp(packet):
                continue
            self._remb.on_packet(sent_s, len(packet), now_s)
            ssrc = int.from_bytes(packet[8:12], "big")
            if ssrc == SOUND:
                self.sounds.append(now_s)
            elif ssrc in {PICTURE, PICTURE + 100}:
                self._put(packet, now_s, is_repeat=ssrc != PICTURE)
        return self._said(now_s)

    def _put(self, packet: bytes, now_s: float, *, is_repeat: bool) -> None:
        _, _, seq, _, _ = rtp.fixed_header(packet)
        if is_repeat:
            start, stop = rtp.header_length(packet), rtp.payload_end(packet)
            if start == stop:
                return
            seq = int.from_bytes(packet[start : start + OSN_BYTES], "big")
            packet = packet[:start] + packet[start + OSN_BYTES :]
        if self._highest is None:
            self._highest = seq - 1
        index = extend16(seq, self._highest)
        for hole in range(self._highest + 1, index):
            self._missing[hole] = now_s
        self._highest = max(self._highest, index)
        self._missing.pop(index, None)
        if index > self._end:
            self._came[index] = packet
        while self._decode(now_s):
            pass

    def _decode(self, now_s: float) -> bool:
        """One frame that is whole and follows what was decoded, or is a key frame."""
        for index in sorted(self._came):
            start = rtp.header_length(self._came[index])
            if self._came[index][start] & 0x17 != 0x10:
                continue
            _, picture_id, _, key, *_ = vp8.parse(
                self._came[index], start, rtp.payload_end(self._came[index])
            )
            follows = self._last_id is not None and picture_id == (self._last_id + 1) & 0x7FFF
            if not key and not follows:
                continue
            end = index
            while end in self._came and not self._came[end][1] & 0x80:
                end += 1
            if end not in self._came:
                continue
            self._last_id, self._end = picture_id, end
            self.decoded.append((now_s, end - index + 1))
            self._came = {n: packet for n, packet in self._came.items() if n > end}
            self._missing = {n: when for n, when in self._missing.items() if n > end}
            return True
        return False

    def _said(self, now_s: float) -> list[Outgoing]:
        said: list[Outgoing] = []
        due = [index for index, when in self._missing.items() if when <= now_s]
        if due:
            self._missing |= dict.fromkeys(due, now_s + 0.05)
            said.append(Nack(sender=1, media=PICTURE, seqs=tuple(n & 0xFFFF for n in due)))
        if now_s >= self._remb_s:
            self._remb_s += 0.2
            if (bps := self._remb.report(now_s)) is not None:
                said.append(Remb(sender=1, bitrate_bps=bps, ssrcs=(PICTURE,)))
        stands_s = now_s - max(self._plis_s, self.decoded[-1][0] if self.decoded else 0.0)
        if stands_s > 1.0:
            self._plis_s = now_s
            said.append(PictureLoss(sender=1, media=PICTURE))
        return said


class LinePort:
    """Sends into the line."""

    def __init__(self, line: SimulatedLine) -> None:
        self.line = line
        self.now_s = 0.0

    def send(self, data: bytes, address: Address) -> bool:
        self.line.send(round(self.now_s * 10_000).to_bytes(4, "big") + data, self.now_s)
        return True

    def send_all(self, packets: list[bytes], size: int, address: Address) -> int:
        return sum(self.send(data, address) for data in packets)


def watched(
    line: SimulatedLine,
    *,
    seconds: float,
    limit_bps: int | None,
    cap_bps: int | None = None,
    at_s: float = NARROW_S,
) -> Eye:
    """What a subscriber sees whose line is *limit_bps* from ``NARROW_S`` on."""
    forwarder = Forwarder()
    said: list[PlaneEvent] = []
    steering = Steering(forwarder, said.append)
    publisher = Publisher(Client(forwarder, spec("01")))
    watcher = Client(forwarder, spec("02", bandwidth_bps=cap_bps))
    port, eye = LinePort(line), Eye(line)
    watcher.learn(("192.0.2.2", 1), port, nominated=True)
    steering.set_plan(Plan(gates=frozenset({"01"}), slots={"speaker.1": "01"}))
    steering.aim(watcher, 0.0)
    back: list[tuple[float, int, Callable[[float], None]]] = []
    turn_s = repair_s = 0.0
    sessions = (publisher.client, watcher)
    for step in range(round((NARROW_S + seconds) / STEP_S)):
        now_s = port.now_s = step * STEP_S
        if step == round(NARROW_S / STEP_S):
            line.limit(limit_bps, now_s)
        publisher.run(now_s)
        if now_s >= turn_s:
            turn_s += TURN_S
            forwarder.advance(now_s)
            for place, session in enumerate(sessions):
                steering.advance(session, place, now_s)
            steering.end_turn()
        if now_s >= repair_s:
            repair_s += REPAIR_S
            steering.repair(watcher, now_s)
        if packets := eye.take(now_s):

            def arrive(at_s: float, packets: list[Outgoing] = packets) -> None:
                watcher.reports(*packets, now_s=at_s)
                steering.heard(watcher, at_s)

            heapq.heappush(back, (now_s + 0.02, step, arrive))
        while back and back[0][0] <= now_s:
            heapq.heappop(back)[2](now_s)
    return eye


def gaps(eye: Eye, since_s: float) -> list[float]:
    times = [when for when, _ in eye.decoded]
    return [after - before for before, after in pairwise(times) if after > since_s]


@pytest.mark.parametrize(
    ("buffer_s", "at_most_s", "altogether_s"),
    [
        # The buffer is full after one or two frames, and hides it for as long as it is deep; then come
        # a round trip, what is in the queue, and the key frame.
        (0.2, 0.9, 0.9),
        (0.3, 0.8, 1.1),
        (0.6, 1.2, 1.8),
    ],
)
def test_a_picture_whose_line_narrows_stands_for_little_more_than_the_queue_and_its_key_frame(
    buffer_s, at_most_s, altogether_s
):
    line = SimulatedLine(buffer_s=buffer_s, delay_s=0.02)
    eye = watched(line, seconds=8.0, limit_bps=400_000)

    stood = gaps(eye, NARROW_S)
    assert max(stood) < at_most_s
    assert sum(gap for gap in stood if gap > FROZEN_S) < altogether_s
    assert max(gaps(eye, NARROW_S + 2.5)) < FROZEN_S
    assert eye.decoded[-1][0] > NARROW_S + 7.5
    heard = [when for when in eye.sounds if when > NARROW_S + 1.0]
    assert len(heard) > 0.97 * 50 * 7


def test_a_line_that_the_roster_knows_never_freezes():
    line = SimulatedLine(limit_bps=400_000)
    eye = watched(line, seconds=6.0, limit_bps=400_000, cap_bps=400_000)

    assert max(gaps(eye, eye.decoded[0][0])) < FROZEN_S
    assert len(eye.sounds) > 0.99 * 50 * (NARROW_S + 5.9)
    assert line.lost.total() == 0


def test_a_line_that_narrows_and_still_carries_the_picture_does_not_freeze():
    line = SimulatedLine(buffer_s=0.3)
    eye = watched(line, seconds=6.0, limit_bps=2_200_000)

    assert max(gaps(eye, 1.0)) < FROZEN_S
    assert eye.decoded[-1][1] > 10, "it is the large one"
