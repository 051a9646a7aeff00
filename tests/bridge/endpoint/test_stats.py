from __future__ import annotations

from dataclasses import fields

from bridge.endpoint.stats import ReceiverTotals


def test_totals_add_field_by_field() -> None:
    names = [field.name for field in fields(ReceiverTotals)]
    one = ReceiverTotals(**{name: 1 + place for place, name in enumerate(names)})
    other = ReceiverTotals(**dict.fromkeys(names, 100))
    total = one + other
    assert [getattr(total, name) for name in names] == [101 + place for place in range(len(names))]


def test_nothing_added_changes_nothing() -> None:
    one = ReceiverTotals(packets=3, gaps=1)
    assert one + ReceiverTotals() == one
