from __future__ import annotations

from bench.janus.compare import table
from room110.bench.fanout import Window


def window(us_per_packet, *, publishers=1, subscribers=60):
    return Window(
        publishers=publishers,
        subscribers=subscribers,
        burst=4,
        us_per_packet=us_per_packet,
        cpu_s_per_s=0.1,
        ticks_s_per_s=0.1,
        packets=1000,
        expected=1000,
        delivered=1.0,
        lost=0,
        bad_samples=0,
        samples=10,
    )


def test_a_row_is_the_medians_of_one_shape():
    janus = [window(20.0), window(30.0), window(10.0), window(12.0, subscribers=16)]
    ours = [window(8.0), window(5.0), window(99.0), window(6.0, subscribers=16)]

    assert table(janus, ours) == [
        {
            "publishers": 1,
            "subscribers": 16,
            "janus_us": 12.0,
            "room110_us": 6.0,
            "ratio": 0.5,
        },
        {
            "publishers": 1,
            "subscribers": 60,
            "janus_us": 20.0,
            "room110_us": 8.0,
            "ratio": 0.4,
        },
    ]
