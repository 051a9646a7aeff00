"""What comes out of the relay is what its lines let through, at the client it belongs to."""

from __future__ import annotations

import asyncio
import socket
from contextlib import contextmanager

from room110.bench.line import RANDOM, SimulatedLine
from room110.bench.relay import HEADER_BYTES, HOST, relay
from tests.support.eventually import eventually


@contextmanager
def udp():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind((HOST, 0))
        made.setblocking(False)
        yield made


async def received(where: socket.socket, count: int) -> list[tuple[bytes, tuple[str, int]]]:
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(5):
        return [await loop.sock_recvfrom(where, 2048) for _ in range(count)]


async def test_each_client_has_a_socket_of_its_own_and_gets_what_is_sent_there():
    with udp() as service, udp() as first, udp() as second:
        async with relay(service.getsockname()) as between:
            first.sendto(b"from the first", (HOST, between.port))
            second.sendto(b"from the second", (HOST, between.port))
            told = dict(await received(service, 2))

            for data, address in told.items():
                service.sendto(data.replace(b"from", b"to"), address)

            assert len(set(told.values())) == 2
            back = await received(first, 1) + await received(second, 1)
            assert [data for data, _ in back] == [b"to the first", b"to the second"]
            assert {address for _, address in back} == {(HOST, between.port)}
            assert between.clients == 2
            assert (
                between.up.bytes == len(b"from the first" + b"from the second") + 2 * HEADER_BYTES
            )


async def test_what_the_line_loses_does_not_come():
    up = SimulatedLine(delay_s=0.0, loss=1.0)
    with udp() as service, udp() as client:
        async with relay(service.getsockname(), up=up) as between:
            client.sendto(b"lost", (HOST, between.port))
            await eventually(lambda: up.sent == 1)
            up.loss = 0.0
            client.sendto(b"found", (HOST, between.port))

            assert [data for data, _ in await received(service, 1)] == [b"found"]
            assert up.lost == {RANDOM: 1}


async def test_a_queue_is_noted_and_a_limit_that_goes_lets_it_out():
    up = SimulatedLine(delay_s=0.0, limit_bps=800, buffer_s=100.0)
    with udp() as service, udp() as client:
        async with relay(service.getsockname(), up=up) as between:
            for number in range(3):
                client.sendto(bytes([number]) * 972, (HOST, between.port))
            await eventually(lambda: len(between.up.queued) == 3)

            between.up.limit(None)

            assert [data[0] for data, _ in await received(service, 3)] == [0, 1, 2]
            queues_s = [queued.queue_s for queued in between.up.queued]
            assert all(10 * n - 1 < queue_s <= 10 * n for n, queue_s in enumerate(queues_s, 1))


async def test_nobody_on_the_other_side_is_no_fault_of_the_relay():
    with udp() as gone:
        nowhere = gone.getsockname()
    with udp() as client:
        async with relay(nowhere) as between:
            for _ in range(3):
                client.sendto(b"hello", (HOST, between.port))
                await asyncio.sleep(0.01)

            assert between.up.line.delivered == 3
