"""MediaSession: one client's transport and its streams.

Carries, does not decide: what comes in is decrypted and named (which m-line, which layer), then
handed to the forwarder; what goes out is encrypted and sent to the address that ICE nominated.
Its RTCP is its own (:mod:`bridge.media.reports`): no RTCP of another client is ever forwarded,
least of all a BYE, which would stop an aiortc receiver for good (research/aiortc.md 2).

An incoming stream is known by its SSRC once it is known; before that by RID and MID (RFC 8852,
RFC 9143), by an SSRC named in the offer, or, if only one m-line has the payload type, by that.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from bridge.media.core import rtcp, rtp, vp8
from bridge.media.core.clock import SessionClock
from bridge.media.core.drops import DropReason
from bridge.media.core.layers import ONLY
from bridge.media.core.ntp import ntp_from_unix, round_trip_s
from bridge.media.core.rewrite import Rewriter
from bridge.media.core.rtcp_writer import compound
from bridge.media.core.vp8 import Vp8Malformed
from bridge.media.dtls import SRTP_FAILURES, Dtls
from bridge.media.forwarder import Forwarder
from bridge.media.plane import Downlink, SessionSpec, Uplink
from bridge.media.streams import Outlet, Source
from bridge.media.udp import Address

MAX_SOURCES = 8
"""SSRCs a client may use: a microphone, two layers, and restarts of its encoders."""
MAX_ADDRESSES = 8
"""Candidate pairs of one client that may be checked at the same time."""


class MediaSession:
    """Made at the answer; :attr:`connected` once DTLS is done."""

    def __init__(
        self,
        spec: SessionSpec,
        *,
        forwarder: Forwarder,
        dtls: Callable[[Callable[[bytes], bool]], Dtls],
        send: Callable[[bytes, Address], bool],
        draw: random.Random,
        on_bug: Callable[[MediaSession, Exception], None],
    ) -> None:
        """*dtls* makes the association around our way to send.  *on_bug* hears of a bug of ours
        met while sending to this client, in whoever's call; it must neither raise nor change the
        table at once."""
        self.spec = spec
        self.dtls = dtls(self.send_raw)
        self.connected = False
        self.link_up = False
        self.addresses: list[Address] = []
        """Authenticated by STUN, oldest first."""
        self.remote: Address | None = None
        """Where we send: the nominated one."""
        self.heard_s: float | None = None
        """When the last authenticated packet of any kind came."""
        self.clock = SessionClock()
        self.packets_in = self.bytes_in = 0
        self.packets_out = self.bytes_out = 0
        self.rtt_s: float | None = None
        self.sources: dict[int, Source] = {}
        """Incoming SSRC -> stream, at most ``MAX_SOURCES`` (fewer than an RR may count)."""
        self._forwarder = forwarder
        self._drops = forwarder.drops
        self._send = send
        self._on_bug = on_bug
        self.ssrc = spec.downlinks[0].ssrc if spec.downlinks else draw.getrandbits(32)
        """The service's own name in RTCP about what this client sends."""
        cameras = [uplink for uplink in spec.uplinks if uplink.kind == "video"]
        self.layers = frozenset(rid for camera in cameras for rid in camera.rids or (ONLY,))
        """What its camera can send; empty without one."""
        self.outlets = {d.ssrc: self._outlet(d, draw) for d in spec.downlinks}

    def _outlet(self, downlink: Downlink, draw: random.Random) -> Outlet:
        return Outlet(
            site=self.spec.site,
            slot=downlink.slot,
            kind=downlink.kind,
            rewriter=Rewriter(
                ssrc=downlink.ssrc,
                payload_type=downlink.payload_type,
                audio=downlink.kind == "audio",
                # Half the range only: the first wrap comes late enough that a receiver which
                # joins SRTP a packet early or late does not guess the rollover counter wrong
                # (RFC 3711 appendix A).
                seq=draw.getrandbits(15),
                timestamp=draw.getrandbits(32),
                picture_id=draw.getrandbits(15),
                tl0=draw.getrandbits(8),
            ),
            send=self.send_rtp,
        )

    # Addresses: learnt from authenticated STUN only.

    def learn(self, address: Address, *, nominated: bool) -> list[Address]:
        """Take an authenticated address; returns those that are no longer this session's."""
        if address in self.addresses:
            self.addresses.remove(address)
        self.addresses.append(address)
        if nominated or self.remote is None:
            self.remote = address
        forgotten = []
        while len(self.addresses) > MAX_ADDRESSES:
            oldest = next(a for a in self.addresses if a != self.remote)
            self.addresses.remove(oldest)
            forgotten.append(oldest)
        return forgotten

    def send_raw(self, data: bytes) -> bool:
        """DTLS and RTCP as they are; dropped until an address is known."""
        return self.remote is not None and self._send(data, self.remote)

    # The way in.

    def receive(self, data: bytes, now_s: float) -> None:
        """A datagram that begins with 128 to 191, from an address of this session."""
        if not self.connected:
            self._drops[DropReason.NOT_READY] += 1
            return
        if rtp.is_rtcp(data):
            self._receive_rtcp(data, now_s)
            return
        try:
            packet = self.dtls.unprotect(data)
        except SRTP_FAILURES:
            self._drops[DropReason.SRTP_UNAUTHENTIC] += 1
            return
        self.heard_s = now_s
        self.packets_in += 1
        self.bytes_in += len(packet)
        try:
            self._receive_rtp(packet, now_s)
        except (rtp.RtpMalformed, Vp8Malformed):
            self._drops[DropReason.RTP_MALFORMED] += 1

    def _receive_rtp(self, data: bytes, now_s: float) -> None:
        start, stop = rtp.header_length(data), rtp.payload_end(data)
        _, payload_type, seq, timestamp, ssrc = rtp.fixed_header(data)
        source = self.sources.get(ssrc)
        if source is None:
            source = self._find(data, start, stop, payload_type, ssrc)
            if source is None:
                return
        elif payload_type != source.payload_type:
            self._drops[DropReason.PAYLOAD_TYPE] += 1
            return
        if source.feed.kind == "audio":
            self._forwarder.forward_sound(source, data, start, stop, seq, timestamp, now_s)
        else:
            self._forwarder.forward_picture(source, data, start, stop, seq, timestamp, now_s)

    def _find(
        self, data: bytes, start: int, stop: int, payload_type: int, ssrc: int
    ) -> Source | None:
        """The new source this packet begins, if it says which m-line and layer it is; else None,
        and the drop is counted.  A new source ends an old one, so a packet that nobody could use
        must not begin one.  Raises Vp8Malformed; then nothing has changed."""
        uplink = self._uplink(data, payload_type, ssrc)
        layer = self._layer(data, uplink) if uplink is not None else None
        if uplink is None or layer is None:
            self._drops[DropReason.UNKNOWN_SOURCE] += 1
            return None
        if payload_type != uplink.payload_type:
            self._drops[DropReason.PAYLOAD_TYPE] += 1
            return None
        replaced = [
            known
            for known, other in self.sources.items()
            if (other.slot, other.layer) == (uplink.slot, layer)
        ]
        if len(self.sources) - len(replaced) >= MAX_SOURCES:
            self._drops[DropReason.UNKNOWN_SOURCE] += 1
            return None
        if uplink.kind == "video" and start < stop:
            vp8.parse(data, start, stop)
        source = Source(
            self._forwarder.feed(self.spec.site, uplink.kind),
            slot=uplink.slot,
            layer=layer,
            ssrc=ssrc,
            payload_type=uplink.payload_type,
            level_extension=uplink.level_extension,
            clock=self.clock,
            ask=self._ask_keyframe,
        )
        for known in replaced:
            del self.sources[known]
        self.sources[ssrc] = source
        self._forwarder.add_source(source)
        return source

    @staticmethod
    def _layer(data: bytes, uplink: Uplink) -> str | None:
        if not uplink.rids:
            return ""
        rid = uplink.rid_extension and rtp.extension(data, uplink.rid_extension)
        layer = rid.decode("ascii", "replace") if rid else None
        return layer if layer in uplink.rids else None

    def _uplink(self, data: bytes, payload_type: int, ssrc: int) -> Uplink | None:
        uplinks = self.spec.uplinks
        for uplink in uplinks:
            if ssrc in uplink.ssrcs:
                return uplink
        for uplink in uplinks:
            mid = uplink.mid_extension and rtp.extension(data, uplink.mid_extension)
            if mid:
                name = mid.decode("ascii", "replace")
                return next((u for u in uplinks if u.mid == name), None)
        fitting = [u for u in uplinks if u.payload_type == payload_type]
        return fitting[0] if len(fitting) == 1 else None

    def _receive_rtcp(self, data: bytes, now_s: float) -> None:
        try:
            packets = rtcp.parse(self.dtls.unprotect_rtcp(data))
        except rtcp.RtcpMalformed:  # a ValueError like the longest of the SRTP failures: first
            self._drops[DropReason.RTCP_MALFORMED] += 1
            return
        except SRTP_FAILURES:
            self._drops[DropReason.SRTP_UNAUTHENTIC] += 1
            return
        self.heard_s = now_s
        for packet in packets:
            match packet:
                case rtcp.SenderReport():
                    source = self.sources.get(packet.ssrc)
                    if source is not None:
                        source.on_sender_report(packet.ntp, packet.rtp, now_s)
                    self._take_reports(packet.reports)
                case rtcp.ReceiverReport():
                    self._take_reports(packet.reports)
                case rtcp.PictureLoss():
                    self._wants_keyframe(packet.media, now_s)
                case rtcp.FullIntra():
                    for ssrc in packet.media:
                        self._wants_keyframe(ssrc, now_s)
                case _:
                    # REMB of a subscriber steers the allocation, which comes later; a BYE
                    # ends with this hop.
                    pass

    def _take_reports(self, blocks: tuple[rtcp.ReportBlock, ...]) -> None:
        ntp = ntp_from_unix(time.time())
        for block in blocks:
            if block.ssrc in self.outlets:
                self.outlets[block.ssrc].reported = block
                rtt_s = round_trip_s(now_ntp=ntp, block=block)
                self.rtt_s = self.rtt_s if rtt_s is None else rtt_s

    def _wants_keyframe(self, ssrc: int, now_s: float) -> None:
        outlet = self.outlets.get(ssrc)
        if outlet is not None and outlet.source is not None and outlet.kind == "video":
            self._forwarder.ask_keyframe(outlet.source, now_s)

    # The way out.

    def send_rtp(self, packet: bytes) -> None:
        """Seal and send, or drop by name.  Raises nothing: it is called on others' ways."""
        if self.remote is None or not self.connected:
            self._drops[DropReason.NOT_READY] += 1
            return
        try:
            if self._send(self.dtls.protect(packet), self.remote):
                self.packets_out += 1
                self.bytes_out += len(packet)
        except SRTP_FAILURES:
            self._drops[DropReason.SRTP_REFUSED] += 1
        except Exception as bug:  # noqa: BLE001 - ours; the publisher whose packet it is goes on
            self._on_bug(self, bug)

    def send_rtcp(self, packet: bytes) -> None:
        """As :meth:`send_rtp`; before there are keys nobody waits for it."""
        if not self.connected:
            return
        try:
            self.send_raw(self.dtls.protect_rtcp(packet))
        except SRTP_FAILURES:
            self._drops[DropReason.SRTP_REFUSED] += 1
        except Exception as bug:  # noqa: BLE001 - as above
            self._on_bug(self, bug)

    def _ask_keyframe(self, ssrc: int) -> None:
        sender = rtcp.ReceiverReport(ssrc=self.ssrc)
        loss = rtcp.PictureLoss(sender=self.ssrc, media=ssrc)
        self.send_rtcp(compound((sender, loss), cname=self.spec.cname))

    def close(self, now_s: float) -> None:
        """Take its streams off the table.  The transport is the owner's to close."""
        for source in self.sources.values():
            self._forwarder.remove_source(source)
        for outlet in self.outlets.values():
            self._forwarder.remove_outlet(outlet, now_s)
