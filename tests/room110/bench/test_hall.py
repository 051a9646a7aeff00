from __future__ import annotations

import json

from bridge.endpoint.clip import FRAMES_PER_S, Clip
from room110.bench.hall import STAGE_BPS, filled, record_of, told_of
from room110.measures import Record


def test_a_clip_is_filled_to_the_rate_and_begins_as_before():
    clip = Clip((b"key frame", b"delta", b"x" * 20_000))

    frames = filled(clip, STAGE_BPS).frames

    assert [len(frame) for frame in frames] == [12_500, 12_500, 20_000]
    assert 12_500 * FRAMES_PER_S * 8 == STAGE_BPS
    assert frames[0].rstrip(b"\0") == b"key frame"


def test_a_record_survives_the_pipe():
    record = Record(
        calls=[(1.25, "01"), (6.5, "79")], acknowledged_s={1.25: 1.3, 6.5: 6.6}, ended_s=11.0
    )

    assert record_of(json.loads(json.dumps(told_of(record)))) == record
