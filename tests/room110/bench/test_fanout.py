"""Short: that the right packets come to the right number of clients.  No time is judged."""

from __future__ import annotations

import json

from room110.bench import fanout, syscalls


def test_every_packet_comes_to_every_subscriber(monkeypatch, capsys):
    monkeypatch.setattr(fanout, "BURSTS", (16,))
    monkeypatch.setattr(fanout, "SETTLE_S", 0.7)
    monkeypatch.setattr(syscalls, "BATCHES", (1, 8))

    assert fanout.run_fanout(seconds=0.5, sizes=[1, 3], woken=False, as_json=True) == 0

    result = json.loads(capsys.readouterr().out)
    assert result["srtp"] == "SRTP_AEAD_AES_128_GCM"
    assert [cost["batch"] for cost in result["floor"]] == [1, 8]
    shapes = [(w["publishers"], w["subscribers"], w["burst"]) for w in result["windows"]]
    assert shapes == [(n, *s) for n in (1, 2) for s in ((1, 4), (3, 16))]
    for window in result["windows"]:
        assert window["packets"] > 0
        assert window["expected"] > 0
        assert (window["lost"], window["bad_samples"]) == (0, 0)
        assert window["us_per_packet"] > 0


def test_for_eyes_it_is_a_line_for_each_figure():
    result = {
        "srtp": "X",
        "machine": {"cpus": 2},
        "floor": [{"batch": 4, "us_per_packet": 1.5}],
        "windows": [
            {
                "publishers": 1,
                "subscribers": 60,
                "burst": 4,
                "us_per_packet": 5.25,
                "packets": 10,
                "lost": 0,
                "delivered": 1.0,
            }
        ],
    }

    assert fanout.lines(result) == [
        "SRTP X; 2 processors; microseconds per packet",
        "kernel alone, video in calls of  4:   1.50",
        "1 to 60, bursts of  4:   5.25  (10 packets, 0 lost, 1.000 delivered)",
    ]
