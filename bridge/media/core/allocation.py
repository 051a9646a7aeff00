"""Allocation: which layer each picture slot of one subscriber gets from what its line carries.

Sound is not chosen: its cost is taken off first.  Pictures are raised step by step.  The order of
the steps does not depend on the budget, and each is taken when all before it are paid for:

1. the first step of every slot, in order of rank (content, speakers, chair, gallery): ``q``;
2. again in that order, up to ``h``: a stage on which everybody is seen comes before one sharp face.
   An only encoding, or a source that sends nothing smaller than ``h``, has its first step here:
   it may cost as much as ten thumbnails;
3. again, up to ``f``.

The steps of a layer are its temporal layers, so on the way down a picture loses frames before it
loses its size.  A step that costs no more than the one below takes its place.

The laws: all is never dearer than the budget.  A *first* step that is not paid for leaves its slot
empty with the reason ``bandwidth``, and the next slot is tried: a smaller picture may still fit.
Any *other* step that is not paid for ends all raising, so nobody is sharper because somebody
before it is dear, and with the same slots filled a larger budget takes from nobody.

**Hysteresis.**  A slot that was allocated before goes up only when 1.15 times the whole after the
step is within the budget; staying and going down need no more than the cost.  A
step refused for the margin alone ends the raising but takes no slot down.  Estimates noisy by 5 %
therefore come to rest: from 1.05 / 1.15 of the budget nothing falls at 0.95.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final, NamedTuple

from bridge.media.core.layers import RANKS, H, Q

MARGIN: Final = 1.15
BANDWIDTH: Final = "bandwidth"
"""Why a slot is empty: not even its first step is paid for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerRate:
    """One layer a source sends, and what it costs."""

    layer: str
    bps: int
    temporal_bps: tuple[int, ...] = ()
    """Up to and including each temporal layer, lowest first; the highest, which costs ``bps``, may
    be left out.  Empty: the layer has none that could be dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A picture slot whose source sends something."""

    slot: str
    rank: int
    """Lower comes first; equals in the order given."""
    layers: tuple[LayerRate, ...]
    """What may be shown, smallest first; what the ladder or the slot forbids is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    layer: str | None
    """None: the slot stays empty."""
    max_tid: int | None = None
    """Highest temporal layer to forward; None: all."""
    bps: int = 0
    reason: str = ""
    """``bandwidth`` when it is empty for that."""


_EMPTY: Final = (-1, -1)
_ALL_TIDS: Final = 8
"""Above any temporal layer: where a choice of all of them stands."""


class _Step(NamedTuple):
    place: tuple[int, int]
    """Rank of its layer and temporal layer: what is above what."""
    bps: int
    """Of the slot altogether, once it is taken."""
    layer: str
    max_tid: int | None


def allocate(
    budget_bps: int | None,
    wishes: Sequence[Wish],
    before: Mapping[str, Choice],
    *,
    sound_bps: int = 0,
    may_rise: bool = True,
) -> dict[str, Choice]:
    """A choice for every wish.  *before*: what this returned last; a slot not in it (or taken out,
    since its source is another) knows no margin.  *budget_bps* None: nothing is limited.
    Without *may_rise* no picture that is shown gets larger.
    """
    if budget_bps is None:
        return {wish.slot: _largest(wish) for wish in wishes}
    ordered = sorted(wishes, key=_rank)
    ladders = {wish.slot: _ladder(wish) for wish in ordered}
    taken = dict.fromkeys(ladders, 0)  # steps of each ladder
    spent_bps = sound_bps
    raises, rises = True, may_rise  # is anybody raised still, and above what it had?
    for slot, position in _in_order(ladders):
        if taken[slot] != position:
            continue  # a step below this one was refused
        ladder = ladders[slot]
        step = ladder[position]
        first = position == 0
        up = slot in before and step.place > _place(before[slot])
        if not first and not (rises if up else raises):
            continue
        whole_bps = spent_bps + step.bps - (0 if first else ladder[position - 1].bps)
        if whole_bps > budget_bps:
            if not first:
                raises = rises = False
        elif up and whole_bps * MARGIN > budget_bps:
            if not first:
                rises = False
        else:
            taken[slot] = position + 1
            spent_bps = whole_bps
    return {slot: _chosen(ladders[slot], count) for slot, count in taken.items()}


def wanted_bps(wishes: Sequence[Wish], *, sound_bps: int = 0) -> int:
    """A budget from which every slot gets its largest layer, whatever was before."""
    pictures_bps = sum(wish.layers[-1].bps for wish in wishes if wish.layers)
    return int((pictures_bps + sound_bps) * MARGIN) + 1


def _rank(wish: Wish) -> int:
    return wish.rank


def _largest(wish: Wish) -> Choice:
    if not wish.layers:
        return Choice(layer=None)
    return Choice(layer=wish.layers[-1].layer, bps=wish.layers[-1].bps)


def _ladder(wish: Wish) -> list[_Step]:
    """The steps of a slot, smallest first and each dearer than the one below it."""
    steps: list[_Step] = []
    for rate in wish.layers:
        rank = RANKS[rate.layer]
        kept = [
            _Step((rank, tid), bps, rate.layer, tid) for tid, bps in enumerate(rate.temporal_bps)
        ]
        for step in (*kept, _Step((rank, _ALL_TIDS), rate.bps, rate.layer, None)):
            while steps and steps[-1].bps >= step.bps:
                steps.pop()
            steps.append(step)
    return steps


def _in_order(ladders: Mapping[str, list[_Step]]) -> Iterator[tuple[str, int]]:
    """(slot, position in its ladder) of every step, as the module's docstring has it."""
    rounds: tuple[list[tuple[str, int]], ...] = ([], [], [])
    for slot, ladder in ladders.items():
        for position, step in enumerate(ladder):
            if position == 0:
                round_ = 0 if step.layer == Q else 1
            else:
                round_ = 1 if step.layer in {Q, H} else 2
            rounds[round_].append((slot, position))
    return chain.from_iterable(rounds)


def _place(choice: Choice) -> tuple[int, int]:
    if choice.layer is None:
        return _EMPTY
    return RANKS[choice.layer], _ALL_TIDS if choice.max_tid is None else choice.max_tid


def _chosen(ladder: Sequence[_Step], count: int) -> Choice:
    if not count:
        return Choice(layer=None, reason=BANDWIDTH if ladder else "")
    step = ladder[count - 1]
    return Choice(layer=step.layer, max_tid=step.max_tid, bps=step.bps)
