from __future__ import annotations

import pytest

from bridge.check.verdict import verdict_of
from bridge.conference.figures import Figures
from room110.cli.nagios import PERFDATA, State, of_all, of_site, unknown

GOOD = {"rtt_s": 0.0312, "loss_up": 0.0, "loss_down": 0.0123, "up_bps": 2_130_000.4}


@pytest.mark.parametrize(
    ("verdict", "reasons", "state", "begins"),
    [
        ("pass", [], 0, "ROOM110 SITE 79 OK - passed | "),
        ("watch", ["delay", "quiet"], 1, "ROOM110 SITE 79 WARNING - delay, quiet | "),
        ("fail", ["loss_up"], 2, "ROOM110 SITE 79 CRITICAL - loss_up | "),
    ],
)
def test_a_verdict_is_a_word_and_a_code(verdict, reasons, state, begins):
    line, code = of_site("79", {"verdict": verdict, "reasons": reasons, "figures": GOOD})

    assert code == state
    assert line.startswith(begins)
    assert line.removeprefix(begins).split() == [
        "rtt=31.2ms;300;600",
        "loss_up=0%;1;5",
        "loss_down=1.23%;1;5",
        "up=2130000.4;1000000:;250000:",
    ]
    assert "\n" not in line


def test_where_nothing_was_measured_there_are_no_figures():
    line, code = of_site("79", {"verdict": "fail", "reasons": ["no_media"]})

    assert (line, code) == ("ROOM110 SITE 79 CRITICAL - no_media", State.CRITICAL)


def test_the_limits_are_those_of_the_verdict():
    good = {"spoken_dbov": -24.0, "frames_per_s": 25.0, "width": 1280}
    for name, _, times, _, warning, critical in PERFDATA:
        for limit, verdict in ((warning, "watch"), (critical, "fail")):
            edge = float(limit.rstrip(":")) / times
            is_least = limit.endswith(":")
            bad, fine = (edge * 0.999, edge) if is_least else (edge, edge * 0.999)
            assert verdict_of(Figures(**good, **{name: bad}), bursts=True)[0] == verdict
            assert verdict_of(Figures(**good, **{name: fine}), bursts=True)[0] != verdict


def test_of_a_round_the_worst_counts():
    results = {
        "01": {"verdict": "pass"},
        "02": {"verdict": "fail"},
        "04": {"verdict": "watch"},
        "06": {"verdict": "fail"},
    }

    assert of_all(results) == (
        "ROOM110 SITES CRITICAL - 1 pass, 1 watch, 2 fail (02 06) | pass=1 watch=1 fail=2",
        State.CRITICAL,
    )
    assert of_all({"01": {"verdict": "watch"}})[1] is State.WARNING
    assert of_all({})[1] is State.UNKNOWN


def test_nothing_can_break_out_of_the_line():
    line, code = unknown("SITE 79", "busy: a | b\nsecond")

    assert line == "ROOM110 SITE 79 UNKNOWN - busy: a / b second"
    assert code == 3
