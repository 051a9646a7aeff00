"""The peer between its clips and a line that keeps what it is given."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bridge.endpoint import clip, peer
from bridge.endpoint.card import Card
from bridge.endpoint.clip import Clip, Layer
from bridge.endpoint.library import ClipLibrary
from bridge.endpoint.peer import Peer
from bridge.media.core import rtcp, rtp, vp8
from bridge.media.core.drops import DropReason
from bridge.media.core.ntp import middle32
from bridge.media.core.rtcp import (
    Nack,
    PictureLoss,
    ReceiverReport,
    Remb,
    ReportBlock,
    Rtcp,
    SenderReport,
)
from bridge.media.core.rtcp_writer import compound
from bridge.media.core.sdp import negotiate, parse_offer
from bridge.media.core.sdp_client import PAYLOADS, STEREO, mids_of, parse_answer
from bridge.media.core.sdp_text import SdpRejected
from bridge.media.dtls import SRTP_FAILURES
from bridge.media.plane import Candidate, Codec, Greeting
from bridge.media.slots import Direction, Medium, SessionKind, Slot, slots_for

HA_NOI = Card(code="01", name="Hà Nội", position=0)
ROOM = slots_for(SessionKind.ROOM)
CONSOLE = slots_for(SessionKind.CONSOLE, gallery_size=64)
FIRST_SSRC = 1000


class Line:
    """Both transports of a peer: gives what a test gives it, keeps what is sent, in the clear."""

    def __init__(self) -> None:
        self.ufrag, self.pwd = "ufrag", "password" * 3
        self.sent: list[bytes] = []
        self.deliver: Callable[[bytes], object] = lambda _: None
        self.dtls_closed: Callable[[str], object] = lambda _: None
        self.room_for_dtls = True
        self.connected_to: list[tuple[str, Any, Any]] = []

    def ice(self, *, on_datagram: Callable[[bytes], object], **_: Any) -> Line:
        self.deliver = on_datagram
        return self

    def dtls(self, *_: Any, on_closed: Callable[[str], object]) -> Line:
        self.dtls_closed = on_closed
        return self

    async def gather(self) -> None: ...

    async def connect(self, ufrag: str, *way: Any, **transport: Any) -> None:
        self.connected_to.append((ufrag, way[-1], transport["transport"]))

    async def restart(self, *, local_address: str | None) -> None:
        self.ufrag, self.pwd = f"moved{local_address}".replace(".", ""), "another" * 4

    async def handshake(self, _: Iterable[tuple[str, str]]) -> None: ...

    async def close(self) -> None: ...

    def send(self, datagram: bytes) -> bool:
        self.sent.append(datagram)
        return True

    def feed(self, _: bytes) -> bool:
        return self.room_for_dtls

    def protect(self, packet: bytes) -> bytes:
        return packet

    protect_rtcp = protect

    def unprotect(self, packet: bytes) -> bytes:
        if packet.endswith(b"forged"):
            raise SRTP_FAILURES[0]
        return packet

    unprotect_rtcp = unprotect

    def rtp(self) -> list[bytes]:
        return [packet for packet in self.sent if not rtp.is_rtcp(packet)]

    def rtcp(self) -> list[list[Rtcp]]:
        return [rtcp.parse(packet) for packet in self.sent if rtp.is_rtcp(packet)]


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    it = Line()
    monkeypatch.setattr(peer, "IceClient", it.ice)
    monkeypatch.setattr(peer, "Dtls", it.dtls)
    monkeypatch.setattr(clip, "encode_sound", lambda _: Clip((b"sound",)))
    monkeypatch.setattr(clip, "encode_picture", lambda *_: Clip((b"\x00key", b"\x01delta")))
    return it


@asynccontextmanager
async def made(
    folder: Path, slots: tuple[Slot, ...], closed: list[str] | None = None
) -> AsyncIterator[tuple[Peer, str]]:
    """A peer that has offered, and the answer to it."""
    ends = [] if closed is None else closed
    with ClipLibrary(folder) as library:
        it = Peer(
            card=HA_NOI,
            slots=slots,
            library=library,
            local_address="127.0.0.1",
            on_closed=ends.append,
        )
        sdp, mids = await it.offer()
        ssrcs = itertools.count(FIRST_SSRC)
        answer, _ = negotiate(
            parse_offer(sdp),
            slots,
            mids,
            session="s",
            site="01",
            local_ufrag="abcd",
            local_pwd="p" * 24,
            ssrcs=lambda _: next(ssrcs),
            greeting=Greeting(
                fingerprint="AA:" * 31 + "AA",
                candidates=(Candidate(address="127.0.0.1", port=8110),),
            ),
        )
        yield it, answer
        await it.close()


def sound(sequence: int, ssrc: int = FIRST_SSRC) -> bytes:
    return rtp.pack_header(False, PAYLOADS[Codec.OPUS].number, sequence, 0, ssrc) + b"x"


async def test_an_answer_to_another_offer_is_rejected(tmp_path: Path, line: Line) -> None:
    async with made(tmp_path, CONSOLE) as (_, foreign), made(tmp_path, ROOM) as (it, _):
        with pytest.raises(SdpRejected, match="m-lines"):
            await it.connect(foreign)
        assert not it.connected


async def test_an_answer_that_names_no_ssrc_is_rejected(tmp_path: Path, line: Line) -> None:
    async with made(tmp_path, CONSOLE) as (it, answer):
        with pytest.raises(SdpRejected, match="SSRC"):
            await it.connect(answer.replace(f"a=ssrc:{FIRST_SSRC} ", "a=x-ssrc "))


@pytest.mark.parametrize(
    ("datagram", "reason"),
    [
        (b"\x10 not ours", DropReason.FIRST_BYTE),
        (b"\xff not ours", DropReason.FIRST_BYTE),
        (sound(1) + b"forged", DropReason.SRTP_UNAUTHENTIC),
        (b"\x80\xc9\x00\x01 forged", DropReason.SRTP_UNAUTHENTIC),
        (b"\x80\xc9\x00\x09 short", DropReason.RTCP_MALFORMED),
    ],
)
async def test_a_datagram_of_no_use_is_dropped_by_name(
    tmp_path: Path, line: Line, datagram: bytes, reason: DropReason
) -> None:
    async with made(tmp_path, ROOM) as (it, answer):
        await it.connect(answer)
        line.deliver(datagram)
        assert it.drops == {reason: 1}


async def test_media_before_the_handshake_and_a_full_inbox_are_dropped_by_name(
    tmp_path: Path, line: Line
) -> None:
    async with made(tmp_path, ROOM) as (it, _):
        line.deliver(sound(1))
        line.room_for_dtls = False
        line.deliver(b"\x16 handshake")
        assert it.drops == {DropReason.NOT_READY: 1, DropReason.DTLS_OVERFLOW: 1}


async def test_nothing_is_sent_before_connecting_and_after_closing(
    tmp_path: Path, line: Line
) -> None:
    async with made(tmp_path, ROOM) as (it, answer):
        it.tick(1.0)
        await it.connect(answer)
        await it.close()
        it.tick(2.0)
        assert line.sent == []


async def test_an_end_that_the_peer_brought_is_told_once_and_our_own_is_not(
    tmp_path: Path, line: Line
) -> None:
    closed: list[str] = []
    async with made(tmp_path, ROOM, closed) as (it, answer):
        await it.connect(answer)
        line.dtls_closed("peer_closed")
        line.dtls_closed("peer_closed")
        assert not it.connected
    async with made(tmp_path, ROOM, closed) as (it, answer):
        await it.connect(answer)
        await it.close()
        line.dtls_closed("peer_closed")
    assert closed == ["peer_closed"]


async def test_sound_and_the_wanted_layer_flow(tmp_path: Path, line: Line) -> None:
    async with made(tmp_path, ROOM) as (it, answer):
        it.sender.set_mic(True)
        it.sender.want(frozenset({Layer.Q}), 0.0)
        await it.connect(answer)
        now_s = it._now() + 0.01
        it.tick(now_s)
        assert [packet[rtp.header_length(packet) :][-5:] for packet in line.rtp()] == [
            b"sound",
            b"\x00\x00key",
        ]


async def test_reports_are_due_every_second_with_remb_and_a_sender_report_per_stream(
    tmp_path: Path, line: Line
) -> None:
    async with made(tmp_path, ROOM) as (it, answer):
        it.stage = {}
        it.sender.set_mic(True)
        await it.connect(answer)
        began_s = it._now() + 0.001
        line.deliver(sound(1))
        for step in range(150):
            it.tick(began_s + step * 0.02)
        compounds = line.rtcp()
        assert len(compounds) == 3
        for compound in compounds:
            report, *rest = compound
            assert isinstance(report, SenderReport)
            assert report.ssrc == it.sender.mic_ssrc
            assert [block.ssrc for block in report.reports] == [FIRST_SSRC]
            assert any(isinstance(packet, Remb) for packet in rest)


async def test_a_peer_that_sends_nothing_reports_as_a_receiver(tmp_path: Path, line: Line) -> None:
    async with made(tmp_path, CONSOLE) as (it, answer):
        it.stage = {}
        await it.connect(answer)
        it.tick(it._now())
        ((report, *_),) = line.rtcp()
        assert isinstance(report, ReceiverReport)


async def test_more_streams_than_a_report_can_count_go_into_further_ones(
    tmp_path: Path, line: Line
) -> None:
    async with made(tmp_path, CONSOLE) as (it, answer):
        it.stage = {}
        await it.connect(answer)
        ssrcs = [line.ssrc for line in parse_answer(answer).lines.values()]
        numbers = {
            (slot.kind, slot.name): PAYLOADS[
                Codec.OPUS if slot.kind is Medium.AUDIO else Codec.VP8
            ].number
            for slot in CONSOLE
        } | {(Medium.AUDIO, "content"): STEREO.number}
        for ssrc, slot in zip(ssrcs, CONSOLE, strict=True):
            header = rtp.pack_header(True, numbers[slot.kind, slot.name], 1, 0, ssrc)
            line.deliver(
                header + vp8.pack_descriptor(starts_frame=True, picture_id=0, tl0=0) + b"\x00key"
            )
        it.tick(it._now())
        reports = [
            packet
            for compound in line.rtcp()
            for packet in compound
            if isinstance(packet, ReceiverReport)
        ]
        assert [block.ssrc for report in reports for block in report.reports] == ssrcs
        assert max(len(report.reports) for report in reports) == rtcp.MAX_REPORTS
        assert all(len(packet) <= 1352 for packet in line.sent)


async def test_a_key_frame_is_asked_for_where_somebody_stands(tmp_path: Path, line: Line) -> None:
    async with made(tmp_path, ROOM) as (it, answer):
        it.stage = {"chair": "110"}
        await it.connect(answer)
        it.tick(it._now())
        asked = [p for compound in line.rtcp() for p in compound if isinstance(p, PictureLoss)]
        chair = ROOM.index(Slot("chair", Medium.VIDEO, Direction.RECEIVE))
        assert [request.media for request in asked] == [parse_answer(answer).lines[str(chair)].ssrc]


async def test_what_the_line_lost_is_asked_for_at_the_next_tick(tmp_path: Path, line: Line) -> None:
    async with made(tmp_path, ROOM) as (it, answer):
        it.stage = {}
        await it.connect(answer)
        chair = ROOM.index(Slot("chair", Medium.VIDEO, Direction.RECEIVE))
        ssrc = parse_answer(answer).lines[str(chair)].ssrc
        assert ssrc is not None
        for sequence in (1, 4, 5):
            header = rtp.pack_header(True, PAYLOADS[Codec.VP8].number, sequence, 0, ssrc)
            line.deliver(
                header + vp8.pack_descriptor(starts_frame=True, picture_id=0, tl0=0) + b"\x00key"
            )
        it.tick(it._now())
        asked = [p for compound in line.rtcp() for p in compound if isinstance(p, Nack)]
        # the key frames behind the hole made it worthless to fill
        assert asked == []
        header = rtp.pack_header(True, PAYLOADS[Codec.VP8].number, 8, 0, ssrc)
        line.deliver(
            header + vp8.pack_descriptor(starts_frame=True, picture_id=0, tl0=0) + b"\x01delta"
        )
        it.tick(it._now() + 0.03)
        (request,) = [p for compound in line.rtcp() for p in compound if isinstance(p, Nack)]
        assert (request.media, request.seqs) == (ssrc, (6, 7))


async def test_a_restart_offers_the_same_under_other_names_and_media_goes_on(
    tmp_path: Path, line: Line
) -> None:
    async with made(tmp_path, ROOM) as (it, answer):
        first = it._description()
        await it.connect(answer)
        second, mids = await it.restart(local_address="127.0.0.2")
        assert mids == mids_of(ROOM)
        changed = [
            new
            for old, new in zip(first.split("\r\n"), second.split("\r\n"), strict=True)
            if old != new
        ]
        assert changed == ["a=ice-ufrag:moved127002", f"a=ice-pwd:{'another' * 4}"]
        await it.move(answer.replace("a=ice-ufrag:abcd", "a=ice-ufrag:efgh"))
        assert it.connected
        candidates = (Candidate(address="127.0.0.1", port=8110),)
        assert line.connected_to == [("abcd", candidates, None), ("efgh", candidates, None)]


async def test_film_waits_for_its_clip_and_other_layers_too(tmp_path: Path, line: Line) -> None:
    async with made(tmp_path, ROOM) as (it, answer):
        it.sender.want(frozenset({Layer.H}), 0.0)
        it.sender.show_film(True, 0.0)
        await it.connect(answer)
        assert (it.sender.missing(), it.sender.misses_film) == ({Layer.H}, True)
        await it.fetch_clips()
        assert (it.sender.missing(), it.sender.misses_film) == (frozenset(), False)
        it.tick(it._now() + 0.01)
        assert [rtp.fixed_header(packet)[4] for packet in line.rtp()] == [
            it.sender.film_sound_ssrc,
            it.sender.layers[Layer.H].stream.ssrc,
            it.sender.film_ssrc,
        ]


async def test_the_round_trip_comes_from_the_services_reports(tmp_path: Path, line: Line) -> None:
    async with made(tmp_path, ROOM) as (it, answer):
        await it.connect(answer)
        block = ReportBlock(
            ssrc=it.sender.mic_ssrc,
            fraction_lost=0,
            lost=0,
            highest=0,
            jitter=0,
            last_sr=middle32(peer._ntp()),
            delay_since_sr=0,
        )
        report = ReceiverReport(ssrc=1, reports=(block,))
        line.deliver(compound([report], cname="service"))
        assert it.rtt_s is not None
        assert 0 <= it.rtt_s < 5
        assert it.sender.heard[it.sender.mic_ssrc].lost == 0
