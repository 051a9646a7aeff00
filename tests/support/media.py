"""Packets as peers send them, and ends of the line that keep what they get, in the clear."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any, cast

from bridge.media.core import rtcp, rtp, vp8
from bridge.media.core.clock import SessionClock
from bridge.media.core.rewrite import Rewriter
from bridge.media.core.rtcp import PictureLoss, ReceiverReport
from bridge.media.core.rtcp_writer import compound
from bridge.media.core.rtp import pack_header_with_extensions
from bridge.media.dtls import SRTP_FAILURES, Dtls
from bridge.media.forwarder import Forwarder
from bridge.media.plane import Downlink, SessionSpec, Uplink
from bridge.media.session import MediaSession
from bridge.media.streams import Outlet, Source

OPUS, VP8 = 111, 96
"""The publishers' payload types; subscribers have others."""
MID, RID, LEVEL = 4, 10, 1
"""The numbers of the publishers' header extensions."""
FORGED = b"forged"
"""What ends with this does not authenticate."""


def sound(
    seq: int,
    timestamp: int = 0,
    *,
    ssrc: int = 1,
    body: bytes = b"sound",
    pt: int = OPUS,
    **ext: bytes,
) -> bytes:
    return _packet(seq, timestamp, ssrc, pt, ext) + body


def picture(
    seq: int,
    timestamp: int = 0,
    *,
    ssrc: int = 1,
    key: bool = False,
    starts: bool = True,
    picture_id: int = 0,
    tl0: int = 0,
    body: bytes = b"",
    pt: int = VP8,
    **ext: bytes,
) -> bytes:
    descriptor = vp8.pack_descriptor(starts_frame=starts, picture_id=picture_id, tl0=tl0)
    kind = b"\x00" if key else b"\x01"
    return _packet(seq, timestamp, ssrc, pt, ext) + descriptor + kind + body


def padding(seq: int, timestamp: int = 0, *, ssrc: int = 1, pt: int = VP8, **ext: bytes) -> bytes:
    header = _packet(seq, timestamp, ssrc, pt, ext)
    return bytes((header[0] | 0x20,)) + header[1:] + b"\0\0\0\4"


def _packet(seq: int, timestamp: int, ssrc: int, pt: int, ext: dict[str, bytes]) -> bytes:
    numbers = {"mid": MID, "rid": RID, "level": LEVEL}
    values = {numbers[name]: value for name, value in ext.items()}
    return pack_header_with_extensions(
        False, pt, seq & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc, values
    )


@dataclass(frozen=True, kw_only=True)
class Sent:
    """An RTP packet that went out."""

    marker: bool
    pt: int
    seq: int
    timestamp: int
    ssrc: int
    picture_id: int
    tl0: int
    key: bool
    body: bytes
    """Of picture: behind the descriptor and the byte that says key frame."""


def read(data: bytes, kind: str) -> Sent:
    marker, pt, seq, timestamp, ssrc = rtp.fixed_header(data)
    start, stop = rtp.header_length(data), rtp.payload_end(data)
    picture_id = tl0 = -1
    key = False
    if kind == "video" and start < stop:
        start, picture_id, tl0, key = vp8.parse(data, start, stop)
        start += 1
    return Sent(
        marker=marker,
        pt=pt,
        seq=seq,
        timestamp=timestamp,
        ssrc=ssrc,
        picture_id=picture_id,
        tl0=tl0,
        key=key,
        body=data[start:stop],
    )


class Eye:
    """A subscriber's slot: an outlet, and what came out of it."""

    def __init__(self, site: str, slot: str, kind: str, *, ssrc: int, seq: int = 65534) -> None:
        self.got: list[Sent] = []
        self.outlet = Outlet(
            site=site,
            slot=slot,
            kind=kind,
            rewriter=Rewriter(
                ssrc=ssrc,
                payload_type=100,
                audio=kind == "audio",
                seq=seq,
                timestamp=0xFFFFFFF0,
                picture_id=0x7FFF,
                tl0=255,
            ),
            send=lambda data: self.got.append(read(data, kind)),
        )

    @property
    def seqs(self) -> list[int]:
        """As steps from the first possible one: 0, 1, 2 is a stream without a gap."""
        return [(sent.seq - 65534) & 0xFFFF for sent in self.got]

    @property
    def bodies(self) -> list[bytes]:
        return [sent.body for sent in self.got]


class Table:
    """A forwarder, its publishers, its subscribers, and what it asked for."""

    def __init__(self) -> None:
        self.forwarder = Forwarder()
        self.asked: list[tuple[str, str]] = []
        """(site, layer) per request for a key frame."""
        self._ssrc = 0

    def source(self, site: str, kind: str, layer: str = "", level: int | None = None) -> Source:
        """A stream begins; its first packet is the caller's next."""
        self._ssrc += 1
        source = Source(
            self.forwarder.feed(site, kind),
            slot="mic" if kind == "audio" else "camera",
            layer=layer,
            ssrc=self._ssrc,
            payload_type=OPUS if kind == "audio" else VP8,
            level_extension=level,
            clock=SessionClock(),
            ask=lambda _: self.asked.append((site, layer)),
        )
        self.forwarder.add_source(source)
        return source

    def eye(self, site: str, slot: str, kind: str, *, at: str | None = None) -> Eye:
        """A slot of a machine in *site*; aimed at *at* at time 0."""
        self._ssrc += 1
        eye = Eye(site, slot, kind, ssrc=1000 + self._ssrc)
        self.forwarder.add_outlet(eye.outlet)
        self.aim(eye, at, 0.0)
        return eye

    def aim(self, eye: Eye, site: str | None, now_s: float) -> None:
        self.forwarder.aim(eye.outlet, site, now_s)

    def hear(self, source: Source, now_s: float, *packets: bytes) -> None:
        for packet in packets:
            self.forwarder.forward_sound(source, packet, *_places(packet), now_s)

    def see(self, source: Source, now_s: float, *packets: bytes) -> None:
        for packet in packets:
            self.forwarder.forward_picture(source, packet, *_places(packet), now_s)


def _places(packet: bytes) -> tuple[int, int, int, int]:
    _, _, seq, timestamp, _ = rtp.fixed_header(packet)
    return rtp.header_length(packet), rtp.payload_end(packet), seq, timestamp


class ClearDtls:
    """A DTLS association whose keys change nothing."""

    profile = "clear"

    def unprotect(self, data: bytes) -> bytes:
        if data.endswith(FORGED):
            raise SRTP_FAILURES[0]
        return data

    unprotect_rtcp = unprotect

    def protect(self, data: bytes) -> bytes:
        if len(data) > 1356:
            raise SRTP_FAILURES[1]
        return data

    def protect_rtcp(self, data: bytes) -> bytes:
        if len(data) > 1352:
            raise SRTP_FAILURES[1]
        return data


MIC = Uplink(
    slot="mic", kind="audio", mid="0", payload_type=OPUS, mid_extension=MID, level_extension=LEVEL
)
CAMERA = Uplink(
    slot="camera",
    kind="video",
    mid="1",
    payload_type=VP8,
    rids=("q", "f"),
    mid_extension=MID,
    rid_extension=RID,
)
CHAIR_SOUND = Downlink(slot="chair", kind="audio", mid="2", payload_type=109, ssrc=501)
CHAIR_PICTURE = Downlink(slot="chair", kind="video", mid="3", payload_type=120, ssrc=502)
SPEAKER_SOUND = Downlink(slot="speaker.1", kind="audio", mid="4", payload_type=109, ssrc=503)
SPEAKER_PICTURE = Downlink(slot="speaker.1", kind="video", mid="5", payload_type=120, ssrc=504)


def spec(site: str = "01", **changes: Any) -> SessionSpec:
    """A room: microphone, camera in two layers, chair and one speaker."""
    values: dict[str, Any] = {
        "session": f"s-{site}",
        "site": site,
        "local_ufrag": f"ours{site}",
        "local_pwd": "p" * 24,
        "remote_ufrag": f"theirs{site}",
        "remote_fingerprints": (("sha-256", "AA"),),
        "uplinks": (MIC, CAMERA),
        "downlinks": (CHAIR_SOUND, CHAIR_PICTURE, SPEAKER_SOUND, SPEAKER_PICTURE),
        "cname": f"s-{site}",
    }
    return SessionSpec(**(values | changes))


HERE = ("192.0.2.1", 5000)
"""Where every client is."""


class Client(MediaSession):
    """A session that is connected, from the side of its client."""

    def __init__(
        self, forwarder: Forwarder, what: SessionSpec, *, handshake_done: bool = True
    ) -> None:
        self.sent: list[tuple[bytes, tuple[str, int]]] = []
        self.bugs: list[Exception] = []
        self.kernel_takes = True
        self.clear = ClearDtls()
        super().__init__(
            what,
            forwarder=forwarder,
            dtls=lambda _: cast(Dtls, self.clear),
            send=self._take,
            draw=random.Random(110),
            on_bug=lambda _, bug: self.bugs.append(bug),
        )
        if handshake_done:
            self.connected = True
        self.learn(HERE, nominated=True)
        for outlet in self.outlets.values():
            forwarder.add_outlet(outlet)

    def _take(self, data: bytes, address: tuple[str, int]) -> bool:
        if self.kernel_takes:
            self.sent.append((data, address))
        return self.kernel_takes

    def says(self, *packets: bytes, now_s: float = 1.0) -> None:
        for packet in packets:
            self.receive(packet, now_s)

    def reports(self, *packets: rtcp.Outgoing, now_s: float = 1.0) -> None:
        report = ReceiverReport(ssrc=77)
        self.receive(compound((report, *packets), cname="client"), now_s)

    def aim(self, ssrc: int, site: str | None, now_s: float = 0.0) -> None:
        self._forwarder.aim(self.outlets[ssrc], site, now_s)

    @property
    def rtp(self) -> list[bytes]:
        return [data for data, _ in self.sent if not rtp.is_rtcp(data)]

    @property
    def asked(self) -> list[int]:
        """The SSRCs of which this client was asked a key frame."""
        packets = [p for data, _ in self.sent if rtp.is_rtcp(data) for p in rtcp.parse(data)]
        return [packet.media for packet in packets if isinstance(packet, PictureLoss)]
