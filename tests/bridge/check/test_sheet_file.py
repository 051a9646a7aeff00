from __future__ import annotations

import json
from pathlib import Path

import pytest

from bridge.check import sheet_file
from bridge.check.sheet_file import DOCUMENTS, FORMS, read_sheet, sheet_documents
from bridge.conference.check_words import Verdict
from bridge.records import JournalForeign, read_only
from tests.bridge.check.papers import Sitting, journalled, morning


def rows(sheet):
    return {row.site: row for row in sheet.rows}


def test_a_sheet_is_made_of_a_journal_and_the_newest_before_it_with_a_check(tmp_path):
    older = Sitting("c0")
    older.check("02", Verdict.PASS)
    journalled(tmp_path / "20200101-a.journal", older.records)
    journalled(tmp_path / "20200102-b.journal", morning("c1").records)
    journalled(tmp_path / "20200103-c.journal", Sitting("c2").records)
    (tmp_path / "20200104-d.journal").write_bytes(b"no journal" * 100)
    today = journalled(tmp_path / "20200105-e.journal", Sitting("c3").records)
    journalled(tmp_path / "20200106-f.journal", older.records)

    sheet = read_sheet(today)

    assert sheet.conference == "c3"
    assert rows(sheet)["02"].before.verdict is Verdict.FAIL


def test_it_does_not_look_back_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr(sheet_file, "FORMER", 1)
    journalled(tmp_path / "20200101-a.journal", morning().records)
    journalled(tmp_path / "20200102-b.journal", Sitting("c2").records)
    today = journalled(tmp_path / "20200103-c.journal", Sitting("c3").records)

    assert rows(read_sheet(today))["01"].before is None


def test_what_is_no_journal_is_named(tmp_path):
    path: Path = tmp_path / "20200104-d.journal"
    path.write_bytes(b"no journal" * 100)

    with pytest.raises(JournalForeign):
        read_sheet(path)


def test_the_forms(tmp_path):
    sheet = read_sheet(journalled(tmp_path / "a.journal", morning().records))

    html, csv, facts = (FORMS[form](sheet) for form in ("html", "csv", "json"))

    assert html.startswith(b"<!doctype html>")
    lines = csv.decode("utf-8-sig").splitlines()
    assert csv.startswith(b"\xef\xbb\xbf")
    assert len(lines) == 6
    assert "'=Sở 79" in lines[4]
    told = json.loads(facts)
    assert told["rows"][0]["trend"] == 1
    assert told["rows"][0]["last"]["figures"]["rtt_s"] == 0.0312


def test_beside_the_minutes_it_lies_for_print_and_as_a_table_if_there_is_anything_to_say(tmp_path):
    journalled(tmp_path / "20200101-a.journal", morning().records)
    today = Sitting("c2")
    today.check("02", Verdict.WATCH)
    path = journalled(tmp_path / "20200102-b.journal", today.records)
    empty = journalled(tmp_path / "20200103-c.journal", Sitting("c3").records)

    documents = sheet_documents(path, read_only(path))

    assert documents == {name: FORMS[form](read_sheet(path)) for name, form in DOCUMENTS.items()}
    assert "Không đạt (29/05 07:08), ▲ tốt hơn" in documents["kiem-tra.csv"].decode("utf-8-sig")
    assert sheet_documents(empty, read_only(empty)) == {}
