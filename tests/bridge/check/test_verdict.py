from __future__ import annotations

import pytest

from bridge.check.measure import BUSY, LOST, NO_ANSWER, NO_MEDIA
from bridge.check.verdict import RULES, unmeasured, verdict_of
from bridge.conference.check_words import Reason, Verdict
from bridge.conference.figures import Figures

GOOD = {
    "way": "udp",
    "family": "ipv4",
    "rtt_s": 0.03,
    "loss_up": 0.0,
    "loss_down": 0.0,
    "jitter_up_s": 0.004,
    "jitter_down_s": 0.004,
    "up_bps": 2_100_000.0,
    "down_bps": 8_000_000.0,
    "spoken_dbov": -24.0,
    "noise_dbov": -58.0,
    "frames_per_s": 25.0,
    "width": 1280,
    "height": 720,
    "played": "47",
}

# Figure, just good enough, watched from, just not failed, failed from; None: there is no such.
LIMITS = [
    ("loss_up", "loss_up", 0.0099, 0.01, 0.0499, 0.05),
    ("loss_down", "loss_down", 0.0099, 0.01, 0.0499, 0.05),
    ("rtt_s", "delay", 0.2999, 0.3, 0.5999, 0.6),
    ("jitter_up_s", "jitter_up", 0.0499, 0.05, 0.0999, 0.1),
    ("jitter_down_s", "jitter_down", 0.0499, 0.05, 0.0999, 0.1),
    ("up_bps", "slow_up", 1e6, 999_999.0, 250_000.0, 249_999.0),
    ("down_bps", "slow_down", 2e6, 1_999_999.0, 500_000.0, 499_999.0),
    ("way", "over_tcp", "relay", "tcp", None, None),
    ("width", "small_picture", 640, 639, 1, None),
    ("frames_per_s", "few_frames", 10.0, 9.9, 0.1, None),
    ("frames_per_s", "no_picture", 25.0, None, None, 0.0),
    ("frames_per_s", "no_picture", 25.0, None, None, None),
    ("spoken_dbov", "quiet", -45.0, -45.1, -70.0, None),
    ("spoken_dbov", "silent", -45.0, -70.1, -127.0, None),
    ("spoken_dbov", "loud", -6.1, -6.0, 0.0, None),
    ("noise_dbov", "noise", -40.1, -40.0, 0.0, None),
    ("echo_db", "echo", None, 60.0, 20.0, 19.9),
]


def judge(bursts=True, **figures):
    return verdict_of(Figures(**{**GOOD, **figures}), bursts=bursts)


def test_a_good_line_passes_without_a_word():
    assert judge() == (Verdict.PASS, ())


@pytest.mark.parametrize(("figure", "reason", "good", "watch", "still", "fail"), LIMITS)
def test_every_limit_is_where_the_table_says(figure, reason, good, watch, still, fail):
    assert judge(**{figure: good}) == (Verdict.PASS, ())
    for value in (watch, still):
        if value is not None:
            assert judge(**{figure: value}) == (Verdict.WATCH, (reason,))
    if fail is not None or reason == "no_picture":
        assert judge(**{figure: fail}) == (Verdict.FAIL, (reason,))


def test_what_was_not_measured_is_held_against_nobody():
    figures = Figures(frames_per_s=25.0, spoken_dbov=-24.0)
    assert verdict_of(figures, bursts=True) == (Verdict.PASS, ())


def test_where_there_is_no_level_it_cannot_be_told():
    assert judge(spoken_dbov=None, noise_dbov=None) == (Verdict.WATCH, (Reason.NO_LEVEL,))


def test_who_only_looks_on_says_so_and_misses_no_picture():
    assert judge(bursts=False) == (Verdict.PASS, (Reason.CONFERENCE_OPEN,))
    for nothing in (None, 0.0):
        assert judge(bursts=False, frames_per_s=nothing) == (
            Verdict.PASS,
            (Reason.CONFERENCE_OPEN,),
        )


def test_the_worst_is_the_verdict_and_stands_first():
    assert judge(False, rtt_s=0.4, echo_db=12.0, loss_down=0.2, way="tcp") == (
        Verdict.FAIL,
        (
            Reason.LOSS_DOWN,
            Reason.ECHO,
            Reason.DELAY,
            Reason.OVER_TCP,
            Reason.CONFERENCE_OPEN,
        ),
    )


@pytest.mark.parametrize(
    ("code", "verdict"),
    [(NO_MEDIA, "fail"), (LOST, "fail"), (NO_ANSWER, "fail"), (BUSY, "watch")],
)
def test_who_could_not_be_measured_is_judged_by_the_reason(code, verdict):
    assert unmeasured(code) == (verdict, (Reason(code),))


def test_every_reason_has_a_rule_or_is_one_of_measuring():
    codes = {NO_MEDIA, LOST, NO_ANSWER, BUSY}
    assert {reason.value for reason in RULES} | codes == {reason.value for reason in Reason}
