from __future__ import annotations

from bridge.check.sheet import looks_in, sheet_of
from bridge.check.sheet_table import COLUMNS, sheet_table
from bridge.conference.check_words import Verdict
from bridge.conference.commands import CheckHeard
from tests.bridge.check.papers import Sitting, morning
from tests.bridge.conference.scene import province

NAMES = [column.en for column in COLUMNS]


def cells(sitting, former=None):
    table = sheet_table(sheet_of(sitting.records, former))
    return {row[0]: dict(zip(NAMES, row, strict=True)) for row in table.rows}


def test_a_site_that_was_checked():
    assert cells(morning())["01"] == {
        "code": "01",
        "site": "Sở KH&CN 01",
        "verdict": "Cần theo dõi",
        "reasons": "mất gói chiều xuống",
        "way": "UDP IPv4",
        "round trip": 31,
        "loss up": 0.0,
        "loss down": 1.2,
        "jitter up": 4,
        "jitter down": 5,
        "up": 2.1,
        "down": 8.0,
        "camera": "1280×720 25/s",
        "speech": -24,
        "noise": -58,
        "echo": 21,
        "loudspeaker": "nghe đúng",
        "sound": "",
        "picture": "",
        "note": "",
        "before": "Không đạt (29/05 07:03), ▲ tốt hơn",
        "checked": "07:05:00 cuong",
        "walked": "",
        "took": "1:00",
    }


def test_what_was_not_measured_is_empty():
    row = cells(morning())["02"]

    assert (row["way"], row["round trip"], row["camera"], row["loudspeaker"]) == (
        "TCP",
        None,
        "",
        "",
    )
    assert (row["verdict"], row["before"], row["sound"]) == ("Không đạt", "", "bỏ qua")


def test_a_site_that_was_walked_by():
    row = cells(morning())["48"]

    assert (row["verdict"], row["reasons"]) == ("Chưa kiểm tra", "")
    assert (row["sound"], row["picture"], row["note"]) == ("vọng", "tốt", "Loa <gần> mic")
    assert (row["walked"], row["checked"]) == ("07:12:00 cuong", "")


def test_who_has_no_line_is_said_to_have_none():
    assert cells(morning())["79"]["reasons"] == "chưa kết nối"


def test_the_number():
    sitting = Sitting()
    sitting.check("01", Verdict.PASS)
    assert cells(sitting)["01"]["loudspeaker"] == "chưa trả lời"
    sitting.do(CheckHeard(number="11"), province("01"))
    assert cells(sitting)["01"]["loudspeaker"] == "nghe sai"


def test_a_site_that_is_not_checked_today_shows_the_last_time():
    former = looks_in(morning("c0").records)

    assert cells(Sitting(), former)["02"]["before"] == "Không đạt (29/05 07:08)"


def test_columns_are_named_in_both_languages_and_once():
    header = sheet_table(sheet_of(morning().records)).header

    assert header[2] == "Kết quả (verdict)"
    assert len(set(header)) == len(COLUMNS)
