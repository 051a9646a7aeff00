"""What a conference begins with when nobody says otherwise, as practice.md A has it."""

from __future__ import annotations

from bridge.conference.policy import MAX_SPEAKERS, Policy
from bridge.conference.schedule import MAX_ITEMS
from bridge.conference.state import NOTES_KEPT
from bridge.conference.words import OnExpiry, QueueVisible, RequestHandling


def test_the_policy_is_that_of_a_formal_session():
    assert Policy() == Policy(
        max_floor_users=1,
        request_handling=RequestHandling.QUEUE,
        limit_s=300,
        warn_s=60,
        on_expiry=OnExpiry.OVERTIME,
        auto_advance=False,
        queue_visible=QueueVisible.OWN,
        start_within_s=15.0,
        grace_s=20.0,
        chair_grace_s=30.0,
        down_after_s=120.0,
        reopen_within_s=900.0,
    )


def test_there_are_four_places_for_speakers_and_an_end_to_lists():
    assert (MAX_SPEAKERS, MAX_ITEMS, NOTES_KEPT) == (4, 500, 100)
