"""The slow loops, turn by turn: layers that fit, layers to ask for, and packets to ask for again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bridge.media.core import rtp
from bridge.media.core.drops import DropReason
from bridge.media.core.nack import LATE_S, MAX_MISSING, RETRY_MIN_S
from bridge.media.core.rtcp import Nack, Remb
from bridge.media.core.tiers import WHOLE
from bridge.media.downline import DRAIN_S
from bridge.media.forwarder import Forwarder
from bridge.media.plane import Downlink, Ladder, LayerDemand, Plan, PlaneEvent
from bridge.media.slots import gallery
from bridge.media.steering import (
    ALLOCATE_TURNS,
    ESTIMATE_TURNS,
    REPAIR_S,
    TURN_S,
    Steering,
)
from tests.support.media import (
    CAMERA,
    PICTURE_PAYLOADS,
    SPEAKER_PICTURE,
    Client,
    picture,
    spec,
)

SSRC = SPEAKER_PICTURE.ssrc
SSRCS = {"q": 11, "h": 12, "f": 13}


class Room:
    """A table, its slow loops, and what they said to control."""

    def __init__(self) -> None:
        self.forwarder = Forwarder()
        self.said: list[PlaneEvent] = []
        self.steering = Steering(self.forwarder, self.said.append)
        self.sessions: list[Client] = []
        self.now_s = 10.0
        self._seqs = dict.fromkeys(SSRCS.values(), 0)

    def join(self, site: str, **changes: Any) -> Client:
        it = Client(self.forwarder, spec(site, **changes))
        self.sessions.append(it)
        return it

    def watcher(self, site: str, *, cap_bps: int | None = None, **changes: Any) -> Client:
        """Sees site 01 as its speaker."""
        it = self.join(site, bandwidth_bps=cap_bps, **changes)
        it.aim(SSRC, "01", self.now_s)
        return it

    def leave(self, it: Client) -> None:
        it.close(self.now_s)
        self.sessions.remove(it)

    def sends(self, it: Client, *names: str, key: bool = False, size: int = 500) -> None:
        for name in names:
            ssrc = SSRCS[name]
            self._seqs[ssrc] += 1
            it.says(
                picture(
                    self._seqs[ssrc],
                    int(self.now_s * 90000),
                    ssrc=ssrc,
                    key=key,
                    body=bytes(size),
                    mid=b"1",
                    rid=name.encode(),
                ),
                now_s=self.now_s,
            )

    def turn(self, turns: int = 1) -> None:
        for _ in range(turns):
            self.now_s += TURN_S
            self.forwarder.advance(self.now_s)
            for place, it in enumerate(self.sessions):
                self.steering.advance(it, place, self.now_s)
            self.steering.end_turn()


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def client(room: Room) -> Client:
    return room.join("01")


def top(it: Client) -> str | None:
    return it.outlets[SSRC].top


def shown(it: Client) -> str | None:
    source = it.outlets[SSRC].source
    return source.layer if source is not None else None


# Layers that fit.


def test_a_line_that_carries_less_gets_a_smaller_layer_and_the_old_goes_on_till_it_is_here(
    room, client
):
    thin, wide = room.watcher("02"), room.watcher("03")
    room.sends(client, *"qhf", key=True)
    assert (shown(thin), shown(wide)) == ("f", "f")
    for bps in (900_000, 700_000):
        thin.downline.estimate.on_sent(2_000_000, room.now_s)
        thin.reports(Remb(sender=1, bitrate_bps=bps, ssrcs=(SSRC,)), now_s=room.now_s)
    room.turn(ALLOCATE_TURNS)

    assert (top(thin), top(wide)) == ("h", "f")
    assert shown(thin) == "f", "until the key frame of h"
    assert 12 in client.asked

    room.sends(client, *"qhf")
    assert shown(thin) == "f"
    room.sends(client, "h", key=True)
    assert (shown(thin), shown(wide)) == ("h", "f")


def drowns(room: Room, it: Client) -> None:
    """Most of its picture is asked for again, long after it was sent."""
    it.downline.estimate.on_sent(2_000_000, room.now_s)
    newest, _ = it.outlets[SSRC].newest()
    it.reports(
        Nack(sender=1, media=SSRC, seqs=tuple(n & 0xFFFF for n in range(newest - 9, newest))),
        now_s=room.now_s + 0.3,
    )
    room.steering.heard(it, room.now_s + 0.3)


def test_a_line_that_drowns_is_cut_at_once_and_fed_again_when_it_has_drained(room, client):
    thin, wide = room.watcher("02"), room.watcher("03")
    room.sends(client, *"qf", key=True)
    for _ in range(12):
        room.sends(client, "f")
    asked, sent = len(client.asked), len(thin.rtp)
    newest, _ = thin.outlets[SSRC].newest()
    drowns(room, thin)
    room.sends(client, *"qf")

    assert (shown(thin), shown(wide)) == (None, "f")
    assert len(thin.rtp) == sent, "nothing new, nothing again"
    assert room.forwarder.drops[DropReason.REPEAT_LIMIT] == 9
    assert len(client.asked) == asked, "its queue is full"
    thin.reports(Nack(sender=1, media=SSRC, seqs=(newest & 0xFFFF,)), now_s=room.now_s + 0.4)
    assert len(thin.rtp) == sent, "nor later"
    drowned_s = room.now_s = room.now_s + 0.3
    while len(client.asked) == asked:
        room.sends(client, "q")
        room.turn()
    assert DRAIN_S <= room.now_s - drowned_s < DRAIN_S + 1.5 * TURN_S
    assert client.asked[asked:] == [SSRCS["q"]]
    room.sends(client, *"fq", key=True)

    assert (shown(thin), shown(wide)) == ("q", "f")


def test_a_line_that_drowns_keeps_a_picture_that_is_small_already(room, client):
    it = room.watcher("02")
    room.sends(client, "q", key=True)
    for _ in range(12):
        room.sends(client, "q")
    drowns(room, it)

    assert shown(it) == "q"


def test_a_fall_is_acted_on_at_once(room, client):
    it = room.watcher("02")
    room.sends(client, *"qhf", key=True)
    it.downline.estimate.on_sent(2_000_000, room.now_s)
    for bps in (900_000, 700_000):
        it.reports(Remb(sender=1, bitrate_bps=bps, ssrcs=(SSRC,)), now_s=room.now_s)
        room.steering.heard(it, room.now_s)

    assert top(it) == "h"
    assert 12 in client.asked


@pytest.mark.parametrize(("cap_bps", "first"), [(None, "f"), (2_000_000, "f"), (400_000, "q")])
def test_what_comes_first_is_what_the_line_is_known_to_carry(room, cap_bps, first):
    it = room.watcher("02", cap_bps=cap_bps)
    room.steering.steer(it, room.now_s)

    assert top(it) == first


def test_a_roster_caps_from_the_join(room, client):
    room.sends(client, *"qhf", key=True)
    it = room.watcher("02", cap_bps=300_000)
    room.steering.steer(it, room.now_s)
    room.sends(client, *"fhq", key=True)

    assert (top(it), shown(it)) == ("q", "q")


def test_a_line_that_carries_no_picture_shows_none(room, client):
    it = room.watcher("02", cap_bps=100_000)
    room.sends(client, *"qhf", key=True)
    room.turn(ALLOCATE_TURNS)
    room.sends(client, *"qhf", key=True)

    assert (top(it), shown(it)) == (None, None)


@pytest.mark.parametrize(
    ("ladder", "layer"), [(Ladder.FULL, "f"), (Ladder.SMALL, "q"), (Ladder.SOUND, None)]
)
def test_the_ladder_holds_from_the_first_packet_on(room, client, ladder, layer):
    it = room.watcher("02")
    room.steering.set_plan(Plan(ladder={"02": ladder}))
    room.steering.steer(it, room.now_s)
    room.sends(client, *"qhf", key=True)
    before_s = room.now_s
    assert shown(it) in {layer, None}
    room.turn(ALLOCATE_TURNS)
    room.sends(client, *"qhf", key=True)

    assert shown(it) == layer
    assert room.now_s - before_s < 0.5
    assert it.upline.ladder is it.downline.ladder is ladder
    assert client.upline.ladder is Ladder.FULL


def test_a_ladder_that_is_lifted_gives_the_picture_back(room, client):
    it = room.watcher("02")
    room.sends(client, *"qhf", key=True)
    room.steering.set_plan(Plan(ladder={"02": Ladder.SOUND}))
    room.turn(ALLOCATE_TURNS)
    assert shown(it) is None

    room.steering.set_plan(Plan())
    room.turn(ALLOCATE_TURNS)
    assert 13 in client.asked
    room.sends(client, *"qhf", key=True)

    assert shown(it) == "f"


def test_an_only_encoding_is_shown_wherever_it_fits(room):
    client = room.join("01", uplinks=(replace(CAMERA, rids=()),))
    it, thin = room.watcher("02"), room.watcher("03", cap_bps=400_000)
    client.says(picture(1, ssrc=11, key=True), now_s=room.now_s)
    room.turn(ALLOCATE_TURNS)

    assert (shown(it), top(it)) == ("", "f")
    assert shown(thin) is None


def test_temporal_layers_are_limited_and_opened_again(room, client):
    it = room.watcher("02", cap_bps=800_000)
    tiers = it.outlets[SSRC].tiers
    for n in range(30):
        room.now_s += 0.1
        for k in range(10):
            client.says(
                picture(
                    n * 10 + k,
                    n * 9000,
                    ssrc=13,
                    key=n == k == 0,
                    tid=k % 3,
                    body=bytes(1200),
                    mid=b"1",
                    rid=b"f",
                ),
                now_s=room.now_s,
            )
        client.sources[13].measure(room.now_s)
    room.steering.steer(it, room.now_s)
    assert (top(it), tiers.top) == ("f", 1)

    it.downline.estimate.cap_bps = None
    room.steering.steer(it, room.now_s)

    assert tiers.top == WHOLE


# What control is told.


def test_a_layer_that_somebody_needs_is_told_once_and_withdrawn(room, client):
    it = room.watcher("02", cap_bps=700_000)
    room.turn(4)
    assert room.said == [], "nobody sends yet: there is nothing to choose from"
    room.sends(client, "q", "f", key=True)
    room.turn(10)
    assert room.said == [LayerDemand(site="01", layers=frozenset({"h"}))]

    it.aim(SSRC, None, room.now_s)
    room.turn(10)

    assert room.said[1:] == [LayerDemand(site="01", layers=frozenset())]


def test_the_need_of_a_second_is_no_news_and_it_goes_with_the_last(room, client):
    room.sends(client, "q", "f", key=True)
    one, two = room.watcher("02", cap_bps=700_000), room.watcher("03", cap_bps=700_000)
    room.turn(4)
    room.leave(one)
    room.turn(4)
    assert room.said == [LayerDemand(site="01", layers=frozenset({"h"}))]

    room.leave(two)
    room.turn(4)

    assert room.said[1:] == [LayerDemand(site="01", layers=frozenset())]


def test_a_publisher_without_the_layer_is_not_asked_for_it(room):
    client = room.join("01", uplinks=(replace(CAMERA, rids=("q", "f")),))
    room.watcher("02", cap_bps=700_000)
    room.sends(client, "q", "f", key=True)
    room.turn(4)

    assert room.said == []


def test_who_carries_everything_needs_nothing_more(room, client):
    gallery_slot = Downlink(
        slot=gallery(1), kind="video", mid="9", payloads=PICTURE_PAYLOADS, ssrc=909
    )
    room.watcher("02", downlinks=(SPEAKER_PICTURE, gallery_slot)).aim(909, "01")
    room.sends(client, *"qhf", key=True)
    room.turn(4)

    assert room.said == []


# What is asked again.


def nacks(it: Client) -> list[Nack]:
    return [packet for packet in it.said if isinstance(packet, Nack)]


def numbered(it: Client, *seqs: int, now_s: float, key: bool = False, ssrc: int = 13) -> None:
    for seq in seqs:
        it.says(picture(seq, seq * 3000, ssrc=ssrc, key=key, mid=b"1", rid=b"f"), now_s=now_s)


def test_what_is_missing_is_asked_for_and_again_and_no_more_when_it_has_come(room, client):
    room.watcher("02")
    client.rtt_s = 0.05
    numbered(client, 65533, now_s=1.0, key=True)
    numbered(client, 65534, 2, now_s=1.0)
    assert room.steering.repair(client, 1.001), "there is more to do"
    assert nacks(client) == [], "it may be late"

    room.steering.repair(client, 1.0 + LATE_S)
    missing = (65535, 0, 1)
    assert nacks(client) == [Nack(sender=501, media=13, seqs=missing)]

    room.steering.repair(client, 1.0 + LATE_S + 0.049)
    assert len(nacks(client)) == 1, "an answer cannot be here yet"
    numbered(client, 0, now_s=1.06)
    room.steering.repair(client, 1.0 + LATE_S + 0.051)

    assert nacks(client)[1:] == [Nack(sender=501, media=13, seqs=(65535, 1))]
    assert client.asked == []
    numbered(client, 65535, 1, now_s=1.08)
    assert not room.steering.repair(client, 1.2), "nothing is missing any more"


def test_two_later_packets_are_reason_enough(room, client):
    room.watcher("02")
    numbered(client, 1, now_s=1.0, key=True)
    numbered(client, 3, 4, now_s=1.0)
    room.steering.repair(client, 1.0)

    assert [nack.seqs for nack in nacks(client)] == [(2,)]


def test_what_is_given_up_becomes_a_wish_for_a_key_frame(room, client):
    room.watcher("02")
    numbered(client, 1, now_s=1.0, key=True)
    numbered(client, 3, 4, now_s=1.0)
    for step in range(150):
        room.steering.repair(client, 1.0 + 0.01 * step)

    assert 3 <= len(nacks(client)) <= 5
    assert client.asked == [13]
    numbered(client, 5, now_s=2.6, key=True)
    room.steering.repair(client, 2.7)
    assert client.asked == [13]


def test_a_large_hole_is_given_up_at_once(room, client):
    room.watcher("02")
    numbered(client, 1, now_s=1.0, key=True)
    numbered(client, MAX_MISSING + 3, now_s=1.0)
    room.steering.repair(client, 1.0 + RETRY_MIN_S)

    assert nacks(client) == []
    assert client.asked == [13]


def test_nobody_asks_for_what_nobody_sees(room, client):
    numbered(client, 1, now_s=1.0, key=True)
    numbered(client, 3, 4, now_s=1.0)
    for step in range(150):
        room.steering.repair(client, 1.0 + 0.01 * step)

    assert client.said == []
    assert client.sources[13].missing.asked == 0


def test_who_does_not_send_again_is_asked_for_nothing(room):
    client = room.join("01", uplinks=(replace(CAMERA, nack=False),))
    room.watcher("02")
    numbered(client, 1, now_s=1.0, key=True)
    numbered(client, 3, 4, now_s=1.0)
    room.steering.repair(client, 2.0)

    assert client.said == []


# Trying a line.


def limited(room: Room, client: Client) -> Client:
    """A subscriber whose line was found thin, and sees the small picture."""
    it = room.watcher("02")
    room.sends(client, *"qhf", key=True)
    for bps in (900_000, 300_000):
        it.downline.estimate.on_sent(2_000_000, room.now_s)
        it.reports(Remb(sender=1, bitrate_bps=bps, ssrcs=(SSRC,)), now_s=room.now_s)
    room.turn(ALLOCATE_TURNS)
    room.sends(client, "q", key=True)
    assert shown(it) == "q"
    return it


def padding_of(it: Client) -> list[bytes]:
    return [data for data in it.rtp if rtp.payload_end(data) == rtp.header_length(data)]


def test_a_thin_line_is_tried_by_padding_that_is_spread_and_found_wider(room, client):
    it = limited(room, client)
    most = 0
    for turn in range(300):
        room.sends(client, "q", key=turn % 5 == 0, size=1000)
        room.turn()
        for _ in range(round(TURN_S / REPAIR_S)):
            before = it.delivery.padding_bytes
            is_busy = room.steering.repair(it, room.now_s)
            most = max(most, it.delivery.padding_bytes - before)
            assert is_busy == (it.downline.padding_bps > 0)
        # Its receiver sees everything come, and says so.
        it.reports(Remb(sender=1, bitrate_bps=5_000_000 + turn, ssrcs=(SSRC,)), now_s=room.now_s)

    assert 0 < most <= 2500, "at most 2 Mbit/s at any moment"
    assert {int.from_bytes(data[8:12], "big") for data in padding_of(it)} == {SSRC + 100}
    assert it.delivery.padding_bytes == sum(map(len, padding_of(it)))
    assert top(it) == "f", "which would cost 1.5 Mbit/s"
    room.sends(client, "f", key=True)
    assert shown(it) == "f"


def test_nothing_is_tried_beside_an_empty_slot_or_where_no_reason_is(room, client):
    wide = room.watcher("03")
    thin = limited(room, client)
    thin.aim(SSRC, None, room.now_s)
    for _ in range(100):
        room.turn()
        for it in (wide, thin):
            assert not room.steering.repair(it, room.now_s)

    assert padding_of(thin) == padding_of(wide) == []


# The order of turns.


def test_sessions_take_their_turns_at_different_times_and_none_is_left_out(room, monkeypatch):
    sessions = [room.join(f"{n:02d}") for n in range(10)]
    allocated: list[int] = []
    estimated: list[int] = []
    for n, it in enumerate(sessions):
        monkeypatch.setattr(it.downline, "measure", lambda *_, n=n: allocated.append(n))
        monkeypatch.setattr(it.upline, "advance", lambda *_, n=n: estimated.append(n))
    per_turn = []
    for _ in range(ALLOCATE_TURNS * ESTIMATE_TURNS):
        before = len(allocated), len(estimated)
        room.turn()
        per_turn.append((len(allocated) - before[0], len(estimated) - before[1]))

    assert set(per_turn) == {(10 // ALLOCATE_TURNS, 10 // ESTIMATE_TURNS)}
    assert sorted(allocated) == sorted([*range(10)] * ESTIMATE_TURNS)
    assert sorted(estimated) == sorted([*range(10)] * ALLOCATE_TURNS)


def test_rates_are_measured_as_streams_flow(room, client):
    for _ in range(20):
        room.sends(client, "q", key=True, size=1000)
        room.turn()

    assert client.sources[11].rate.bps == pytest.approx(1000 * 8 / TURN_S, rel=0.2)


def test_whom_the_desks_watch_is_shown_larger_in_its_thumbnail_and_no_one_else():
    room = Room()
    desk = room.join("110", downlinks=(thumbnail(0, 701), thumbnail(1, 702)))
    slots = {gallery(0): "01", gallery(1): "02"}
    room.steering.set_plan(Plan(slots=slots, watched="02"))
    room.steering.aim(desk, room.now_s)
    assert [desk.outlets[ssrc].largest for ssrc in (701, 702)] == ["q", "f"]
    room.steering.set_plan(Plan(slots=slots))
    room.steering.aim(desk, room.now_s)
    assert [desk.outlets[ssrc].largest for ssrc in (701, 702)] == ["q", "q"]


def thumbnail(position: int, ssrc: int) -> Downlink:
    return Downlink(
        slot=gallery(position), kind="video", mid=str(ssrc), payloads=PICTURE_PAYLOADS, ssrc=ssrc
    )
