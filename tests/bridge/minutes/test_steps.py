from __future__ import annotations

from itertools import pairwise

import pytest

from bridge.conference.evolve import fold
from bridge.conference.state import Site
from bridge.minutes.steps import Moment, NothingToTell, name_of, steps_of, title_of
from tests.bridge.minutes.sitting import Sitting, full


def test_the_steps_are_the_events_with_the_states_around_them():
    sitting = full()
    steps = list(steps_of(sitting.records))
    events = [event for record in sitting.records for event in record.events]

    assert [step.event for step in steps] == events
    assert steps[-1].after == sitting.state == fold(events)
    assert all(one.after is two.before for one, two in pairwise(steps))


def test_a_step_says_when_by_whom_and_by_which_authority():
    sitting = Sitting()
    sitting.at("08:00")
    sitting.open()
    *_, step = steps_of(sitting.records)

    assert step.at == Moment(at_s=1800.0, wall="2026-02-05T08:00:00.000+07:00")
    assert (step.rev, step.actor, step.authority, step.command) == (
        2,
        "an",
        "chair",
        "chair.phase",
    )


@pytest.mark.parametrize("records", [[], Sitting().records[:0]])
def test_no_record_is_nothing_to_tell(records):
    with pytest.raises(NothingToTell):
        list(steps_of(records))


def test_a_journal_that_begins_in_the_middle_is_nothing_to_tell():
    with pytest.raises(NothingToTell):
        list(steps_of(full().records[3:]))


def test_a_site_is_called_by_the_nearest_name_that_is_known():
    state = Sitting().state

    assert title_of(state, "11") == "Sở Khoa học và Công nghệ Điện Biên"
    assert name_of(state, "11") == "Điện Biên"
    for site, title, name in (
        (Site(title="Sở"), "Sở", "Sở"),
        (Site(name="Tỉnh"), "Tỉnh", "Tỉnh"),
        (Site(), "11", "11"),
    ):
        state.sites["11"] = site
        assert (title_of(state, "11"), name_of(state, "11")) == (title, name)
