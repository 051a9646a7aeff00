"""It is a dict that shares: asked beside one, whatever is put."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.conference.numbered import BLOCK, Numbered

PUTS = st.lists(st.tuples(st.integers(0, 5 * BLOCK), st.integers()))


@given(begin=st.dictionaries(st.integers(0, 5 * BLOCK), st.integers()), puts=PUTS)
def test_it_says_what_a_dict_says_and_the_former_ones_stay(begin, puts):
    numbered, told = Numbered(begin), dict(begin)
    former = []
    for number, value in puts:
        former.append((numbered, dict(told)))
        numbered, told[number] = numbered.put(number, value), value

    assert numbered == told
    assert told == numbered
    assert len(numbered) == len(told)
    assert sorted(numbered.items()) == sorted(told.items())
    assert [*numbered.values()] == [numbered[number] for number in numbered]
    assert all(number in numbered for number in told)
    for before, then in former:
        assert before == then


def test_what_comes_in_order_stands_in_order_also_after_a_change():
    numbered = Numbered()
    for number in range(1, 3 * BLOCK):
        numbered = numbered.put(number, "made")
    numbered = numbered.put(BLOCK // 2, "changed")

    assert list(numbered) == list(range(1, 3 * BLOCK))


def test_what_is_not_there():
    numbered = Numbered({1: "one"})

    assert numbered.get(2) is None
    assert None not in numbered
    assert 2 * BLOCK not in numbered
    with pytest.raises(KeyError):
        numbered[3 * BLOCK]
    assert repr(numbered) == "Numbered({1: 'one'})"


def test_a_thousand_of_them_cost_less_than_a_tenth_of_a_thousand_dicts():
    first = Numbered({number: number for number in range(1000)})
    blocks = {id(block): block for block in first._blocks.values()}
    own = 0
    then = first
    for number in range(1000):
        then = then.put(number, -number)
        new = [block for block in then._blocks.values() if id(block) not in blocks]
        blocks |= {id(block): block for block in new}
        own += sys.getsizeof(then._blocks) + sum(map(sys.getsizeof, new))

    assert own < 1000 * sys.getsizeof(dict(first)) / 10
