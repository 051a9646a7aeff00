"""Laws of the row: what goes in comes out, and what was touched shows.  Files: test_journal."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bridge.conference.events import BlockChanged, RequestEnded
from bridge.conference.words import EndReason, RequestStatus, Role
from bridge.records import COLUMNS, SCHEMA, Record, read, row_of

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
times = st.floats(min_value=0, max_value=1e9)
events = st.one_of(
    st.builds(BlockChanged, at_s=times, site=texts, on=st.booleans()),
    st.builds(
        RequestEnded,
        at_s=times,
        request=st.integers(1, 10**6),
        status=st.sampled_from(RequestStatus),
        reason=st.sampled_from(EndReason),
        text=st.none() | texts,
    ),
)
records = st.builds(
    Record,
    rev=st.just(1),
    at_s=times,
    wall=texts,
    actor=texts,
    authority=st.none() | st.sampled_from(Role),
    command_id=st.none() | texts,
    command=texts,
    events=st.lists(events, max_size=3).map(tuple),
)


def stored(row):
    with closing(sqlite3.connect(":memory:")) as db:
        for line in SCHEMA:
            db.execute(line)
        db.execute(f"INSERT INTO records ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        return read(db, Path("memory"))


@given(records)
def test_a_record_comes_back_as_it_was(record):
    reading = stored(row_of(record))
    assert reading.records == (record,)
    assert reading.damaged is None


@given(records, st.sampled_from([1, 2, 3, 4, 5, 6, 7, 8]), st.data())
def test_a_row_with_any_column_changed_is_damaged(record, column, data):
    row = list(row_of(record))
    other = {1: times, 8: st.integers(0, 2**32 - 1)}.get(column, texts)
    row[column] = data.draw(other.filter(lambda value: value != row[column]))
    reading = stored(row)
    assert reading.records == ()
    assert reading.damaged is not None
    assert (reading.damaged.rev, reading.damaged.last) == (1, True)
