from __future__ import annotations

import pytest

from bridge.check.wording import PICTURES, REASONS, SOUNDS, VERDICTS
from bridge.conference.check_words import Reason, Verdict, WalkPicture, WalkSound


@pytest.mark.parametrize(
    ("words", "kind"),
    [(VERDICTS, Verdict), (REASONS, Reason), (SOUNDS, WalkSound), (PICTURES, WalkPicture)],
)
def test_everything_has_its_words_in_both_languages_and_no_two_the_same(words, kind):
    assert set(words) == set(kind)
    for language in range(2):
        said = [pair[language] for pair in words.values()]
        assert all(said)
        assert len(set(said)) == len(said)
