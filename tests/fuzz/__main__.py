"""``python -m tests.fuzz [SECONDS] [TARGET...]``: look for bytes that a door does not take.

With atheris (``make fuzz`` fetches it) guided by coverage, a process for each target, since libFuzzer
ends its own; what it has learnt is kept in build/fuzz for the next time.  Without it by chance, from
the seeds.  Either way an input that fails is written into ``corpus``, where pytest finds it, and the
exit code is 1.
"""

from __future__ import annotations

import hashlib
import importlib.util
import subprocess
import sys
import time
import traceback
from pathlib import Path
from random import SystemRandom

from room110.cli.output import say
from tests.fuzz.mutate import mutations

SECONDS = 60
SLOW_S = 10
"""One input that takes longer is a finding too."""
CORPUS = Path(__file__).with_name("corpus")
LEARNT = Path(__file__).parents[2] / "build" / "fuzz-learnt"


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--one"]:
        _guided(arguments[1], int(arguments[2]))
    from tests.fuzz.targets import TARGETS

    seconds = int(arguments[0]) if arguments else SECONDS
    guided = importlib.util.find_spec("atheris") is not None
    failed = []
    for name in arguments[1:] or TARGETS:
        say(f"{name}: {seconds} s, {'by coverage' if guided else 'by chance'}")
        fine = _run_guided(name, seconds) if guided else _by_chance(name, seconds)
        if not fine:
            failed.append(name)
    say("failed: " + ", ".join(failed) if failed else "nothing failed")
    return bool(failed)


def _run_guided(name: str, seconds: int) -> bool:
    command = [sys.executable, "-m", "tests.fuzz", "--one", name, str(seconds)]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    lines = done.stderr.splitlines()
    say("\n".join(lines[-40:] if done.returncode else lines[-1:]))
    return done.returncode == 0


def _guided(name: str, seconds: int) -> None:
    """Does not return."""
    import atheris

    with atheris.instrument_imports(include=["bridge", "aioice"]):
        from tests.fuzz.targets import SEEDS, TARGETS
    learnt, kept = LEARNT / name, CORPUS / name
    for folder in (learnt, kept):
        folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS[name]):
        (learnt / f"seed-{number}").write_bytes(seed)
    options = [
        f"-max_total_time={seconds}",
        f"-timeout={SLOW_S}",
        f"-artifact_prefix={kept}/",
        "-max_len=16384",
        "-print_final_stats=0",
    ]
    atheris.Setup([sys.argv[0], *options, str(learnt), str(kept)], TARGETS[name])
    atheris.Fuzz()


def _by_chance(name: str, seconds: int) -> bool:
    from tests.fuzz.targets import SEEDS, TARGETS

    end_s = time.monotonic() + seconds
    tried = 0
    for data in mutations(SEEDS[name], SystemRandom()):
        if time.monotonic() > end_s:
            break
        tried += 1
        try:
            TARGETS[name](data)
        except Exception:  # noqa: BLE001 - any of them is the finding
            kept = CORPUS / name / f"crash-{hashlib.sha1(data).hexdigest()}"
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(data)
            say(f"{traceback.format_exc()}kept as {kept}")
            return False
    say(f"{tried} inputs")
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
