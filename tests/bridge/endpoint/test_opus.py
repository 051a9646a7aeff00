"""Packets that a decoder makes the same sound of, and sound of another rate."""

from __future__ import annotations

import math
from array import array

import av
import pytest

from bridge.endpoint.opus import BIT_RATE, at_our_rate, packets
from bridge.endpoint.tone import FRAME_SAMPLES, strongest


def tone(hz: int, *, rate_hz: int = 48_000, lasts_s: float = 0.5) -> array[int]:
    turn = 2 * math.pi * hz / rate_hz
    return array("h", (round(9000 * math.sin(turn * n)) for n in range(round(lasts_s * rate_hz))))


@pytest.mark.parametrize("application", ["audio", "voip"])
def test_a_packet_for_each_frame_and_the_tone_is_in_them(application):
    samples = tone(440).tobytes()
    size = 2 * FRAME_SAMPLES
    frames = [samples[start : start + size] for start in range(0, len(samples), size)]

    made = packets(frames, application=application)

    assert len(made) == len(frames) == 25
    assert {len(packet) for packet in made} == {BIT_RATE // 8 // 50}
    decoder = av.AudioCodecContext.create("libopus", "r")
    decoder.sample_rate, decoder.layout = 48_000, "mono"
    heard = array("h")
    for packet in made:
        for frame in decoder.decode(av.Packet(packet)):
            heard.frombytes(bytes(frame.planes[0])[: frame.samples * 2])
    assert strongest(heard[FRAME_SAMPLES * 5 :], (400, 440, 480)) == 440


@pytest.mark.parametrize("rate_hz", [16_000, 22_050, 48_000])
def test_sound_of_another_rate_is_the_same_sound(rate_hz):
    made = at_our_rate(tone(440, rate_hz=rate_hz).tobytes(), rate_hz)

    assert len(made) == pytest.approx(24_000, abs=100)
    assert strongest(made, (400, 440, 480)) == 440
