from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from bridge.media.core.allocation import Choice, LayerRate, Wish, allocate, wanted_bps
from bridge.media.core.estimate import FLOOR_BPS, DownlinkEstimate
from tests.support.line import SimulatedLine
from tests.support.remb import RembReceiver

TICK_S = 0.2
F_BPS = 1_564_000
WISH_BPS = 1_800_000


def send(estimate: DownlinkEstimate, bps: int, start: float, seconds: float) -> float:
    """So much is sent for some seconds, and all of it wished for; when that ends."""
    for tick in range(round(seconds / TICK_S)):
        estimate.on_sent(bps, start + tick * TICK_S)
    return start + seconds


def limited(remb: int = 400_000) -> tuple[DownlinkEstimate, float]:
    """A line that has shown its limit by a REMB that fell, then was given a thumbnail."""
    estimate = DownlinkEstimate()
    estimate.wants(WISH_BPS)
    now = send(estimate, F_BPS, 0.0, 3.0)
    estimate.on_remb(F_BPS, now)
    estimate.on_remb(1_220_000, now + 0.1)  # in two steps: else it would drown
    estimate.on_remb(remb, now + 0.2)
    return estimate, send(estimate, 214_000, now + 0.4, 4.0)


def test_an_unknown_line_has_no_limit():
    estimate = DownlinkEstimate()
    estimate.wants(WISH_BPS)
    now = send(estimate, F_BPS, 0.0, 60.0)

    assert estimate.bps is None
    assert estimate.probe_bps(now) == 0


@pytest.mark.parametrize("remb", [400_000, 1_200_000])
def test_a_remb_that_falls_below_what_is_sent_is_believed_at_once(remb):
    estimate, _ = limited(remb)

    assert estimate.bps is not None
    assert 0.85 * remb <= estimate.bps <= remb
    assert (estimate.falls, estimate.drownings) == (2, 0)


def test_a_remb_that_falls_in_one_step_is_of_a_line_that_drowns():
    estimate = DownlinkEstimate()
    estimate.least_bps = 330_000
    now = send(estimate, F_BPS, 0.0, 3.0)
    estimate.on_remb(F_BPS, now)
    estimate.on_remb(900_000, now + 0.2)
    assert (estimate.bps, estimate.drownings, estimate.fell_s) == (330_000, 1, now + 0.2)

    estimate.on_remb(700_000, now + 0.3)

    assert (estimate.bps, estimate.drownings) == (330_000, 1)


def test_what_is_asked_for_in_great_numbers_and_late_is_of_a_line_that_drowns():
    estimate = DownlinkEstimate()
    now = send(estimate, F_BPS, 0.0, 3.0)
    estimate.on_asked(1, range(100, 110), 0.1, now)
    assert estimate.bps is None

    estimate.on_asked(1, range(110, 120), 0.3, now)

    assert (estimate.bps, estimate.falls, estimate.drownings) == (FLOOR_BPS, 1, 1)


def test_what_is_asked_for_during_a_probe_stops_the_probe_alone():
    estimate, now = limited(400_000)
    before = estimate.bps
    now = send(estimate, 214_000, now, 2.0)
    assert estimate.probe_bps(now) > 0
    estimate.on_sent(500_000, now + 0.2, padding_bps=290_000)
    for after in (0.3, 0.4):
        estimate.on_asked(1, range(int(after * 1000), int(after * 1000) + 10), 0.3, now + after)

    assert (estimate.bps, estimate.drownings) == (before, 0)
    assert estimate.probe_bps(now + 0.4) == 0


def test_where_the_least_is_sent_nothing_drowns():
    estimate = DownlinkEstimate()
    now = send(estimate, FLOOR_BPS, 0.0, 3.0)
    estimate.on_asked(1, range(110, 120), 0.3, now)

    assert (estimate.bps, estimate.drownings) == (None, 0)


def test_a_remb_that_follows_its_own_falls_leaves_a_thumbnail():
    # Less is sent, so less arrives, and the receiver says that this is what the line carries.
    estimate, now = limited(400_000)
    for remb in (300_000, 200_000, 100_000, 50_000, 14_000):
        now = send(estimate, int(remb / 0.8), now, 1.0)
        estimate.on_remb(remb, now)

    assert estimate.bps == FLOOR_BPS


def test_a_remb_that_rises_after_what_is_sent_says_nothing():
    estimate = DownlinkEstimate()
    now = send(estimate, 214_000, 0.0, 5.0)
    remb = 330_000.0
    for tick in range(100):  # f is there at once, the receiver follows by 8 % a second
        estimate.on_sent(F_BPS, now + tick * TICK_S)
        estimate.on_remb(int(remb), now + tick * TICK_S)
        remb *= 1.08**TICK_S

    assert estimate.bps is None


def test_a_remb_that_stands_below_what_is_sent_is_believed_after_a_while():
    estimate = DownlinkEstimate()
    estimate.on_remb(330_000, 0.0)
    now = send(estimate, F_BPS, 0.0, 1.4)
    estimate.on_remb(330_000, now)
    assert estimate.bps is None

    estimate.on_remb(330_000, 1.5)

    assert estimate.bps == 297_000


@pytest.mark.parametrize("remb", [1_500_000, 1_900_000])
def test_a_fall_to_no_less_than_what_is_sent_says_nothing(remb):
    estimate = DownlinkEstimate()
    now = send(estimate, F_BPS, 0.0, 3.0)
    estimate.on_remb(2_300_000, now)
    estimate.on_remb(remb, now + 0.2)

    assert estimate.bps is None


@pytest.mark.parametrize(
    ("losses", "expected"),
    [
        ([0.5], None),
        ([0.5, 0.0, 0.5], None),
        ([0.09] * 20, None),
        ([0.5, 0.5], 0.9 * 0.5 * F_BPS),
        ([0.12, 0.12], 0.94 * F_BPS),
    ],
)
def test_loss_is_believed_the_second_time(losses, expected):
    estimate = DownlinkEstimate()
    now = 0.0
    for loss in losses:
        now = send(estimate, F_BPS, now, 1.0)
        estimate.on_report(loss, 180, now)

    assert estimate.bps == (None if expected is None else pytest.approx(expected, rel=0.01))


def test_few_packets_are_gathered_before_they_are_judged():
    estimate = DownlinkEstimate()
    now = 0.0
    for loss in (0.25, 0.25, 0.25, 0.0, 0.0, 0.0, 0.0, 0.0) * 3:  # 9 % of 64 packets
        now = send(estimate, 214_000, now, 1.0)
        estimate.on_report(loss, 8, now)

    assert estimate.bps is None


def test_sound_does_not_speak_for_pictures():
    estimate = DownlinkEstimate()
    now = 0.0
    for _ in range(3):
        now = send(estimate, F_BPS, now, 1.0)
        estimate.on_report(0.3, 90, now)
        estimate.on_report(0.0, 5000, now, sound=True)

    assert estimate.bps is not None


def test_sound_speaks_where_there_is_no_picture():
    estimate = DownlinkEstimate()
    now = 0.0
    for _ in range(4):
        now = send(estimate, 64_000, now, 2.0)
        estimate.on_report(0.4, 100, now, sound=True)

    assert estimate.bps is not None
    assert estimate.bps < 64_000


def test_loss_leaves_a_thumbnail():
    estimate = DownlinkEstimate()
    now = 0.0
    for _ in range(60):
        now = send(estimate, min(estimate.bps or F_BPS, F_BPS), now, 1.0)
        estimate.on_report(0.2, 180, now)

    assert estimate.bps == FLOOR_BPS


def test_the_cap_of_the_roster_holds_whatever_the_line_says():
    estimate = DownlinkEstimate(cap_bps=600_000)
    assert estimate.bps == 600_000
    estimate.wants(WISH_BPS)
    now = send(estimate, 590_000, 0.0, 3.0)
    estimate.on_remb(880_000, now)
    estimate.on_remb(450_000, now + 0.1)
    estimate.on_remb(300_000, now + 0.2)
    assert estimate.bps == 270_000

    for _ in range(600):
        now += TICK_S
        estimate.on_sent(214_000, now)
        assert 214_000 + estimate.probe_bps(now) <= 601_000
        assert estimate.bps is not None
        assert estimate.bps <= 600_000
    assert estimate.bps == 600_000


def test_it_climbs_by_itself_only_where_the_line_is_used():
    used, now = limited(400_000)
    idle, _ = limited(400_000)
    used.wants(0)
    idle.wants(0)

    send(used, 350_000, now, 5.0)
    send(idle, 214_000, now, 5.0)

    assert idle.bps == 360_000
    assert used.bps is not None
    assert 380_000 < used.bps <= 1.2 * 350_000


@pytest.mark.parametrize("loss", [0.03, 0.09])
def test_loss_of_some_percent_holds(loss):
    estimate, now = limited(400_000)
    estimate.wants(0)
    for _ in range(10):
        estimate.on_report(loss, 100, now)
        now = send(estimate, 350_000, now, 1.0)

    assert estimate.bps == 360_000


def test_a_probe_that_passes_is_known_then():
    estimate, now = limited(400_000)
    now = send(estimate, 214_000, now, 2.0)
    padded = []
    for _ in range(9):
        padded.append(estimate.probe_bps(now))
        estimate.on_remb(600_000 + len(padded), now)
        estimate.on_sent(214_000 + padded[-1], now + TICK_S, padding_bps=padded[-1])
        now += TICK_S

    # The failed rate is 400 000 / 0.85; a look goes to 1.15 of it.
    target = 1.15 * 400_000 / 0.85
    assert padded[0] == pytest.approx(target - 214_000, abs=2_000)
    assert padded.count(0) >= 3
    assert estimate.bps == pytest.approx(target, rel=0.01)


@pytest.mark.parametrize("sign", ["fall", "stands", "loss"])
def test_a_bad_sign_stops_padding_and_takes_nothing(sign):
    estimate, now = limited(400_000)
    before = estimate.bps
    now = send(estimate, 214_000, now, 2.0)
    assert estimate.probe_bps(now) > 0
    estimate.on_sent(500_000, now + 0.2, padding_bps=290_000)
    if sign == "fall":
        estimate.on_remb(330_000, now + 0.3)
    elif sign == "stands":
        estimate.on_remb(400_000, now + 1.3)
    else:
        estimate.on_report(0.2, 100, now + 0.3)

    for tick in range(20):
        assert estimate.probe_bps(now + 1.3 + tick * TICK_S) == 0
    assert estimate.bps == before


def test_what_padding_has_done_is_no_evidence_against_the_media():
    estimate, now = limited(400_000)
    before = estimate.bps
    now = send(estimate, 350_000, now, 2.0)
    assert estimate.probe_bps(now) > 0
    estimate.on_remb(330_000, now + 0.3)
    for after in (0.5, 1.0, 2.0, 3.0):
        estimate.on_remb(330_000 - int(after * 10_000), now + after)
    assert estimate.bps is not None
    assert before is not None
    assert estimate.bps >= before

    send(estimate, 350_000, now, 5.0)
    estimate.on_remb(280_000, now + 5.0)
    assert estimate.bps == 252_000


def test_a_line_that_carries_all_is_forgotten_to_be_bad():
    estimate, now = limited(1_200_000)
    estimate.wants(300_000)
    now = send(estimate, 214_000, now, 20.0)
    assert estimate.bps is not None

    send(estimate, 214_000, now, 12.0)

    assert estimate.bps is None


SOUND_BPS = 64_000
CAMERA = (
    LayerRate(layer="q", bps=150_000, temporal_bps=(90_000, 120_000)),
    LayerRate(layer="h", bps=500_000, temporal_bps=(300_000, 400_000)),
    LayerRate(layer="f", bps=1_500_000, temporal_bps=(900_000, 1_200_000)),
)


@dataclass
class Moment:
    at: float
    layer: str | None
    queue: float
    padding: int
    bad_sign: bool


class Subscriber:
    """Sound and one picture through a line to a receiver with REMB, allocated every 0.2 s."""

    def __init__(self, line: SimulatedLine, *, remb_every: float = 0.2, seed: int = 1):
        self.line = line
        self.estimate = DownlinkEstimate()
        self._receiver = RembReceiver()
        self._remb_every = remb_every
        self._chance = random.Random(seed)
        self._pacer: list[tuple[float, int, bool]] = []
        self._back: list[tuple[float, int, Callable[[float], None]]] = []
        self._sent = {True: 0, False: 0}  # of sound, of picture; packets since the last report
        self._came = {True: 0, False: 0}
        self._bytes = self._padding_bytes = 0
        self._order = 0

    def run(self, seconds: float, limits: Sequence[tuple[float, int | None]] = ()) -> list[Moment]:
        wishes = [Wish(slot="chair", rank=0, layers=CAMERA)]
        wanted = wanted_bps(wishes, sound_bps=SOUND_BPS)
        choices: dict[str, Choice] = {}
        moments: list[Moment] = []
        coming = list(limits)
        tick = picture = sound = 0.0
        remb, report = self._remb_every, 1.0
        padding, credit, lowest = 0, 0.0, 0.0
        for step in range(round(seconds * 500)):
            now = step / 500
            while coming and coming[0][0] <= now:
                self.line.limit(coming.pop(0)[1], now)
            while self._back and self._back[0][0] <= now:
                heapq.heappop(self._back)[2](now)
            if now >= tick:
                tick += TICK_S
                self.estimate.on_sent(
                    int(self._bytes * 8 / TICK_S),
                    now,
                    padding_bps=int(self._padding_bytes * 8 / TICK_S),
                )
                self._bytes = self._padding_bytes = 0
                self.estimate.wants(wanted)
                before = choices
                choices = allocate(self.estimate.bps, wishes, before, sound_bps=SOUND_BPS)
                padding = self.estimate.probe_bps(now)
                fell = (self._receiver.bps or 0) < lowest
                lowest = self._receiver.bps or 0
                moments.append(
                    Moment(now, choices["chair"].layer, self.line.queue_s, padding, fell)
                )
                key = not before or choices["chair"].layer != before["chair"].layer
                if key:
                    self._picture(now, 4 * choices["chair"].bps)
            if now >= sound:
                sound += 0.02
                heapq.heappush(self._pacer, (now, 160, False))
            if now >= picture:
                picture += 1 / 30
                self._picture(now, choices["chair"].bps * self._chance.uniform(0.7, 1.3))
            credit = min(credit + padding / 500 / 8, 1000)
            while credit >= 255:
                heapq.heappush(self._pacer, (now, 255, True))
                credit -= 255
            self._exchange(now)
            if now >= remb:
                remb += self._remb_every
                if (bps := self._receiver.report(now)) is not None:
                    self._answer(now, lambda at, bps=bps: self.estimate.on_remb(bps, at))
            if now >= report:
                report += 1.0
                self._report(now)
        return moments

    def _picture(self, now: float, bps: float) -> None:
        left = int(bps / 30 / 8)
        while left > 0:
            heapq.heappush(self._pacer, (now, min(1150, left + 20), False))
            left -= 1150
            now += 0.001

    def _exchange(self, now: float) -> None:
        while self._pacer and self._pacer[0][0] <= now:
            _, size, padding = heapq.heappop(self._pacer)
            self._bytes += size
            self._padding_bytes += size * padding
            self._sent[size == 160] += 1
            self.line.send(round(now * 1000).to_bytes(4, "big") + bytes(size - 4), now)
        for data in self.line.due(now):
            self._came[len(data) == 160] += 1
            self._receiver.on_packet(int.from_bytes(data[:4], "big") / 1000, len(data), now)

    def _report(self, now: float) -> None:
        for sound, sent in self._sent.items():
            if sent:
                lost = max(sent - self._came[sound], 0) / sent
                self._answer(
                    now,
                    lambda at, lost=lost, sent=sent, sound=sound: self.estimate.on_report(
                        lost, sent, at, sound=sound
                    ),
                )
        self._sent = {True: 0, False: 0}
        self._came = {True: 0, False: 0}

    def _answer(self, now: float, what: Callable[[float], None]) -> None:
        self._order += 1
        heapq.heappush(self._back, (now + 0.03, self._order, what))


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(
    ("line", "remb_every"),
    [({}, 0.2), ({}, 1.0), ({"loss": 0.05}, 0.2), ({"jitter_s": 0.02}, 0.2)],
)
def test_a_line_of_400_kbit_is_respected_and_f_comes_back(line, remb_every, seed):
    subscriber = Subscriber(SimulatedLine(seed=seed, **line), remb_every=remb_every, seed=seed)

    moments = subscriber.run(60, [(5, 400_000), (35, None)])

    assert {moment.layer for moment in moments if moment.at < 5} == {"f"}
    tight = [moment for moment in moments if 10 <= moment.at < 35]
    assert {moment.layer for moment in tight} <= {"q", "h"}
    queues = sorted(moment.queue for moment in tight)
    assert queues[len(queues) // 2] < 0.1
    back = next(moment.at for moment in moments if moment.at > 35 and moment.layer == "f")
    assert back < 35 + 20
    assert {moment.layer for moment in moments[-15:]} == {"f"}


def test_a_thin_line_is_not_hurt_again_and_again():
    subscriber = Subscriber(SimulatedLine(limit_bps=400_000))

    moments = subscriber.run(90)[60:]

    padded = [moment for moment in moments if moment.padding]
    assert len(padded) < 0.15 * len(moments)
    assert sum(moment.queue > 0.15 for moment in moments) < 0.1 * len(moments)
    assert None not in {moment.layer for moment in moments}


def test_padding_stops_within_300_ms_of_a_bad_sign():
    subscriber = Subscriber(SimulatedLine(limit_bps=400_000))

    moments = subscriber.run(60)

    for number, moment in enumerate(moments[:-2]):
        if moment.bad_sign and moment.padding:
            assert moments[number + 1].padding == 0


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("line", [{"loss": 0.05}, {"loss": 0.05, "jitter_s": 0.04}, {}])
def test_loss_and_jitter_do_not_take_the_picture_away(line, seed):
    subscriber = Subscriber(SimulatedLine(seed=seed, **line), seed=seed)

    moments = subscriber.run(30)

    assert {moment.layer for moment in moments} == {"f"}


@pytest.mark.parametrize("seed", range(3))
def test_loss_in_bursts_never_takes_it_down_to_a_thumbnail(seed):
    line = SimulatedLine(seed=seed, burst_loss=0.05, burst_packets=5)

    moments = Subscriber(line, seed=seed).run(40)

    assert {moment.layer for moment in moments} <= {"f", "h"}


def test_what_is_said_while_a_line_check_bursts_is_no_evidence():
    estimate = DownlinkEstimate()
    estimate.wants(WISH_BPS)
    now = send(estimate, F_BPS, 0.0, 3.0)
    estimate.excuse(now + 3.0)
    estimate.excuse(now + 1.0)  # a later end stays
    estimate.on_remb(F_BPS, now)
    estimate.on_remb(600_000, now + 0.5)
    estimate.on_remb(300_000, now + 2.5)
    for second in range(3):
        estimate.on_report(0.4, 100, now + second)
    assert estimate.bps is None

    estimate.on_remb(1_400_000, now + 3.1)
    estimate.on_remb(1_000_000, now + 3.2)
    assert estimate.bps is not None
