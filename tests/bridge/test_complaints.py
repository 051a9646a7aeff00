"""What is bad in what a page says of itself."""

from __future__ import annotations

import pytest

from bridge.clients import Statement
from bridge.complaints import STALE_S, Complaints
from bridge.line import Complaint


def statement(at_s: float, **said: float) -> Statement:
    counted = {key: value for key, value in said.items() if key.endswith("_s")}
    return Statement(at_s=at_s, stats=said, counted=counted)


class Listening:
    def __init__(self) -> None:
        self.complaints = Complaints()

    def hear(
        self,
        at_s: float,
        *,
        now_s: float | None = None,
        sends: bool = True,
        receives: bool = True,
        **said: float,
    ) -> Complaint | None:
        return self.complaints.look(
            "01",
            statement(at_s, **said),
            now_s=at_s if now_s is None else now_s,
            sends=sends,
            receives=receives,
        )


def test_who_says_nothing_complains_of_nothing():
    assert Complaints().look("01", None, now_s=1.0, sends=True, receives=True) is None


@pytest.mark.parametrize(("ratio", "bad"), [(0.05, False), (0.06, True)])
def test_patched_sound_is_bad_beyond_what_passes(ratio, bad):
    assert bool(Listening().hear(5.0, concealed_ratio=ratio)) is bad


@pytest.mark.parametrize(
    ("key", "limit", "of"),
    [("freeze_s", 0.1, "down"), ("quality_limited_bandwidth_s", 0.5, "up")],
)
def test_counters_are_the_share_of_the_time_between_two_statements(key, limit, of):
    listening = Listening()
    assert listening.hear(5.0, **{key: 100.0}) is None
    assert listening.hear(10.0, **{key: 100.0 + 5 * limit}) is None
    complaint = listening.hear(15.0, **{key: 100.0 + 5 * limit + 5 * limit + 0.1})
    assert complaint is not None
    assert (complaint.of, complaint.for_s, complaint.contradicted) == (of, 0.0, False)
    # A page that began anew.
    assert listening.hear(20.0, **{key: 3.0}) is None


def test_a_complaint_lasts_from_statement_to_statement():
    listening = Listening()
    listening.hear(5.0, concealed_ratio=0.2)
    listening.hear(10.0, concealed_ratio=0.3)
    complaint = listening.hear(10.0, now_s=12.0, concealed_ratio=0.3)
    assert complaint is not None
    assert complaint.for_s == 7.0
    assert complaint.text == "the page says 30% of its sound is patched"
    assert listening.hear(15.0, concealed_ratio=0.0) is None


def test_nothing_that_goes_that_way_speaks_against_it():
    for sends, receives, contradicted in ((True, False, True), (False, True, False)):
        complaint = Listening().hear(5.0, concealed_ratio=0.2, sends=sends, receives=receives)
        assert complaint is not None
        assert complaint.contradicted is contradicted


def test_an_old_statement_says_nothing_and_the_next_begins_anew():
    listening = Listening()
    listening.hear(5.0, concealed_ratio=0.2)
    assert listening.hear(5.0, now_s=5.1 + STALE_S, concealed_ratio=0.2) is None
    complaint = listening.hear(20.0, concealed_ratio=0.2)
    assert complaint is not None
    assert complaint.for_s == 0.0


def test_pictures_that_stand_still_together_are_no_more_than_all_of_the_time():
    listening = Listening()
    listening.hear(5.0, freeze_s=0.0)
    complaint = listening.hear(10.0, freeze_s=40.0)
    assert complaint is not None
    assert complaint.text == "the page says its pictures stand still 100% of the time"
