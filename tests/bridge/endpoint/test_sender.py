from __future__ import annotations

from random import Random

from bridge.endpoint.clip import Clip, Layer
from bridge.endpoint.sender import Heard, Sender
from bridge.media.core import rtp, vp8
from bridge.media.core.rtcp import (
    FullIntra,
    Nack,
    PictureLoss,
    ReceiverReport,
    Remb,
    ReportBlock,
    SenderReport,
)
from bridge.media.core.sdp_client import AnsweredLine
from bridge.media.core.sdp_terms import LEVEL, MID, REPAIRED_RID, RID, SEND_TIME

SOUND = Clip((b"sound",))
PICTURE = Clip((b"\x00key", b"\x01next", b"\x01next"))


def line(
    mid: str, payload_type: int, extensions: dict[str, int], rtx: int | None = None
) -> AnsweredLine:
    return AnsweredLine(
        mid=mid,
        kind="",
        direction="recvonly",
        payload_type=payload_type,
        rtx_payload_type=rtx,
        ssrc=None,
        rids=(),
        extensions=extensions,
        stream="",
    )


def sender() -> Sender:
    """A microphone and layer q that began at 100 s; the microphone off, nothing wanted."""
    it = Sender(Random(110))
    it.start_sound(line("0", 111, {MID: 1, LEVEL: 2}), SOUND, 100.0)
    it.start_camera(line("1", 96, {MID: 1, RID: 3, REPAIRED_RID: 4, SEND_TIME: 5}, rtx=97))
    it.add_layer(Layer.Q, PICTURE, 100.0)
    return it


def rids(packets: list[bytes]) -> list[bytes | None]:
    return [rtp.extension(packet, 3) for packet in packets]


def is_key(packet: bytes) -> bool:
    return vp8.parse(packet, rtp.header_length(packet), len(packet))[3]


def block(ssrc: int) -> ReportBlock:
    return ReportBlock(
        ssrc=ssrc, fraction_lost=64, lost=3, highest=0, jitter=0, last_sr=0, delay_since_sr=0
    )


def test_nothing_is_sent_unasked() -> None:
    assert list(sender().due(101.0)) == []


def test_an_open_microphone_sends_mid_and_level_minus_20_dbov_with_voice() -> None:
    it = sender()
    it.set_mic(True)
    (packet,) = it.due(100.0)
    assert rtp.extension(packet, 1) == b"0"
    assert rtp.extension(packet, 2) == bytes((0x80 | 20,))
    assert rtp.fixed_header(packet)[4] == it.mic_ssrc
    assert rtp.fixed_header(packet)[1] == 111


def test_a_microphone_says_another_level_from_the_next_packet_on_and_sounds_the_same() -> None:
    it = sender()
    it.set_mic(True)
    (loud,) = it.due(100.0)
    it.say_level(-127)
    (silent,) = it.due(100.03)
    assert rtp.extension(silent, 1) == b"0"
    assert rtp.extension(silent, 2) == bytes((0x80 | 127,))
    assert rtp.fixed_header(silent)[2] == (rtp.fixed_header(loud)[2] + 1) & 0xFFFF
    assert silent[rtp.header_length(silent) :] == loud[rtp.header_length(loud) :]


def test_a_level_that_was_said_before_the_m_line_was_accepted_holds() -> None:
    it = Sender(Random(110))
    it.set_mic(True)
    it.say_level(-60)
    it.start_sound(line("0", 111, {LEVEL: 2}), SOUND, 100.0)
    (packet,) = it.due(100.0)
    assert rtp.extension(packet, 2) == bytes((0x80 | 60,))


def test_an_extension_the_answer_did_not_take_is_left_out() -> None:
    it = Sender(Random(110))
    it.set_mic(True)
    it.start_sound(line("0", 111, {MID: 1}), SOUND, 100.0)
    (packet,) = it.due(100.0)
    assert rtp.extension(packet, 1) == b"0"
    assert rtp.extension(packet, 2) is None


def test_what_was_asked_before_the_m_lines_were_accepted_holds() -> None:
    it = Sender(Random(110))
    it.set_mic(True)
    it.want(frozenset({Layer.Q}), 99.0)
    assert it.missing() == frozenset()
    it.start_sound(line("0", 111, {}), SOUND, 100.0)
    it.start_camera(line("1", 96, {RID: 3}))
    assert it.missing() == {Layer.Q}
    it.add_layer(Layer.Q, PICTURE, 100.0)
    assert rids(list(it.due(100.0))) == [None, b"q"]


def test_h_is_a_layer_like_the_others() -> None:
    it = sender()
    it.add_layer(Layer.H, PICTURE, 100.0)
    it.want(frozenset({Layer.H}), 100.0)
    assert rids(list(it.due(100.0))) == [b"h"]


def test_what_the_service_misses_leaves_once_more_with_the_next_tick_before_what_is_new() -> None:
    it = sender()
    it.want(frozenset({Layer.Q}), 100.0)
    (lost,) = it.due(100.0)
    player = it.layers[Layer.Q]
    sequence = rtp.fixed_header(lost)[2]
    it.on_rtcp([Nack(sender=1, media=player.stream.ssrc, seqs=(sequence, sequence + 9 & 0xFFFF))])
    it.on_rtcp([Nack(sender=1, media=it.mic_ssrc, seqs=(1,)), Nack(sender=1, media=5, seqs=(1,))])
    again, new = it.due(100.07)
    assert rtp.fixed_header(again)[1] == 97
    assert rtp.extension(again, 4) == b"q"
    assert rtp.extension(again, 5) == (int(100.07 * 2**18) % 2**24).to_bytes(3, "big")
    assert again[rtp.header_length(again) :][:2] == sequence.to_bytes(2, "big")
    assert rtp.fixed_header(new)[1:3] == (96, (sequence + 1) & 0xFFFF)
    assert list(it.due(100.08)) == []
    assert (it.repaired, it.packets) == (1, 2)


def test_film_is_sent_while_it_is_shown_and_its_picture_waits_for_its_clip() -> None:
    it = sender()
    it.show_film(True, 100.0)
    assert not it.misses_film
    it.start_film(line("2", 96, {MID: 1}, rtx=97))
    it.start_film_sound(line("3", 112, {MID: 1}), SOUND, 100.0)
    assert it.misses_film
    assert [rtp.fixed_header(packet)[4] for packet in it.due(100.0)] == [it.film_sound_ssrc]
    it.add_film(PICTURE, 100.01)
    assert not it.misses_film
    assert [rtp.fixed_header(packet)[4] for packet in it.due(100.021)] == [
        it.film_sound_ssrc,
        it.film_ssrc,
    ]
    it.show_film(False, 100.03)
    assert list(it.due(101.0)) == []


def test_a_lost_packet_of_film_is_repeated_in_the_stream_the_offer_named() -> None:
    it = sender()
    it.start_film(line("2", 96, {MID: 1}, rtx=97))
    it.add_film(PICTURE, 100.0)
    it.show_film(True, 100.0)
    (lost,) = it.due(100.0)
    it.on_rtcp([Nack(sender=1, media=it.film_ssrc, seqs=(rtp.fixed_header(lost)[2],))])
    again, *_ = it.due(100.01)
    assert rtp.fixed_header(again)[4] == it.film_repair_ssrc


def test_a_layer_whose_clip_comes_later_begins_with_it_if_still_wanted() -> None:
    it = sender()
    it.want(frozenset({Layer.Q, Layer.F}), 100.0)
    assert rids(list(it.due(100.0))) == [b"q"]
    assert it.missing() == {Layer.F}
    it.add_layer(Layer.F, PICTURE, 100.03)
    assert it.missing() == frozenset()
    assert rids(list(it.due(100.04))) == [b"f"]
    it.want(frozenset(), 100.05)
    assert list(it.due(101.0)) == []


def test_a_request_for_a_key_frame_restarts_the_layer_it_names_and_no_other() -> None:
    it = sender()
    it.add_layer(Layer.F, PICTURE, 100.0)
    it.want(frozenset({Layer.Q, Layer.F}), 100.0)
    q, f = (it.layers[layer].stream.ssrc for layer in (Layer.Q, Layer.F))
    assert [is_key(packet) for packet in it.due(100.001)] == [True, True]
    it.on_rtcp([PictureLoss(sender=1, media=q)])
    assert [is_key(packet) for packet in it.due(100.07)] == [True, False]
    it.on_rtcp([FullIntra(sender=1, media=(f,))])
    assert [is_key(packet) for packet in it.due(100.14)] == [False, True]
    it.on_rtcp([PictureLoss(sender=1, media=it.mic_ssrc)])
    assert [is_key(packet) for packet in it.due(100.21)] == [False, False]


def test_what_the_service_says_about_us_is_kept() -> None:
    it = sender()
    it.on_rtcp(
        [
            ReceiverReport(ssrc=1, reports=(block(it.mic_ssrc),)),
            SenderReport(ssrc=1, ntp=0, rtp=0, packets=0, octets=0, reports=(block(7),)),
            Remb(sender=1, bitrate_bps=1_000_000, ssrcs=()),
        ]
    )
    assert it.heard == {
        it.mic_ssrc: Heard(lost=3, fraction_lost=0.25),
        7: Heard(lost=3, fraction_lost=0.25),
    }
    assert it.allowed_bps == 1_000_000


def test_only_streams_that_have_sent_are_reported() -> None:
    it = sender()
    assert it.sent(100.0) == []
    it.want(frozenset({Layer.Q}), 100.0)
    list(it.due(100.0))
    assert [(sent.ssrc, sent.packets) for sent in it.sent(100.5)] == [
        (it.layers[Layer.Q].stream.ssrc, 1)
    ]
    assert it.packets == 1
