"""Turn: who is named while one site follows another, step by step.

The module is pure; it runs in the browser it is for, from the service's own address.
"""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="package")

PLAY = """
async ([steps, now_ms]) => {
  const { Turn } = await import("/pages/js/picture-turn.js");
  const turn = new Turn(1500);
  for (const [step, ...values] of steps) turn[step](...values);
  return turn.view(now_ms);
}
"""

A_IS_LIVE = [["tell", "A", 0], ["look", 1], ["frame", 100], ["look", 1]]

# What happened, and who is named at what time with which state.
CASES: list[tuple[str, list[list[Any]], int, str | None, str]] = [
    ("nothing was told yet", [], 0, None, "empty"),
    ("told, and no frame has come", [["tell", "A", 0]], 10, "A", "waiting"),
    ("its first key frame", A_IS_LIVE, 200, "A", "live"),
    ("frames stop", A_IS_LIVE, 1700, "A", "waiting"),
    (
        "the old picture goes on",
        [*A_IS_LIVE, ["tell", "B", 1000], ["frame", 1050]],
        1060,
        "A",
        "live",
    ),
    (
        "the new one's key frame",
        [*A_IS_LIVE, ["tell", "B", 1000], ["frame", 1100], ["look", 2]],
        1110,
        "B",
        "live",
    ),
    (
        "the key frame was quicker than the word",
        [*A_IS_LIVE, ["frame", 990], ["tell", "B", 1000], ["look", 2]],
        1010,
        "B",
        "live",
    ),
    (
        "no key frame in two seconds: the old picture has ended",
        [*A_IS_LIVE, ["tell", "B", 1000], ["frame", 2990]],
        3001,
        "B",
        "waiting",
    ),
    (
        "after three any frame is the new one's",
        [*A_IS_LIVE, ["tell", "B", 1000], ["frame", 4001]],
        4010,
        "B",
        "live",
    ),
    (
        "the old picture froze before the new one came",
        [*A_IS_LIVE, ["tell", "B", 1700]],
        1710,
        "B",
        "waiting",
    ),
    (
        "who is sent away is not seen again",
        [*A_IS_LIVE, ["tell", None, 1000], ["tell", "B", 1010]],
        1020,
        "B",
        "waiting",
    ),
    (
        "nobody stands there",
        [*A_IS_LIVE, ["tell", None, 1000], ["frame", 1010]],
        1020,
        None,
        "empty",
    ),
    (
        "told again after a new hello, and its frames go on",
        [*A_IS_LIVE, ["tell", None, 1000], ["tell", "A", 1010], ["frame", 1050]],
        1060,
        "A",
        "live",
    ),
    (
        "back to the old site before its picture ended",
        [*A_IS_LIVE, ["tell", "B", 1000], ["tell", "A", 1050], ["frame", 1060]],
        1070,
        "A",
        "live",
    ),
    (
        "a new connection counts from none",
        [*A_IS_LIVE, ["look", 7], ["look", 0], ["tell", "B", 1000], ["frame", 1100], ["look", 1]],
        1110,
        "B",
        "live",
    ),
    (
        "a key frame of the site that is settled changes nothing",
        [*A_IS_LIVE, ["look", 2], ["tell", "B", 1000], ["frame", 1100], ["look", 2]],
        1110,
        "A",
        "live",
    ),
]


@pytest.mark.parametrize(
    ("steps", "now_ms", "site", "state"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
async def test_who_is_named(blank, steps, now_ms, site, state):
    assert await blank.evaluate(PLAY, [steps, now_ms]) == {"site": site, "state": state}
