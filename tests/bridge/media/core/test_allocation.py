from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.media.core.allocation import (
    BANDWIDTH,
    MARGIN,
    Choice,
    LayerRate,
    Wish,
    allocate,
    wanted_bps,
)
from bridge.media.core.layers import RANKS

Q = LayerRate(layer="q", bps=150, temporal_bps=(90, 120))
H = LayerRate(layer="h", bps=500, temporal_bps=(300, 400))
F = LayerRate(layer="f", bps=1500, temporal_bps=(900, 1200))
ONLY = LayerRate(layer="", bps=1500, temporal_bps=(900, 1200))
PLAIN = LayerRate(layer="", bps=1500)


def stage(*wishes: tuple[LayerRate, ...]) -> list[Wish]:
    return [Wish(slot=f"s{n}", rank=n, layers=layers) for n, layers in enumerate(wishes)]


def shown(choices: dict[str, Choice]) -> str:
    """Like ``q h1 -``: the layer, and the highest temporal layer where some are dropped."""
    return " ".join(
        "-"
        if choice.layer is None
        else (choice.layer or "only") + ("" if choice.max_tid is None else str(choice.max_tid))
        for choice in choices.values()
    )


@pytest.mark.parametrize(
    ("budget", "expected"),
    [
        (None, "f"),
        (1564, "f"),
        (1563, "f1"),
        (964, "f0"),
        (963, "h"),
        (564, "h"),
        (464, "h1"),
        (364, "h0"),
        (363, "q"),
        (214, "q"),
        (213, "q1"),
        (154, "q0"),
        (153, "-"),
        (0, "-"),
    ],
)
def test_frames_are_dropped_before_size(budget, expected):
    assert shown(allocate(budget, stage((Q, H, F)), {}, sound_bps=64)) == expected


@pytest.mark.parametrize(
    ("budget", "expected"),
    [
        (89, "- - -"),
        (90, "q0 - -"),
        (270, "q0 q0 q0"),
        (330, "q q0 q0"),
        (680, "h q0 q0"),
        (1150, "h h q"),
        (1500, "h h h"),
        (1900, "f0 h h"),
        (2900, "f f0 h"),
        (4500, "f f f"),
    ],
)
def test_everybody_is_seen_before_somebody_is_seen_well(budget, expected):
    assert shown(allocate(budget, stage((Q, H, F), (Q, H, F), (Q, H, F)), {})) == expected


def test_what_may_not_rise_may_fall_and_begin():
    wishes = stage((Q, H, F), (Q, H, F), (Q, H, F))
    before = {"s0": Choice(layer="h", bps=500), "s1": Choice(layer="q", bps=150)}

    assert shown(allocate(9000, wishes, before, may_rise=False)) == "h q f"
    assert shown(allocate(300, wishes, before, may_rise=False)) == "q1 q0 q0"


def test_rank_and_not_the_order_of_the_list_decides():
    wishes = [Wish(slot="gallery.00", rank=9, layers=(Q,)), Wish(slot="chair", rank=3, layers=(Q,))]

    choices = allocate(150, wishes, {})

    assert choices["chair"].layer == "q"
    assert choices["gallery.00"] == Choice(layer=None, reason=BANDWIDTH)


@pytest.mark.parametrize(
    ("budget", "expected"),
    [
        (1499, "- q"),
        (1590, "only q0"),
        (1650, "only q"),
    ],
)
def test_an_only_encoding_is_taken_whole_or_not_at_all(budget, expected):
    assert shown(allocate(budget, stage((PLAIN,), (Q,)), {})) == expected


@pytest.mark.parametrize(("budget", "expected"), [(1500, "only"), (1499, "only1"), (900, "only0")])
def test_an_only_encoding_may_lose_frames(budget, expected):
    assert shown(allocate(budget, stage((ONLY,)), {})) == expected


def test_a_dear_thumbnail_does_not_take_the_speaker_down_to_a_thumbnail():
    assert shown(allocate(1700, stage((Q, H, F), (PLAIN,)), {})) == "f -"


def test_nobody_is_raised_past_somebody_whose_step_is_too_dear():
    assert shown(allocate(389, stage((Q, H), (Q, H)), {})) == "q q0"
    assert shown(allocate(390, stage((Q, H), (Q, H)), {})) == "h0 q0"


def test_a_layer_that_costs_less_than_a_smaller_one_takes_its_place():
    still = LayerRate(layer="h", bps=80)

    assert shown(allocate(100, stage((Q, still)), {})) == "h"


def test_a_highest_temporal_layer_that_is_named_is_all_of_them():
    named = LayerRate(layer="q", bps=150, temporal_bps=(90, 120, 150))

    assert shown(allocate(150, stage((named,)), {})) == "q"


def test_a_source_that_sends_nothing_is_not_short_of_bandwidth():
    for budget in (None, 1000):
        assert allocate(budget, stage(()), {}) == {"s0": Choice(layer=None)}


def test_less_than_the_sound_leaves_no_picture():
    choices = allocate(50, stage((Q,), (Q,)), {}, sound_bps=64)

    assert {choice.reason for choice in choices.values()} == {BANDWIDTH}


@pytest.mark.parametrize(("budget", "expected"), [(574, "h1"), (575, "h"), (500, "h1")])
def test_going_up_needs_a_margin(budget, expected):
    before = {"s0": Choice(layer="h", max_tid=1, bps=400)}

    assert shown(allocate(budget, stage((Q, H)), before)) == expected


@pytest.mark.parametrize(("budget", "expected"), [(500, "h"), (499, "h1")])
def test_staying_and_going_down_need_none(budget, expected):
    assert shown(allocate(budget, stage((Q, H)), {"s0": Choice(layer="h", bps=500)})) == expected


def test_an_empty_slot_is_filled_with_a_margin():
    before = {"s0": Choice(layer=None, reason=BANDWIDTH)}

    assert shown(allocate(103, stage((Q,)), before)) == "-"
    assert shown(allocate(104, stage((Q,)), before)) == "q0"


def test_a_step_refused_for_the_margin_takes_nobody_down():
    plain = LayerRate(layer="f", bps=1500)
    before = {"s0": Choice(layer="h", bps=500), "s1": Choice(layer="f", max_tid=0, bps=900)}

    assert shown(allocate(2100, stage((Q, H, plain), (Q, H, F)), before)) == "h f0"
    assert shown(allocate(2300, stage((Q, H, plain), (Q, H, F)), before)) == "f h"


def test_who_comes_first_takes_from_who_comes_later():
    before = {"s0": Choice(layer="q", bps=150), "s1": Choice(layer="h", bps=500)}

    assert shown(allocate(660, stage((Q, H), (Q, H)), before)) == "h1 q"


rates = st.integers(50, 2000)


@st.composite
def layers(draw: st.DrawFn) -> tuple[LayerRate, ...]:
    names = draw(st.sampled_from(["", "q", "qh", "qhf", "qf", "h", "hf", "f"]))
    found = []
    for name in names or [""]:
        bps = draw(rates)
        temporal = (bps * 6 // 10, bps * 8 // 10) if draw(st.booleans()) else ()
        found.append(LayerRate(layer=name, bps=bps, temporal_bps=temporal))
    return tuple(found)


stages = st.lists(layers(), max_size=6).map(lambda found: stage(*found))
budgets = st.integers(0, 8000)


def cost(choices: dict[str, Choice]) -> int:
    return sum(choice.bps for choice in choices.values())


def place(choice: Choice) -> tuple[int, int]:
    if choice.layer is None:
        return -1, 0
    return RANKS[choice.layer], 9 if choice.max_tid is None else choice.max_tid


@given(stages, budgets, budgets, st.integers(0, 300))
def test_never_dearer_than_the_budget(wishes, first, then, sound):
    before = allocate(first, wishes, {}, sound_bps=sound)
    choices = allocate(then, wishes, before, sound_bps=sound)

    assert set(choices) == {wish.slot for wish in wishes}
    assert cost(choices) <= max(then - sound, 0)
    for choice in choices.values():
        assert (choice.layer is None) == (choice.reason == BANDWIDTH)


@given(stages, budgets, budgets)
def test_with_the_same_slots_filled_a_larger_budget_takes_from_nobody(wishes, one, other):
    less, more = (allocate(budget, wishes, {}) for budget in sorted((one, other)))
    if [c.layer is None for c in less.values()] == [c.layer is None for c in more.values()]:
        assert all(place(less[slot]) <= place(more[slot]) for slot in less)


cameras = st.lists(st.sampled_from([(Q, H, F), (Q, H), (Q,)]), min_size=1, max_size=6).map(
    lambda found: stage(*found)
)


@given(cameras, budgets)
def test_nobody_is_raised_by_what_would_fill_an_empty_slot(wishes, budget):
    choices = allocate(budget, wishes, {})
    empty = [choice.layer is None for choice in choices.values()]

    assert empty == sorted(empty)  # the first in rank have theirs
    if any(empty):
        raised = cost(choices) - 90 * empty.count(False)
        assert raised <= budget - 90 * empty.count(False) < 90


@given(cameras, budgets)
def test_nobody_is_above_h_while_somebody_could_still_get_it(wishes, budget):
    choices = allocate(budget, wishes, {})
    waiting = [
        wish
        for wish in wishes
        if len(wish.layers) > 1 and place(choices[wish.slot]) < (RANKS["h"], 9)
    ]
    if waiting:
        assert all(place(choice) <= (RANKS["h"], 9) for choice in choices.values())


@given(stages)
def test_what_is_wanted_gives_everybody_everything(wishes):
    nothing = allocate(0, wishes, {}, sound_bps=64)

    choices = allocate(wanted_bps(wishes, sound_bps=64), wishes, nothing, sound_bps=64)

    assert choices == allocate(None, wishes, {})


@settings(deadline=None)
@given(
    wishes=stages,
    start=budgets,
    budget=st.integers(100, 8000),
    noise=st.lists(st.sampled_from([0.95, 0.97, 1.0, 1.03, 1.05]), min_size=3, max_size=12),
)
def test_a_budget_noisy_by_five_percent_comes_to_rest(wishes, start, budget, noise):
    choices = allocate(start, wishes, {})
    for _ in range(12):
        for factor in (0.95, 1.05):
            choices = allocate(int(budget * factor), wishes, choices)

    for factor in noise:
        assert allocate(int(budget * factor), wishes, choices) == choices
    assert 1.05 / MARGIN < 0.95
