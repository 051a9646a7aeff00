"""A sound of the service's own: in one free slot of one room, in time, and given back."""

from __future__ import annotations

from bridge.media.core import rtp
from bridge.media.forwarder import Forwarder
from bridge.media.plane import Codec, Payload
from bridge.media.utterance import Lent, utterance_in
from tests.support.media import CHAIR_SOUND, SPEAKER_SOUND, Client, spec

FRAMES = tuple(bytes((number,)) for number in range(10))


class Rig:
    def __init__(self) -> None:
        self.forwarder = Forwarder()
        self.client = Client(self.forwarder, spec("01"))
        self.other = Client(self.forwarder, spec("02"))
        self.lent: Lent = {}
        self.it = self.say(1.0)

    def say(self, now_s: float):  # type: ignore[no-untyped-def]
        return utterance_in(
            self.client, FRAMES, forwarder=self.forwarder, lent=self.lent, now_s=now_s
        )

    def run(self, start_s: float, stop_s: float) -> None:
        for step in range(round((stop_s - start_s) * 100)):
            self.it.advance(start_s + step / 100)


def test_it_is_one_stream_of_sound_in_the_last_free_place_and_in_no_other():
    rig = Rig()
    rig.run(1.0, 1.5)

    came = rig.client.rtp
    assert [packet[12:] for packet in came] == list(FRAMES)
    headers = [rtp.fixed_header(packet) for packet in came]
    assert {ssrc for *_, ssrc in headers} == {SPEAKER_SOUND.ssrc}
    assert [marker for marker, *_ in headers] == [True] + [False] * 9
    seqs = [seq for _, _, seq, _, _ in headers]
    assert seqs == list(range(seqs[0], seqs[0] + 10))
    stamps = [stamp for _, _, _, stamp, _ in headers]
    assert [later - stamps[0] for later in stamps] == [960 * number for number in range(10)]
    assert rig.other.sent == []


def test_a_frame_leaves_every_20_ms():
    rig = Rig()
    rig.run(1.0, 1.1)

    assert len(rig.client.rtp) == 5
    assert not rig.it.done


def test_when_all_is_said_the_slot_is_given_back_and_goes_on_with_others():
    rig = Rig()
    rig.run(1.0, 1.5)

    assert rig.it.done
    assert not rig.it.cut_off
    assert rig.lent == {}
    outlet = rig.client.outlets[SPEAKER_SOUND.ssrc]
    assert (outlet.feed, outlet.source) == (None, None)
    rig.it = rig.say(3.0)
    rig.run(3.0, 3.5)
    seqs = [rtp.fixed_header(packet)[2] for packet in rig.client.rtp]
    assert seqs == list(range(seqs[0], seqs[0] + 20))


def test_the_next_place_is_taken_where_the_last_is_not_free():
    rig = Rig()
    rig.it.end(1.0)
    rig.client.aim(SPEAKER_SOUND.ssrc, "02")
    rig.it = rig.say(2.0)
    rig.run(2.0, 2.1)

    assert {rtp.fixed_header(packet)[4] for packet in rig.client.rtp} == {CHAIR_SOUND.ssrc}


def test_without_a_free_place_nothing_is_said():
    rig = Rig()
    rig.it.end(1.0)
    rig.client.aim(SPEAKER_SOUND.ssrc, "02")
    rig.client.aim(CHAIR_SOUND.ssrc, "02")

    assert rig.say(2.0) is None
    assert rig.lent == {}


def test_a_slot_that_decodes_something_else_is_no_place():
    rig = Rig()
    rig.it.end(1.0)
    for outlet in rig.client.outlets.values():
        outlet.payloads = {Codec.VP8: Payload(number=1)}

    assert rig.say(2.0) is None


def test_it_ends_at_once_when_the_stage_takes_the_slot():
    rig = Rig()
    rig.run(1.0, 1.06)
    rig.client.aim(SPEAKER_SOUND.ssrc, "02")
    rig.run(1.06, 1.5)

    assert (rig.it.done, rig.it.cut_off) == (True, True)
    assert len(rig.client.rtp) == 3
    outlet = rig.client.outlets[SPEAKER_SOUND.ssrc]
    assert outlet.feed is rig.forwarder.feed("02", "audio")


def test_it_ends_with_its_session():
    rig = Rig()
    rig.run(1.0, 1.06)
    rig.client.close(1.06)
    rig.run(1.06, 1.5)
    rig.it.end(1.5)

    assert rig.it.cut_off
    assert rig.forwarder.feed("check:01", "check.audio").aimed == []
    assert rig.forwarder.feed("check:01", "check.audio").sources == {}
