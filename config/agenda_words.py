"""What the columns of an agenda and its kinds of items are called, in English and in Vietnamese.

A name is compared folded (:func:`config.roster.fold`): accents, capitals, spaces and signs do not
matter, so ``Số phút``, ``so phut`` and ``SỐ PHÚT`` are one.  A name that is none of these is never
guessed at: a column read as another, or passed over, would be told by nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Final

from config.roster import fold

_SHOWN: Final = 60
"""Letters of somebody's text that an error repeats."""

_LONGEST: Final = 100
"""Letters of what could be a name; a page is not even folded."""


class Vocabulary:
    """Words, each with its other names."""

    def __init__(self, names: Mapping[str, tuple[str, ...]]) -> None:
        self._names = names
        self._word_of = {
            fold(name): word for word, others in names.items() for name in (word, *others)
        }

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def find(self, text: str) -> str | None:
        """The word that *text* is a name of."""
        return self._word_of.get(fold(text)) if len(text) <= _LONGEST else None

    def nearest(self, text: str) -> str:
        """As :func:`nearest`, among all names of all words."""
        return nearest(text, (name for word in self for name in (word, *self._names[word])))

    def shown(self, word: str) -> str:
        """``minutes (số phút, thời lượng)``: how an error names a word."""
        return f"{word} ({', '.join(self._names[word][:2])})"


COLUMNS: Final = Vocabulary(
    {
        "kind": ("loại",),
        "title": ("nội dung",),
        "minutes": ("số phút", "thời lượng", "thời lượng (phút)", "thời gian (phút)"),
        "site": ("mã điểm cầu", "điểm cầu"),
        "speaker": ("người trình bày", "người phát biểu"),
        "position": ("chức vụ",),
        "group": ("nhóm", "nhóm vấn đề"),
    }
)
"""What is read of an item; in a table each stands once at most."""

REQUIRED: Final = ("title", "minutes")

IGNORED: Final = Vocabulary(
    {"no": ("tt", "stt"), "note": ("ghi chú",), "time": ("giờ", "thời gian")}
)
"""Columns of a table that people keep for themselves; numbers and hours follow from the rest."""

KINDS: Final = Vocabulary(
    {
        "site": ("điểm cầu", "tham luận"),
        "centre": ("center", "trung tâm"),
        "clip": ("phim", "video"),
        "discussion": ("thảo luận",),
        "break": ("nghỉ", "giải lao", "nghỉ giải lao"),
    }
)

SUMS: Final = Vocabulary({"total": ("tổng", "tổng cộng", "cộng")})
"""Titles of what stands under a column of minutes."""


def nearest(text: str, names: Iterable[str]) -> str:
    """``; did you mean 'minutes'?``, or nothing when none of *names* is near."""
    by_key = {fold(name): name for name in names}
    near = get_close_matches(fold(text[:_SHOWN]), by_key, n=1)
    return f"; did you mean {by_key[near[0]]!r}?" if near else ""


def quoted(text: str) -> str:
    """Somebody's text in an error: on one line, every letter to be seen, and not too long."""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
