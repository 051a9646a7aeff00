"""Laws of the documents: on any conference, cut off anywhere."""

from __future__ import annotations

from collections import Counter

import pytest

from bridge.conference.words import RequestStatus
from bridge.minutes.facts import minutes_of
from bridge.minutes.files import DOCUMENTS, Telling
from bridge.minutes.lives import Fate
from tests.bridge.minutes.sitting import full
from tests.bridge.minutes.wandering import wandered

HEAVY = {"bien-ban.docx", "thong-ke.xlsx"}
SEEDS = range(24)
STEPS = 250


def check_facts(minutes, state):
    """Every request is in exactly one place, and the figures are the core's."""
    assert [asked.request for asked in minutes.asked] == list(state.requests)
    fates = {asked.request: asked.fate for asked in minutes.asked}
    placed = Counter()
    for speech in (*minutes.speeches, *minutes.showings):
        placed.update(part.request for part in speech.parts)
        placed.update(speech.rest)
        assert {state.requests[part.request].site for part in speech.parts} == {speech.site}
        for part in speech.parts:
            request = state.requests[part.request]
            assert part.spoken_s == request.spoken_s(minutes.last.at_s)
            assert (part.ended is None) is (request.status is RequestStatus.GRANTED)
            assert part.granted.at_s == request.granted_s
            lasted_s = (part.ended or minutes.last).at_s - part.granted.at_s
            assert all(0 <= hold.seconds <= lasted_s for hold in part.interruptions)
            assert part.spoken_s <= lasted_s + 1e-6
        assert all(part.ended for part in speech.parts[:-1])
    there = {
        number for number, fate in fates.items() if fate in {Fate.SPOKEN, Fate.SHOWN, Fate.REST}
    }
    assert placed == Counter(there)
    spoken = {part.request for speech in minutes.speeches for part in speech.parts}
    assert spoken == {number for number, fate in fates.items() if fate is Fate.SPOKEN}
    for number, request in state.requests.items():
        had_it = request.granted_s is not None
        assert had_it is (fates[number] in {Fate.SPOKEN, Fate.SHOWN})
    starts = [speech.granted.at_s for speech in minutes.speeches]
    assert starts == sorted(starts)
    assert {seat.site: seat.mark for seat in minutes.attendance.seats} == {
        site: marked.mark if (marked := state.rollcall.marks.get(site)) else None
        for site in state.sites
    }
    for line in minutes.lines:
        assert 0 <= line.up_s <= line.session_s + 1e-6
        assert (line.share or 0) <= 1 + 1e-9


@pytest.mark.parametrize("seed", SEEDS)
def test_every_request_is_in_exactly_one_place_and_no_document_raises(seed):
    sitting = wandered(seed, steps=STEPS)
    minutes = sitting.minutes
    check_facts(minutes, sitting.state)

    for name, make in DOCUMENTS.items():
        if name not in HEAVY or seed % 8 == 0:
            assert make(Telling(minutes=minutes, before=minutes)), name


def test_what_is_played_at_random_gets_everywhere():
    fates, plots = Counter(), Counter()
    for seed in SEEDS:
        minutes = wandered(seed, steps=STEPS).minutes
        fates.update(minutes.counts.fates)
        plots["continued"] += sum(len(speech.parts) > 1 for speech in minutes.speeches)
        plots["handed over"] += len(minutes.handovers)
        plots["heard later"] += sum(asked.heard_later for asked in minutes.asked)
        plots["returned"] += sum(bool(item.returned) for item in minutes.items)
        plots["replaced"] += sum(item.outcome == "replaced" for item in minutes.items)
        plots["reopened"] += sum(
            s.phase == "closed" and s.until is not None for s in minutes.stretches
        )
        plots.update(incident.kind for incident in minutes.incidents)

    # None gives way to a call unless a rule of the past let a call wait.
    assert set(fates) == set(Fate) - {Fate.REPLACED}
    assert len(plots) == 12
    assert min(plots.values()) > 0, plots


@pytest.mark.parametrize("seed", range(3))
def test_any_journal_may_break_off_anywhere(seed):
    records = wandered(seed, steps=80).records
    for last in range(1, len(records) + 1):
        minutes = minutes_of(records[:last])
        assert minutes.counts.records == last
        assert DOCUMENTS["bien-ban.md"](Telling(minutes=minutes))
        assert DOCUMENTS["bao-cao-ky-thuat.md"](Telling(minutes=minutes))


def prefixes():
    records = full().records
    return [pytest.param(records[:last], id=f"rev {last}") for last in range(1, len(records) + 1)]


@pytest.mark.parametrize("records", prefixes())
def test_a_morning_may_break_off_after_every_record(records):
    telling = Telling(minutes=minutes_of(records))
    heavy = len(records) % 8 == 0

    for name, make in DOCUMENTS.items():
        if heavy or name not in HEAVY:
            assert make(telling), name
