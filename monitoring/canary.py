"""Canary: the page of a machine that hears and sees the stage as a room does.

All lines may be green and nobody hears (practice.md 34): the service cannot know, for it decodes
nothing.  The canary does, from another machine, and says what it heard.
"""

from __future__ import annotations

from typing import Final

from monitoring.exposition import counter, gauge

SOUNDS: Final = ("chair", *(f"speaker.{place}" for place in range(1, 5)), "content")
PICTURES: Final = ("chair", "speaker.1", "speaker.2", "content")
FAILURES: Final = ("unreachable", "refused", "media", "lost")

CONNECTED: Final = gauge("room110_canary_connected", "Whether its media is connected and alive.")
CONNECTS: Final = counter("room110_canary_connects_total", "Times its media was connected.")
FAILED: Final = counter(
    "room110_canary_failures_total",
    "Times it was not or no longer connected: no answer, refused, no media, media lost.",
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
    words=SOUNDS,
)
SOUND_AT: Final = gauge(
    "room110_canary_sound_timestamp_seconds",
    "When the slot's decoded sound was last louder than silence (-60 dBov).",
    "slot",
    words=SOUNDS,
)
FRAMES: Final = counter("room110_canary_frames_total", "Pictures decoded.", "slot", words=PICTURES)
FRAME_AT: Final = gauge(
    "room110_canary_frame_timestamp_seconds",
    "When the slot's last picture was decoded.",
    "slot",
    words=PICTURES,
)
FREEZES: Final = counter(
    "room110_canary_freezes_total",
    "Gaps between pictures of one source, as W3C counts freezes.",
    "slot",
    words=PICTURES,
)
FREEZE_SECONDS: Final = counter(
    "room110_canary_freeze_seconds_total", "How long they were frozen.", "slot", words=PICTURES
)
CERTIFICATE: Final = gauge(
    "room110_canary_certificate_expiry_timestamp_seconds",
    "When the certificate of the service's URL expires; of https only.",
)
CANARY: Final = (
    *(CONNECTED, CONNECTS, FAILED, SLOT_SITE, SOUND, SOUND_AT),
    *(FRAMES, FRAME_AT, FREEZES, FREEZE_SECONDS, CERTIFICATE),
)
