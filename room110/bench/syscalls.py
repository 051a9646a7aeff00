"""Syscalls: what the kernel alone takes for a packet, the floor under every forwarder here.

One process sends what a stage is made of (shape.py), sealed in size but not in fact, to as many
sockets of another process, which drains them as the raw clients do.  Nothing is encrypted, rewritten
or decided.  Video goes one datagram a call (``sendto``), or several in one ``sendmsg`` with
``UDP_SEGMENT`` (udp(7)); sound always one a call.  The figure is the sending thread's processor time
per packet; on loopback it includes the way up to the receiver's socket.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import platform
import socket
import struct
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Final

from room110.bench.shape import Shape
from room110.bench.wire import Address, udp_socket

BATCHES: Final = (1, 4, 8, 16)
TAG_BYTES: Final = 16
"""Of AEAD_AES_128_GCM (RFC 7714)."""
SINK_TICK_S: Final = 0.005
ROUNDS_AT_ONCE: Final = 8
STOP_S: Final = 5.0

_SOL_UDP: Final = 17
_UDP_SEGMENT: Final = 103
"""linux/udp.h; the socket module has no name for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    batch: int
    """Video datagrams a call."""
    sent: int
    received: int
    us_per_packet: float


def floor(*, subscribers: int, seconds: float, shape: Shape | None = None) -> list[Cost]:
    """For each of ``BATCHES``, sending for *seconds*; none that the kernel refuses."""
    shape = shape or Shape()
    costs = []
    for batch in BATCHES:
        with contextlib.suppress(OSError), _sinks(subscribers) as sinks:
            costs.append(_cost(sinks, shape, batch, seconds))
    return costs


def machine() -> dict[str, Any]:
    """Where all this was measured."""
    return {
        "cpus": multiprocessing.cpu_count(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "load": [round(load, 2) for load in _load()],
    }


class _Sinks:
    def __init__(self, addresses: Sequence[Address], pipe: Connection) -> None:
        self.addresses = addresses
        self._pipe = pipe

    def received(self) -> int:
        self._pipe.send("count")
        count: int = self._pipe.recv()
        return count


@contextmanager
def _sinks(count: int) -> Iterator[_Sinks]:
    # Not forked: this process may have threads and a loop.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_drain, args=(theirs, count), daemon=True)
    process.start()
    try:
        yield _Sinks(ours.recv(), ours)
    finally:
        ours.send("stop")
        process.join(STOP_S)
        if process.is_alive():
            process.kill()


def _drain(pipe: Connection, count: int) -> None:
    sockets = [udp_socket("127.0.0.1") for _ in range(count)]
    pipe.send([opened.getsockname() for opened in sockets])
    buffer = bytearray(2048)
    packets = 0
    while True:
        asked = pipe.poll(SINK_TICK_S) and pipe.recv()
        for opened in sockets:
            receive = opened.recv_into
            with contextlib.suppress(BlockingIOError):
                while True:
                    receive(buffer)
                    packets += 1
        if asked == "stop":
            break
        if asked == "count":
            pipe.send(packets)
            packets = 0
    for opened in sockets:
        opened.close()


def _cost(sinks: _Sinks, shape: Shape, batch: int, seconds: float) -> Cost:
    video = bytes(shape.video_bytes + TAG_BYTES)
    audio = bytes(shape.audio_bytes + TAG_BYTES)
    sounds = max(1, round(batch * shape.audio_pps / shape.video_pps))
    pictures = max(batch, round(sounds * shape.video_pps / shape.audio_pps))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 << 20)
        send_video = _in_ones(sender, video) if batch == 1 else _in_batches(sender, video, batch)
        send_audio = _in_ones(sender, audio)
        sent, spent_s = 0, 0.0
        while spent_s < seconds:
            began_s = time.thread_time()
            for _ in range(ROUNDS_AT_ONCE):
                for address in sinks.addresses:
                    for _ in range(pictures // batch):
                        send_video(address)
                    for _ in range(sounds):
                        send_audio(address)
            spent_s += time.thread_time() - began_s
            sent += ROUNDS_AT_ONCE * len(sinks.addresses) * (pictures + sounds)
            # The sinks keep up, or the kernel would drop what nobody has paid for.
            time.sleep(2 * SINK_TICK_S)
        return Cost(
            batch=batch,
            sent=sent,
            received=sinks.received(),
            us_per_packet=round(spent_s / sent * 1e6, 2),
        )


def _in_ones(sender: socket.socket, packet: bytes) -> Callable[[Address], object]:
    send = sender.sendto
    return lambda address: send(packet, address)


def _in_batches(sender: socket.socket, packet: bytes, batch: int) -> Callable[[Address], object]:
    packets = packet * batch
    control = [(_SOL_UDP, _UDP_SEGMENT, struct.pack("=H", len(packet)))]
    send = sender.sendmsg
    return lambda address: send((packets,), control, 0, address)


def _load() -> Sequence[float]:
    with open("/proc/loadavg", encoding="ascii") as file:  # noqa: PTH123 - one line of three
        return [float(word) for word in file.read().split()[:3]]
