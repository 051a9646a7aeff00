from __future__ import annotations

from random import Random

from bridge.conference import commands
from bridge.conference.words import CONTENT, ProbeKind
from room110.rehearse import acts, steps
from room110.rehearse.people import TECHNICIAN, room


def test_a_site_that_is_next_may_be_listened_to():
    plain, probed = [*acts.prepare("01")], [*acts.prepare("01", probed=True)]
    assert len(plain) == 2
    assert steps.Heard(probed="01") in probed
    assert probed[-1] == steps.Say(by=TECHNICIAN, command=commands.SiteProbe(site=None))


def test_to_talk_is_to_listen_and_more():
    say, _ = acts.probe("01", seconds=8, talk=True)
    assert say.command.kind is ProbeKind.TALK


def test_slides_are_asked_for_given_and_given_back():
    wait = steps.Wait(seconds=1)
    asked, granted, between, released = acts.slides("01", wait)
    assert asked.command.floors == (CONTENT,)
    assert (granted.of, granted.floor) == ("01", CONTENT)
    assert between is wait
    assert (released.by, released.floor) == (room("01"), CONTENT)


def test_a_speaker_is_live_before_he_is_heard():
    assert [type(step) for step in acts.speak(Random(1), "01")] == [
        steps.Wait, steps.Mic, steps.Wait,
    ]  # fmt: skip


def test_a_line_breaks_and_is_mended():
    broken, held = acts.break_off("01")
    assert (broken.to, held.what) == ("lost", "site 01 is held by its line")
    mended, up = acts.mended("01")
    assert (mended.to, up.what) == ("up", "the line of site 01")


def test_minutes_are_sixty_seconds():
    assert acts.minutes(Random(1), 2, 2) == steps.Wait(seconds=120)
