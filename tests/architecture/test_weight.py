"""What a process loads it holds for as long as it lives.

Control forwards nothing: aiortc and PyAV (FFmpeg) would be a third of its memory.
"""

from __future__ import annotations

import subprocess
import sys

PRINT_LOADED = "import sys, {module}; print(*({names} & sys.modules.keys()))"


def loaded(module: str, names: set[str]) -> set[str]:
    program = PRINT_LOADED.format(module=module, names=names)
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    return set(ran.stdout.split())


def test_control_loads_no_media_library():
    assert loaded("room110.compose", {"av", "aiortc", "pylibsrtp", "numpy"}) == set()


def test_the_supervisor_loads_little_more_than_python():
    assert (
        loaded("room110.supervisor", {"aiohttp", "pydantic", "typer", "prometheus_client"}) == set()
    )


def test_the_worker_does():
    assert loaded("room110.worker", {"aiortc", "pylibsrtp"}) == {"aiortc", "pylibsrtp"}
