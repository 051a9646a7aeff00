"""``python -m bench.janus``: makes the namespaces, measures inside them, and writes the table.

Needs root, for the namespaces.  Ends what it started however it ends.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from bench.janus.compare import compare
from bench.janus.namespaces import command_in, pair
from bench.janus.report import write
from bench.janus.server import EXECUTABLE
from room110.cli.output import emit_json, say

LONGEST_S = 900
"""A run that takes longer hangs."""


def main() -> int:
    options = _options()
    if options.clients:
        sizes = [int(size) for size in options.sizes.split(",")]
        result = asyncio.run(
            compare(
                options.clients,
                rounds=options.rounds,
                seconds=options.seconds,
                sizes=sizes,
                woken=options.woken,
            )
        )
        emit_json(result)
        return 0
    if os.geteuid() != 0 or not EXECUTABLE.exists():
        say("room110: this needs root, Janus and iproute2: make bench-janus")
        return 1
    # Told to stop it leaves by the same way, or the namespaces would stay.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with pair() as namespaces:
        measured = subprocess.run(  # noqa: S603 - ourselves
            command_in(
                namespaces.server,
                sys.executable,
                "-m",
                "bench.janus",
                *sys.argv[1:],
                "--clients",
                namespaces.clients,
            ),
            stdout=subprocess.PIPE,
            timeout=LONGEST_S,
            check=True,
        )
    result = json.loads(measured.stdout)
    emit_json(result)
    if options.write is not None:
        write(options.write, result)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.janus")
    parser.add_argument("--rounds", type=int, default=3, help="how often each server is measured")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each shape")
    parser.add_argument("--sizes", default="16,32,60", help="subscribers, with commas between")
    parser.add_argument("--woken", action="store_true", help="subscribers wait on their sockets")
    parser.add_argument("--write", type=Path, help="document whose table is written anew")
    parser.add_argument("--clients", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
