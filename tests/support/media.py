"""Packets as peers send them, and ends of the line that keep what they get, in the clear."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from bridge.media.core import rtcp, rtp, vp8
from bridge.media.core.clock import SessionClock
from bridge.media.core.ntp import ntp_from_unix
from bridge.media.core.packets import Packet, write
from bridge.media.core.rewrite import Numbers, Run
from bridge.media.core.rtcp import PictureLoss, ReceiverReport
from bridge.media.core.rtcp_writer import compound
from bridge.media.core.rtp import pack_header_with_extensions
from bridge.media.dtls import SRTP_FAILURES, Dtls
from bridge.media.feedback import hear
from bridge.media.forwarder import Forwarder
from bridge.media.plane import Codec, Downlink, Payload, SessionSpec, Uplink
from bridge.media.session import MediaSession
from bridge.media.streams import CLOCK_HZ, Outlet, Source, medium_of
from bridge.media.udp import Address

OPUS, VP8, VP8_RTX, H264 = 111, 96, 97, 102
"""The publishers' payload types; subscribers have others."""
MID, RID, LEVEL, REPAIRED_RID = 4, 10, 1, 11
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
    marker: bool = False,
    **ext: bytes,
) -> bytes:
    return _packet(seq, timestamp, ssrc, pt, marker, ext) + body


def picture(
    seq: int,
    timestamp: int = 0,
    *,
    ssrc: int = 1,
    key: bool = False,
    starts: bool = True,
    picture_id: int = 0,
    tl0: int = 0,
    tid: int = 0,
    sync: bool = False,
    body: bytes = b"",
    pt: int = VP8,
    marker: bool = False,
    **ext: bytes,
) -> bytes:
    descriptor = vp8.pack_descriptor(
        starts_frame=starts, picture_id=picture_id & 0x7FFF, tl0=tl0 & 0xFF, tid=tid, sync=sync
    )
    kind = b"\x00" if key else b"\x01"
    return _packet(seq, timestamp, ssrc, pt, marker, ext) + descriptor + kind + body


def h264(
    seq: int,
    timestamp: int = 0,
    *,
    ssrc: int = 1,
    key: bool = False,
    body: bytes = b"",
    pt: int = H264,
    marker: bool = False,
    **ext: bytes,
) -> bytes:
    """A single NAL unit: a parameter set, or a part of a picture."""
    unit = b"\x67" if key else b"\x41"
    return _packet(seq, timestamp, ssrc, pt, marker, ext) + unit + body


def padding(seq: int, timestamp: int = 0, *, ssrc: int = 1, pt: int = VP8, **ext: bytes) -> bytes:
    header = _packet(seq, timestamp, ssrc, pt, False, ext)
    return bytes((header[0] | 0x20,)) + header[1:] + b"\0\0\0\4"


def _packet(
    seq: int, timestamp: int, ssrc: int, pt: int, marker: bool, ext: dict[str, bytes]
) -> bytes:
    numbers = {"mid": MID, "rid": RID, "level": LEVEL, "repaired_rid": REPAIRED_RID}
    values = {numbers[name]: value for name, value in ext.items()}
    return pack_header_with_extensions(
        marker, pt, seq & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc, values
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
    tid: int
    sync: bool
    key: bool
    starts: bool
    body: bytes
    """Of picture: behind the descriptor and the byte that says key frame."""


def read(data: bytes, kind: str, codec: Codec = Codec.VP8) -> Sent:
    marker, pt, seq, timestamp, ssrc = rtp.fixed_header(data)
    start, stop = rtp.header_length(data), rtp.payload_end(data)
    picture_id = tl0 = -1
    tid, key, sync, starts = 0, False, False, False
    if kind == "video" and start < stop and codec is Codec.VP8:
        starts = data[start] & 0x17 == 0x10
        start, picture_id, tl0, key, tid, sync = vp8.parse(data, start, stop)
        start += 1
    elif kind == "video" and start < stop:
        key = starts = data[start] & 0x1F == 7
        start += 1
    return Sent(
        marker=marker,
        pt=pt,
        seq=seq,
        timestamp=timestamp,
        ssrc=ssrc,
        picture_id=picture_id,
        tl0=tl0,
        tid=tid,
        sync=sync,
        key=key,
        starts=starts,
        body=data[start:stop],
    )


PAYLOADS = {
    "audio": {Codec.OPUS: Payload(number=100)},
    "video": {Codec.VP8: Payload(number=100, rtx=101), Codec.H264: Payload(number=102, rtx=103)},
}
"""What an :class:`Eye` decodes if nothing else is said."""


class Eye:
    """A subscriber's slot: an outlet, and what came out of it."""

    def __init__(
        self,
        site: str,
        slot: str,
        kind: str,
        *,
        ssrc: int,
        seq: int = 65534,
        codecs: Sequence[Codec] | None = None,
    ) -> None:
        self.got: list[Sent] = []
        self.indices: list[int] = []
        """Of what came out, beside it: its number without wraps."""
        self.written: list[bytes] = []
        """The same as the bytes that are sealed."""
        self.batches: list[int] = []
        """How many left together."""
        self._kind = kind
        payloads = PAYLOADS[kind]
        self.outlet = Outlet(
            site=site,
            slot=slot,
            kind=kind,
            ssrc=ssrc,
            payloads={c: p for c, p in payloads.items() if codecs is None or c in codecs},
            numbers=Numbers(
                clock_rate_hz=CLOCK_HZ[kind],
                seq=seq,
                timestamp=0xFFFFFFF0,
                picture_id=0x7FFF,
                tl0=255,
            ),
            deliver=self._take,
        )

    def _take(self, outlet: Outlet, run: Run, batches: Sequence[list[Packet]]) -> None:
        codec = Codec.H264 if run.payload_type == 102 else Codec.VP8
        for batch in batches:
            self.batches.append(len(batch))
            for packet in batch:
                header, payload = write(packet, run, outlet.ssrc)
                self.indices.append(packet[0] + run.index_delta)
                self.written.append(header + payload)
                self.got.append(read(header + payload, self._kind, codec))
                outlet.packets += 1
                outlet.bytes += len(payload)

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

    def source(
        self,
        site: str,
        medium: str,
        layer: str = "",
        level: int | None = None,
        *,
        codec: Codec = Codec.VP8,
        nack: bool = False,
    ) -> Source:
        """A stream begins; its first packet is the caller's next.  *codec*: of picture."""
        self._ssrc += 1
        is_sound = medium.endswith("audio")
        payload_types = {Codec.VP8: VP8, Codec.H264: H264}
        place = "content." if medium.startswith("content.") else ""
        slots = {"audio": "mic", "video": "camera"}
        contents = {"content.audio": "content.sound", "content.video": "content.picture"}
        source = Source(
            self.forwarder.feed(site, medium),
            slot=contents[medium] if place else slots[medium],
            layer=layer,
            codec=Codec.OPUS if is_sound else codec,
            ssrc=self._ssrc,
            payload_type=OPUS if is_sound else payload_types[codec],
            level_extension=level,
            clock=SessionClock(),
            ask=lambda _: self.asked.append((site, layer)),
            nack=nack,
        )
        self.forwarder.add_source(source)
        return source

    def eye(
        self,
        site: str,
        slot: str,
        kind: str,
        *,
        at: str | None = None,
        codecs: Sequence[Codec] | None = None,
    ) -> Eye:
        """A slot of a machine in *site*; aimed at *at* at time 0."""
        self._ssrc += 1
        eye = Eye(site, slot, kind, ssrc=1000 + self._ssrc, codecs=codecs)
        self.forwarder.add_outlet(eye.outlet)
        self.aim(eye, at, 0.0)
        return eye

    def aim(self, eye: Eye, site: str | None, now_s: float) -> None:
        outlet = eye.outlet
        self.forwarder.aim(outlet, site, medium_of(outlet.slot, outlet.kind), now_s)

    def limit(self, eye: Eye, top: str | None, now_s: float, *, tid: int = 3) -> None:
        self.forwarder.limit(eye.outlet, top, tid, now_s)

    def put(self, source: Source, now_s: float, *packets: bytes, repeated: bool = False) -> None:
        """These packets were in the socket, and there is more.  *repeated*: of picture."""
        for packet in packets:
            where = _places(packet)
            if source.feed.kind == "audio":
                self.forwarder.forward_sound(source, packet, *where, now_s)
            else:
                self.forwarder.forward_picture(source, packet, *where, now_s, repeated=repeated)

    def hear(self, source: Source, now_s: float, *packets: bytes) -> None:
        """All these packets were in the socket, and nothing more."""
        self.put(source, now_s, *packets)
        self.forwarder.fanout.flush()

    def see(self, source: Source, now_s: float, *packets: bytes, repeated: bool = False) -> None:
        self.put(source, now_s, *packets, repeated=repeated)
        self.forwarder.fanout.flush()


def _places(packet: bytes) -> tuple[int, int, int, int]:
    _, _, seq, timestamp, _ = rtp.fixed_header(packet)
    return rtp.header_length(packet), rtp.payload_end(packet), seq, timestamp


class ClearDtls:
    """A DTLS association whose keys change nothing."""

    profile = "clear"

    def sealing_keys(self) -> None:
        return None

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


class FakePort:
    """A port that keeps what it is given, while *takes* lets it."""

    def __init__(self) -> None:
        self.sent: list[tuple[bytes, Address]] = []
        self.batches: list[list[bytes]] = []
        """What was given together."""
        self.takes = True

    def send(self, data: bytes, address: Address) -> bool:
        if self.takes:
            self.sent.append((data, address))
        return self.takes

    def send_all(self, packets: Sequence[bytes], size: int, address: Address) -> int:
        assert {len(packet) for packet in packets[:-1]} <= {size}
        assert len(packets[-1]) <= size
        if not self.takes:
            return 0
        self.batches.append(list(packets))
        self.sent += [(packet, address) for packet in packets]
        return len(packets)


MIC = Uplink(
    slot="mic",
    kind="audio",
    mid="0",
    codec=Codec.OPUS,
    payload_type=OPUS,
    mid_extension=MID,
    level_extension=LEVEL,
)
CAMERA = Uplink(
    slot="camera",
    kind="video",
    mid="1",
    codec=Codec.VP8,
    payload_type=VP8,
    rtx_payload_type=VP8_RTX,
    rids=("q", "h", "f"),
    nack=True,
    mid_extension=MID,
    rid_extension=RID,
    repaired_rid_extension=REPAIRED_RID,
)
SOUND_PAYLOADS = {Codec.OPUS: Payload(number=109)}
PICTURE_PAYLOADS = {
    Codec.VP8: Payload(number=120, rtx=121),
    Codec.H264: Payload(number=122, rtx=123),
}


def _downlink(slot: str, kind: str, mid: str, ssrc: int) -> Downlink:
    if kind == "audio":
        return Downlink(slot=slot, kind=kind, mid=mid, payloads=SOUND_PAYLOADS, ssrc=ssrc)
    return Downlink(
        slot=slot, kind=kind, mid=mid, payloads=PICTURE_PAYLOADS, ssrc=ssrc, rtx_ssrc=ssrc + 100
    )


CHAIR_SOUND = _downlink("chair", "audio", "2", 501)
CHAIR_PICTURE = _downlink("chair", "video", "3", 502)
SPEAKER_SOUND = _downlink("speaker.1", "audio", "4", 503)
SPEAKER_PICTURE = _downlink("speaker.1", "video", "5", 504)


def spec(site: str = "01", **changes: Any) -> SessionSpec:
    """A room: microphone, camera in three layers, chair and one speaker."""
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
        self.port = FakePort()
        self.bugs: list[Exception] = []
        self.clear = ClearDtls()
        super().__init__(
            what,
            forwarder=forwarder,
            dtls=lambda _: cast(Dtls, self.clear),
            draw=random.Random(110),
            on_bug=lambda _, bug: self.bugs.append(bug),
        )
        if handshake_done:
            self.begin()
        self.learn(HERE, self.port, nominated=True)
        for outlet in self.outlets.values():
            forwarder.add_outlet(outlet)

    def says(self, *packets: bytes, now_s: float = 1.0, ntp: int | None = None) -> None:
        """All these datagrams were in the socket, and nothing more."""
        moment = ntp_from_unix(now_s) if ntp is None else ntp
        for packet in packets:
            said = self.receive(packet, now_s)
            hear(self, said, self._forwarder, now_s=now_s, ntp=moment)
        self._forwarder.fanout.flush()

    def reports(self, *packets: rtcp.Outgoing, now_s: float = 1.0, ntp: int | None = None) -> None:
        report = ReceiverReport(ssrc=77)
        self.says(compound((report, *packets), cname="client"), now_s=now_s, ntp=ntp)

    def aim(self, ssrc: int, site: str | None, now_s: float = 0.0) -> None:
        outlet = self.outlets[ssrc]
        self._forwarder.aim(outlet, site, medium_of(outlet.slot, outlet.kind), now_s)

    @property
    def sent(self) -> list[tuple[bytes, Address]]:
        return self.port.sent

    @property
    def rtp(self) -> list[bytes]:
        return [data for data, _ in self.sent if not rtp.is_rtcp(data)]

    @property
    def said(self) -> list[rtcp.Rtcp]:
        """The RTCP this client was sent."""
        return [p for data, _ in self.sent if rtp.is_rtcp(data) for p in rtcp.parse(data)]

    @property
    def asked(self) -> list[int]:
        """The SSRCs of which this client was asked a key frame."""
        return [packet.media for packet in self.said if isinstance(packet, PictureLoss)]
