"""Turn: who is named while one site follows another, step by step.

The module is pure; it runs in the browser it is for, from the service's own address.
"""

from __future__ import annotations

from typing import Any

import pytest

from bridge.media.core.packets import csrc_of

pytestmark = pytest.mark.asyncio(loop_scope="package")

PLAY = """
async ([steps, now_ms]) => {
  const { Turn } = await import("/pages/js/picture-turn.js");
  const turn = new Turn(1500);
  for (const [step, ...values] of steps) turn[step](...values);
  return turn.view(now_ms);
}
"""
ASK = """
async ([name, ...values]) => (await import("/pages/js/picture-turn.js"))[name](...values)
"""

A, B, C = 10, 20, 40
A_IS_LIVE = [["tell", "01", 0], ["frame", 100, A]]

# What happened, and who is named at what time with which state.
CASES: list[tuple[str, list[list[Any]], int, str | None, str]] = [
    ("nothing was told yet", [], 0, None, "empty"),
    ("told, and no frame has come", [["tell", "01", 0]], 10, "01", "waiting"),
    ("its first frame", A_IS_LIVE, 200, "01", "live"),
    ("frames stop", A_IS_LIVE, 1700, "01", "waiting"),
    (
        "the old picture goes on",
        [*A_IS_LIVE, ["tell", "02", 1000], ["frame", 1050, A]],
        1060,
        "01",
        "live",
    ),
    (
        "the new one's first frame",
        [*A_IS_LIVE, ["tell", "02", 1000], ["frame", 1100, B]],
        1110,
        "02",
        "live",
    ),
    (
        "the picture was quicker than the word: nobody is named wrongly, and then the new one",
        [*A_IS_LIVE, ["frame", 990, B], ["tell", "02", 1000], ["frame", 1050, B]],
        1060,
        "02",
        "live",
    ),
    (
        "the picture is quicker than the word, which has not come",
        [*A_IS_LIVE, ["frame", 990, B]],
        1000,
        "01",
        "waiting",
    ),
    (
        "nothing of the new one in two seconds: the old picture has ended",
        [*A_IS_LIVE, ["tell", "02", 1000], ["frame", 2990, A]],
        3001,
        "02",
        "waiting",
    ),
    (
        "frames of a third site are nobody's",
        [*A_IS_LIVE, ["tell", "02", 1000], ["frame", 1100, C]],
        1110,
        "02",
        "waiting",
    ),
    (
        "nobody says whose: after three seconds it is the new one's",
        [["tell", "01", 0], ["frame", 3100], ["tell", "02", 4000], ["frame", 7001]],
        7010,
        "02",
        "live",
    ),
    (
        "nobody says whose, and it is too soon",
        [["tell", "01", 0], ["frame", 3100], ["tell", "02", 4000], ["frame", 6500]],
        6510,
        "02",
        "waiting",
    ),
    (
        "the old picture froze before the new one came",
        [*A_IS_LIVE, ["tell", "02", 1700]],
        1710,
        "02",
        "waiting",
    ),
    (
        "who is sent away is not seen again",
        [*A_IS_LIVE, ["tell", None, 1000], ["tell", "02", 1010]],
        1020,
        "02",
        "waiting",
    ),
    (
        "nobody stands there",
        [*A_IS_LIVE, ["tell", None, 1000], ["frame", 1010, A]],
        1020,
        None,
        "empty",
    ),
    (
        "told again after a new hello, and its frames go on",
        [*A_IS_LIVE, ["tell", None, 1000], ["tell", "01", 1010], ["frame", 1050, A]],
        1060,
        "01",
        "live",
    ),
    (
        "back to the old site before its picture ended",
        [*A_IS_LIVE, ["tell", "02", 1000], ["tell", "01", 1050], ["frame", 1060, A]],
        1070,
        "01",
        "live",
    ),
]


@pytest.mark.parametrize(
    ("steps", "now_ms", "site", "state"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
async def test_who_is_named(hall, steps, now_ms, site, state):
    seen = await hall.desk.page.evaluate(PLAY, [steps, now_ms])

    assert seen == {"site": site, "state": state}


@pytest.mark.parametrize("site", ["01", "79", "79-2", "110", "792-9"])
async def test_a_page_and_the_service_know_a_site_by_one_number(hall, site):
    assert await hall.desk.page.evaluate(ASK, ["numberOf", site]) == csrc_of(site)


WRAP = 2**32
# (source, its last frame), the frame that is on the screen, whose it is
FRAMES = [
    ([], 100, None),
    ([(A, 100)], 100, A),
    ([(A, 100), (B, 130)], 100, A),
    ([(B, 130), (A, 100)], 101, B),
    ([(A, 100), (B, 130)], 130, B),
    ([(A, 100), (B, 130)], 160, B),
    ([(A, WRAP - 10), (B, 20)], WRAP - 10, A),
    ([(A, WRAP - 10), (B, 20)], 5, B),
    ([(C, 10), (A, 100), (B, 130)], 90, A),
]


@pytest.mark.parametrize(("sources", "at", "whose"), FRAMES)
async def test_a_frame_is_of_the_first_whose_last_frame_is_not_older(hall, sources, at, whose):
    told = [{"source": source, "rtpTimestamp": last} for source, last in sources]

    assert await hall.desk.page.evaluate(ASK, ["contributor", told, at]) == whose
