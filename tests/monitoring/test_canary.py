"""What the canary says: families of its own, documented, with every slot of the stage."""

from __future__ import annotations

from bridge.media.slots import STAGE_PICTURES, STAGE_SOUNDS
from monitoring.canary import CANARY, FRAMES, SOUND
from monitoring.catalogue import FAMILIES
from tests.support.documents import ROOT


def test_its_families_are_its_own_and_stand_in_the_document():
    names = [family.name for family in CANARY]
    assert len(set(names)) == len(names)
    assert not set(names) & {family.name for family in FAMILIES}
    document = (ROOT / "docs/monitoring.md").read_text(encoding="utf-8")
    for name in names:
        assert name.startswith("room110_canary_")
        assert f"| `{name}` |" in document


def test_it_hears_and_sees_every_slot_of_the_stage():
    assert tuple(SOUND.words) == STAGE_SOUNDS
    assert tuple(FRAMES.words) == STAGE_PICTURES
