"""Targets: each door that takes bytes from outside, as a function that takes any.

A target returns for every input, or what it raises is a bug: the documented error is caught here, and
the laws of a reader are asserted.  ``SEEDS`` are well-formed inputs, from which a fuzzer gets further
than from nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from functools import partial
from itertools import count

from aioice import stun as ice

from bridge.media.core import framing, picture, rtcp, rtp, rtx, stun
from bridge.media.core.rtcp_writer import compound
from bridge.media.core.sdp import negotiate, parse_offer
from bridge.media.core.sdp_client import parse_answer
from bridge.media.core.sdp_text import SdpRejected
from bridge.media.plane import Codec, LayerDemand, LinkUp, Plan
from bridge.media.wire import Close, Frames, Restart, SetPlan, WireError, encode
from tests.bridge.media.core.offers import CHROMIUM, GREETING, MIDS, SLOTS, agree
from tests.config.agendas import GOOD_CSV, GOOD_XLSX, GOOD_YAML, law
from tests.support.media import h264, padding
from tests.support.media import picture as vp8_packet

Target = Callable[[bytes], None]

PWD = "a password of 24 letters"


def read_stun(data: bytes) -> None:
    try:
        request = stun.parse_binding_request(data)
    except stun.StunMalformed:
        return
    request.authenticate(PWD)
    assert request.error_code in {400, 401}
    assert stun.error_response(request)
    assert stun.binding_response(request, ("192.0.2.1", 5000), PWD)


def read_rtp(data: bytes) -> None:
    try:
        start, stop = rtp.header_length(data), rtp.payload_end(data)
    except rtp.RtpMalformed:
        return
    assert 12 <= start <= stop <= len(data)
    _, _, seq, timestamp, ssrc = rtp.fixed_header(data)
    assert max(seq >> 16, timestamp >> 32, ssrc >> 32) == 0
    for number in range(1, 15):
        value = rtp.extension(data, number)
        assert value is None or value in data
    for codec in (Codec.VP8, Codec.H264):
        with contextlib.suppress(*picture.PICTURE_ERRORS):
            assert start <= picture.read(codec, data, start, stop)[1] <= stop
    again = rtx.unwrap(data, start, stop, ssrc=1, payload_type=96)
    assert again is None or rtp.payload_end(again) == len(again) == stop - 2


def read_rtcp(data: bytes) -> None:
    with contextlib.suppress(rtcp.RtcpMalformed):
        assert all(packet is not None for packet in rtcp.parse(data))


def read_offer(data: bytes) -> None:
    ssrcs = count(1)
    with contextlib.suppress(SdpRejected):
        offer = parse_offer(data.decode(errors="replace"))
        text, _ = negotiate(
            offer,
            SLOTS,
            MIDS,
            session="s",
            site="01",
            local_ufrag="ours",
            local_pwd=PWD,
            ssrcs=lambda _: next(ssrcs),
            greeting=GREETING,
        )
        assert text.startswith("v=0\r\n")


def read_answer(data: bytes) -> None:
    with contextlib.suppress(SdpRejected):
        assert parse_answer(data.decode(errors="replace")).lines


def read_frames(data: bytes) -> None:
    half = len(data) // 2
    whole, halves = framing.Deframer(), framing.Deframer()
    with contextlib.suppress(framing.FrameTooLong):
        frames = whole.feed(data)
        assert frames == halves.feed(data[:half]) + halves.feed(data[half:])
        assert all(0 < len(frame) <= framing.MAX_FRAME_BYTES for frame in frames)


def read_wire(data: bytes) -> None:
    with contextlib.suppress(WireError):
        for message in Frames().feed(data):
            assert encode(message)


def _check() -> bytes:
    request = ice.Message(
        message_method=ice.Method.BINDING,
        message_class=ice.Class.REQUEST,
        attributes={"USERNAME": "ours:theirs", "PRIORITY": 1, "ICE-CONTROLLING": 7},
    )
    request.attributes["USE-CANDIDATE"] = None
    request.add_message_integrity(PWD.encode())
    request.add_fingerprint()
    return bytes(request)


TARGETS: Mapping[str, Target] = {
    "stun": read_stun,
    "rtp": read_rtp,
    "rtcp": read_rtcp,
    "offer": read_offer,
    "answer": read_answer,
    "framing": read_frames,
    "wire": read_wire,
    "agenda.yaml": partial(law, file="a.yaml"),
    "agenda.csv": partial(law, file="a.csv"),
    "agenda.xlsx": partial(law, file="a.xlsx"),
}
_BLOCK = rtcp.ReportBlock(
    ssrc=2, fraction_lost=3, lost=-4, highest=70_000, jitter=5, last_sr=6, delay_since_sr=7
)
SEEDS: Mapping[str, tuple[bytes, ...]] = {
    "stun": (_check(),),
    "rtp": (
        vp8_packet(1, key=True, picture_id=300, tl0=5, body=bytes(20), mid=b"1", rid=b"f"),
        h264(2, key=True, body=bytes(20), mid=b"1"),
        padding(3),
    ),
    "rtcp": (
        compound((rtcp.ReceiverReport(ssrc=1, reports=(_BLOCK,)),), cname="client"),
        compound(
            (
                rtcp.SenderReport(ssrc=1, ntp=2, rtp=3, packets=4, octets=5),
                rtcp.PictureLoss(sender=1, media=2),
                rtcp.Nack(sender=1, media=2, seqs=(1, 2, 17, 40)),
                rtcp.Remb(sender=1, bitrate_bps=400_000, ssrcs=(2, 3)),
            ),
            cname="client",
        ),
    ),
    "offer": (CHROMIUM.encode(),),
    "answer": (agree(CHROMIUM)[0].encode(),),
    "framing": (framing.frame(b"first") + framing.frame(bytes(300)) + framing.frame(b""),),
    "wire": (
        encode(LinkUp(session="s")) + encode(LayerDemand(site="01", layers=frozenset({"h"}))),
        encode(SetPlan(plan=Plan(gates=frozenset({"01"}), slots={"chair": "110"}))),
        encode(Restart(session="s", local_ufrag="a", local_pwd="b", remote_ufrag="c"))
        + encode(Close(session="s")),
    ),
    "agenda.yaml": (GOOD_YAML,),
    "agenda.csv": (GOOD_CSV,),
    "agenda.xlsx": (GOOD_XLSX,),
}
