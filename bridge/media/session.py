"""MediaSession: one client's transport and its streams.

Carries, does not decide: what comes in is decrypted and named (:mod:`bridge.media.incoming`), then
handed to the forwarder; what goes out is sealed and sent (:mod:`bridge.media.delivery`) to the
address that ICE nominated.  Its RTCP is its own: what it says is heard in
:mod:`bridge.media.feedback`, what it is told is made by :mod:`bridge.media.reports`, and nothing of
another client is ever passed through, least of all a BYE, which would stop an aiortc receiver for
good (research/aiortc.md 2).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

import structlog

from bridge.media.acknowledged import Acknowledged, count
from bridge.media.beginning import MEDIA, Beginning
from bridge.media.core import rtcp, rtp
from bridge.media.core.clock import SessionClock
from bridge.media.core.drops import DropReason
from bridge.media.core.rewrite import Numbers
from bridge.media.core.rtcp_writer import compound
from bridge.media.delivery import Delivery, Repeats
from bridge.media.downline import Downline
from bridge.media.dtls import SRTP_FAILURES, Dtls
from bridge.media.forwarder import Forwarder
from bridge.media.incoming import MALFORMED, Incoming
from bridge.media.plane import Downlink, SessionSpec
from bridge.media.streams import CLOCK_HZ, Outlet
from bridge.media.udp import Address, Port
from bridge.media.upline import Upline

log = structlog.get_logger(__name__)

MAX_ADDRESSES: Final = 8
"""Candidate pairs of one client that may be checked at the same time."""


class Credentials:
    """What a check must know (RFC 8445 section 7): names and our password."""

    __slots__ = ("local_pwd", "local_ufrag", "remote_ufrag")

    def __init__(self, *, local_ufrag: str, local_pwd: str, remote_ufrag: str) -> None:
        self.local_ufrag = local_ufrag
        self.local_pwd = local_pwd
        self.remote_ufrag = remote_ufrag


class MediaSession:
    """Made at the answer; :attr:`connected` once DTLS is done."""

    def __init__(
        self,
        spec: SessionSpec,
        *,
        forwarder: Forwarder,
        dtls: Callable[[Callable[[bytes], bool]], Dtls],
        draw: random.Random,
        on_bug: Callable[[MediaSession, Exception], None],
    ) -> None:
        """*dtls* makes the association around our way to send.  *on_bug* hears of a bug of ours
        met while sending to this client, in whoever's call; it must neither raise nor change the
        table at once."""
        self.spec = spec
        self.log = log.bind(session=spec.session, site=spec.site)
        self.credentials = Credentials(
            local_ufrag=spec.local_ufrag,
            local_pwd=spec.local_pwd,
            remote_ufrag=spec.remote_ufrag,
        )
        self.dtls = dtls(self.send_raw)
        self.connected = False
        self.link_up = False
        self.addresses: dict[Address, Port] = {}
        """Authenticated by STUN, oldest first."""
        self.heard_s: float | None = None
        """When the last authenticated packet of any kind came."""
        self.beginning: Beginning | None = None
        """Its owner's, who knows when it was opened."""
        self.acknowledged = Acknowledged()
        self.clock = SessionClock()
        self.packets_in = self.bytes_in = 0
        self.rtt_s: float | None = None
        send_times = (d.send_time_extension for d in spec.downlinks if d.kind == "video")
        self.delivery = Delivery(
            forwarder.drops,
            send_time=next((n for n in send_times if n is not None), None),
            on_bug=lambda bug: on_bug(self, bug),
        )
        self.incoming = Incoming(
            spec, forwarder=forwarder, clock=self.clock, ask=self._ask_keyframe
        )
        self.sources = self.incoming.sources
        self._forwarder = forwarder
        self._drops = forwarder.drops
        self._on_bug = on_bug
        self.ssrc = spec.downlinks[0].ssrc if spec.downlinks else draw.getrandbits(32)
        """The service's own name in RTCP about what this client sends."""
        self.sends_picture = any(uplink.kind == "video" for uplink in spec.uplinks)
        self.upline = Upline(spec)
        self.downline = Downline(spec.bandwidth_bps)
        self.outlets = {d.ssrc: self._outlet(d, draw) for d in spec.downlinks}
        self.repeats = {
            d.ssrc: Repeats(d.rtx_ssrc, draw.getrandbits(15))
            for d in spec.downlinks
            if d.rtx_ssrc is not None
        }
        """By the SSRC of the outlet whose packets are sent again there."""

    def _outlet(self, downlink: Downlink, draw: random.Random) -> Outlet:
        return Outlet(
            site=self.spec.site,
            slot=downlink.slot,
            kind=downlink.kind,
            ssrc=downlink.ssrc,
            payloads=downlink.payloads,
            numbers=Numbers(
                clock_rate_hz=CLOCK_HZ[downlink.kind],
                # Half the range only: the first wrap comes late enough that a receiver which
                # joins SRTP a packet early or late does not guess the rollover counter wrong
                # (RFC 3711 appendix A).
                seq=draw.getrandbits(15),
                timestamp=draw.getrandbits(32),
                picture_id=draw.getrandbits(15),
                tl0=draw.getrandbits(8),
            ),
            deliver=self.delivery.deliver,
        )

    # Addresses: learnt from authenticated STUN only.

    @property
    def remote(self) -> Address | None:
        """Where we send: the nominated one."""
        route = self.delivery.route
        return route[1] if route is not None else None

    def learn(self, address: Address, port: Port, *, nominated: bool) -> list[Address]:
        """Take an authenticated address; returns those that are no longer this session's."""
        self.addresses.pop(address, None)
        self.addresses[address] = port
        if nominated or self.delivery.route is None:
            self.delivery.route = (port, address)
        forgotten = []
        while len(self.addresses) > MAX_ADDRESSES:
            oldest = next(a for a in self.addresses if a != self.remote)
            del self.addresses[oldest]
            forgotten.append(oldest)
        return forgotten

    def unlearn(self, address: Address) -> None:
        """An address is no more, as a TCP connection that ended; the newest of the others is used."""
        self.addresses.pop(address, None)
        if self.remote == address:
            newest = next(reversed(self.addresses), None)
            self.delivery.route = (self.addresses[newest], newest) if newest is not None else None

    def reach(self, stage: str, now_s: float) -> None:
        """A stage of its beginning is over, for the first time or again."""
        if self.beginning is not None:
            self.beginning.reach(stage, now_s)

    def begin(self) -> None:
        """The handshake is done: there are keys."""
        self.connected = True
        self.delivery.open(self.dtls)

    def end(self) -> None:
        """Nothing is sent or taken any more."""
        self.connected = False
        self.delivery.shut()

    # The way in.

    def receive(self, data: bytes, now_s: float) -> list[rtcp.Rtcp]:
        """A datagram that begins with 128 to 191, from an address of this session.  RTP is on its
        way when this returns; of RTCP it returns what was said."""
        if not self.connected:
            self._drops[DropReason.NOT_READY] += 1
            return []
        if rtp.is_rtcp(data):
            return self._receive_rtcp(data, now_s)
        try:
            packet = self.dtls.unprotect(data)
        except SRTP_FAILURES:
            self._drops[DropReason.SRTP_UNAUTHENTIC] += 1
            return []
        self.heard_s = now_s
        if not self.packets_in:
            self.reach(MEDIA, now_s)
        self.packets_in += 1
        self.bytes_in += len(packet)
        if self.upline.on_packet(packet, now_s):
            self.send_rtcp(rtcp.ReceiverReport(ssrc=self.ssrc), self.remb())
        try:
            self.incoming.take(packet, now_s)
        except MALFORMED:
            self._drops[DropReason.RTP_MALFORMED] += 1
        return []

    def _receive_rtcp(self, data: bytes, now_s: float) -> list[rtcp.Rtcp]:
        try:
            packets = rtcp.parse(self.dtls.unprotect_rtcp(data))
        except rtcp.RtcpMalformed:  # a ValueError like the longest of the SRTP failures: first
            self._drops[DropReason.RTCP_MALFORMED] += 1
            return []
        except SRTP_FAILURES:
            self._drops[DropReason.SRTP_UNAUTHENTIC] += 1
            return []
        self.heard_s = now_s
        self.acknowledged.hear(packets, self.outlets, now_s)
        return packets

    # The way out, beside media.

    def send_raw(self, data: bytes) -> bool:
        """DTLS and RTCP as they are; dropped until an address is known."""
        route = self.delivery.route
        return route is not None and route[0].send(data, route[1])

    def send_rtcp(self, *packets: rtcp.Outgoing) -> None:
        """A compound of *packets*, the first a report, sealed; before there are keys nobody waits
        for it.  Raises nothing but bugs."""
        if not self.connected:
            return
        try:
            self.send_raw(self.dtls.protect_rtcp(compound(packets, cname=self.spec.cname)))
            count(packets, self.acknowledged.told)
        except SRTP_FAILURES:
            self._drops[DropReason.SRTP_REFUSED] += 1

    def remb(self) -> rtcp.Remb:
        """What the client may send altogether."""
        ssrcs = tuple(s.ssrc for s in self.sources.values() if s.feed.kind == "video")
        return rtcp.Remb(sender=self.ssrc, bitrate_bps=self.upline.allowed_bps, ssrcs=ssrcs)

    def ask_again(self, ssrc: int, seqs: tuple[int, ...]) -> None:
        """Ask for packets of one of its streams that did not come."""
        nack = rtcp.Nack(sender=self.ssrc, media=ssrc, seqs=seqs)
        self.send_rtcp(rtcp.ReceiverReport(ssrc=self.ssrc), nack)

    def _ask_keyframe(self, ssrc: int) -> None:
        # Called on the way of another client's wish: a bug here ends this session, not that.
        try:
            loss = rtcp.PictureLoss(sender=self.ssrc, media=ssrc)
            self.send_rtcp(rtcp.ReceiverReport(ssrc=self.ssrc), loss)
        except Exception as bug:  # noqa: BLE001 - as said
            self._on_bug(self, bug)

    def close(self, now_s: float) -> None:
        """Take its streams off the table.  The transport is the owner's to close."""
        self.end()
        self.incoming.close()
        for outlet in self.outlets.values():
            self._forwarder.remove_outlet(outlet, now_s)
