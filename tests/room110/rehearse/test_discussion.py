from __future__ import annotations

from bridge.conference.commands import ChairAssume, FloorRequest
from room110.rehearse import steps
from room110.rehearse.discussion import discussion, parts
from room110.rehearse.people import DEPUTY
from tests.room110.rehearse.playing import a_cast, part, refused, said


def test_fifteen_hands_have_a_part_each():
    hands = tuple(f"{n:02}" for n in range(15))
    of = parts(hands)
    assert (len(of.speak), len(of.by_itself), len(of.denied), len(of.unreached)) == (4, 7, 1, 2)
    assert (*of.speak, *of.by_itself, *of.denied, *of.unreached, of.withdrawn) == hands


def test_with_five_hands_four_speak():
    of = parts(("a", "b", "c", "d", "e"))
    assert (of.by_itself, of.denied, of.unreached, of.withdrawn) == ((), (), (), "e")


def test_all_hands_go_up_at_once():
    together = next(s for s in part(discussion) if isinstance(s, steps.Together))
    assert [say.by.site for say in together.says] == [*a_cast().hands]
    assert {type(say.command) for say in together.says} == {FloorRequest}


def test_what_cannot_be_is_refused():
    assert refused(part(discussion)) == {
        "bad_state", "chair_seat_needs_no_floor", "floor_full", "floor_not_found", "hands_closed",
        "item_not_found", "not_authorized", "request_limit", "request_not_found", "site_offline",
        "stale",
    }  # fmt: skip


def test_the_deputy_assumes_the_chair_at_the_third_attempt():
    tries = [
        say.refused
        for say in said(part(discussion))
        if say.by is DEPUTY and isinstance(say.command, ChairAssume)
    ]
    assert [no is None for no in tries] == [False, False, True]


def test_with_few_hands_nothing_goes_by_itself():
    titles = [s.title for s in part(discussion, 8) if isinstance(s, steps.Chapter)]
    assert len(titles) == 5
    assert not any(
        "auto_advance" in getattr(say.command, "changes", {}) for say in said(part(discussion, 8))
    )
