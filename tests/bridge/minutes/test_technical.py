from __future__ import annotations

from pathlib import Path

from bridge.conference.commands import FloorRequest, LinkLost
from bridge.minutes.document import Paragraph, Style, Table
from bridge.minutes.markdown import markdown
from bridge.minutes.technical import summary_of, technical_report
from tests.bridge.conference.scene import province
from tests.bridge.minutes.sitting import Sitting, full, opened

GOLDEN = Path(__file__).parent / "golden"


def other() -> Sitting:
    """The conference before: a quiet one, with one lost line."""
    sitting = opened()
    sitting.do(LinkLost(site="11"))
    sitting.at("08:00:10")
    sitting.come("11")
    sitting.at("08:30")
    sitting.do(FloorRequest(), province("01"))
    return sitting


def table(document, heading: str) -> Table | None:
    blocks = document.blocks
    place = next(n for n, b in enumerate(blocks) if isinstance(b, Paragraph) and b.text == heading)
    after = blocks[place + 1]
    return after if isinstance(after, Table) else None


def test_a_whole_morning_as_it_is_on_paper():
    told = markdown(technical_report(full().minutes, before=other().minutes))

    assert told == (GOLDEN / "bao-cao-ky-thuat.md").read_text(encoding="utf-8")


def test_a_conference_in_a_few_numbers():
    summary = summary_of(full().minutes)

    assert (summary.session_s, summary.sites_seen) == (72 * 60.0, 4)
    assert (summary.drops, summary.longest_s, summary.speeches_interrupted) == (2, 1200.0, 1)
    assert (summary.help_calls, summary.help_answer_s) == (1, 660.0)
    assert (summary.cuts, summary.switches, summary.media_restarts) == (1, 1, 0)
    assert summary.service_restarts == 1
    assert round(summary.share, 3) == round((1 + 70 / 72 + 1 + 52 / 72) / 4, 3)


def test_of_nothing_there_is_no_mean():
    summary = summary_of(Sitting().minutes)

    assert (summary.share, summary.help_answer_s, summary.session_s) == (None, None, 0.0)


def test_it_is_laid_beside_the_last_conference():
    report = technical_report(full().minutes, before=other().minutes)
    rows = {row[0]: row[1:] for row in table(report, "Tổng hợp").rows}
    lines = table(report, "Đường truyền từng điểm cầu (trong phiên họp)")

    assert rows["Số lần mất kết nối"] == ("2", "1")
    assert rows["Lần mất kết nối dài nhất"] == ("20:00", "0:10")
    assert lines.header[-1] == "Lần trước"
    assert {row[0]: row[-1] for row in lines.rows}["11"] == "1"


def test_a_site_the_last_conference_did_not_have_has_nothing_beside_it():
    before = other()
    minutes = before.minutes
    fewer = type(minutes)(
        **{name: getattr(minutes, name) for name in minutes.__slots__ if name != "lines"},
        lines=minutes.lines[1:],
    )
    lines = table(
        technical_report(full().minutes, before=fewer),
        "Đường truyền từng điểm cầu (trong phiên họp)",
    )

    assert lines.rows[0][-1] == ""


def test_what_did_not_happen_is_said_in_two_words():
    report = technical_report(Sitting().minutes)

    for heading in ("Mất kết nối", "Phát biểu bị gián đoạn", "Quyền điều hành đã dùng"):
        assert table(report, heading) is None


def test_damage_and_rehearsal_are_told_on_top():
    report = technical_report(Sitting(rehearsal=True).minutes, damage="bản ghi 7")
    told = [block for block in report.blocks if isinstance(block, Paragraph)]

    assert (told[0].style, told[0].text) == (Style.WARNING, "TỔNG DUYỆT")
    assert told[3].text == "Nhật ký hỏng: bản ghi 7"


def test_a_restart_is_as_long_as_the_wall_says():
    rows = table(technical_report(full().minutes), "Hỗ trợ, tạm ngắt và thao tác kỹ thuật").rows
    restart = next(row for row in rows if row[0] == "Dịch vụ khởi động lại")

    assert restart[2:6] == ("08:50:00", "", "08:55:00", "5:00")


def test_tables_are_as_wide_as_their_heads():
    for before in (None, other().minutes):
        for block in technical_report(full().minutes, before=before).blocks:
            if isinstance(block, Table):
                width = len(block.header)
                assert {len(row) for row in block.rows} | {len(block.widths_mm)} == {width}
