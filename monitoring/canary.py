"""Canary: the page of a machine that hears and sees the stage as a room does.

All lines may be green and nobody hears (practice.md 34): the service cannot know, for it decodes
nothing.  The canary does, from another machine, and says what it heard.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Final, Protocol

from bridge.conference.words import SiteCode
from bridge.media.slots import STAGE_PICTURES, STAGE_SOUNDS
from monitoring.columns import Column, Sheet
from monitoring.exposition import EOF, counter, gauge
from monitoring.moment import Epoch
from monitoring.processes import ProcessText

FAILURES: Final = ("unreachable", "refused", "media", "lost", "bug")
NAME: Final = "canary"

CONNECTED: Final = gauge("room110_canary_connected", "Whether its media is connected and alive.")
CONNECTS: Final = counter("room110_canary_connects_total", "Times its media was connected.")
FAILED: Final = counter(
    "room110_canary_failures_total",
    "Times it was not or no longer connected: no answer, refused, no media, media lost, our mistake.",
    "reason",
    words=FAILURES,
)
SLOT_SITE: Final = gauge(
    "room110_canary_slot_site",
    "Which site the service says stands in a slot of the stage; an empty slot has no series.",
    *("slot", "site"),
)
SOUND: Final = gauge(
    "room110_canary_sound_dbov",
    "Loudness of the decoded sound, 0 (loudest) to -127, of the last second; -127: none came.",
    "slot",
    words=STAGE_SOUNDS,
)
SOUND_AT: Final = gauge(
    "room110_canary_sound_timestamp_seconds",
    "When the slot's decoded sound was last louder than silence (-60 dBov).",
    "slot",
    words=STAGE_SOUNDS,
)
FRAMES: Final = counter(
    "room110_canary_frames_total", "Pictures decoded.", "slot", words=STAGE_PICTURES
)
FRAME_AT: Final = gauge(
    "room110_canary_frame_timestamp_seconds",
    "When the slot's last picture was decoded.",
    "slot",
    words=STAGE_PICTURES,
)
FREEZES: Final = counter(
    "room110_canary_freezes_total",
    "Gaps between pictures of one source, as W3C counts freezes.",
    "slot",
    words=STAGE_PICTURES,
)
FREEZE_SECONDS: Final = counter(
    "room110_canary_freeze_seconds_total",
    "How long they were frozen.",
    "slot",
    words=STAGE_PICTURES,
)
CERTIFICATE: Final = gauge(
    "room110_canary_certificate_expiry_timestamp_seconds",
    "When the certificate of the service's URL expires; of https only.",
)
CANARY: Final = (
    *(CONNECTED, CONNECTS, FAILED, SLOT_SITE, SOUND, SOUND_AT),
    *(FRAMES, FRAME_AT, FREEZES, FREEZE_SECONDS, CERTIFICATE),
)


class Sound(Protocol):
    """:class:`bridge.endpoint.perception.SoundMeter`."""

    @property
    def heard_s(self) -> float | None: ...

    def dbov(self, now_s: float) -> int: ...


class Picture(Protocol):
    """:class:`bridge.endpoint.perception.PictureMeter`."""

    @property
    def frames(self) -> int: ...

    @property
    def freezes(self) -> int: ...

    @property
    def frozen_s(self) -> float: ...

    @property
    def seen_s(self) -> float | None: ...


class Senses(Protocol):
    """:class:`bridge.endpoint.canary.Senses`."""

    @property
    def connected(self) -> bool: ...

    @property
    def connects(self) -> int: ...

    @property
    def stage(self) -> Mapping[str, SiteCode]: ...

    @property
    def sounds(self) -> Mapping[str, Sound]: ...

    @property
    def pictures(self) -> Mapping[str, Picture]: ...


class CanaryMetrics:
    def __init__(
        self,
        senses: Senses,
        failures: Mapping[str, int],
        *,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """*clock* is that of *senses*; *failures* by :data:`FAILURES` goes on counting."""
        self.certificate_s: float | None = None
        """Unix time, once it is known."""
        self._senses = senses
        self._failures = failures
        self._clock = clock
        self._wall = wall
        self._epoch = Epoch()
        self._sheet = Sheet(CANARY)
        self._process = ProcessText(NAME)

    def page(self, openmetrics: bool) -> bytes:
        self._write(self._sheet, self._clock())
        end = EOF.encode() if openmetrics else b""
        return self._sheet.page(openmetrics=openmetrics) + self._process(openmetrics) + end

    def _write(self, sheet: Sheet, now_s: float) -> None:
        senses = self._senses
        epoch_s = self._epoch.at_s(wall_s=self._wall(), now_s=now_s)

        def at(column: Column, moment_s: float | None, slot: str) -> None:
            column.set(None if moment_s is None else round(epoch_s + moment_s, 2), slot)

        sheet[CONNECTED].set(int(senses.connected))
        sheet[CONNECTS].set(senses.connects)
        for reason in FAILURES:
            sheet[FAILED].set(self._failures.get(reason, 0), reason)
        for slot, site in senses.stage.items():
            sheet[SLOT_SITE].set(1, slot, site)
        for slot, sound in senses.sounds.items():
            sheet[SOUND].set(sound.dbov(now_s) if senses.connected else None, slot)
            at(sheet[SOUND_AT], sound.heard_s, slot)
        for slot, picture in senses.pictures.items():
            sheet[FRAMES].set(picture.frames, slot)
            at(sheet[FRAME_AT], picture.seen_s, slot)
            sheet[FREEZES].set(picture.freezes, slot)
            sheet[FREEZE_SECONDS].set(round(picture.frozen_s, 3), slot)
        sheet[CERTIFICATE].set(self.certificate_s)
