from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from bridge.check.sheet_file import DOCUMENTS
from bridge.journal import Journal
from bridge.records import Record
from room110.papers import FILES, SHEETS, Papers
from signaling.papers import FORMATS
from signaling.papers import SHEETS as SHEETS_OF_THE_DOORS
from signaling.ports import NoPaper
from tests.bridge.minutes.sitting import Sitting

CONFERENCE = "20200529-0800-0001"


def journalled(directory: Path, records: list[Record]) -> None:
    async def write() -> None:
        journal = await Journal.create(directory / f"{CONFERENCE}.journal")
        await journal.append(records)
        await journal.close()

    asyncio.run(write())


@pytest.fixture
def papers(tmp_path: Path) -> Papers:
    journalled(tmp_path, Sitting().records)
    return Papers(tmp_path)


def test_every_form_of_the_doors_is_a_document() -> None:
    assert set(FILES) == set(FORMATS)
    assert set(SHEETS) == set(SHEETS_OF_THE_DOORS.values())
    names = {name: form.removeprefix("sheet.") for form, (name, _) in SHEETS.items()}
    assert names.items() >= DOCUMENTS.items()


@pytest.mark.parametrize(
    ("form", "begins"),
    [
        ("json", b"{"),
        ("docx", b"PK"),
        ("md", b""),
        ("csv", b""),
        ("xlsx", b"PK"),
        ("technical", b"#"),
        ("sheet.html", b"<!doctype html>"),
        ("sheet.csv", b"\xef\xbb\xbf"),
        ("sheet.json", b"{"),
    ],
)
def test_a_document_is_made_of_the_journal_alone(papers: Papers, form: str, begins: bytes) -> None:
    paper = papers.paper(CONFERENCE, form)
    assert paper.data.startswith(begins) and paper.data
    assert paper.name.startswith(CONFERENCE)
    if form == "json":
        assert json.loads(paper.data)["conference"]


def test_a_journal_that_is_not_there_is_a_no_and_no_crash(tmp_path: Path) -> None:
    for form in ("md", "sheet.html"):
        with pytest.raises(NoPaper):
            Papers(tmp_path).paper(CONFERENCE, form)


def test_a_journal_that_is_none_is_a_no_too(tmp_path: Path) -> None:
    (tmp_path / f"{CONFERENCE}.journal").write_bytes(b"no journal" * 100)
    with pytest.raises(NoPaper):
        Papers(tmp_path).paper(CONFERENCE, "json")
