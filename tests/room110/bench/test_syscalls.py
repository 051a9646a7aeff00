from __future__ import annotations

from room110.bench import syscalls


def test_what_is_sent_arrives_and_costs_something(monkeypatch):
    monkeypatch.setattr(syscalls, "BATCHES", (1, 4))

    costs = syscalls.floor(subscribers=2, seconds=0.005)

    assert [cost.batch for cost in costs] == [1, 4]
    for cost in costs:
        # Two pictures to a sound, whatever the batch.
        assert cost.sent % 3 == 0
        assert cost.received == cost.sent > 0
        assert cost.us_per_packet > 0


def test_a_batch_that_the_kernel_refuses_has_no_figure(monkeypatch):
    # 64 KiB is the most that one call may carry.
    monkeypatch.setattr(syscalls, "BATCHES", (1, 128))

    assert [cost.batch for cost in syscalls.floor(subscribers=1, seconds=0.001)] == [1]


def test_the_machine_is_named():
    assert syscalls.machine()["cpus"] >= 1
    assert len(syscalls.machine()["load"]) == 3
