from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.conference.commands import FloorRequest
from bridge.conference.words import Mark
from bridge.minutes.figures import Sheet, csv_of, harmless, sheets_of, sites_of, speeches_of
from tests.bridge.conference.scene import province
from tests.bridge.minutes.sitting import Sitting, full, opened


def rows(sheet: Sheet) -> list[dict[str, object]]:
    return [dict(zip(sheet.header, row, strict=True)) for row in sheet.rows]


def read(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_a_speech_with_all_its_figures():
    report, hand, cut, phoned = rows(speeches_of(full().minutes))

    assert report == {
        "STT": 1,
        "Mã": "11",
        "Điểm cầu": "Sở Khoa học và Công nghệ Điện Biên",
        "Người phát biểu": "Bà Hoa",
        "Chức vụ": "Giám đốc",
        "Mục chương trình": "Cơ chế tài chính",
        "Nhóm": "Nhóm 1",
        "Nội dung đăng ký": None,
        "Hình thức": "Theo chương trình",
        "Qua điện thoại": None,
        "Trình chiếu": None,
        "Đăng ký lúc": "08:18:00",
        "Bắt đầu": "08:18:00",
        "Kết thúc": "08:28:00",
        "Thời gian phát biểu (giây)": 480,
        "Thời gian phát biểu": "8:00",
        "Thời gian được giao (giây)": 420,
        "Gia hạn (giây)": 60,
        "Vượt (giây)": 0,
        "Chủ tọa tạm ngắt (giây)": 0,
        "Mất đường truyền (giây)": 20,
        "Mất đường truyền (lần)": 1,
        "Kỹ thuật tạm ngắt (giây)": 0,
        "Tạm nghỉ (giây)": 0,
        "Số phần": 2,
        "Kết thúc do": "Điểm cầu kết thúc",
    }
    assert (hand["Vượt (giây)"], hand["Nhóm"]) == (60, "Nhóm 2")
    assert (cut["Kỹ thuật tạm ngắt (giây)"], cut["Trình chiếu"]) == (30, "x")
    assert (phoned["Qua điện thoại"], phoned["Hình thức"]) == ("x", "Được mời")


def test_a_site_with_its_sums():
    by_site = {row["Mã"]: row for row in rows(sites_of(full().minutes))}

    assert list(by_site) == ["01", "11", "20", "48", "79"]
    assert [by_site["79"][name] for name in ("Số lần đăng ký", "Số lần phát biểu")] == [1, 2]
    assert [by_site["79"][name] for name in ("Tổng thời gian", "Dài nhất (giây)")] == ["9:00", 360]
    assert [by_site["48"][name] for name in ("Chưa được phát biểu", "Tham dự từ")] == [
        2,
        "08:10:00",
    ]
    assert [by_site["11"][name] for name in ("Số lần đăng ký", "Rút đăng ký")] == [1, 1]
    assert [by_site["01"][name] for name in ("Số lần đăng ký", "Số người")] == [1, 5]
    assert by_site["20"]["Điểm danh"] == "Vắng (đã báo)"


def test_sums_agree_with_the_speeches():
    minutes = full().minutes
    told = sum(row["Tổng thời gian (giây)"] for row in rows(sites_of(minutes)))

    assert told == sum(round(speech.spoken_s) for speech in minutes.speeches)


def test_every_request_and_every_item_has_its_row():
    minutes = full().minutes
    *_, agenda, requests = sheets_of(minutes)

    assert len(requests.rows) == minutes.counts.requests
    assert [row["Kết quả"] for row in rows(agenda)] == [
        "Đã thực hiện",
        "Đã thực hiện",
        "Đã thực hiện",
        "Bỏ qua",
        "Đã thực hiện",
    ]
    assert {row["Kết quả"] for row in rows(requests)} >= {"Thử trước khai mạc", "Đã trình chiếu"}


def test_rows_are_as_long_as_their_heads():
    for sitting in (Sitting(), full()):
        for sheet in sheets_of(sitting.minutes):
            assert {len(row) for row in sheet.rows} <= {len(sheet.header)}


def test_excel_is_told_that_it_is_unicode():
    data = csv_of(speeches_of(full().minutes))

    assert data.startswith(b"\xef\xbb\xbf")
    head, first, *_ = read(data)
    assert (head[2], first[2]) == ("Điểm cầu", "Sở Khoa học và Công nghệ Điện Biên")
    assert data.count(b"\r\n") == 5


FORMULAS = ["=1+1", "+84 24", "-5", "@SUM(A1)", "\t=1", " =1", "\r\n=1", "＝1", "\u200b=1", "=\n1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_is_a_formula(text):
    sitting = opened()
    sitting.do(FloorRequest(text=text, group=text), province("11"))
    *_, requests = sheets_of(sitting.minutes)
    cells = [cell for row in read(csv_of(requests)) for cell in row]

    assert not any(cell.lstrip().startswith(("=", "+", "-", "@", "＝")) for cell in cells)
    assert sum(cell.startswith("'") for cell in cells) == 2


@given(st.text(st.characters()))
def test_any_text_is_harmless_and_one_line(text):
    told = harmless(text)

    assert not told.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert "\n" not in told
    assert read(csv_of(Sheet(title="x", header=("A",), rows=((text,),))))[1:] in ([[told]], [[]])


@pytest.mark.parametrize("value", [None, 0, -5, 1.5, "Sở", "", Mark.LATE.value])
def test_what_is_harmless_stays(value):
    assert harmless(value) == value
