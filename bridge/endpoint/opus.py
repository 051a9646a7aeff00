"""Opus: samples to packets of 20 ms, by libopus in PyAV, and samples of another rate to ours.

At a constant bit rate: variable frames of neighbouring tones were larger and no clearer.  Samples are
signed 16 bits, mono, 48 kHz.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from fractions import Fraction
from typing import Final, Literal

import av

from bridge.endpoint.tone import FRAME_SAMPLES, RATE_HZ

BIT_RATE: Final = 24_000


def packets(
    frames: Iterable[bytes], *, application: Literal["audio", "voip"] = "audio"
) -> list[bytes]:
    """One for each frame of 20 ms.  Blocks for a quarter of a millisecond a frame."""
    encoder = av.AudioCodecContext.create("libopus", "w")
    encoder.sample_rate = RATE_HZ
    encoder.layout = "mono"
    encoder.format = "s16"
    encoder.bit_rate = BIT_RATE
    encoder.time_base = Fraction(1, RATE_HZ)
    encoder.options = {"application": application, "vbr": "off", "frame_duration": "20"}
    made: list[bytes] = []
    count = 0
    for number, samples in enumerate(frames):
        frame = _frame(samples, RATE_HZ)
        frame.pts = number * FRAME_SAMPLES
        made += (bytes(packet) for packet in encoder.encode(frame))
        count += 1
    made += (bytes(packet) for packet in encoder.encode(None))
    return made[:count]


def at_our_rate(samples: bytes, rate_hz: int) -> array[int]:
    """The same sound in our rate."""
    source = _frame(samples, rate_hz)
    source.pts = 0
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
    made = array("h")
    for frame in [*resampler.resample(source), *resampler.resample(None)]:
        made.frombytes(bytes(frame.planes[0])[: frame.samples * 2])
    return made


def _frame(samples: bytes, rate_hz: int) -> av.AudioFrame:
    frame = av.AudioFrame(format="s16", layout="mono", samples=len(samples) // 2)
    frame.sample_rate = rate_hz
    frame.time_base = Fraction(1, rate_hz)
    frame.planes[0].update(samples)
    return frame
