"""How the coming of devices ended: each coming once."""

from __future__ import annotations

import pytest

from bridge.arrivals import ENDINGS, RESULTS, Arrivals
from bridge.media.plane import LinkLost, LinkUp, SessionEnded
from bridge.outgoing import JoinRefused, MediaRejected


@pytest.fixture
def arrivals() -> Arrivals:
    return Arrivals()


def came(arrivals: Arrivals, name: str = "a", now_s: float = 10.0) -> str:
    arrivals.hello(name, now_s=now_s)
    arrivals.offered(name, f"{name}.1", now_s=now_s + 0.5)
    return f"{name}.1"


def hears(arrivals: Arrivals, event: object, now_s: float = 11.0, *, silent: bool = False) -> None:
    arrivals.hear(event, silent=silent, now_s=now_s)  # type: ignore[arg-type]


def test_from_the_hello_to_the_media(arrivals):
    hears(arrivals, LinkUp(session=came(arrivals)), 12.0)

    assert arrivals.results == {"ok": 1}
    assert arrivals.times.spread().total_s == 2.0


def test_media_that_goes_and_comes_back_came_once(arrivals):
    media = came(arrivals)
    for event in (LinkUp(session=media), LinkLost(session=media), LinkUp(session=media)):
        hears(arrivals, event)
    hears(arrivals, SessionEnded(session=media, reason="peer_closed"))

    assert arrivals.results == {"ok": 1}


def test_another_offer_of_the_same_device_counts_from_itself(arrivals):
    hears(arrivals, LinkUp(session=came(arrivals)))
    arrivals.offered("a", "a.2", now_s=50.0)
    hears(arrivals, LinkUp(session="a.2"), 50.25)

    assert arrivals.results == {"ok": 2}
    assert arrivals.times.spread().total_s == pytest.approx(1.0 + 0.25)


@pytest.mark.parametrize("reason", ENDINGS)
def test_the_reason_is_the_result(arrivals, reason):
    hears(arrivals, SessionEnded(session=came(arrivals), reason=reason))
    assert arrivals.results == {reason: 1}
    assert sum(arrivals.times.spread().counts) == 0


def test_where_nothing_was_ever_heard_there_is_no_connection(arrivals):
    ended = SessionEnded(session=came(arrivals), reason="handshake_timeout")
    hears(arrivals, ended, silent=True)
    assert arrivals.results == {"no_connection": 1}


def test_a_dead_worker_is_no_firewall(arrivals):
    hears(arrivals, SessionEnded(session=came(arrivals), reason="worker_lost"), silent=True)
    assert arrivals.results == {"worker_lost": 1}


def test_what_we_close_ourselves_has_no_end_of_its_own(arrivals):
    media = came(arrivals)
    arrivals.closed(media)
    hears(arrivals, SessionEnded(session=media, reason="worker_lost"))
    hears(arrivals, LinkUp(session=media))
    assert arrivals.results == {}


def test_who_left_before_its_offer_is_forgotten(arrivals):
    arrivals.hello("a", now_s=0.0)
    arrivals.left("a")
    arrivals.left("a")
    arrivals.offered("a", "a.1", now_s=5.0)
    hears(arrivals, LinkUp(session="a.1"), 6.0)
    assert arrivals.times.spread().total_s == 1.0


@pytest.mark.parametrize(
    ("error", "result"),
    [(JoinRefused("locked", "no"), "refused"), (MediaRejected("no"), "rejected")],
)
def test_a_no_is_counted_and_said(arrivals, error, result):
    with pytest.raises(type(error)), arrivals.judged():
        raise error
    with arrivals.judged():
        pass
    assert arrivals.results == {result: 1}


def test_a_bug_is_no_result(arrivals):
    with pytest.raises(ZeroDivisionError), arrivals.judged():
        raise ZeroDivisionError
    assert arrivals.results == {}


def test_every_result_is_known():
    assert len(set(RESULTS)) == len(RESULTS)
