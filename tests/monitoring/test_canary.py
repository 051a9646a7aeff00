"""The canary's page: what was heard and seen, with names that are its own."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics

from bridge.endpoint.canary import Senses
from bridge.media.slots import STAGE_PICTURES, STAGE_SOUNDS
from monitoring.canary import CANARY, CanaryMetrics
from monitoring.catalogue import FAMILIES
from tests.monitoring.observed import samples

WALL_S = 1_590_714_000.0
LOUD = [32767, -32768] * 480


class Page:
    def __init__(self) -> None:
        self.senses = Senses()
        self.failures: Counter[str] = Counter()
        self.now_s = 50.0
        self.metrics = CanaryMetrics(
            self.senses,
            self.failures,
            clock=lambda: self.now_s,
            wall=lambda: WALL_S + self.now_s,
        )

    def samples(self) -> dict[tuple[str, ...], float]:
        return samples(self.metrics.page(False).decode())


@pytest.fixture
def page() -> Page:
    return Page()


def slots_of(seen: Any, name: str) -> list[str]:
    return [key[1] for key in seen if key[0] == name]


def test_before_it_is_connected_nothing_was_heard(page):
    seen = page.samples()

    assert seen["room110_canary_connected",] == 0
    assert seen["room110_canary_connects_total",] == 0
    assert slots_of(seen, "room110_canary_sound_dbov") == []
    assert slots_of(seen, "room110_canary_sound_timestamp_seconds") == []
    assert slots_of(seen, "room110_canary_frames_total") == list(STAGE_PICTURES)
    assert ("room110_canary_certificate_expiry_timestamp_seconds",) not in seen


def test_what_it_hears_and_sees(page):
    senses = page.senses
    senses.connected, senses.connects = True, 2
    senses.show({"chair": "110", "speaker.1": "79"})
    senses.sounds["speaker.1"].hear(LOUD, 50.0)
    for now_s in (48.0, 48.1, 48.2, 49.0):
        senses.pictures["speaker.1"].see(now_s)
    page.failures["lost"] = 1
    page.metrics.certificate_s = 1_600_000_000.0
    seen = page.samples()

    assert seen["room110_canary_connected",] == 1
    assert seen["room110_canary_connects_total",] == 2
    assert seen["room110_canary_failures_total", "lost"] == 1
    assert seen["room110_canary_failures_total", "bug"] == 0
    assert seen["room110_canary_slot_site", "79", "speaker.1"] == 1
    assert seen["room110_canary_sound_dbov", "speaker.1"] == 0
    assert seen["room110_canary_sound_dbov", "chair"] == -127
    assert slots_of(seen, "room110_canary_sound_dbov") == list(STAGE_SOUNDS)
    assert seen["room110_canary_sound_timestamp_seconds", "speaker.1"] == WALL_S + 50.0
    assert seen["room110_canary_frames_total", "speaker.1"] == 4
    assert seen["room110_canary_frame_timestamp_seconds", "speaker.1"] == WALL_S + 49.0
    assert seen["room110_canary_freezes_total", "speaker.1"] == 1
    assert seen["room110_canary_freeze_seconds_total", "speaker.1"] == 0.8
    assert seen["room110_canary_certificate_expiry_timestamp_seconds",] == 1_600_000_000.0


def test_who_left_the_stage_has_no_series(page):
    page.senses.show({"speaker.1": "79"})
    page.samples()
    page.senses.show({"speaker.1": "01"})
    assert slots_of(page.samples(), "room110_canary_slot_site") == ["01"]


def test_every_family_is_on_a_page_and_both_formats_are_read(page):
    senses = page.senses
    senses.connected = True
    senses.show({"speaker.1": "79"})
    senses.sounds["chair"].hear(LOUD, 50.0)
    senses.pictures["chair"].see(50.0)
    page.metrics.certificate_s = 1.0
    text = page.metrics.page(False).decode()
    heads = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE room110_")]

    assert heads == [family.name for family in CANARY]
    assert 'process_cpu_seconds_total{process="canary"}' in text
    assert list(read_openmetrics(page.metrics.page(True).decode()))


@pytest.mark.parametrize("family", CANARY, ids=lambda family: family.name)
def test_names_are_its_own_and_as_those_of_the_service(family):
    assert family.name.startswith("room110_canary_")
    assert family not in FAMILIES
    assert family.name.endswith("_total") == (family.kind == "counter")
