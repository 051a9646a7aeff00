from __future__ import annotations

import pytest

from bridge.media.core.probing import Probing

WISH = 2_000_000


def passed(probing: Probing, known: float, at: float) -> tuple[float, float]:
    """Let a probe from *known* pass; what is proven, and when."""
    assert probing.begin(known, WISH, at)
    assert probing.passed(at + 1.4) is None
    proven = probing.passed(at + 1.5)
    assert proven is not None
    assert probing.target_bps is None
    return proven, at + 1.5


def test_from_a_thumbnail_to_everything_is_six_steps():
    probing = Probing()
    known, at, steps = 214_000.0, 0.0, 0
    while known < WISH:
        before = known
        known, at = passed(probing, known, at)
        assert known <= 1.5 * before
        steps += 1

    assert known == WISH
    assert steps == 6
    assert at == 9.0


def test_padding_is_sent_in_the_first_second_and_then_signs_are_waited_for():
    probing = Probing()
    probing.begin(400_000, WISH, 10.0)

    assert [probing.pads(10.0 + after) for after in (0.0, 0.99, 1.0, 1.4)] == [
        True,
        True,
        False,
        False,
    ]


def test_nothing_to_be_found_out():
    probing = Probing()

    assert not probing.begin(500_000, 500_000, 0.0)
    assert not probing.pads(0.0)
    assert probing.passed(9.0) is None


def test_after_a_failure_a_look_goes_little_beyond_it():
    probing = Probing()
    probing.begin(300_000, WISH, 0.0)
    probing.failed(400_000, 0.4)

    assert not probing.pads(0.5)
    assert not probing.begin(340_000, WISH, 5.3)
    assert probing.begin(340_000, WISH, 5.4)
    assert probing.target_bps == pytest.approx(460_000)


def test_a_failed_rate_is_never_above_what_was_tried():
    probing = Probing()
    probing.begin(300_000, WISH, 0.0)
    probing.failed(800_000, 0.4)

    assert probing.failed_bps == 450_000


def test_looks_go_on_every_eight_seconds_and_learn_nothing_from_failing():
    probing = Probing()
    probing.failed(400_000, 0.0)
    begun, at = [], 0.0
    while at < 60:
        if probing.begin(340_000, WISH, at):
            begun.append(at)
            probing.failed(350_000, at + 0.5)
        at += 0.1

    assert begun == [pytest.approx(5 + 8.5 * n, abs=0.3) for n in range(7)]
    assert probing.failed_bps == 400_000


def test_steps_that_fail_after_looks_that_pass_are_let_alone_longer_and_longer():
    probing = Probing()
    probing.begin(300_000, WISH, 0.0)
    at, waits = 0.5, []
    for _ in range(6):
        probing.failed(400_000, at)
        wait = next(n for n in range(100) if probing.begin(340_000, WISH, at + n))
        waits.append(wait)
        known = probing.passed(at + wait + 1.5)
        at += wait + 1.5
        assert known == pytest.approx(460_000)
        assert probing.begin(known, WISH, at)
        assert probing.target_bps == pytest.approx(690_000)

    assert waits == [5, 10, 20, 40, 60, 60]


def test_a_rate_well_above_the_failed_one_makes_it_history():
    probing = Probing()
    probing.begin(300_000, WISH, 0.0)
    probing.failed(400_000, 0.5)
    known, at = passed(probing, 390_000, 10.0)
    assert probing.failed_bps == 400_000

    passed(probing, known, at)

    assert probing.failed_bps is None
    probing.begin(700_000, WISH, 20.0)
    probing.failed(800_000, 20.5)
    assert probing.begin(700_000, WISH, 25.5)  # the shortest time again


def test_a_probe_can_be_called_off():
    probing = Probing()
    probing.begin(300_000, WISH, 0.0)
    probing.stop()

    assert not probing.pads(0.1)
    assert probing.passed(9.0) is None
