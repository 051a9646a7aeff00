"""How long a change of the stage takes, per subscriber and picture."""

from __future__ import annotations

import pytest

from bridge.media.forwarder import Forwarder
from bridge.media.times import Times
from tests.support.media import SPEAKER_PICTURE, Client, picture, spec


@pytest.fixture
def forwarder() -> Forwarder:
    return Forwarder()


def key(n: int, site_ssrc: int = 12, **more: bytes) -> bytes:
    return picture(n, ssrc=site_ssrc, key=True, **(more or {"mid": b"1", "rid": b"f"}))


def taken(forwarder: Forwarder) -> tuple[int, float]:
    spread = forwarder.switches.times.spread()
    return sum(spread.counts), round(spread.total_s, 6)


def test_from_the_plan_to_the_first_key_frame_sent(forwarder):
    first, second = Client(forwarder, spec("01")), Client(forwarder, spec("02"))
    watcher = Client(forwarder, spec("03"))
    watcher.aim(SPEAKER_PICTURE.ssrc, "01", now_s=10.0)
    first.says(key(1), now_s=10.04)
    watcher.aim(SPEAKER_PICTURE.ssrc, "02", now_s=20.0)
    second.says(key(1), now_s=20.1)

    assert taken(forwarder) == (2, 0.14)
    assert forwarder.switches.count == 2


def test_a_better_layer_of_the_same_site_is_no_change_of_the_stage(forwarder):
    client, watcher = Client(forwarder, spec("01")), Client(forwarder, spec("02"))
    watcher.aim(SPEAKER_PICTURE.ssrc, "01", now_s=1.0)
    client.says(key(1, 11, mid=b"1", rid=b"q"), now_s=1.5)
    client.says(key(1, 12, mid=b"1", rid=b"f"), now_s=3.0)

    assert taken(forwarder) == (1, 0.5)
    assert forwarder.switches.count == 2


def test_who_has_just_come_waits_for_no_change(forwarder):
    client, watcher = Client(forwarder, spec("01")), Client(forwarder, spec("02"))
    watcher.aim(SPEAKER_PICTURE.ssrc, "01", now_s=1.0)
    forwarder.switches.newcomer(watcher.outlets.values())
    client.says(key(1), now_s=1.5)

    assert taken(forwarder) == (0, 0.0)
    assert forwarder.switches.count == 1


def test_a_slot_that_was_emptied_or_is_gone_waits_for_nothing(forwarder):
    client, watcher = Client(forwarder, spec("01")), Client(forwarder, spec("02"))
    watcher.aim(SPEAKER_PICTURE.ssrc, "01", now_s=1.0)
    watcher.aim(SPEAKER_PICTURE.ssrc, None, now_s=1.1)
    client.says(key(1), now_s=1.5)
    watcher.aim(SPEAKER_PICTURE.ssrc, "01", now_s=2.0)
    watcher.close(2.1)
    client.says(key(2), now_s=2.5)

    assert taken(forwarder) == (0, 0.0)
    assert isinstance(forwarder.switches.times, Times)
