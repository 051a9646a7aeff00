"""Speech: the clips of spoken numbers, made when they are first asked for.

espeak-ng is asked if the machine has it; a machine without it, or one whose espeak-ng fails or hangs,
beeps (:mod:`bridge.check.number`).  Beside each frame of Opus stands its level, which an echo is compared
with.

There are a hundred numbers at most, each 10 kB: they are kept.  Neither program nor encoder runs in
the loop, and the encoder's library is loaded by the first number: it is 17 MB that most days nobody
needs.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import shutil
import wave
from array import array
from dataclasses import dataclass
from typing import Final

import structlog

from bridge.check.number import (
    beeps_of,
    evened,
    framed,
    levels_of,
    text_of,
)

log = structlog.get_logger(__name__)

PROGRAM: Final = "espeak-ng"
VOICE: Final = "vi"
WORDS_A_MINUTE: Final = 120
PATIENCE_S: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """20 ms a frame."""

    frames: tuple[bytes, ...]
    """Opus."""
    levels: tuple[float, ...]
    """dBov, of the samples it was made from."""
    is_spoken: bool
    """By a voice; else it is beeps."""


class Speech:
    """*program*: the path of espeak-ng, None: whatever the machine has."""

    def __init__(self, program: str | None = None) -> None:
        self._program = program or shutil.which(PROGRAM)
        self._clips: dict[str, Clip] = {}

    async def clip(self, number: str) -> Clip:
        """Raises ValueError unless *number* is two digits."""
        if number not in self._clips:
            spoken = await self._spoken(number)
            samples = beeps_of(number) if spoken is None else spoken
            self._clips[number] = await asyncio.to_thread(
                _encoded, samples, is_spoken=spoken is not None
            )
        return self._clips[number]

    async def _spoken(self, number: str) -> array[int] | None:
        text = text_of(number)
        if self._program is None:
            return None
        options = ("-v", VOICE, "-s", str(WORDS_A_MINUTE), "--stdin", "--stdout")
        try:
            process = await asyncio.create_subprocess_exec(
                self._program,
                *options,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
        except OSError as error:
            log.warning("check.no_voice", error=str(error))
            return None
        try:
            async with asyncio.timeout(PATIENCE_S):
                said, _ = await process.communicate(text.encode())
            samples = await asyncio.to_thread(_samples, said)
        except (TimeoutError, ValueError, EOFError, wave.Error) as error:
            log.warning("check.no_voice", error=str(error) or type(error).__name__)
            return None
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        return samples if process.returncode == 0 and samples else None


def _samples(file: bytes) -> array[int]:
    """Of a WAV file, at our rate.  Raises ValueError, EOFError or wave.Error."""
    from bridge.endpoint.opus import at_our_rate  # noqa: PLC0415 - see above

    with wave.open(io.BytesIO(file)) as sound:
        if (sound.getnchannels(), sound.getsampwidth()) != (1, 2):
            raise ValueError("not mono of 16 bits")
        # A file that was written into a pipe does not know its length: to the end, then.
        rate, data = sound.getframerate(), sound.readframes(sound.getnframes())
    return at_our_rate(data[: len(data) // 2 * 2], rate)


def _encoded(samples: array[int], *, is_spoken: bool) -> Clip:
    from bridge.endpoint.opus import packets  # noqa: PLC0415 - see above

    pieces = list(framed(evened(samples)))
    frames = packets((piece.tobytes() for piece in pieces), application="voip")
    levels = tuple(level for piece in pieces for level in levels_of(piece))
    return Clip(frames=tuple(frames), levels=levels, is_spoken=is_spoken)
