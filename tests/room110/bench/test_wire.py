"""Two wires against each other: what one publishes the other counts, in either DTLS role."""

from __future__ import annotations

import asyncio

import pytest

from room110.bench import tally
from room110.bench import wire as module
from room110.bench.pump import pumping
from room110.bench.shape import Shape
from room110.bench.wire import Wire, WireFailed, udp_socket

SAMPLE = 8


async def connected(publisher, viewer, *, role="client"):
    other = "server" if role == "client" else "client"

    def there(wire):
        fingerprints = [("sha-256", wire.fingerprint)]
        return {"ufrag": wire.ufrag, "pwd": wire.pwd, "fingerprints": fingerprints}

    await asyncio.gather(
        publisher.connect(viewer.address, role=role, **there(viewer)),
        viewer.connect(publisher.address, role=other, **there(publisher)),
    )


@pytest.fixture
async def pair():
    publisher = Wire(udp_socket("127.0.0.1"), name="one", shape=Shape())
    viewer = Wire(udp_socket("127.0.0.1"), name="two", controlling=False)
    yield publisher, viewer
    await publisher.close()
    await viewer.close()


@pytest.mark.parametrize("role", ["client", "server"])
@pytest.mark.parametrize("woken", [False, True])
async def test_what_one_publishes_the_other_counts(pair, role, woken, monkeypatch):
    monkeypatch.setattr(tally, "SAMPLE", SAMPLE)
    publisher, viewer = pair
    await connected(publisher, viewer, role=role)
    async with pumping(woken=woken) as pump:
        pump.add(publisher)
        pump.add(viewer)
        await asyncio.sleep(1.0)
        pump.remove(publisher)
        pump.drain()
        pump.remove(viewer)

    assert publisher.profile == viewer.profile == "SRTP_AEAD_AES_128_GCM"
    assert viewer.tally.packets == publisher.publisher.packets > 20
    assert (viewer.tally.lost, viewer.tally.bad_samples) == (0, 0)
    assert viewer.tally.samples == viewer.tally.packets // SAMPLE
    assert len(viewer.tally.streams) == 2
    assert publisher.tally.packets == 0


async def test_who_leaves_silently_says_nothing(pair):
    publisher, viewer = pair
    await connected(publisher, viewer)
    await viewer.close(silently=True)
    await asyncio.sleep(0.05)

    assert publisher.connected
    assert not viewer.connected


async def test_nobody_there_is_a_failure(monkeypatch):
    monkeypatch.setattr(module, "CONNECT_S", 0.2)
    wire = Wire(udp_socket("127.0.0.1"), name="one")
    with udp_socket("127.0.0.1") as deaf:
        with pytest.raises(WireFailed, match="one: no answer"):
            await wire.connect(deaf.getsockname(), ufrag="a", pwd="b", fingerprints=[])
        await wire.close()
