from __future__ import annotations

import pytest

from bridge.conference.agenda import Agenda, Draft
from bridge.conference.words import ItemKind, ItemStatus
from tests.bridge.conference.props import OPENING, PAPER, PAUSE, REPORT, TALK

PLANNED, CURRENT, DONE, SKIPPED = ItemStatus


def agenda(*statuses):
    """Items 1, 2, ... of ten minutes each, with these statuses; the current one since 0 s."""
    draft = Draft(kind=ItemKind.DISCUSSION, title="Thảo luận", minutes=10)
    plan = Agenda().with_items([draft] * len(statuses), append=False)
    for number, status in enumerate(statuses, 1):
        if status is CURRENT:
            plan = plan.started(number, at_s=0.0)
        elif status is not PLANNED:
            plan = plan.ended(number, status, at_s=0.0)
    return plan


def test_items_are_numbered_in_the_order_of_the_paper():
    plan = Agenda().with_items(PAPER, append=False)

    assert plan.order == (1, 2, 3, 4, 5, 6)
    assert [item.draft for item in plan.planned] == list(PAPER)
    assert {item.status for item in plan.planned} == {PLANNED}
    assert (plan.current, plan.last_id) == (None, 6)


@pytest.mark.parametrize(
    ("append", "order"), [(False, (1, 2, 4, 5, 6)), (True, (1, 2, 3, 4, 5, 6))]
)
def test_new_items_replace_what_is_planned_or_stand_behind_it(append, order):
    plan = agenda(DONE, CURRENT, PLANNED, SKIPPED)

    plan = plan.with_items([REPORT, TALK], append=append)

    assert plan.order == order
    assert set(plan.items) == set(order)
    assert plan.items[5].draft is REPORT
    assert plan.current == 2


def test_a_number_is_never_given_again():
    plan = Agenda().with_items([OPENING, TALK], append=False).with_items([PAUSE], append=False)
    plan = plan.with_items([], append=False).with_items([REPORT], append=False)

    assert plan.order == (4,)


def test_an_item_starts_and_ends_and_has_taken_its_time():
    plan = agenda(PLANNED, PLANNED).started(2, at_s=100.0)
    assert (plan.current, plan.items[2].status, plan.items[2].started_s) == (2, CURRENT, 100.0)
    assert [item.id for item in plan.planned] == [1]

    plan = plan.ended(2, DONE, at_s=130.0)

    assert (plan.current, plan.items[2].status, plan.items[2].took_s) == (None, DONE, 30.0)


def test_an_item_that_returns_takes_more_time():
    plan = agenda(PLANNED).started(1, at_s=10.0).ended(1, DONE, at_s=15.0)
    plan = plan.moved(1, after=None, first=True, deferred=False)
    plan = plan.started(1, at_s=20.0)
    assert plan.items[1].took_s == 5.0

    plan = plan.ended(1, DONE, at_s=27.0)

    assert plan.items[1].took_s == 12.0


def test_the_end_of_another_leaves_the_current_item():
    plan = agenda(CURRENT, PLANNED, DONE).ended(2, SKIPPED, at_s=9.0)

    assert (plan.current, plan.items[1].took_s) == (1, 0.0)
    assert (plan.items[2].status, plan.items[2].took_s) == (SKIPPED, 0.0)


def test_an_item_that_ran_before_and_is_passed_over_takes_no_more():
    plan = agenda(PLANNED).started(1, at_s=0.0).ended(1, PLANNED, at_s=5.0)

    assert plan.ended(1, SKIPPED, at_s=100.0).items[1].took_s == 5.0


@pytest.mark.parametrize(
    ("number", "after", "first", "order"),
    [
        (3, None, False, (1, 2, 4, 5, 3)),
        (3, 4, False, (1, 2, 4, 3, 5)),
        (3, 1, False, (1, 3, 2, 4, 5)),
        (3, 5, False, (1, 2, 4, 5, 3)),
        (1, None, True, (2, 1, 3, 4, 5)),
        (5, None, True, (1, 2, 5, 3, 4)),
        (3, 5, True, (1, 2, 3, 4, 5)),
    ],
)
def test_an_item_moves_behind_another_before_all_or_to_the_end(number, after, first, order):
    plan = agenda(DONE, CURRENT, PLANNED, PLANNED, PLANNED)

    plan = plan.moved(number, after=after, first=first, deferred=False)

    assert plan.order == order
    assert plan.items[number].status is PLANNED


def test_where_nothing_is_planned_the_first_is_the_last():
    plan = agenda(DONE, SKIPPED, DONE)

    assert plan.moved(1, after=None, first=True, deferred=False).order == (2, 3, 1)


@pytest.mark.parametrize("deferred", [True, False])
def test_an_item_knows_whether_it_was_deferred(deferred):
    plan = agenda(PLANNED).moved(1, after=None, first=False, deferred=not deferred)

    plan = plan.moved(1, after=None, first=False, deferred=deferred)

    assert plan.items[1].deferred is deferred


# How late the session is


@pytest.mark.parametrize(
    ("statuses", "minutes", "late"),
    [
        ([PLANNED, PLANNED], 0, 0),
        ([PLANNED, PLANNED], 3, 3),
        # The current item began with the session.
        ([CURRENT, PLANNED], 4, 0),
        ([CURRENT, PLANNED], 10, 0),
        ([CURRENT, PLANNED], 12, 2),
        ([DONE, PLANNED], 10, 0),
        ([DONE, PLANNED], 8, -2),
        ([DONE, DONE], 25, 5),
        # What is passed over makes up for delay.
        ([SKIPPED, PLANNED], 0, -10),
        ([DONE, SKIPPED], 12, -8),
        ([DONE, SKIPPED, CURRENT], 25, -5),
    ],
)
def test_late_is_the_time_gone_beside_the_time_planned_for_what_is_over(statuses, minutes, late):
    late_s = agenda(*statuses).late_s(opened_s=0.0, now_s=minutes * 60.0)

    assert late_s == late * 60.0


def test_the_time_counts_from_the_opening_and_from_the_start_of_the_item():
    plan = agenda(DONE, PLANNED).started(2, at_s=1900.0)

    assert plan.late_s(opened_s=1000.0, now_s=2000.0) == 300.0


def test_an_item_that_was_interrupted_counts_what_it_had():
    plan = agenda(PLANNED).started(1, at_s=0.0).ended(1, PLANNED, at_s=240.0)
    assert plan.late_s(opened_s=0.0, now_s=300.0) == 300.0

    plan = plan.started(1, at_s=300.0)

    assert plan.late_s(opened_s=0.0, now_s=360.0) == 60.0
    assert plan.late_s(opened_s=0.0, now_s=800.0) == 200.0


def test_putting_off_changes_no_lateness():
    plan = agenda(DONE, PLANNED, PLANNED)
    before = plan.late_s(opened_s=0.0, now_s=900.0)

    plan = plan.moved(2, after=None, first=False, deferred=True)

    assert plan.late_s(opened_s=0.0, now_s=900.0) == before == 300.0


def test_what_is_over_is_due_in_seconds():
    assert agenda(DONE, SKIPPED, CURRENT, PLANNED).due_s == 1200.0


@pytest.mark.parametrize(("plan", "opened_s"), [(Agenda(), 0.0), (agenda(PLANNED), None)])
def test_without_agenda_or_opening_nobody_is_late(plan, opened_s):
    assert plan.late_s(opened_s=opened_s, now_s=900.0) is None
