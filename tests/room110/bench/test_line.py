from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from room110.bench.line import BUFFER, BURST, RANDOM, SimulatedLine


def run(line: SimulatedLine, times: list[float], size: int = 1000) -> list[tuple[float, int]]:
    """Send numbered datagrams at *times*; when each came out, in the order of arrival."""
    arrived: list[tuple[float, int]] = []

    def wait_until(end: float) -> None:
        while (at := line.next_deadline()) is not None and at <= end:
            came = line.due(at)
            arrived.extend((at, int.from_bytes(data[:4], "big")) for data in came)
            following = line.next_deadline()
            assert came or following is None or following > at  # else a relay would spin

    for number, at in enumerate(times):
        wait_until(at)
        line.send(number.to_bytes(4, "big") + bytes(size - 4), at)
    wait_until(float("inf"))
    return arrived


def test_a_plain_line_delays():
    line = SimulatedLine(delay_s=0.25)

    assert run(line, [0.0, 0.5]) == [(0.25, 0), (0.75, 1)]
    assert line.next_deadline() is None
    assert line.delivered == line.sent == 2


def test_nothing_comes_out_early():
    line = SimulatedLine(delay_s=0.25)
    line.send(b"x", 0.0)

    assert line.due(0.2) == []
    assert line.due(0.25) == [b"x"]


def test_the_bottleneck_spreads_a_burst():
    line = SimulatedLine(limit_bps=80_000, delay_s=0.0, buffer_s=1.0)

    assert run(line, [0.0, 0.0, 0.0]) == [(pytest.approx(0.1 * n), n - 1) for n in (1, 2, 3)]


def test_a_full_buffer_drops_the_newest():
    line = SimulatedLine(limit_bps=80_000, delay_s=0.0, buffer_s=0.25)

    assert [number for _, number in run(line, [0.0] * 5)] == [0, 1]
    assert line.lost == {BUFFER: 3}


def test_a_datagram_longer_than_the_buffer_passes_alone():
    line = SimulatedLine(limit_bps=80_000, delay_s=0.0, buffer_s=0.01)

    assert len(run(line, [0.0, 1.0])) == 2


def test_what_waits_leaves_at_the_new_rate():
    line = SimulatedLine(limit_bps=80_000, delay_s=0.0, buffer_s=1.0)
    for data in (b"a" * 1000, b"b" * 1000):
        line.send(data, 0.0)
    line.limit(8_000, 0.05)

    assert line.queue_s == pytest.approx(1.5)
    assert line.next_deadline() == pytest.approx(0.55)


def test_a_limit_that_goes_lets_out_what_waits():
    line = SimulatedLine(limit_bps=8_000, delay_s=0.0, buffer_s=9.0)
    for data in (b"a" * 1000, b"b" * 1000):
        line.send(data, 0.0)
    line.limit(None, 0.5)

    assert [data[:1] for data in line.due(0.5)] == [b"a", b"b"]


@pytest.mark.parametrize("jitter", ["uniform", "normal"])
def test_jitter_without_reordering_keeps_the_order(jitter):
    line = SimulatedLine(delay_s=0.1, jitter_s=0.04, jitter=jitter)
    times = [n / 200 for n in range(1000)]

    arrived = run(line, times)

    assert [number for _, number in arrived] == list(range(1000))
    delays = [at - times[number] for at, number in arrived]
    assert min(delays) >= 0.1 - 1e-9
    assert max(delays) <= 0.14 + 1e-9
    assert max(delays) - min(delays) > 0.03


def test_jitter_with_reordering():
    line = SimulatedLine(jitter_s=0.04, reorders=True)
    numbers = [number for _, number in run(line, [n / 200 for n in range(1000)])]

    assert numbers != sorted(numbers)
    assert sorted(numbers) == list(range(1000))


def test_random_loss():
    line = SimulatedLine(loss=0.05)
    run(line, [n / 1000 for n in range(20_000)])

    assert line.lost[RANDOM] / line.sent == pytest.approx(0.05, abs=0.005)


def test_loss_in_bursts_has_its_share_and_its_length():
    line = SimulatedLine(burst_loss=0.05, burst_packets=8)
    got = {number for _, number in run(line, [n / 1000 for n in range(100_000)])}
    lost = [number not in got for number in range(100_000)]
    bursts = sum(now and not before for before, now in zip([False, *lost], lost, strict=False))

    assert line.lost[BURST] == sum(lost)
    assert sum(lost) / 100_000 == pytest.approx(0.05, abs=0.008)
    assert sum(lost) / bursts == pytest.approx(8, abs=1)


def test_the_same_seed_is_the_same_line():
    times = [n / 100 for n in range(500)]

    first, second, other = (
        run(SimulatedLine(seed=seed, loss=0.1, jitter_s=0.02), times) for seed in (1, 1, 2)
    )

    assert first == second != other


@settings(max_examples=40, deadline=None)
@given(
    gaps=st.lists(st.floats(0, 0.2), max_size=60),
    limit=st.sampled_from([None, 20_000, 400_000]),
    loss=st.sampled_from([0.0, 0.3]),
    burst=st.sampled_from([0.0, 0.3]),
    reorders=st.booleans(),
)
def test_everything_sent_is_delivered_or_lost_for_a_reason(gaps, limit, loss, burst, reorders):
    line = SimulatedLine(
        limit_bps=limit, loss=loss, burst_loss=burst, jitter_s=0.03, reorders=reorders
    )
    times, now = [], 0.0
    for gap in gaps:
        now += gap
        times.append(now)

    arrived = run(line, times)

    assert len({number for _, number in arrived}) == len(arrived) == line.delivered
    assert line.sent == line.delivered + line.lost.total()
    assert all(at >= times[number] + line.delay_s - 1e-9 for at, number in arrived)
