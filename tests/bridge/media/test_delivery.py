"""What leaves for one subscriber: in groups, cut by name, and sent again in a stream of its own."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import pylibsrtp
import pytest

from bridge.media.core import layers, rtp, rtx
from bridge.media.core.drops import DropReason
from bridge.media.core.rewrite import Numbers
from bridge.media.core.rtcp import Nack
from bridge.media.delivery import (
    REMEMBERED_REPEATS,
    REPEAT_AGAIN_S,
    REPEAT_BYTES,
    REPEAT_SHARE,
)
from bridge.media.dtls import Dtls
from bridge.media.forwarder import Forwarder
from bridge.media.plane import Codec, Payload
from bridge.media.streams import HISTORY_PACKETS, REMEMBERED_RUNS, SMALL_HISTORY_PACKETS
from bridge.media.udp import Address
from tests.support.media import (
    CAMERA,
    H264,
    SPEAKER_PICTURE,
    SPEAKER_SOUND,
    ClearDtls,
    Client,
    FakePort,
    h264,
    picture,
    read,
    sound,
    spec,
)

SSRC, RTX_SSRC = SPEAKER_PICTURE.ssrc, SPEAKER_PICTURE.ssrc + 100
PT, RTX_PT = 120, 121
KEY, SALT = b"sixteen byte key", b"twelve bytes"


class GcmDtls(ClearDtls):
    """The keys of our own sealing are known; nobody else seals with them."""

    profile = "SRTP_AEAD_AES_128_GCM"

    def sealing_keys(self) -> Any:
        return KEY, SALT

    def protect(self, data: bytes) -> bytes:
        raise AssertionError("a stream is sealed by one sealer")


class SmallPort(FakePort):
    """Takes *room* packets and then no more."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room

    def send_all(self, packets: Sequence[bytes], size: int, address: Address) -> int:
        taken = min(len(packets), self.room)
        self.room -= taken
        if taken:
            super().send_all(packets[:taken], size, address)
        return taken


@pytest.fixture
def other(forwarder: Forwarder) -> Client:
    return Client(forwarder, spec("03"))


@pytest.fixture(params=[0, 65530], ids=["", "wraps"])
def watcher(forwarder: Forwarder, request: pytest.FixtureRequest) -> Client:
    """Site 02, whose speaker is site 01; its numbers wrap soon."""
    it = Client(forwarder, spec("02"))
    it.aim(SPEAKER_SOUND.ssrc, "01")
    it.aim(SSRC, "01")
    it.outlets[SSRC].numbers = Numbers(
        clock_rate_hz=90000,
        seq=request.param,
        timestamp=0xFFFFFF00,
        picture_id=0x7FFE,
        tl0=254,
    )
    return it


def frame(n: int, *, ssrc: int = 12, key: bool = False, body: bytes = b"", **more: Any) -> bytes:
    """The n-th frame, in one packet."""
    own = {"mid": b"1", "rid": b"f"} | more
    body = body or b"%d" % n
    return picture(
        n, 3000 * n, ssrc=ssrc, key=key, picture_id=n, tl0=n, body=body, marker=True, **own
    )


def first_time(watcher: Client) -> list[bytes]:
    """What left in the stream itself, without the padding that evened a group."""
    return [bare(data) for data in watcher.rtp if int.from_bytes(data[8:12], "big") == SSRC]


def bare(data: bytes) -> bytes:
    """Without padding, and without what says whose it is and when it left."""
    return tailless(bytes((data[0] & ~0x20,)) + data[1 : rtp.payload_end(data)])


def tailless(data: bytes) -> bytes:
    return bytes((data[0] & ~0x11,)) + data[1:12] + data[rtp.header_length(data) :]


def again(watcher: Client) -> list[bytes]:
    sent = watcher.rtp
    return [tailless(data) for data in sent if int.from_bytes(data[8:12], "big") == RTX_SSRC]


def seq_of(data: bytes) -> int:
    return int.from_bytes(data[2:4], "big")


def asks(watcher: Client, *seqs: int, now_s: float) -> None:
    watcher.reports(Nack(sender=77, media=SSRC, seqs=seqs), now_s=now_s)


def restored(data: bytes) -> bytes:
    """What a receiver makes of a retransmission."""
    start, stop = rtp.header_length(data), rtp.payload_end(data)
    it = rtx.unwrap(data, start, stop, ssrc=SSRC, payload_type=PT)
    assert it is not None
    return it


# First time.


def test_what_was_sent_is_counted_and_what_the_kernel_refused_is_not(client, watcher):
    client.says(sound(1, body=b"12345"))
    watcher.port.takes = False
    client.says(sound(2, body=b"12345"))

    [sent] = [read(data, "audio") for data in watcher.rtp]
    assert (sent.pt, sent.ssrc, sent.marker) == (109, 503, True)
    assert (watcher.delivery.packets, watcher.delivery.bytes) == (1, 17)
    outlet = watcher.outlets[503]
    assert (outlet.packets, outlet.bytes) == (1, 5)
    assert (client.delivery.packets, client.delivery.bytes) == (0, 0)


def test_nothing_leaves_without_keys_or_address_and_it_has_a_name(forwarder, client):
    without_keys = Client(forwarder, spec("02"), handshake_done=False)
    without_address = Client(forwarder, spec("03"))
    without_address.delivery.route = None
    for it in (without_keys, without_address):
        it.aim(SPEAKER_SOUND.ssrc, "01")
    client.says(sound(1))

    assert forwarder.drops == {DropReason.NOT_READY: 2}
    assert without_keys.sent == without_address.sent == []

    without_keys.begin()
    without_address.delivery.shut()
    client.says(sound(2))

    assert len(without_keys.rtp) == 1
    assert forwarder.drops == {DropReason.NOT_READY: 3}


def test_what_is_too_long_to_seal_is_dropped_by_name_and_its_neighbours_go(client, watcher):
    client.says(sound(1, body=bytes(1345)), sound(2, body=bytes(1344)))

    assert [len(data) for data in watcher.rtp] == [1356]
    assert client._drops == {DropReason.SRTP_REFUSED: 1}
    assert (watcher.outlets[503].packets, watcher.outlets[503].bytes) == (1, 1344)
    assert watcher.bugs == []


def test_a_bug_on_a_subscribers_way_is_told_of_it_and_stops_nobody_else(client, watcher, other):
    def planted(_: bytes) -> bytes:
        raise RuntimeError("planted")

    other.aim(SPEAKER_SOUND.ssrc, "01")
    watcher.delivery._protect = planted
    client.says(sound(1))

    assert [str(bug) for bug in watcher.bugs] == ["planted"]
    assert (client.bugs, other.bugs) == ([], [])
    assert len(other.rtp) == 1


def parts(n: int, sizes: Sequence[int], *, first: int, key: bool = False) -> list[bytes]:
    """The n-th frame, in packets of these sizes behind the descriptor."""
    last = len(sizes) - 1
    return [
        picture(
            first + at,
            3000 * n,
            ssrc=12,
            key=key,
            starts=at == 0,
            picture_id=n,
            tl0=n,
            body=bytes((at,)) * size,
            marker=at == last,
            mid=b"1",
            rid=b"f",
        )
        for at, size in enumerate(sizes)
    ]


def test_the_packets_of_a_picture_leave_together_made_equal_and_arrive_as_they_were(
    client, watcher
):
    sizes = [1100, 1099, 1101, 1100, 600]
    client.says(*parts(1, sizes, first=1, key=True))

    assert [len(batch) for batch in watcher.port.batches] == [5]
    assert len({len(data) for data in watcher.rtp[:4]}) == 1
    got = [read(data, "video") for data in watcher.rtp]
    assert [sent.body for sent in got] == [bytes((n,)) * size for n, size in enumerate(sizes)]
    assert [sent.marker for sent in got] == [False] * 4 + [True]
    outlet = watcher.outlets[SSRC]
    assert watcher.delivery.bytes == sum(map(len, watcher.rtp))
    assert outlet.bytes == watcher.delivery.bytes - 5 * 16  # of each the header and whose it is


@pytest.mark.parametrize("room", [0, 1, 16, 17, 39])
def test_a_full_buffer_cuts_the_rest_of_the_picture_and_goes_on_with_the_next(
    forwarder, client, watcher, room
):
    port = SmallPort(room)
    watcher.delivery.route = (port, ("192.0.2.1", 1))
    client.says(*parts(1, [1000] * 40, first=1, key=True))
    offered = -(-(room + 1) // 16) * 16  # groups of sixteen: the one that met the end is the last
    assert forwarder.drops[DropReason.FRAME_CUT] == max(40 - offered, 0)
    assert len(port.sent) == room

    outlet = watcher.outlets[SSRC]
    assert outlet.packets == room
    assert outlet.bytes == sum(len(data) - 16 for data, _ in port.sent)
    port.room = 100
    client.says(*parts(2, [1000] * 3, first=41), *parts(3, [900] * 3, first=44))

    got = [read(data, "video") for data, _ in port.sent[room:]]
    assert [sent.marker for sent in got] == [False, False, True] * 2
    assert forwarder.drops[DropReason.FRAME_CUT] == max(40 - offered, 0)


def test_what_comes_later_of_a_picture_that_was_cut_is_cut_too(forwarder, client, watcher):
    port = SmallPort(1)
    watcher.delivery.route = (port, ("192.0.2.1", 1))
    packets = parts(1, [1000] * 4, first=1, key=True)
    client.says(*packets[:2])
    port.room = 100
    client.says(packets[2])
    client.says(packets[3], *parts(2, [1000], first=5))

    assert [read(data, "video").body[:1] for data, _ in port.sent] == [b"\0", b"\0"]
    assert forwarder.drops == {DropReason.FRAME_CUT: 2}


def test_a_picture_whose_last_packet_met_the_full_buffer_takes_nothing_with_it(
    forwarder, client, watcher
):
    port = SmallPort(2)
    watcher.delivery.route = (port, ("192.0.2.1", 1))
    client.says(*parts(1, [1000] * 3, first=1, key=True))
    port.room = 100
    client.says(*parts(2, [1000], first=4))

    assert forwarder.drops == {}
    assert len(port.sent) == 3


def test_sound_is_never_cut(forwarder, client, watcher):
    port = SmallPort(1)
    watcher.delivery.route = (port, ("192.0.2.1", 1))
    client.says(sound(1, 960))
    client.says(sound(2, 1920))
    port.room = 100
    client.says(sound(3, 1920))

    assert len(port.sent) == 2
    assert forwarder.drops == {}


def test_who_is_cut_asks_again_and_gets_it(client, watcher):
    port = SmallPort(2)
    watcher.delivery.route = (port, ("192.0.2.1", 1))
    client.says(*parts(1, [1000] * 20, first=1, key=True))
    base = seq_of(port.sent[0][0])
    asks(watcher, *(base + n & 0xFFFF for n in range(2, 20)), now_s=1.1)

    got = [read(restored(data), "video") for data, _ in port.sent[2:]]
    assert [sent.body[0] for sent in got] == list(range(2, 20))


# Again.


def test_what_is_asked_for_comes_again_beside_the_stream_with_its_own_numbers(client, watcher):
    client.says(*(frame(n, key=n == 1) for n in range(1, 21)))
    sent = first_time(watcher)
    asks(watcher, seq_of(sent[12]), seq_of(sent[3]), seq_of(sent[19]), now_s=2.0)

    assert first_time(watcher) == sent, "never in the stream itself"
    got = again(watcher)
    assert [restored(data) for data in got] == [sent[12], sent[3], sent[19]]
    first = seq_of(got[0])
    assert [seq_of(data) - first for data in got] == [0, 1, 2]
    assert {data[1] & 0x7F for data in got} == {RTX_PT}
    assert first < 0x8000
    assert watcher.delivery.repeated == 3
    assert watcher.delivery.packets == 23
    assert watcher.delivery.bytes == sum(map(len, watcher.rtp))
    assert watcher.outlets[SSRC].packets == 20, "sender reports are about the stream itself"


def test_it_is_not_sent_again_sooner_than_a_round_trip(client, watcher):
    client.says(frame(1, key=True))
    [seq] = map(seq_of, first_time(watcher))
    watcher.rtt_s = 0.2
    for now_s in (2.0, 2.19, 2.201, 2.3):
        asks(watcher, seq, now_s=now_s)

    assert len(again(watcher)) == 2
    assert client._drops == {DropReason.REPEAT_TOO_SOON: 2}


@pytest.mark.parametrize("rtt_s", [None, 0.001])
def test_a_round_trip_that_is_short_or_unknown_is_taken_for_longer(client, watcher, rtt_s):
    client.says(frame(1, key=True))
    [seq] = map(seq_of, first_time(watcher))
    watcher.rtt_s = rtt_s
    for now_s in (2.0, 2.0 + REPEAT_AGAIN_S - 0.001, 2.0 + REPEAT_AGAIN_S + 0.001):
        asks(watcher, seq, now_s=now_s)

    assert len(again(watcher)) == 2
    assert client._drops == {DropReason.REPEAT_TOO_SOON: 1}


def test_repetitions_are_a_share_of_what_is_sent(client, watcher):
    large = bytes(1000)
    client.says(*(frame(n, key=n == 1, body=large) for n in range(1, 101)))
    sent = first_time(watcher)
    size = len(sent[-1])
    seqs = [seq_of(data) for data in sent]
    asks(watcher, *seqs, now_s=2.0)

    allowed = len(again(watcher))

    assert allowed == pytest.approx(REPEAT_BYTES / size, abs=1)
    assert client._drops == {DropReason.REPEAT_LIMIT: 100 - allowed}

    client.says(*(frame(n, body=large) for n in range(101, 141)))
    asks(watcher, *seqs[allowed:], now_s=3.0)

    assert len(again(watcher)) - allowed == pytest.approx(40 * REPEAT_SHARE, abs=1)


def test_what_was_sent_again_is_forgotten_when_there_is_much_of_it(client, watcher):
    client.says(*(frame(n, key=n == 1) for n in range(1, 401)))
    for second, data in enumerate(first_time(watcher)):
        asks(watcher, seq_of(data), now_s=2.0 + second)

    repeats = watcher.repeats[SSRC]
    assert len(repeats.sent_s) == REMEMBERED_REPEATS
    assert len(again(watcher)) == 400


@pytest.mark.parametrize("off", [-1, -3000, 1, 100, 0x8000])
def test_a_number_that_never_was_is_not_answered(client, watcher, off):
    client.says(*(frame(n, key=n == 1) for n in range(1, 4)))
    sent = first_time(watcher)
    edge = seq_of(sent[0] if off < 0 else sent[-1])
    asks(watcher, edge + off & 0xFFFF, now_s=2.0)

    assert again(watcher) == []
    assert client._drops == {DropReason.REPEAT_GONE: 1}


def test_before_anything_was_sent_there_is_nothing_to_send_again(client, watcher):
    asks(watcher, *range(100), now_s=2.0)

    assert watcher.rtp == []
    assert client._drops == {DropReason.REPEAT_GONE: 100}


@pytest.mark.parametrize(
    ("rid", "remembered"), [("f", HISTORY_PACKETS), ("q", SMALL_HISTORY_PACKETS)]
)
def test_what_is_too_old_is_gone(client, watcher, rid, remembered):
    own = {"rid": rid.encode()}
    client.says(*(frame(n, key=n == 1, **own) for n in range(1, remembered + 2)))
    sent = first_time(watcher)
    asks(watcher, seq_of(sent[0]), seq_of(sent[1]), now_s=2.0)

    assert [restored(data) for data in again(watcher)] == [sent[1]]
    assert client._drops == {DropReason.REPEAT_GONE: 1}


def test_what_was_lost_upstream_is_gone_until_it_is_here(client, watcher):
    packets = [frame(n, key=n == 1) for n in range(1, 6)]
    client.says(*packets[:2], *packets[3:])
    missing = seq_of(first_time(watcher)[1]) + 1 & 0xFFFF
    asks(watcher, missing, now_s=2.0)
    assert client._drops == {DropReason.REPEAT_GONE: 1}

    client.says(packets[2])
    asks(watcher, missing, now_s=2.001)

    assert [restored(data) for data in again(watcher)] == first_time(watcher)[-1:]


def test_what_an_earlier_speaker_sent_is_sent_again_with_the_numbers_it_had(
    forwarder, client, watcher, other
):
    sites = {"01": client, "03": other}
    sent_by: list[str] = []
    n = 0
    for turn in range(REMEMBERED_RUNS + 2):
        site = ("01", "03")[turn % 2]
        watcher.aim(SSRC, site, float(turn))
        for k in range(6):
            n += 1
            sites[site].says(frame(n, key=k == 0), now_s=turn + 0.1 * k)
            sent_by.append(site)
    sent = first_time(watcher)
    assert len(sent) == len(sent_by)
    asks(watcher, *map(seq_of, sent), now_s=10.0)

    kept = 6 * (REMEMBERED_RUNS + 1)
    assert [restored(data) for data in again(watcher)] == sent[-kept:]
    assert client._drops == {DropReason.REPEAT_GONE: len(sent) - kept}


def test_a_slot_that_is_empty_now_still_answers_for_what_it_showed(client, watcher):
    client.says(*(frame(n, key=n == 1) for n in range(1, 5)))
    sent = first_time(watcher)
    watcher.aim(SSRC, None, 1.5)
    asks(watcher, *map(seq_of, sent), now_s=2.0)

    assert [restored(data) for data in again(watcher)] == sent


def test_what_a_restarted_source_sent_before_is_gone(client, watcher):
    client.says(*(frame(n, key=n == 1) for n in range(1, 5)))
    before = first_time(watcher)
    client.says(frame(30000), frame(30001), frame(30002, key=True), frame(30003))
    after = first_time(watcher)[len(before) :]
    assert len(after) == 2
    asks(watcher, *map(seq_of, [*before, *after]), now_s=2.0)

    assert [restored(data) for data in again(watcher)] == after


def layered(n: int, **more: Any) -> bytes:
    """The n-th frame of a picture in two temporal layers: every other one may be left out."""
    return frame(n, key=n == 0, tid=n % 2, sync=n % 2 == 1, **more)


def test_what_was_left_out_shifts_the_numbers_and_they_are_found_all_the_same(
    forwarder, client, watcher
):
    outlet = watcher.outlets[SSRC]
    client.says(*(layered(n) for n in range(10)))
    forwarder.limit(outlet, layers.F, 0, 1.0)
    client.says(*(layered(n) for n in range(10, 30)))
    forwarder.limit(outlet, layers.F, 3, 1.0)
    client.says(*(layered(n) for n in range(30, 40)))
    sent = first_time(watcher)
    assert len(sent) == 30
    shown = [int(read(data, "video").body) for data in sent]
    assert shown == [*range(10), *range(10, 30, 2), *range(30, 40)]
    assert len({seq_of(data) for data in sent}) == 30
    asks(watcher, *map(seq_of, sent), now_s=2.0)

    assert [restored(data) for data in again(watcher)] == sent


def test_h264_is_sent_again_under_its_own_payload_type(forwarder, watcher):
    camera = replace(CAMERA, codec=Codec.H264, payload_type=H264, rids=())
    client = Client(forwarder, spec("01", uplinks=(camera,)))
    client.says(h264(1, key=True, body=b"sps"), h264(2, 3000, body=b"slice", marker=True))
    sent = first_time(watcher)
    asks(watcher, *map(seq_of, sent), now_s=2.0)

    assert [data[1] & 0x7F for data in again(watcher)] == [123, 123]
    assert [data[14:] for data in again(watcher)] == [data[12:] for data in sent]
    assert [data[1] >> 7 for data in again(watcher)] == [0, 1]


def test_who_takes_no_retransmissions_gets_none(forwarder, client):
    payloads = {Codec.VP8: Payload(number=PT)}
    for n, downlink in enumerate(
        (replace(SPEAKER_PICTURE, rtx_ssrc=None), replace(SPEAKER_PICTURE, payloads=payloads))
    ):
        watcher = Client(forwarder, spec("02", downlinks=(downlink,)))
        watcher.aim(SSRC, "01")
        client.says(frame(n, key=True))
        asks(watcher, seq_of(watcher.rtp[0]), now_s=2.0)
        assert len(watcher.rtp) == 1
        watcher.close(3.0)

    assert client._drops == {DropReason.REPEAT_GONE: 1}


def test_what_comes_again_may_meet_a_full_buffer_and_is_not_counted_as_sent(client, watcher):
    client.says(frame(1, key=True))
    [seq] = map(seq_of, first_time(watcher))
    watcher.port.takes = False
    asks(watcher, seq, now_s=2.0)

    assert watcher.delivery.repeated == 0
    assert watcher.delivery.packets == 1


# Nothing.


def test_padding_goes_beside_the_picture_at_its_time(client, watcher):
    client.says(frame(1, key=True))
    [sent] = first_time(watcher)
    outlet, repeats = watcher.outlets[SSRC], watcher.repeats[SSRC]
    for size in (255, 1):
        watcher.delivery.pad(outlet, repeats, size, outlet.newest()[1])

    got = again(watcher)
    assert [len(data) for data in got] == [12 + 255, 12 + 1]
    assert [rtp.payload_end(data) for data in got] == [12, 12]
    assert {data[4:8] for data in got} == {sent[4:8]}
    assert [data[1] for data in got] == [RTX_PT, RTX_PT]
    assert seq_of(got[1]) == seq_of(got[0]) + 1
    assert watcher.delivery.padding_bytes == 12 + 255 + 12 + 1
    assert watcher.delivery.repeated == 0


def test_a_line_that_carries_no_picture_is_padded_too(watcher):
    # Or it could never be found out that it carries one again.
    outlet, repeats = watcher.outlets[SSRC], watcher.repeats[SSRC]
    watcher.delivery.pad(outlet, repeats, 255, outlet.newest()[1])

    [got] = again(watcher)
    assert (len(got), got[1]) == (12 + 255, RTX_PT)
    assert watcher.delivery.padding_bytes == 12 + 255


def test_padding_that_does_not_leave_is_not_counted(client, watcher):
    outlet, repeats = watcher.outlets[SSRC], watcher.repeats[SSRC]
    client.says(frame(1, key=True))
    watcher.port.takes = False
    watcher.delivery.pad(outlet, repeats, 255, outlet.newest()[1])
    watcher.delivery.route = None
    watcher.delivery.pad(outlet, repeats, 255, outlet.newest()[1])

    assert watcher.delivery.padding_bytes == 0
    assert client._drops == {DropReason.NOT_READY: 1}


# Sealed.


def opener() -> pylibsrtp.Session:
    """A receiver: libsrtp, which refuses a number it has seen."""
    policy = pylibsrtp.Policy(
        key=KEY + SALT,
        ssrc_type=pylibsrtp.Policy.SSRC_ANY_INBOUND,
        srtp_profile=pylibsrtp.Policy.SRTP_PROFILE_AEAD_AES_128_GCM,
    )
    policy.window_size = 4096
    return pylibsrtp.Session(policy=policy)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_no_number_is_sealed_twice_and_a_receiver_opens_everything(
    forwarder, client, other, watcher, seed
):
    """Losses, disorder and repetitions upstream, floor changes, layers and frames left out, full
    buffers, and a subscriber that asks again: with one key under AES-GCM."""
    chance = random.Random(seed)
    watcher.dtls = cast(Dtls, GcmDtls())
    watcher.delivery.open(watcher.dtls)
    sites = {"01": client, "03": other}
    late: dict[str, list[bytes]] = {"01": [], "03": []}
    outlet = watcher.outlets[SSRC]
    site, now_s, numbers = "01", 1.0, {"01": 65000, "03": 100}
    for _ in range(400):
        now_s += 0.01
        speaker = chance.choice(("01", "03"))
        n = numbers[speaker]
        burst = []
        for _ in range(chance.randrange(1, 6)):
            body = bytes((n & 0xFF,)) * chance.randrange(900, 940)
            burst.append(
                picture(
                    n,
                    3000 * n,
                    ssrc=12,
                    key=chance.random() < 0.1,
                    picture_id=n,
                    tl0=n,
                    tid=n % 2,
                    sync=n % 2 == 1,
                    body=body,
                    marker=True,
                    mid=b"1",
                    rid=b"f",
                )
            )
            n += 1
        numbers[speaker] = n
        kept = [packet for packet in burst if chance.random() > 0.1]
        late[speaker] += [packet for packet in burst if packet not in kept]
        if chance.random() < 0.2:
            chance.shuffle(kept)
        sites[speaker].says(*kept, now_s=now_s)
        if late[speaker] and chance.random() < 0.5:
            packet = late[speaker].pop(chance.randrange(len(late[speaker])))
            start = rtp.header_length(packet)
            sites[speaker].says(
                sound(
                    chance.getrandbits(16),
                    int.from_bytes(packet[4:8], "big"),
                    ssrc=40,
                    pt=97,
                    marker=True,
                    body=packet[2:4] + packet[start:],
                    mid=b"1",
                    repaired_rid=b"f",
                ),
                now_s=now_s,
            )
        if chance.random() < 0.03:
            site = "03" if site == "01" else "01"
            watcher.aim(SSRC, site, now_s)
        if chance.random() < 0.05:
            forwarder.limit(outlet, layers.F, chance.choice((0, 1, 3)), now_s)
        watcher.port.takes = chance.random() > 0.05
        recent = [data for data, _ in watcher.sent[-100:] if data[8:12] == SSRC.to_bytes(4, "big")]
        if recent and chance.random() < 0.3:
            missed = {seq_of(data) + chance.randrange(-2, 3) & 0xFFFF for data in recent[::17]}
            asks(watcher, *sorted(missed), now_s=now_s)

    receiver = opener()
    opened = [tailless(receiver.unprotect(data)) for data in watcher.rtp]
    plain = {seq_of(data): data for data in opened if data[8:12] == SSRC.to_bytes(4, "big")}
    repeats = [data for data in opened if data[8:12] == RTX_SSRC.to_bytes(4, "big")]
    assert len(plain) > 300
    assert len(repeats) > 60
    assert len({seq_of(data) for data in repeats}) == len(repeats)
    for data in repeats:
        it = restored(data)
        original = plain.get(seq_of(it))
        # What has no payload filled the place of a packet that had been left out.
        if original is not None and rtp.payload_end(original) > 12:
            assert it == bare(original)
    assert (client.bugs, other.bugs, watcher.bugs) == ([], [], [])
