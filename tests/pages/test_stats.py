"""Stats: what a page says of its own sound and pictures, look by look.

The module is pure; it runs in the browser it is for.
"""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="package")

LOOK = """
async ([looks]) => {
  const { Stats } = await import("/pages/js/stats.js");
  const stats = new Stats();
  return looks.map((rows) => stats.look(new Map(rows.map((row, id) => [id, row]))));
}
"""


def _sound(played: int, concealed: int = 0, silent: int = 0) -> dict[str, Any]:
    return {
        "type": "inbound-rtp",
        "kind": "audio",
        "totalSamplesReceived": played,
        "concealedSamples": concealed,
        "silentConcealedSamples": silent,
        "jitterBufferDelay": 0.5,
        "jitterBufferEmittedCount": 10,
    }


@pytest.mark.parametrize(
    ("looks", "ratio"),
    [
        ([[_sound(1000, 100)]], 0.1),
        # A bad minute of before is forgotten.
        ([[_sound(1000, 500)], [_sound(2000, 500)]], 0.0),
        ([[_sound(1000)], [_sound(2000, 250)]], 0.25),
        # In slots without anybody silence is played, and dilutes nothing.
        ([[_sound(1000, 50), _sound(9000, 9000, 9000)]], 0.05),
        ([[_sound(9000, 9000, 9000)]], None),
        ([[_sound(1000)], [_sound(1000)]], None),
        # Counted anew: unknown, and then known.
        ([[_sound(5000, 90)], [_sound(1000, 10)]], None),
        ([[_sound(5000, 90)], [_sound(1000, 10)], [_sound(2000, 110)]], 0.1),
        ([[]], None),
    ],
)
async def test_what_is_patched_is_a_share_of_what_was_played_since(blank, looks, ratio):
    told = await blank.evaluate(LOOK, [looks])

    assert told[-1].get("concealed_ratio") == ratio


async def test_counters_are_sums_and_what_is_not_told_is_left_out(blank):
    picture = {"type": "inbound-rtp", "kind": "video", "framesDecoded": 10, "freezeCount": 1}
    camera = {
        "type": "outbound-rtp",
        "kind": "video",
        "qualityLimitationDurations": {"cpu": 2, "bandwidth": 3},
    }
    way = {"type": "candidate-pair", "nominated": True, "currentRoundTripTime": 0.03}
    other = {"type": "candidate-pair", "nominated": False, "currentRoundTripTime": 9}

    [told] = await blank.evaluate(LOOK, [[[picture, picture, camera, way, other]]])

    assert told == {
        "frames_decoded": 20,
        "freeze_count": 2,
        "quality_limited_cpu_s": 2,
        "quality_limited_bandwidth_s": 3,
        "rtt_s": 0.03,
    }


@pytest.mark.parametrize(
    ("kind", "told"), [("relay", 1), ("host", 0), ("srflx", 0), ("prflx", 0), (None, None)]
)
async def test_whether_the_way_is_a_relay_s_is_what_its_own_end_is(blank, kind, told):
    far = {"type": "remote-candidate", "candidateType": "host"}
    near = {"type": "local-candidate", "candidateType": kind}
    # A relay that was lent and is not the way, too: every page that is told of a server has one.
    idle = {"type": "local-candidate", "candidateType": "relay"}
    way = {"type": "candidate-pair", "nominated": True, "localCandidateId": 1 if kind else 9}
    other = {"type": "candidate-pair", "nominated": False, "localCandidateId": 2}

    [looked] = await blank.evaluate(LOOK, [[[far, near, idle, way, other]]])

    assert looked.get("relayed") == told


PAIRS = [
    {"type": "candidate-pair", "nominated": True, "currentRoundTripTime": 0.5},
    {"type": "candidate-pair", "nominated": True, "currentRoundTripTime": 0.03},
]


@pytest.mark.parametrize(
    ("pairs", "rtt_s"),
    [
        (PAIRS, 0.03),
        ([*PAIRS, {"type": "transport", "selectedCandidatePairId": 0}], 0.5),
        ([*PAIRS, {"type": "transport", "selectedCandidatePairId": 1}], 0.03),
        ([*PAIRS, {"type": "transport"}], 0.03),
        ([{**pair, "nominated": False} for pair in PAIRS], None),
    ],
    ids=["the newest", "the first", "the second", "not told", "none yet"],
)
async def test_of_two_ways_the_one_that_carries_media_is_told(blank, pairs, rtt_s):
    [looked] = await blank.evaluate(LOOK, [[pairs]])

    assert looked.get("rtt_s") == rtt_s
