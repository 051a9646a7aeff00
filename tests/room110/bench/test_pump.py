from __future__ import annotations

import asyncio

from room110.bench.pump import pumping


class Served:
    def __init__(self, *, connected=True):
        self.connected = connected
        self.served = self.drained = 0

    def serve(self, now_s):
        self.served += 1

    def drain(self):
        self.drained += 1


async def test_who_is_connected_is_served_and_nobody_after_the_end():
    there, not_yet = Served(), Served(connected=False)
    async with pumping() as pump:
        pump.add(there)
        pump.add(not_yet)
        while there.served < 5:  # noqa: ASYNC110 - the pump is what is waited for
            await asyncio.sleep(0.01)
        pump.drain()
    served = there.served
    await asyncio.sleep(0.03)

    assert there.served == served
    assert there.drained == 1
    assert (not_yet.served, not_yet.drained) == (0, 0)


async def test_who_was_removed_is_served_no_more():
    member = Served()
    async with pumping() as pump:
        pump.add(member)
        pump.remove(member)
        await asyncio.sleep(0.03)

    assert member.served == 0
