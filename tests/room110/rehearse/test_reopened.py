"""The journal of a rehearsed conference, opened again after every single transaction."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bridge.conference.evolve import begun, evolve, fold
from bridge.journal import Journal
from bridge.records import read_only
from room110.rehearse.run import play_virtually

SITES = 24
"""Fewer than 63: each reopening reads all that is there."""


async def test_after_every_transaction_the_journal_says_what_has_happened(tmp_path):
    played = await rehearsed(tmp_path / "played")
    records = read_only(played).records
    path = tmp_path / played.name
    await (await Journal.create(path)).close()
    state = None
    for record in records:
        journal = await Journal.open(path)
        await journal.append([record])
        await journal.close()
        for event in record.events:
            state = begun(event) if state is None else evolve(state, event)
        told = read_only(path).records
        assert told[-1] == record
        if record.rev % 25 == 0 or record is records[-1]:
            assert told == records[: record.rev]
            assert fold(event for said in told for event in said.events) == state


async def rehearsed(folder: Path) -> Path:
    figures = await asyncio.to_thread(
        play_virtually, folder, seed=7, sites=SITES, as_stress=False, tell=lambda _: None
    )
    assert figures["faults"] == []
    assert figures["records"] > 200
    return Path(figures["journal"])
