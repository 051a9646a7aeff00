from __future__ import annotations

import pytest

from tests.config.agendas import problem, problems, read

HEAD = "kind,title,minutes,site,speaker,position,group\n"
KNOWN = (
    "kind (loại), title (nội dung), minutes (số phút, thời lượng), site (mã điểm cầu, điểm cầu),"
    " speaker (người trình bày, người phát biểu), position (chức vụ), group (nhóm, nhóm vấn đề)"
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", f"a.csv:1: no row names the columns; they are {KNOWN}"),
        ("\n\n , \n", "a.csv:1: no row names the columns"),
        ("\nKhai mạc,10\n", "a.csv:2: no row names the columns"),
        ("title\nA\n", "a.csv:1: no row names the columns"),
        ("title|minutes\nA|7\n", "a.csv:1: no row names the columns"),
        (
            "title,minuts,site\nA,7,\n",
            (
                "a.csv:1: 'minuts' is no column; they are kind, title, minutes, site, speaker,"
                " position, group; did you mean 'minutes'?"
            ),
        ),
        ("title,site\nA,11\n", "a.csv:1: there is no column minutes (số phút, thời lượng)"),
        (
            "title,minutes,Số phút\nA,7,7\n",
            "a.csv:1: 'Số phút': there is a column minutes already",
        ),
        (HEAD, "a.csv: no item at all"),
        (HEAD + "\n,,,,,,\n", "a.csv: no item at all"),
        (HEAD + ",A,x,,,,\n", "a.csv:2: minutes: 'x' is no whole number"),
        (HEAD + ",A\n", "a.csv:2: minutes: missing"),
        (
            "title,minutes\nCơ chế, chính sách,7\n",
            "a.csv:2: '7' stands under no heading; a text with the separator in it goes in quotes",
        ),
        ("title,minutes,\nA,7,8\n", "a.csv:2: '8' stands under no heading"),
        (HEAD + ',"A\nB",7,,,,\n,C,x,,,,\n', "a.csv:4: minutes: 'x'"),
        (HEAD + ',"A\nB",x,,,,\n', "a.csv:2: minutes: 'x'"),
        (HEAD + ',A,7,,,,\n,"B" c,7\n', "a.csv:3: ',' expected after '\"'; look at the quotes"),
        (HEAD + ',A,7,,,,\n,"B\n', "a.csv:3: unexpected end of data; look at the quotes"),
        (HEAD + ",A,7,,,," + "x" * 200_000, "a.csv:2: field larger than field limit"),
    ],
)
def test_a_mistake_is_told_with_its_line(text, told):
    found = problems(text, "a.csv")
    assert [line for line in found if line.startswith(told)]
    if "'minuts'" not in told and "under no heading" not in told:
        assert len(found) == 1


def test_without_its_columns_the_rows_are_not_blamed():
    found = problems("title,minuts,site\nA,7\nB,8\n", "a.csv")
    assert len(found) == 2
    assert found[1] == "a.csv:1: there is no column minutes (số phút, thời lượng)"


def test_where_no_row_names_the_columns_the_nearest_is_told():
    found = problem("title,minuts\nA,7\n", "a.csv")
    assert found.endswith("group (nhóm, nhóm vấn đề); did you mean 'minutes'?")


def test_a_very_wide_row_is_told_once():
    found = problem("title,minutes\nA,7" + ",x" * 100_000, "a.csv")
    assert found.startswith("a.csv:2: 'x' stands under no heading")


def test_a_very_wide_head_is_told_once_for_each_column_that_counts():
    assert len(problems("title,minutes" + ",x" * 100_000 + "\nA,7\n", "a.csv")) == 48


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_excel_s_ways_of_writing_are_read(separator, mark, end):
    rows = (
        ("STT", "Nội dung", "Số phút", "Điểm cầu", "Ghi chú"),
        ("1", '"Cơ chế, chính sách; tài chính\tvà ""khoán"""', "7", "Điện Biên", "x"),
        ("2", "Kết luận", "15", "", ""),
        ("3", "", "", "", ""),
    )
    text = mark + end.join(separator.join(row) for row in rows) + end

    report, end_ = read(text, "a.csv").rows

    assert (report.title, report.site) == ('Cơ chế, chính sách; tài chính và "khoán"', "11")
    assert (end_.kind, end_.minutes) == ("centre", 15)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_excel_s_unicode_text_is_read(encoding):
    data = "Nội dung\tSố phút\nPhim\t8\n".encode(encoding)
    assert read(data, "a.txt").rows[0].title == "Phim"


def test_titles_may_stand_above_the_columns():
    text = (
        'BỘ KHOA HỌC VÀ CÔNG NGHỆ;;\n"CHƯƠNG TRÌNH, DỰ THẢO";;\n\nsep=;\n'
        "TT;Nội dung;Thời lượng (phút)\n1;Khai mạc;10\n"
    )
    assert read(text, "a.csv").rows[0].minutes == 10


def test_a_row_with_a_group_alone_is_a_heading_for_the_sites_below():
    text = HEAD + (
        ",Khai mạc,10,,,,\n"
        ",,,,,,Nhóm 1\n"
        ",A,7,11,,,\n"
        "điểm cầu,B,7,01,,,\n"
        ",C,7,04,,,Nhóm riêng\n"
        ",Trả lời,7,,,,\n"
        ",D,7,06,,,\n"
        ",,,,,,Nhóm 2\n"
        ",E,7,08,,,\n"
        "nghỉ,Nghỉ,15,,,,\n"
        ",F,7,10,,,\n"
    )
    assert [(row.title, row.group) for row in read(text, "a.csv").rows] == [
        ("Khai mạc", None),
        ("A", "Nhóm 1"),
        ("B", "Nhóm 1"),
        ("C", "Nhóm riêng"),
        ("Trả lời", None),
        ("D", "Nhóm 1"),
        ("E", "Nhóm 2"),
        ("Nghỉ", None),
        ("F", None),
    ]


def test_the_last_cells_of_a_row_may_be_left_out():
    assert read("title,minutes,site\nA,7\n", "a.csv").rows[0].kind == "centre"
