"""Documents of real journals on a real disk, also while they are written and when they are hurt."""

from __future__ import annotations

import io
import json
import sqlite3
import stat
from contextlib import closing
from unittest.mock import Mock

import docx
import pytest
from openpyxl import load_workbook

from bridge.conference.check_words import Verdict
from bridge.conference.commands import CheckRun, LinkUp, MinutesNote, SiteMeasured
from bridge.conference.figures import Figures
from bridge.journal import Journal
from bridge.minutes.files import DOCUMENTS, Telling, documents, last_before, tell, write
from bridge.minutes.steps import NothingToTell
from bridge.records import JournalDamaged, JournalForeign
from tests.bridge.conference.scene import SECRETARY, TECHNICIAN
from tests.bridge.minutes.sitting import Sitting, full, opened

NAMES = {
    "bien-ban.docx",
    "bien-ban.md",
    "thong-ke.csv",
    "thong-ke-diem-cau.csv",
    "thong-ke.xlsx",
    "bao-cao-ky-thuat.md",
    "bao-cao-ky-thuat.json",
    "minutes.json",
}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "20260205-0730-7f3a.journal"


async def written(path, sitting):
    journal = await Journal.create(path)
    await journal.append(sitting.records)
    return journal


def hurt(path, rev):
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TRIGGER records_never_change")
        db.execute("UPDATE records SET actor = actor || '!' WHERE rev = ?", (rev,))
        db.commit()


async def test_all_documents_of_a_journal(path, tmp_path):
    sitting = full()
    await (await written(path, sitting)).close()
    answer = write(path, tmp_path / "out" / "documents")
    there = {p.name: p for p in (tmp_path / "out" / "documents").iterdir()}

    assert set(there) == {p.name for p in answer.paths} == NAMES
    assert answer.telling == Telling(minutes=sitting.minutes)
    assert {stat.S_IMODE(p.stat().st_mode) for p in there.values()} == {0o600}
    assert docx.Document(str(there["bien-ban.docx"])).tables
    assert load_workbook(there["thong-ke.xlsx"]).sheetnames
    assert "# BIÊN BẢN" in there["bien-ban.md"].read_text(encoding="utf-8")
    assert json.loads(there["minutes.json"].read_bytes())["title"] == "Hội nghị giám đốc Sở"


async def test_the_sheet_is_beside_them_when_somebody_checked_or_walked(path, tmp_path):
    day_before, today = Sitting(), Sitting()
    for sitting, verdict in ((day_before, Verdict.FAIL), (today, Verdict.PASS)):
        sitting.do(LinkUp(site="20"))
        sitting.do(CheckRun(sites=("20",)), TECHNICIAN)
        sitting.do(SiteMeasured(site="20", verdict=verdict, reasons=(), figures=Figures()))
    former = path.with_name("20260204-0730-0001.journal")
    await (await written(former, day_before)).close()
    await (await written(path, today)).close()
    answer = write(path, tmp_path / "out")

    assert {p.name for p in answer.paths} == NAMES | {"kiem-tra.html", "kiem-tra.csv"}
    table = (tmp_path / "out" / "kiem-tra.csv").read_text(encoding="utf-8-sig")
    assert "▲ tốt hơn" in next(line for line in table.splitlines() if line.startswith("20,"))
    page = tmp_path / "out" / "kiem-tra.html"
    assert "Lạng Sơn" in page.read_text(encoding="utf-8")
    assert stat.S_IMODE(page.stat().st_mode) == 0o600


async def test_what_is_there_is_replaced_whole(path, tmp_path, monkeypatch):
    await (await written(path, full())).close()
    out = tmp_path / "out"
    out.mkdir()
    (out / "bien-ban.md").write_text("cũ")
    write(path, out)
    whole = (out / "bien-ban.md").read_bytes()
    assert whole.startswith(b"| |")
    monkeypatch.setattr("os.fsync", Mock(side_effect=OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write(path, out)

    assert (out / "bien-ban.md").read_bytes() == whole
    assert {p.name for p in out.iterdir()} == NAMES


async def test_the_service_may_write_meanwhile(path, tmp_path):
    sitting = full()
    journal = await written(path, sitting)
    before = len(sitting.records)
    assert write(path, tmp_path).telling.minutes.counts.records == before
    sitting.do(MinutesNote(text="Thêm"), SECRETARY)
    await journal.append(sitting.records[before:])
    assert write(path, tmp_path).telling.minutes.notes[-1].text == "Thêm"
    await journal.close()


@pytest.mark.parametrize(("rev", "last"), [(-1, True), (20, False)])
async def test_a_record_that_cannot_be_read_is_named_and_the_rest_is_used(
    path, tmp_path, rev, last
):
    sitting = full()
    rev = rev if rev > 0 else len(sitting.records)
    await (await written(path, sitting)).close()
    hurt(path, rev)
    answer = write(path, tmp_path)

    assert (answer.telling.damaged.rev, answer.telling.damaged.last) == (rev, last)
    assert answer.telling.minutes.counts.records == rev - 1
    report = (tmp_path / "bao-cao-ky-thuat.md").read_text(encoding="utf-8")
    assert f"**Nhật ký hỏng:** bản ghi {rev} không đọc được" in report
    assert ("Các bản ghi sau đó cũng không được dùng." in report) is not last
    assert json.loads((tmp_path / "bao-cao-ky-thuat.json").read_bytes())["damaged"]["rev"] == rev


async def test_when_the_first_record_is_hurt_there_is_nothing_to_tell(path, tmp_path):
    await (await written(path, full())).close()
    hurt(path, 1)

    with pytest.raises(JournalDamaged):
        write(path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


async def test_an_empty_journal_and_a_foreign_file(path, tmp_path):
    await (await Journal.create(path)).close()
    with pytest.raises(NothingToTell):
        tell(path)
    foreign = tmp_path / "x.journal"
    foreign.write_bytes(b"hello " * 1000)
    with pytest.raises(JournalForeign):
        tell(foreign)


async def test_the_last_conference_is_the_newest_before_that_had_a_session(tmp_path):
    held, trial = opened(), Sitting()
    for name, sitting in (
        ("20251101-0800-0001", held),
        ("20251201-0800-0001", held),
        ("20260101-0800-0001", trial),
        ("20260205-0730-7f3a", full()),
        ("20260301-0800-0001", held),
    ):
        await (await written(tmp_path / f"{name}.journal", sitting)).close()
    await (await Journal.create(tmp_path / "20260102-0800-0001.journal")).close()
    (tmp_path / "20260103-0800-0001.journal").write_bytes(b"hello " * 1000)
    path = tmp_path / "20260205-0730-7f3a.journal"

    assert last_before(path) == tmp_path / "20251201-0800-0001.journal"
    assert last_before(tmp_path / "20251101-0800-0001.journal") is None
    assert tell(path, before=last_before(path)).before == held.minutes


def test_each_document_can_be_had_alone():
    telling = Telling(minutes=full().minutes)

    assert set(documents(telling)) == set(DOCUMENTS) == NAMES
    assert docx.Document(io.BytesIO(DOCUMENTS["bien-ban.docx"](telling))).paragraphs


def test_the_facts_as_json_say_everything():
    minutes = full().minutes
    facts = json.loads(DOCUMENTS["minutes.json"](Telling(minutes=minutes)))

    assert set(facts) == set(minutes.__slots__)
    assert facts["speeches"][0]["parts"][0]["via"] == "line"
    assert facts["opened" if "opened" in facts else "begun"]["wall"].endswith("+07:00")
    assert facts["counts"]["fates"]["spoken"] == 5


def test_a_lone_surrogate_breaks_no_file():
    sitting = opened()
    sitting.do(MinutesNote(text="x\ud800y"), SECRETARY)

    for data in documents(Telling(minutes=sitting.minutes)).values():
        assert data


async def test_a_record_that_the_service_has_set_aside_is_named_too(path, tmp_path):
    sitting = full()
    await (await written(path, sitting)).close()
    hurt(path, len(sitting.records))
    await (await Journal.open(path)).close()
    answer = write(path, tmp_path)

    assert answer.telling.damaged is None
    assert [lost.rev for lost in answer.telling.set_aside] == [len(sitting.records)]
    report = (tmp_path / "bao-cao-ky-thuat.md").read_text(encoding="utf-8")
    assert f"**Nhật ký hỏng:** bản ghi {len(sitting.records)} không đọc được" in report
    found = json.loads((tmp_path / "bao-cao-ky-thuat.json").read_bytes())["set_aside"]
    assert [lost["rev"] for lost in found] == [len(sitting.records)]


async def test_to_read_a_journal_that_nobody_writes_leaves_nothing_beside_it(path, tmp_path):
    await (await written(path, full())).close()
    before = sorted(path.parent.iterdir())
    tell(path)
    assert sorted(path.parent.iterdir()) == before
