"""Clips of numbers: by a voice where there is one, by beeps where there is none, decodable either way."""

from __future__ import annotations

import os
import wave
from array import array
from pathlib import Path

import av
import pytest
import structlog.testing

from bridge.check import speech
from bridge.check.number import LOUD_DBOV, SILENT_DBOV, levels_of
from bridge.check.speech import Clip, Speech

NOBODY = "/nonexistent/espeak-ng"


def voice(folder: Path, body: str) -> str:
    """A program in espeak-ng's place."""
    program = folder / "espeak-ng"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)
    return str(program)


def speaking(folder: Path, *, channels: int = 1, rate: int = 22_050) -> str:
    """One that says half a second, a loud word and silence, and notes what it was told."""
    with wave.open(str(folder / "said.wav"), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        word = array("h", [8000, -8000] * (rate // 8))
        file.writeframes(word.tobytes() + bytes(len(word) * 2))
    return voice(folder, f'cat > {folder}/told; echo "$@" > {folder}/asked; cat {folder}/said.wav')


def decoded(clip: Clip) -> list[float]:
    decoder = av.AudioCodecContext.create("opus", "r")
    decoder.sample_rate = 48_000
    decoder.layout = "mono"
    samples = array("h")
    resampler = av.AudioResampler(format="s16", layout="mono", rate=48_000)
    for frame in clip.frames:
        for piece in decoder.decode(av.Packet(frame)):
            for even in resampler.resample(piece):
                samples.frombytes(bytes(even.planes[0])[: even.samples * 2])
    return levels_of(samples)


async def test_a_voice_is_told_the_number_in_words_and_what_it_says_is_kept(tmp_path):
    clip = await Speech(speaking(tmp_path)).clip("47")

    assert clip.is_spoken
    assert (tmp_path / "told").read_text() == "Số. bốn. bảy. Bốn. bảy."
    assert (tmp_path / "asked").read_text().split()[:2] == ["-v", "vi"]
    # Its quarter second of word, between the pauses.
    loud = [number for number, level in enumerate(clip.levels) if level > LOUD_DBOV - 6]
    assert loud == list(range(10, 10 + len(loud)))
    assert len(loud) in (12, 13)
    assert len(clip.frames) == len(clip.levels)


async def test_the_levels_are_of_what_comes_out_of_a_decoder():
    clip = await Speech(NOBODY).clip("31")

    assert not clip.is_spoken
    levels = decoded(clip)
    pairs = list(zip(clip.levels, levels, strict=False))
    words = [(known, came) for known, came in pairs if known > LOUD_DBOV - 3]
    assert len(words) >= 15
    # The codec looks ahead by a third of a frame.
    assert sum(abs(known - came) < 4 for known, came in words) > len(words) * 0.8
    assert max(levels[:8]) < -60
    assert clip.levels[:8] == (SILENT_DBOV,) * 8


@pytest.mark.parametrize(
    "body",
    ["exit 1", "echo no sound", "cat >/dev/null; kill -9 $$"],
    ids=["fails", "says no sound", "dies"],
)
async def test_a_voice_that_fails_is_replaced_by_beeps(tmp_path, body):
    with structlog.testing.capture_logs():
        clip = await Speech(voice(tmp_path, body)).clip("11")

    assert not clip.is_spoken


async def test_a_voice_that_hangs_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(speech, "PATIENCE_S", 0.2)
    program = voice(tmp_path, f"echo $$ > {tmp_path}/pid; exec sleep 60")

    with structlog.testing.capture_logs() as logs:
        clip = await Speech(program).clip("11")

    assert not clip.is_spoken
    assert logs[0]["error"] == "TimeoutError"
    pid = (tmp_path / "pid").read_text().strip()
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid), 0)


async def test_a_voice_in_stereo_is_none(tmp_path):
    with structlog.testing.capture_logs() as logs:
        clip = await Speech(speaking(tmp_path, channels=2)).clip("11")

    assert not clip.is_spoken
    assert logs[0]["error"] == "not mono of 16 bits"


async def test_a_number_is_made_once():
    it = Speech(NOBODY)
    with structlog.testing.capture_logs():
        assert await it.clip("11") is await it.clip("11")


async def test_what_is_no_number_is_refused():
    with pytest.raises(ValueError, match="two digits"):
        await Speech(NOBODY).clip("one")
