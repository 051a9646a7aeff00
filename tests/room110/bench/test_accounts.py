from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from room110.bench import accounts as module
from room110.bench.accounts import account, accounts, children, parts


def test_work_is_seen_by_both_clocks():
    before = account(os.getpid())
    end_s = time.process_time() + 0.1
    while time.process_time() < end_s:
        pass
    after = account(os.getpid())

    assert after.cpu_s - before.cpu_s >= 0.09
    assert after.ticks_s - before.ticks_s >= 0.07
    assert after.threads >= 1
    assert after.rss_bytes > 1_000_000


def test_an_open_file_is_counted():
    before = account(os.getpid()).files
    reading, writing = os.pipe()

    assert account(os.getpid()).files == before + 2
    os.close(reading)
    os.close(writing)


def test_who_is_gone_is_said_to_be_gone_and_left_out_of_many():
    with subprocess.Popen(["true"]) as child:
        child.wait()

    with pytest.raises(ProcessLookupError):
        account(child.pid)
    assert set(accounts({"me": os.getpid(), "gone": child.pid})) == {"me"}


def test_children_of_children_are_found():
    start = "import subprocess, sys; subprocess.Popen(['sleep', '30']); print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", start], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        own, theirs = children(os.getpid()), children(child.pid)
        assert child.pid in own
        assert len(theirs) == 1
        assert set(theirs) < set(own)
        os.kill(theirs[0], 9)
        child.communicate(b"\n")


def test_a_services_processes_are_named_by_what_they_do(monkeypatch):
    monkeypatch.setattr(module, "children", lambda pid: (11, 12, 13))

    assert parts({"pid": 11, "media_pid": 12}, 10) == {
        "supervisor": 10,
        "control": 11,
        "media": 12,
        "other.13": 13,
    }


def test_the_kernels_own_drops_are_numbers():
    assert set(module.udp_errors()) == {"InErrors", "RcvbufErrors", "SndbufErrors"}
