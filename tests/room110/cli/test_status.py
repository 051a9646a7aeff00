from __future__ import annotations

import json

import pytest

CONFERENCE = {
    "rev": 7,
    "conference": "c-20200529",
    "title": "Hội nghị",
    "phase": "open",
    "now": 3725.5,
}


def site(code, line, **facts):
    base = {"code": code, "title": f"Sở {code}", "line": line, "link": "up", "control": "up"}
    return {**base, "line_reason": "", "line_since_s": 65.2, "mic": "on", "floor": "none", **facts}


@pytest.fixture
def conference(service):
    service.answers["GET", "/api/v1/conference"] = (200, CONFERENCE)
    service.answers["GET", "/api/v1/sites"] = (
        200,
        {
            "rev": 7,
            "sites": [
                site("01", "good", rtt_ms=12.4, loss_up=0.0, gate=True, floor="speaking"),
                site("02", "weak", line_reason="loss", loss_down=0.123, blocked=True),
                site("04", "lost", link="lost", control="lost", loss_up=0.0, rtt_ms=9.0),
                site("06", "good", control="lost"),
                site("08", "unheard_of"),
                site(
                    *("10", "good"),
                    unheard={"reason": "silent", "since_s": 3700.0},
                    gate=True,
                    floor="speaking",
                ),
            ],
        },
    )
    return service


def test_who_speaks_unheard_is_first_then_the_worst_line_and_an_unknown_word_is_not_hidden(
    room110, conference
):
    code, out, err = room110("status")

    assert (code, err) == (0, "")
    rows = [line.split()[0] for line in out.splitlines()[5:]]
    assert rows == ["10", "08", "04", "02", "01", "06"]


def test_the_head_says_phase_and_how_many_are_there(room110, conference):
    _, out, _ = room110("status")

    assert out.startswith(
        "Hội nghị (c-20200529)\nphase open, 5 of 6 sites connected; now 1:02:05\n"
    )


def test_a_row_keeps_the_three_facts_apart_and_shows_the_flags(room110, conference):
    _, out, _ = room110("status")
    rows = {line.split()[0]: " ".join(line.split()) for line in out.splitlines()[5:]}

    assert rows["01"] == "01 Sở 01 good 0:01:05 on speaking gate 12 0.0%"
    assert rows["02"] == "02 Sở 02 weak (loss) 0:01:05 on none blocked 12.3%"
    assert rows["04"] == "04 Sở 04 lost 0:01:05 on none"
    assert rows["06"] == "06 Sở 06 good 0:01:05 on none control lost"
    assert rows["10"] == "10 Sở 10 good 0:01:05 on speaking not heard: silent gate"


def test_json_has_what_the_service_said(room110, conference):
    _, out, _ = room110("status", "--json")

    answer = json.loads(out)
    assert answer["schema_version"] == 1
    assert answer["conference"] == CONFERENCE
    assert len(answer["sites"]) == 6


def test_looking_takes_no_power_over_the_conference(room110, conference):
    room110("status")

    assert conference.bearer().roles == {"technician"}
