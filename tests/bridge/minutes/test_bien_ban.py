from __future__ import annotations

from pathlib import Path

import pytest

from bridge.conference.commands import (
    AgendaLoad,
    AgendaNext,
    ChairPhase,
    FloorRequest,
    RollcallAnswer,
    RollcallMark,
    RollcallOpen,
)
from bridge.conference.words import CENTRE, CONTENT, Mark, Phase
from bridge.minutes.bien_ban import bien_ban
from bridge.minutes.document import BLANK, Columns, Paragraph, Style, Table
from bridge.minutes.markdown import markdown
from tests.bridge.conference.scene import SECRETARY, province
from tests.bridge.minutes.sitting import AGENDA, Sitting, full, opened

GOLDEN = Path(__file__).parent / "golden"


def texts(sitting: Sitting) -> list[str]:
    found = []
    for block in bien_ban(sitting.minutes).blocks:
        match block:
            case Paragraph():
                found.append(block.text)
            case Columns():
                found += [paragraph.text for paragraph in (*block.left, *block.right)]
            case Table():
                found += [" | ".join(row) for row in block.rows]
    return found


def test_a_whole_morning_as_it_is_on_paper():
    told = markdown(bien_ban(full().minutes))

    assert told == (GOLDEN / "bien-ban.md").read_text(encoding="utf-8")


def test_the_fixed_words_of_the_form_stand_in_their_order():
    order = [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "BIÊN BẢN",
        "Thời gian bắt đầu:",
        "Địa điểm:",
        "Thành phần tham dự:",
        "Chủ trì (chủ tọa):",
        "Thư ký (người ghi biên bản):",
        "Nội dung (theo diễn biến hội nghị):",
        "Hội nghị kết thúc vào",
        "THƯ KÝ",
        "CHỦ TỌA",
        "Nơi nhận:",
        "Lưu: VT.",
    ]
    for sitting in (Sitting(), opened(), full()):
        told = "\n".join(texts(sitting))
        places = [told.index(words) for words in order]
        assert places == sorted(places)


def test_what_the_journal_does_not_know_is_a_dotted_line():
    told = texts(Sitting())

    for label in (
        "Thời gian bắt đầu:",
        "Thành phần tham dự:",
        "Chủ trì (chủ tọa):",
        "Thư ký (người ghi biên bản):",
        "Phòng 110:",
    ):
        assert f"{label} {BLANK}" in told
    assert f"Địa điểm: {BLANK}, họp trực tuyến với 5 điểm cầu." in told
    assert "Hội nghị kết thúc vào … giờ …, ngày … tháng … năm …………./." in told


def test_a_rehearsal_says_so_on_top():
    first, *_ = bien_ban(Sitting(rehearsal=True).minutes).blocks
    assert first.style is Style.WARNING
    assert "TỔNG DUYỆT" in first.text
    assert "TỔNG DUYỆT" not in "".join(texts(Sitting()))


MARKS = [
    (RollcallMark(site="11", mark=Mark.ABSENT, reason="ốm"), "Vắng mặt: {} (ốm)"),
    (RollcallMark(site="11", mark=Mark.EXCUSED, reason="bão"), "Vắng mặt, đã báo: {} (bão)"),
    (RollcallMark(site="11", mark=Mark.PRESENT), "1 | {} |  |  | "),
    (
        RollcallMark(site="11", mark=Mark.LATE, head="Bà Hoa", title="Giám đốc", count=3),
        "1 | {} | Bà Hoa, Giám đốc | 3 | tham dự từ 08 giờ 00 phút",
    ),
    (
        RollcallMark(site="11", mark=Mark.LEFT, head="Bà Hoa"),
        "1 | {} | Bà Hoa |  | rời hội nghị lúc 08 giờ 00 phút",
    ),
]


@pytest.mark.parametrize(("command", "told"), MARKS)
def test_who_was_there_and_who_was_not(command, told):
    sitting = opened()
    sitting.do(command, SECRETARY)

    assert told.format("Sở Khoa học và Công nghệ Điện Biên") in texts(sitting)


def test_who_was_there_is_counted_without_the_centre():
    sitting = opened()
    sitting.do(RollcallOpen())
    sitting.do(RollcallAnswer(head="Bà Hoa"), province("11"))
    assert "Thành phần tham dự: 1/5 điểm cầu có mặt." in texts(sitting)
    sitting.do(RollcallMark(site=CENTRE, mark=Mark.PRESENT, head="Ông An", count=20), SECRETARY)
    told = texts(sitting)
    assert "Thành phần tham dự: 1/5 điểm cầu có mặt, 20 người tham dự theo xác nhận." in told
    assert "Phòng 110: Ông An" in told


def test_sites_that_nobody_marked_are_told_with_their_lines():
    sitting = Sitting()
    sitting.come("11")
    told = next(text for text in texts(sitting) if text.startswith("Chưa xác nhận"))

    assert "Sở Khoa học và Công nghệ Điện Biên (có kết nối); " in told
    assert "Sở Khoa học và Công nghệ Hà Nội; " in told


def test_items_that_were_not_presented_are_asked_for_in_writing():
    sitting = opened()
    sitting.do(AgendaLoad(items=AGENDA))
    sitting.do(AgendaNext())
    told = texts(sitting)
    first = told.index("Nội dung trong chương trình chưa trình bày:")
    lang_son = "Sở Khoa học và Công nghệ Lạng Sơn"

    assert told[first + 1 : first + 5] == [
        "Phim tư liệu.",
        "Sở Khoa học và Công nghệ Điện Biên: Cơ chế tài chính – đề nghị gửi báo cáo bằng văn bản.",
        f"{lang_son}: Tham luận của Lạng Sơn – đề nghị gửi báo cáo bằng văn bản.",
        "Thảo luận.",
    ]


def test_who_was_not_reached_is_named_once_and_asked_to_write():
    sitting = opened()
    sitting.do(FloorRequest(text="Một"), province("11"))
    sitting.do(FloorRequest(floors=(CONTENT,)), province("79"))
    sitting.do(FloorRequest(), province("01"))
    assert not any("chưa phát biểu" in text for text in texts(sitting))  # they still may be
    sitting.do(ChairPhase(to=Phase.CLOSED))
    told = texts(sitting)
    heading = "Điểm cầu đã đăng ký, chưa phát biểu – đề nghị gửi ý kiến bằng văn bản:"
    first = told.index(heading)

    assert told[first + 1 : first + 3] == [
        "Sở Khoa học và Công nghệ Điện Biên (về: Một).",
        "Sở Khoa học và Công nghệ Hà Nội.",
    ]
    assert not any("TP. Hồ Chí Minh" in text for text in told[first + 1 : first + 4])


def test_nobody_is_shamed():
    told = "\n".join(texts(full())).lower()

    for words in ("mất", "hết giờ", "quá giờ", "vượt", "thu hồi", "từ chối", "ngắt", "(hú"):
        assert words not in told, words


def test_the_ending_names_hour_and_day():
    assert "Hội nghị kết thúc vào 09 giờ 15 phút, ngày 05 tháng 02 năm 2026./." in texts(full())
