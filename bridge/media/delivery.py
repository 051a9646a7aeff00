"""Delivery: what a subscriber is shown, written, sealed and sent.

This is the hot path outwards: it runs once per packet and subscriber, with bytes and ints.

* **First time**: groups of packets of one source, one call of the kernel each.  When the kernel
  takes no more, the rest of that picture is not sent either: a part of it would only fill the
  buffer further, and the subscriber asks for the whole again or for a key frame.
* **Again** (NACK, RFC 4585): rebuilt from the source's history with the numbers it had, and sent in
  the outlet's own stream of retransmissions (RFC 4588); never in the stream itself, whose
  numbers are sealed once (:mod:`bridge.media.seal`).  Not sooner than a round trip after the last
  time, and in all not more than ``REPEAT_SHARE`` of what was sent: where a line is too narrow,
  everything is asked for again, and repeating it would leave no room for what is new (tried with
  200 packets a second and 400 kbit/s: 4 Mbit/s were sent, and the picture stood for 13 s of 20).
* **Nothing**: padding in that same stream, to find out what the line carries.

A client that has negotiated AES-CM instead of AES-GCM is sealed by libsrtp: 2.5 us more a packet.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from bridge.media.core import rtx
from bridge.media.core.drops import DropReason
from bridge.media.core.packets import BARE, HEADER_BYTES, Packet, Tail, csrc_of, tail, write
from bridge.media.core.picture import read
from bridge.media.core.rewrite import Run
from bridge.media.core.rtp import fixed_header, header_length, payload_end
from bridge.media.core.serial import latest16
from bridge.media.dtls import SRTP_FAILURES, Dtls
from bridge.media.seal import NONCE_BYTES, Sealer
from bridge.media.streams import Outlet, Source
from bridge.media.udp import Address, Port

REPEAT_SHARE: Final = 0.25
"""Of the bytes of one subscriber.  A line that loses more is not helped by more."""
REPEAT_BYTES: Final = 40_000
"""What may be saved of it: a large key frame that was lost whole."""
RESERVED_BYTES: Final = REPEAT_BYTES // 2
"""Of that, for what a slot shows now: it is there again after each switch, since what was too much
is mostly why it switched, and what was shown before gets none of it."""
REPEAT_AGAIN_S: Final = 0.03
"""A round trip that is shorter, or unknown, is taken for this (as upstream, core/nack.py)."""
REMEMBERED_REPEATS: Final = 256

Route = tuple[Port, Address]


class Repeats:
    """The stream of retransmissions beside an outlet."""

    __slots__ = ("index", "run", "sent_s", "ssrc")

    def __init__(self, ssrc: int, seq: int) -> None:
        self.ssrc = ssrc
        self.index = seq
        """Of the next packet, without wraps."""
        self.sent_s: dict[int, float] = {}
        """Outgoing index of what was sent again -> when; the newest ``REMEMBERED_REPEATS``."""
        self.run: Run | None = None
        """What the outlet showed when something was asked for last."""


class Delivery:
    """The way out to one client.  Its owner sets :attr:`route` when an address is known, and calls
    :meth:`open` once there are keys."""

    def __init__(
        self,
        drops: Counter[DropReason],
        *,
        send_time: int | None = None,
        on_bug: Callable[[Exception], None],
    ) -> None:
        """*send_time*: the client's number for abs-send-time in pictures.  *on_bug* hears of a bug of
        ours met while sending to this client, in whoever's call; it must neither raise nor change
        the table at once."""
        self._send_time = send_time
        self.route: Route | None = None
        self.packets = self.bytes = 0
        """RTP headers and payloads that left, padding and retransmissions too."""
        self.repeated = 0
        """Packets sent again."""
        self.padding_bytes = 0
        """Sent to try the line."""
        self._drops = drops
        self._on_bug = on_bug
        self._protect: Callable[[bytes], bytes] | None = None
        self._sealer: Sealer | None = None
        self._beside_bytes = 0
        """Of :attr:`bytes`, those sent again or for nothing."""
        self._allowed_bytes = float(REPEAT_BYTES)
        self._counted_bytes = 0

    def open(self, dtls: Dtls) -> None:
        keys = dtls.sealing_keys()
        self._sealer = Sealer.from_master(*keys) if keys is not None else None
        self._protect = dtls.protect

    def shut(self) -> None:
        """Send no more: the session ends."""
        self._protect = self._sealer = None

    # First time.

    def deliver(self, outlet: Outlet, run: Run, groups: Sequence[list[Packet]]) -> None:
        """Write, seal and send, or drop by name.  Raises nothing: it is called on others' ways."""
        if self.route is None or self._protect is None:
            self._drops[DropReason.NOT_READY] += sum(map(len, groups))
            return
        try:
            for group in groups:
                whole = group if outlet.choked is None else self._uncut(outlet, group)
                if whole:
                    self._send(outlet, run, whole, *self.route)
        except Exception as bug:  # noqa: BLE001 - ours; the publisher whose packet it is goes on
            self._on_bug(bug)

    def _send(
        self, outlet: Outlet, run: Run, group: Sequence[Packet], port: Port, address: Address
    ) -> None:
        ssrc = outlet.ssrc
        behind = self._tail(outlet.source) if outlet.kind == "video" else BARE
        sealed: list[bytes] = []
        payload_bytes = 0
        if self._sealer is not None:
            encrypt, base, delta = self._sealer.encrypt, self._sealer.base(ssrc), run.index_delta
            for packet in group:
                header, payload = write(packet, run, ssrc, behind)
                nonce = (base ^ packet[0] + delta).to_bytes(NONCE_BYTES, "big")
                sealed.append(header + encrypt(nonce, payload, header))
                payload_bytes += len(payload)
        else:
            assert self._protect is not None
            for packet in group:
                header, payload = write(packet, run, ssrc, behind)
                try:
                    sealed.append(self._protect(header + payload))
                except SRTP_FAILURES:
                    self._drops[DropReason.SRTP_REFUSED] += 1
                    continue
                payload_bytes += len(payload)
        if not sealed:
            return
        taken = port.send_all(sealed, len(sealed[0]), address)
        if taken < len(sealed):
            beside = (sum(map(len, sealed)) - payload_bytes) // len(sealed)  # header and tag
            payload_bytes = sum(map(len, sealed[:taken])) - beside * taken
            if outlet.kind == "video" and not group[-1][3]:
                outlet.choked = group[-1][1]
        self.packets += taken
        self.bytes += payload_bytes + (HEADER_BYTES + len(behind[1])) * taken
        outlet.packets += taken
        outlet.bytes += payload_bytes

    def _tail(self, source: Source | None) -> Tail:
        """Of pictures: whose it is, and when it leaves."""
        csrc = csrc_of(source.feed.site) if source is not None else None
        return tail(csrc, self._send_time, time.monotonic())

    def _uncut(self, outlet: Outlet, group: Sequence[Packet]) -> list[Packet]:
        """Those of *group* that are not of the picture that was cut."""
        rest = [packet for packet in group if packet[1] != outlet.choked]
        self._drops[DropReason.FRAME_CUT] += len(group) - len(rest)
        if rest:
            outlet.choked = None
        return rest

    # Again.

    def repeat(
        self, outlet: Outlet, repeats: Repeats, seqs: Iterable[int], rtt_s: float, now_s: float
    ) -> None:
        """Send again what the subscriber asks for, as far as it is known."""
        newest, _ = outlet.newest()
        if repeats.run is not outlet.run:
            repeats.run = outlet.run
            self._allowed_bytes = max(self._allowed_bytes, RESERVED_BYTES)
        for seq in seqs:
            out = latest16(seq, newest)
            sent_s = repeats.sent_s.get(out)
            if sent_s is not None and now_s - sent_s < max(rtt_s, REPEAT_AGAIN_S):
                self._drops[DropReason.REPEAT_TOO_SOON] += 1
                continue
            packet = _rebuilt(outlet, out)
            if packet is None:
                self._drops[DropReason.REPEAT_GONE] += 1
                continue
            run, source, written = packet
            kept = 0 if run is outlet.run else RESERVED_BYTES
            if not self._is_allowed(len(written), kept):
                self._drops[DropReason.REPEAT_LIMIT] += 1
                continue
            number = outlet.rtx_of(run.payload_type)
            if number is None:
                self._drops[DropReason.REPEAT_GONE] += 1
                continue
            repeats.sent_s.pop(out, None)
            repeats.sent_s[out] = now_s
            if len(repeats.sent_s) > REMEMBERED_REPEATS:
                del repeats.sent_s[next(iter(repeats.sent_s))]
            again = rtx.wrap(
                written,
                start=HEADER_BYTES,
                ssrc=repeats.ssrc,
                payload_type=number,
                seq=repeats.index & 0xFFFF,
                tail=self._tail(source),
            )
            self.repeated += self._send_beside(repeats, again)

    def _is_allowed(self, size: int, kept: int) -> bool:
        first_bytes = self.bytes - self._beside_bytes
        more_bytes = (first_bytes - self._counted_bytes) * REPEAT_SHARE
        self._counted_bytes = first_bytes
        self._allowed_bytes = min(self._allowed_bytes + more_bytes, REPEAT_BYTES)
        if self._allowed_bytes - kept < size:
            return False
        self._allowed_bytes -= size
        return True

    # Nothing.

    def pad(self, outlet: Outlet, repeats: Repeats, size: int, timestamp: int) -> None:
        """A packet of *size* bytes of padding (1 to 255), beside what *outlet* shows, or would show
        if the line carried it."""
        number = next((p.rtx for p in outlet.payloads.values() if p.rtx is not None), None)
        if number is None:
            return
        seq = repeats.index & 0xFFFF
        packet = rtx.padding(repeats.ssrc, number, seq, timestamp, size, self._tail(None))
        if self._send_beside(repeats, packet):
            self.padding_bytes += len(packet)

    def _send_beside(self, repeats: Repeats, packet: bytes) -> bool:
        """Seal and send in the stream of retransmissions, or drop by name; whether it left."""
        if self.route is None or self._protect is None:
            self._drops[DropReason.NOT_READY] += 1
            return False
        port, address = self.route
        end = header_length(packet)
        header, payload = packet[:end], packet[end:]
        if self._sealer is not None:
            sealed = self._sealer.seal(repeats.ssrc, repeats.index, header, payload)
        else:
            try:
                sealed = self._protect(packet)
            except SRTP_FAILURES:
                self._drops[DropReason.SRTP_REFUSED] += 1
                return False
        repeats.index += 1
        if not port.send(sealed, address):
            return False
        self.packets += 1
        self.bytes += len(packet)
        self._beside_bytes += len(packet)
        return True


def _rebuilt(outlet: Outlet, out: int) -> tuple[Run, Source, bytes] | None:
    """The packet that went out under this index, bare, with its run and its source; None: it is not
    known."""
    runs = list(outlet.former)
    if outlet.run is not None and outlet.source is not None:
        runs.insert(0, (outlet.run, outlet.source))
    for run, source in runs:
        index = run.source_index(out)
        if index is None:
            continue
        then = run.at(index)
        data = source.remembered(index)
        if then is None or data is None:
            return None
        return run, source, _written(source, then, outlet.ssrc, data, index)
    return None


def _written(source: Source, run: Run, ssrc: int, data: bytes, index: int) -> bytes:
    marker, _, _, timestamp, _ = fixed_header(data)
    start, stop = header_length(data), payload_end(data)
    descriptor, rest, picture_id, bits, tl0, tier, _ = read(source.codec, data, start, stop)
    if bits:
        picture_id = source.pictures.unwrapped(picture_id, bits)
    packet = (
        index,
        timestamp,
        0x80,
        marker << 7,
        descriptor,
        picture_id,
        tl0,
        tier,
        data[rest:stop],
    )
    header, payload = write(packet, run, ssrc)
    return header + payload
