"""What control asks and hears crosses the wire as it is; its defaults say nothing was found."""

from __future__ import annotations

from bridge.media.tried import Burst, LineTried, TrialOrder, TrialStop
from bridge.media.wire import Frames, encode

TOLD = LineTried(
    trial="t",
    session="s",
    outcome="done",
    lasted_s=5.5,
    path="tcp",
    family="ipv6",
    address="2001:db8::1",
    rtt_s=0.04,
    expected_up=1000,
    lost_up=3,
    bursts=(Burst(bps=1, lasted_s=0.3, packets=9), Burst(bps=2, lasted_s=0.3, packets=9, lost=1)),
    levels=((20, -30), (40, -127)),
    played_ms=1000,
    notes=("cut_off",),
)


def test_orders_and_answers_cross_the_wire():
    order = TrialOrder(trial="t", session="s", bursts=True, sound=("00ff", "78"))
    sent = [order, TrialStop(trial="t"), TOLD]

    assert list(Frames().feed(b"".join(map(encode, sent)))) == sent


def test_a_whole_number_and_a_whole_trial_are_far_from_the_limit():
    order = TrialOrder(trial="t", session="s", bursts=True, sound=("ff" * 60,) * 500)
    levels = tuple((20 * number, -127) for number in range(700))

    assert len(encode(order)) < 100_000
    assert len(encode(LineTried(trial="t", session="s", outcome="done", levels=levels))) < 20_000


def test_what_was_not_tried_was_not_found():
    told = LineTried(trial="t", session="s", outcome="absent")

    assert (told.rtt_s, told.bursts, told.levels, told.played_ms) == (None, (), (), None)
    assert (told.width, told.height, told.frames_per_s) == (None, None, None)
