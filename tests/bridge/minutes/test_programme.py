from __future__ import annotations

from bridge.conference.commands import (
    AgendaDefer,
    AgendaFinish,
    AgendaLoad,
    AgendaNext,
    AgendaReturn,
    AgendaSkip,
)
from bridge.minutes.programme import Outcome
from tests.bridge.minutes.sitting import AGENDA, Sitting, full, opened


def planned() -> Sitting:
    sitting = opened()
    sitting.do(AgendaLoad(items=AGENDA))
    return sitting


def told(sitting: Sitting):
    return [(item.item, item.outcome) for item in sitting.minutes.items]


def test_what_is_loaded_is_planned():
    items = planned().minutes.items

    assert [item.outcome for item in items] == [Outcome.NOT_REACHED] * 5
    assert (items[2].speaker, items[2].position, items[2].group) == ("Bà Hoa", "Giám đốc", "Nhóm 1")
    assert (items[2].site_title, items[0].site_title) == (
        "Sở Khoa học và Công nghệ Điện Biên",
        None,
    )
    assert [item.minutes for item in items] == [10, 5, 7, 7, 30]


def test_an_item_that_is_current_has_the_time_so_far():
    sitting = planned()
    sitting.do(AgendaNext())
    sitting.at("08:03")
    sitting.open()  # nothing, and no record
    sitting.do(AgendaLoad(items=AGENDA[:1], append=True))
    first = sitting.minutes.items[0]

    assert (first.outcome, first.took_s, first.ended) == (Outcome.CURRENT, 180.0, ())


def test_items_done_skipped_deferred_and_brought_back():
    sitting = planned()
    sitting.do(AgendaNext())
    sitting.at("08:10")
    sitting.do(AgendaDefer(item=1))
    sitting.do(AgendaSkip(item=2))
    sitting.do(AgendaReturn(item=2))
    sitting.do(AgendaNext())
    sitting.at("08:12")
    sitting.do(AgendaNext(item=1))
    sitting.at("08:13")
    sitting.do(AgendaFinish())
    items = {item.item: item for item in sitting.minutes.items}

    assert [item.item for item in sitting.minutes.items] == [2, 3, 4, 5, 1]
    assert (items[1].outcome, items[1].took_s) == (Outcome.DONE, 660.0)
    assert [m.at_s for m in items[1].begun] == [1800.0, 2520.0]
    assert [len(part) for part in (items[1].ended, items[1].deferred, items[1].returned)] == [
        1,
        1,
        0,
    ]
    assert (items[2].outcome, items[2].took_s) == (Outcome.DONE, 120.0)
    assert [len(part) for part in (items[2].ended, items[2].deferred, items[2].returned)] == [
        2,
        0,
        1,
    ]
    assert items[3].outcome is Outcome.NOT_REACHED


def test_what_is_taken_off_before_its_turn_leaves_no_trace_and_what_had_begun_does():
    sitting = planned()
    sitting.do(AgendaNext())
    sitting.at("08:01")
    sitting.do(AgendaDefer(item=1))
    sitting.do(AgendaLoad(items=AGENDA[1:2]))
    replaced, new = sitting.minutes.items

    assert (replaced.item, replaced.outcome, replaced.took_s) == (1, Outcome.REPLACED, 60.0)
    assert (new.item, new.outcome) == (6, Outcome.NOT_REACHED)


def test_a_whole_morning():
    assert told(full()) == [
        (1, Outcome.DONE),
        (2, Outcome.DONE),
        (3, Outcome.DONE),
        (4, Outcome.SKIPPED),
        (5, Outcome.DONE),
    ]
