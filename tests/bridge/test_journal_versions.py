"""Journals of version 1: they are read for ever, and never written to."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from bridge.conference import evolve
from bridge.conference.decide import begin
from bridge.conference.events import Policy
from bridge.conference.words import Phase
from bridge.events import Emitter
from bridge.journal import Journal, Journals
from bridge.records import SCHEMA, JournalOld, Record, _crc32, read_only, row_of
from bridge.room import Room
from tests.bridge.conference.scene import SITES
from tests.support.autojump import virtual_time

SPEECH = [
    {"type": "link_changed", "at_s": 1.0, "site": "01", "to": "up"},
    {"type": "phase_changed", "at_s": 1.0, "to": "open"},
    {
        "type": "request_made",
        "at_s": 2.0,
        "request": 1,
        "floor": "speech",
        "site": "01",
        "by": "site:01",
        "status": "accepted",
        "position": 1,
    },
    {"type": "request_granted", "at_s": 3.0, "request": 1, "limit_s": 300},
]
CLOSED = [
    {"type": "request_ended", "at_s": 10.0, "request": 1, "status": "released", "reason": "closed"},
    {"type": "phase_changed", "at_s": 10.0, "to": "closed"},
]


def written(path, *batches):
    """A journal as version 1 wrote it."""
    first = begin(
        conference=path.stem, title="Hội nghị", rehearsal=False, sites=SITES, policy=Policy()
    )
    opening = row_of(
        Record(
            rev=1,
            at_s=0.0,
            wall="2020-05-29T08:00:00.000+07:00",
            actor="room110",
            authority=None,
            command_id=None,
            command="conference.begin",
            events=(first,),
        )
    )
    rows = [opening]
    for rev, events in enumerate(batches, 2):
        row = (
            rev,
            10.0,
            "2020-05-29T08:00:10.000+07:00",
            "an",
            None,
            None,
            "x",
            json.dumps(events),
        )
        rows.append((*row, _crc32(row)))
    with closing(sqlite3.connect(path)) as db, db:
        for statement in SCHEMA:
            db.execute(statement)
        db.execute("PRAGMA user_version = 1")
        db.executemany("INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    return path


def test_what_it_says_is_read_in_todays_words(tmp_path):
    reading = read_only(written(tmp_path / "20200529-0800-7f3a.journal", SPEECH, CLOSED))
    assert reading.damaged is None
    state = evolve.fold(event for record in reading.records for event in record.events)
    (request,) = state.requests.values()
    assert request.floors == ("speech",)
    assert request.used_s == 7.0, "its clock began with the grant"


async def test_nothing_is_added_to_it(tmp_path):
    path = written(tmp_path / "20200529-0800-7f3a.journal", SPEECH)
    before = path.read_bytes()
    with pytest.raises(JournalOld, match="earlier version"):
        await Journal.open(path)
    assert path.read_bytes() == before


async def resumed(directory):
    journals = Journals(directory)
    try:
        room = await Room.resume(
            journals,
            emitter=Emitter(),
            sites=SITES,
            title="Hội nghị",
            wall=lambda: datetime(2020, 5, 29, 1, 5, tzinfo=UTC),
            chance=lambda _: 7,
        )
        await room.close()
        return room.conference
    finally:
        journals.close()


@virtual_time
async def test_an_upgrade_after_the_close_begins_anew(tmp_path):
    written(tmp_path / "20200529-0800-7f3a.journal", SPEECH, CLOSED)
    conference = await resumed(tmp_path)
    assert (conference.id, conference.phase) == ("20200529-0805-0007", Phase.LOBBY)


@virtual_time
async def test_an_upgrade_in_the_middle_is_refused_with_the_reason(tmp_path):
    written(tmp_path / "20200529-0800-7f3a.journal", SPEECH)
    with pytest.raises(JournalOld, match="must also end it"):
        await resumed(tmp_path)
