from __future__ import annotations

import os
import subprocess
import sys

import pytest

from room110.process import usage


def test_a_process_that_works_is_seen_to_work():
    before = usage(os.getpid())
    while usage(os.getpid()).user_s + usage(os.getpid()).system_s < 0.05 + (
        before.user_s + before.system_s
    ):
        sum(range(100_000))
    after = usage(os.getpid())
    assert after.user_s >= before.user_s
    assert after.rss_bytes > 1_000_000


def test_a_name_with_spaces_and_brackets_is_no_obstacle():
    rename = "open('/proc/self/comm', 'w').write('a ) b (c'); print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", rename], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        assert usage(child.pid).rss_bytes > 1_000_000
        child.communicate(b"\n")


def test_a_process_that_is_gone_is_said_to_be_gone():
    with subprocess.Popen(["true"]) as child:
        child.wait()
    with pytest.raises(ProcessLookupError):
        usage(child.pid)
