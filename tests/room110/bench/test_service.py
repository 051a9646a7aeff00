"""A service for real, as the benches start one."""

from __future__ import annotations

import pytest

from room110.bench.chromium import until
from room110.bench.guest import guest
from room110.bench.pump import pumping
from room110.bench.service import media, service, settled
from room110.bench.shape import Shape
from room110.cli.exits import Failure


async def test_it_runs_with_its_processes_named_and_takes_guests(tmp_path):
    async with service(tmp_path) as running, pumping() as pump:
        assert {"media", "control", "supervisor"} <= set(running.processes())
        local = running.local
        token = local.site_token("01")
        async with guest(local.ws, token, pump, name="site-01", shape=Shape()) as wire:
            await settled(local, {"01"}, timeout_s=10.0)
            assert wire.profile == "SRTP_AEAD_AES_128_GCM"
            # The plane is asked once a second.
            await until(lambda: media(local), lambda told: told["sessions"] == 1)
            with pytest.raises(Failure, match="no media at 02"):
                await settled(local, {"01", "02"}, timeout_s=0.1)
        assert pump.wires == []
        pid = running.pid
    assert pid > 0


async def test_one_that_cannot_start_is_told(tmp_path):
    (tmp_path / "secret").mkdir()

    with pytest.raises(Failure, match=r"the service (ended with 78|did not answer)"):
        async with service(tmp_path):
            pass
