"""A guest for real: who vanished is kept, who said goodbye is gone."""

from __future__ import annotations

import asyncio

from room110.bench.chromium import until
from room110.bench.guest import guest
from room110.bench.pump import pumping
from room110.bench.service import media, service, settled


async def come_and_go(local, pump, *, goodbye):
    token = local.site_token("01")
    async with guest(local.ws, token, pump, name="site-01", goodbye=goodbye):
        await settled(local, {"01"}, timeout_s=10.0)


async def test_who_vanished_is_kept_and_who_said_goodbye_is_gone(tmp_path):
    async with service(tmp_path) as running, pumping() as pump:
        local = running.local
        await come_and_go(local, pump, goodbye=False)
        # The plane is asked once a second: this is what it says of after.
        await asyncio.sleep(1.5)
        assert (await media(local))["sessions"] == 1

        await come_and_go(local, pump, goodbye=True)
        await until(lambda: media(local), lambda told: told["sessions"] == 0)
