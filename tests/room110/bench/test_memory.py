from __future__ import annotations

import os
import subprocess
import sys

import pytest

from room110.bench.accounts import account
from room110.bench.memory import held_bytes

WAIT = "print(flush=True); input()"
HOLD_20_MB = f"held = bytearray(b'x') * 20_000_000; {WAIT}"


@pytest.fixture
def start():
    children = []

    def begin(program):
        child = subprocess.Popen(
            [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        children.append(child)
        child.stdout.readline()
        return child.pid

    yield begin
    for child in children:
        child.communicate(b"\n")


def test_one_process_holds_what_is_resident_of_it(start):
    pid = start(WAIT)

    assert held_bytes([pid]) == pytest.approx(account(pid).rss_bytes, rel=0.1)


def test_what_two_share_is_held_once(start):
    one, other = start(WAIT), start(WAIT)

    together, apart = held_bytes([one, other]), held_bytes([one]) + held_bytes([other])
    # The interpreter and its library, some megabytes of each.
    assert together < apart - 2_000_000


def test_what_is_private_is_added(start):
    small, large = start(WAIT), start(HOLD_20_MB)

    assert held_bytes([small, large]) - held_bytes([small]) > 20_000_000


def test_who_is_gone_holds_nothing():
    with subprocess.Popen(["true"]) as child:
        child.wait()

    assert held_bytes([child.pid]) == 0
    assert held_bytes([child.pid, os.getpid()]) > 0
