from __future__ import annotations

import pytest

from bridge.answers import REMEMBERED, Accepted, Answers, CommandIdReused

YES = Accepted(rev=7, events=())


def test_the_answer_of_then_is_given_again_and_says_so():
    answers = Answers()
    answers.remember("an", "k1", "chair.call", YES)
    assert answers.again("an", "k1", "chair.call") == Accepted(rev=7, events=(), repeated=True)
    assert answers.again("an", "k2", "chair.call") is None
    assert answers.again("binh", "k1", "chair.call") is None


def test_without_an_id_nothing_is_remembered():
    answers = Answers()
    answers.remember("an", None, "chair.call", YES)
    assert answers.again("an", None, "chair.call") is None


def test_an_id_that_named_another_command_is_an_error():
    answers = Answers()
    answers.remember("an", "k1", "chair.call", YES)
    with pytest.raises(CommandIdReused, match=r"'k1' was used for chair\.call"):
        answers.again("an", "k1", "chair.mute")


def test_each_user_has_the_last_256():
    answers = Answers()
    answers.remember("binh", "k0", "chair.call", YES)
    for number in range(REMEMBERED + 1):
        answers.remember("an", f"k{number}", "chair.call", YES)
    assert answers.again("an", "k0", "chair.call") is None
    assert answers.again("an", "k1", "chair.call") is not None
    assert answers.again("binh", "k0", "chair.call") is not None
