"""The stages of a session's beginning, each once."""

from __future__ import annotations

import pytest

from bridge.media.beginning import DTLS, ICE, MEDIA, STAGES, Beginning, Beginnings


@pytest.fixture
def of_all() -> Beginnings:
    return Beginnings()


def counted(of_all: Beginnings) -> dict[str, tuple[int, float]]:
    return {
        stage: (sum(spread.counts), spread.total_s) for stage, spread in of_all.spreads().items()
    }


def test_nothing_has_begun(of_all):
    assert counted(of_all) == dict.fromkeys(STAGES, (0, 0.0))


def test_each_stage_counts_from_the_end_of_the_one_before(of_all):
    beginning = Beginning(of_all, 10.0)
    for stage, now_s in ((ICE, 10.25), (DTLS, 11.0), (MEDIA, 13.0)):
        beginning.reach(stage, now_s)

    assert counted(of_all) == {ICE: (1, 0.25), DTLS: (1, 0.75), MEDIA: (1, 2.0)}


def test_what_is_reached_again_is_reached_once(of_all):
    beginning = Beginning(of_all, 0.0)
    for now_s in (1.0, 2.0, 3.0):
        beginning.reach(ICE, now_s)
    beginning.reach(DTLS, 3.0)
    beginning.reach(ICE, 9.0)

    assert counted(of_all) == {ICE: (1, 1.0), DTLS: (1, 2.0), MEDIA: (0, 0.0)}


def test_two_sessions_are_counted_together(of_all):
    Beginning(of_all, 0.0).reach(ICE, 1.0)
    Beginning(of_all, 5.0).reach(ICE, 7.0)

    assert counted(of_all)[ICE] == (2, 3.0)
