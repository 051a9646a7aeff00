from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from bridge.media.core.arrival import LAPSE_S, UplinkEstimate
from room110.bench.line import SimulatedLine

SOUND_BPS = 64_000
ALL_BPS = 2_644_000
"""What a publisher of three layers may send: layers.remb_bps."""


@dataclass
class Moment:
    at: float
    queue: float
    bps: int | None
    bytes_in: int


class Publisher:
    """A model of a camera and a microphone: it obeys REMB 0.3 s late, sends 30 pictures a second
    of uneven size, each paced at 2.5 times the rate as Chromium does, and 50 packets of sound.
    """

    def __init__(self, line: SimulatedLine, *, seed: int = 1, drift: float = 0.0, clock: float = 0):
        self.line = line
        self.estimate = UplinkEstimate()
        self.told: list[tuple[float, int | None]] = []
        self._chance = random.Random(seed)
        self._drift = drift
        self._clock = clock
        self._received = 0
        self._bytes = 0

    def run(
        self,
        seconds: float,
        wants: Callable[[float], float],
        *,
        silent: tuple[float, float] = (0, 0),
        free_at: float = float("inf"),
    ) -> list[Moment]:
        moments: list[Moment] = []
        pacer: list[tuple[float, int]] = []
        picture, sound, report, look = 0.0, 0.0, 0.5, 0.0
        lost_before = received_before = 0
        for step in range(round(seconds * 1000)):
            now = step / 1000
            allowed = [bps for at, bps in self.told if at <= now - 0.3]
            rate = wants(now)
            if allowed and allowed[-1] is not None:
                rate = min(rate, allowed[-1])
            if now >= free_at and self.line.limit_bps is not None:
                self.line.limit(None, now)
            speaks = not silent[0] <= now < silent[1]
            if now >= sound:
                sound += 0.02
                if speaks:
                    heapq.heappush(pacer, (now, 160))
            if now >= picture:
                picture += 1 / 30
                if speaks:
                    self._picture(pacer, now, max(rate - SOUND_BPS, 30_000))
            while pacer and pacer[0][0] <= now:
                ticks = int((now * (1 + self._drift) + self._clock) * (1 << 18)) & 0xFFFFFF
                size = heapq.heappop(pacer)[1]
                self.line.send(ticks.to_bytes(3, "big") + bytes(size - 3), now)
            for data in self.line.due(now):
                self._received += 1
                self._bytes += len(data)
                if self.estimate.on_packet(int.from_bytes(data[:3], "big"), len(data), now):
                    self.told.append((now, self.estimate.bps))
            if now >= report:
                report += 0.5
                lost = self.line.lost.total() - lost_before
                expected = lost + self._received - received_before
                lost_before, received_before = self.line.lost.total(), self._received
                self.estimate.advance(lost / expected if expected else 0.0, now)
                self.told.append((now, self.estimate.bps))
            if now >= look:
                look += 0.1
                moments.append(Moment(now, self.line.queue_s, self.estimate.bps, self._bytes))
        return moments

    def _picture(self, pacer: list[tuple[float, int]], now: float, rate: float) -> None:
        left = int(rate / 30 / 8 * self._chance.uniform(0.7, 1.3))
        while left > 0:
            size = min(1150, left + 20)
            heapq.heappush(pacer, (now, size))
            left -= size
            now += size * 8 / (2.5 * rate)


def carried_bps(moments: list[Moment]) -> float:
    first, last = moments[0], moments[-1]
    return (last.bytes_in - first.bytes_in) * 8 / (last.at - first.at)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("limit", "buffer", "jitter", "loss"),
    [
        (800_000, 0.3, 0.0, 0.0),
        (800_000, 0.3, 0.02, 0.0),
        (800_000, 0.3, 0.04, 0.05),
        (2_000_000, 0.3, 0.0, 0.0),
    ],
)
def test_a_thin_uplink_keeps_its_delay_bounded_and_is_used(limit, buffer, jitter, loss, seed):
    line = SimulatedLine(seed=seed, limit_bps=limit, buffer_s=buffer, jitter_s=jitter, loss=loss)

    moments = Publisher(line, seed=seed).run(25, lambda _: ALL_BPS)

    steady = [moment for moment in moments if moment.at >= 6]
    assert max(moment.queue for moment in steady) < 0.15
    assert carried_bps(steady) > 0.6 * limit
    assert carried_bps(steady) > 0.85 * limit * (1 - loss)


def test_a_shallow_buffer_is_found_out_by_loss():
    line = SimulatedLine(limit_bps=800_000, buffer_s=0.02)

    moments = Publisher(line).run(20, lambda _: ALL_BPS)

    assert all(m.bps is not None and m.bps < 1_200_000 for m in moments if m.at > 6)
    assert carried_bps([m for m in moments if m.at > 6]) > 600_000


def test_who_sends_little_on_a_clean_line_is_not_held_back_later():
    publisher = Publisher(SimulatedLine())

    moments = publisher.run(15, lambda now: 214_000 if now < 10 else 1_800_000)

    assert {moment.bps for moment in moments} == {None}
    assert carried_bps([moment for moment in moments if moment.at > 11]) > 1_700_000


def test_a_fast_line_is_never_limited():
    publisher = Publisher(SimulatedLine(limit_bps=20_000_000))

    publisher.run(20, lambda _: ALL_BPS)

    assert publisher.estimate.cuts == 0


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("rate", [214_000, 2_000_000])
@pytest.mark.parametrize(
    "line",
    [
        {"jitter_s": 0.04},
        {"jitter_s": 0.04, "reorders": True},
        {"jitter_s": 0.04, "jitter": "normal"},
        {"loss": 0.05},
        {"loss": 0.05, "jitter_s": 0.04},
    ],
)
def test_jitter_and_loss_alone_cut_nothing(line, rate, seed):
    publisher = Publisher(SimulatedLine(seed=seed, **line), seed=seed)

    publisher.run(30, lambda _: rate)

    assert publisher.estimate.cuts == 0
    assert publisher.estimate.bps is None


@pytest.mark.parametrize("seed", range(3))
def test_loss_in_bursts_takes_nobody_below_a_thumbnail(seed):
    line = SimulatedLine(seed=seed, burst_loss=0.05, burst_packets=5)

    moments = Publisher(line, seed=seed).run(60, lambda _: 214_000)

    assert all(moment.bps is None or moment.bps >= 250_000 for moment in moments)


@pytest.mark.parametrize("drift", [100e-6, -100e-6])
@pytest.mark.parametrize("clock", [0.0, 50.0, 63.99])
def test_the_clock_wraps_and_drifts_unnoticed(drift, clock):
    publisher = Publisher(SimulatedLine(), drift=drift, clock=clock)

    publisher.run(20, lambda _: 1_000_000)

    assert publisher.estimate.cuts == 0
    assert publisher.estimate.queue_s < 0.005


@pytest.mark.parametrize("pause", [1.0, 3.0, 40.0])
def test_a_pause_says_nothing(pause):
    publisher = Publisher(SimulatedLine(), clock=60.0)

    publisher.run(pause + 10, lambda _: 1_000_000, silent=(5, 5 + pause))

    assert publisher.estimate.cuts == 0
    assert publisher.estimate.queue_s < 0.005


@pytest.mark.parametrize("step", [-20.0, -3.0, 1.0, 20.0, 40.0])
def test_a_clock_that_is_set_says_nothing(step):
    estimate = UplinkEstimate()

    def send(seconds: float, start: float, clock: float) -> None:
        for number in range(round(seconds * 100)):
            now = start + number / 100
            estimate.on_packet(int((now + clock) * (1 << 18)) & 0xFFFFFF, 1000, now)

    send(5, 0.0, 100.0)
    send(5, 5.0, 100.0 + step)

    assert estimate.cuts == 0
    # And it is awake again.
    for number in range(200):
        now = 10 + number / 100 * 1.5
        estimate.on_packet(int((10 + number / 100 + 100 + step) * (1 << 18)) & 0xFFFFFF, 1000, now)
    assert estimate.cuts > 0


def test_a_limit_that_goes_is_forgotten():
    publisher = Publisher(SimulatedLine(limit_bps=800_000))

    moments = publisher.run(LAPSE_S + 14, lambda _: ALL_BPS, free_at=8)

    assert all(moment.bps is not None for moment in moments if 2 < moment.at < 8)
    assert moments[-1].bps is None
    assert carried_bps(moments[-20:]) > 2_000_000


def test_a_fall_is_said_at_once():
    estimate = UplinkEstimate()
    said = []
    for number in range(300):
        left = number / 100
        now = left if left < 1 else 1 + (left - 1) * 1.5
        if estimate.on_packet(int(left * (1 << 18)), 1000, now):
            said.append(now)

    assert 1.0 < said[0] < 1.5
    assert estimate.bps == pytest.approx(0.85 * 800_000 / 1.5, rel=0.05)
    assert estimate.cuts == len(said)


def test_nothing_grows_while_a_queue_stands():
    estimate = UplinkEstimate()

    def come(seconds: float, start: float, queue: float, growth: float = 0.0) -> None:
        for number in range(round(seconds * 100)):
            left = start + number / 100
            now = left + queue + number / 100 * growth
            estimate.on_packet(int(left * (1 << 18)) & 0xFFFFFF, 1000, now)
        estimate.advance(0.0, start + seconds)

    come(2, 0.0, 0.0)
    come(1, 2.0, 0.0, 0.2)
    cut = estimate.bps
    assert cut is not None
    come(1, 3.0, 0.2)
    come(1, 4.0, 0.2)
    assert estimate.bps == cut

    come(1, 5.0, 0.0)
    come(1, 6.0, 0.0)
    assert estimate.bps > cut


def test_without_times_of_departure_loss_still_limits():
    estimate = UplinkEstimate()
    now = 0.0
    estimate.advance(0.0, now)
    for _ in range(8):
        now += 0.5
        for _ in range(50):
            estimate.on_untimed(1000)
        estimate.advance(0.5, now)

    assert estimate.bps == pytest.approx(1_600_000 * 0.75)


def test_an_owner_that_sleeps_does_not_let_the_limit_jump():
    estimate = UplinkEstimate()
    for number in range(200):
        estimate.on_packet(int(number / 100 * (1 << 18)), 1000, number / 100 * 1.5)
    estimate.advance(0.0, 3.0)
    limited = estimate.bps
    assert limited is not None

    estimate.advance(0.0, 3.0)
    estimate.advance(0.0, 13.0)

    assert estimate.bps is not None
    assert estimate.bps <= limited * 1.08**2
