"""Real endpoints, ICE, DTLS and SRTP, over sockets with a simulated line between: what a check finds."""

from __future__ import annotations

import asyncio

import pytest

from bridge.check.measure import figures_of
from bridge.endpoint.library import ClipLibrary
from room110.bench.line import SimulatedLine
from room110.bench.relay import relay
from tests.bridge.check.real import hall, room


async def test_two_rooms_at_once_a_bad_line_and_a_thin_one(tmp_path):
    bad_up, bad_down = SimulatedLine(loss=0.1, seed=3), SimulatedLine(loss=0.1)
    thin = SimulatedLine(limit_bps=1_500_000)
    with ClipLibrary(tmp_path) as library:
        async with (
            hall() as it,
            relay(it.where, up=bad_up, down=bad_down) as bad,
            relay(it.where, up=SimulatedLine(), down=thin) as narrow,
            room(it, "01", library, port=bad.port),
            room(it, "02", library, port=narrow.port),
        ):
            await asyncio.sleep(0.5)
            tried = await asyncio.gather(it.tried("01"), it.tried("02"))
    lossy, capped = (figures_of(one, None, None, bursts=True) for one in tried)

    assert lossy.loss_up == pytest.approx(0.1, abs=0.04)
    assert lossy.loss_down == pytest.approx(0.1, abs=0.06)
    assert capped.down_bps == pytest.approx(1_500_000, rel=0.4)
    assert tried[1].best_up_bps > 300_000
    assert capped.loss_down == pytest.approx(0.0, abs=0.03)
    assert capped.loss_up == pytest.approx(0.0, abs=0.01)
    for figures in (lossy, capped):
        assert (figures.way, figures.family) == ("udp", "ipv4")
        assert (figures.width, figures.height) == (640, 360)
        assert figures.frames_per_s == pytest.approx(15, abs=6)
        assert figures.spoken_dbov == figures.noise_dbov == -20
        assert figures.rtt_s == pytest.approx(0.04, abs=0.2)
