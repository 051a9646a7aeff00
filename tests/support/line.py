"""The simulated line, where tests look for it: it lives beside the bench that sends Chromium over
it (``room110.bench.line``)."""

from __future__ import annotations

from room110.bench.line import BUFFER, BURST, RANDOM, SimulatedLine

__all__ = ["BUFFER", "BURST", "RANDOM", "SimulatedLine"]
