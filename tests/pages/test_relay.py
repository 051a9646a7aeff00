"""A site whose firewall lets nothing out but 443/tcp takes part, through the TURN server of deploy/.

That nothing else gets out is what the browser is told here (``iceTransportPolicy``): it then has no
candidate but the relay's, over TLS.  Beside it a page that is told of the same server and has a way
of its own: it does not take the relay.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from bridge.conference.words import CENTRE, Role
from room110.bench.chromium import chromium, context
from room110.premises import Premises, premises
from tests.pages.conftest import CAMERA
from tests.support.addresses import own_address
from tests.support.browser import Screen
from tests.support.turn_server import turn_server

pytestmark = pytest.mark.asyncio(loop_scope="package")

SHUT_IN = """
globalThis.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(options) {
    super({ ...options, iceTransportPolicy: "relay" });
  }
  setConfiguration(options) {
    super.setConfiguration({ ...options, iceTransportPolicy: "relay" });
  }
};
"""
OWN_END = """
async () => {
  const { Stats } = await import("/pages/js/stats.js");
  const report = await globalThis.room110Probe.connection(0).getStats();
  const rows = [...report.values()];
  const way = rows.find((row) => row.type === "candidate-pair" && row.nominated);
  const own = report.get(way.localCandidateId);
  return [new Stats().look(report).relayed, own.relayProtocol ?? null];
}
"""


@asynccontextmanager
async def site(browser: Any, running: Premises, code: str, *scripts: str) -> AsyncIterator[Screen]:
    profile = await context(browser)
    try:
        for script in scripts:
            await profile.add_init_script(script)
        shown = Screen(code, await profile.new_page())
        address = running.link("site", role=Role.SITE, site=code, camera=CAMERA)
        await shown.page.goto(address)
        await shown.waits_for("body[data-media='up']")
        yield shown
        assert await shown.faults() == []
    finally:
        await profile.close()


async def test_who_has_443_alone_takes_part_through_the_relay_and_nobody_else_uses_it(
    files, tmp_path
):
    here = own_address()
    async with turn_server(tmp_path, here) as turn, AsyncExitStack() as stack:
        enter = stack.enter_async_context
        settings = {
            "ROOM110_MEDIA_HOST": here,
            "ROOM110_MEDIA_ADVERTISE": here,
            "ROOM110_TURN_URLS": turn.url,
            "ROOM110_TURN_SECRET_FILE": str(turn.secret),
        }
        running, browser = await asyncio.gather(
            enter(premises(tmp_path / "state", sites=1, env=settings)),
            enter(chromium(sound=files["tone"], picture=files["picture"], trusts=turn.key)),
        )
        shut_in, free = await asyncio.gather(
            enter(site(browser, running, "92", SHUT_IN)), enter(site(browser, running, "96"))
        )
        chair = running.local.token("chair.tests", Role.CHAIR, site=CENTRE)
        for path, body in (
            ("/conference/phase", {"to": "open"}),
            ("/floor/grants", {"site": "92"}),
        ):
            await running.local._ask("POST", path, body, token=chair)

        await asyncio.gather(
            shut_in.sees(CENTRE, "chair"),
            shut_in.hears_only([CENTRE]),
            free.sees("92", "speaker.1"),
        )

        assert await shut_in.page.evaluate(OWN_END) == [1, "tls"]
        assert await free.page.evaluate(OWN_END) == [0, None]
