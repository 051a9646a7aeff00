"""The course of a conference as the biên bản tells it: who did what at which time, in that order.

It shames nobody (practice.md 28): every speech ends with the words *kết thúc phát biểu*, however
it ended; a lost line and what followed it are one speech; nothing is said of limits, of holds, of
a no.  Of what was said only the secretary knows: the notes stand where they were written, and a
dotted line waits below a speech that has none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from bridge.conference.words import CENTRE, ChairChange, ItemKind, Phase
from bridge.minutes.chairing import Handover
from bridge.minutes.document import BLANK, Paragraph, Style, labelled, line
from bridge.minutes.facts import Minutes
from bridge.minutes.programme import ItemFacts
from bridge.minutes.speeches import goes_with, shows
from bridge.minutes.steps import Moment
from bridge.minutes.wording import hours


@dataclass(order=True)
class _Happening:
    at_s: float
    rank: int
    """What comes first of things that happen at once."""
    paragraphs: list[Paragraph] = field(compare=False)


def course_of(minutes: Minutes) -> list[Paragraph]:
    happenings = [
        *_phases(minutes),
        *_items(minutes),
        *_handovers(minutes),
        *_speeches(minutes),
        *_showings(minutes),
        *_notes(minutes),
    ]
    return [paragraph for happening in sorted(happenings) for paragraph in happening.paragraphs]


def speaker_of(title: str, speaker: str | None, position: str | None) -> str:
    """``Bà Hoa, Giám đốc, Sở …``, or whoever it was of the site."""
    if speaker is None:
        return f"Đại diện {title}"
    return ", ".join(filter(None, (speaker, position, title)))


def is_presented(item: ItemFacts, minutes: Minutes) -> bool:
    """Whether what stood on the agenda took place; of a site's item: whether it spoke to it."""
    if item.kind is not ItemKind.SITE:
        return bool(item.begun)
    named = any(speech.item == item.item for speech in minutes.speeches)
    return named or any(_is_spoken_to(minutes, item, begun) for begun in item.begun)


def _at(moment: Moment, text: str) -> Paragraph:
    return labelled(Style.BODY, f"{hours(moment)}:", text)


def _phases(minutes: Minutes) -> Iterator[_Happening]:
    before = Phase.LOBBY
    for stretch in minutes.stretches:
        at, phase = stretch.since, stretch.phase
        text = None
        if phase is Phase.OPEN:
            text = "Khai mạc hội nghị." if before is Phase.LOBBY else "Hội nghị tiếp tục."
        elif phase is Phase.RECESS or (phase is Phase.CLOSED and stretch.until is not None):
            text = "Hội nghị tạm nghỉ."
        if text is not None:
            yield _Happening(at.at_s, 0, [_at(at, text)])
        before = phase


def _items(minutes: Minutes) -> Iterator[_Happening]:
    runs = [(moment, item) for item in minutes.items for moment in item.begun]
    runs.sort(key=lambda run: run[0].at_s)
    numbers: dict[int, int] = {}
    for begun, item in runs:
        # The turn of a site that did not speak is among what was not presented.
        if item.kind is ItemKind.SITE and not _is_spoken_to(minutes, item, begun):
            continue
        again = " (tiếp tục)" if item.item in numbers else ""
        number = numbers.setdefault(item.item, len(numbers) + 1)
        heading = line(Style.SECTION, f"{number}. {item.title}{again}")
        yield _Happening(begun.at_s, 1, [heading, *_beginning(minutes, item, begun)])


def _beginning(minutes: Minutes, item: ItemFacts, begun: Moment) -> Iterator[Paragraph]:
    if item.kind is ItemKind.CENTRE:
        who = ", ".join(filter(None, (item.speaker, item.position)))
        yield _at(begun, f"{who} trình bày." if who else "Bắt đầu.")
        if begun not in _noted(minutes):
            yield _blank("Nội dung:")
    elif item.kind is ItemKind.CLIP:
        yield _at(begun, "Hội nghị xem phim.")
    elif item.kind is not ItemKind.SITE:
        yield _at(begun, "Bắt đầu.")


def _is_spoken_to(minutes: Minutes, item: ItemFacts, begun: Moment) -> bool:
    """Whether its site spoke in the run that began then, to the item or called without a name."""
    end = _end_of(item, begun)
    return any(
        speech.site == item.site
        and speech.item in {item.item, None}
        and begun.at_s <= speech.granted.at_s
        and (end is None or speech.granted.at_s <= end.at_s)
        for speech in minutes.speeches
    )


def _end_of(item: ItemFacts, begun: Moment) -> Moment | None:
    """The end of the run that began then; a deferred item ends where it was deferred."""
    ends = [*item.ended, *item.deferred]
    return min((e for e in ends if e.at_s >= begun.at_s), key=lambda e: e.at_s, default=None)


def _handovers(minutes: Minutes) -> Iterator[_Happening]:
    for handover in minutes.handovers:
        yield _Happening(handover.at.at_s, 2, [_at(handover.at, _handover(handover))])


def _handover(handover: Handover) -> str:
    if handover.to is None:
        return "Chủ trì tiếp tục điều hành hội nghị."
    if handover.how is ChairChange.ASSUMED:
        return f"{handover.to}, người được ủy quyền điều hành, tiếp tục điều hành hội nghị."
    return f"Chủ trì ủy quyền điều hành hội nghị cho {handover.to}."


def _speeches(minutes: Minutes) -> Iterator[_Happening]:
    noted = _noted(minutes)
    for speech in minutes.speeches:
        told = speaker_of(speech.title, speech.speaker, speech.position) + " phát biểu"
        if speech.by_phone:
            told += " qua điện thoại"
        if speech.text:
            told += f" về: {speech.text}"
        told += " (có trình chiếu)." if shows(speech, minutes.showings) else "."
        if speech.ended is not None:
            told += f" Kết thúc phát biểu lúc {hours(speech.ended)}."
        paragraphs = [_at(speech.granted, told)]
        if speech.granted not in noted:
            paragraphs.append(_blank("Nội dung phát biểu:"))
        yield _Happening(speech.granted.at_s, 3, paragraphs)


def _showings(minutes: Minutes) -> Iterator[_Happening]:
    for showing in minutes.showings:
        alone = not any(goes_with(showing, speech) for speech in minutes.speeches)
        if alone and showing.item is None and showing.site != CENTRE:
            text = f"{showing.title} trình chiếu tài liệu."
            yield _Happening(showing.granted.at_s, 4, [_at(showing.granted, text)])


def _notes(minutes: Minutes) -> Iterator[_Happening]:
    for note in minutes.notes:
        yield _Happening(note.at.at_s, 5, [labelled(Style.BODY, "Ghi nhận:", note.text)])


def _noted(minutes: Minutes) -> set[Moment]:
    """The beginnings of what has a note.  Of several that go on, a note is of the latest."""
    runs = [(speech.granted, speech.ended) for speech in minutes.speeches]
    runs += [
        (begun, _end_of(item, begun))
        for item in minutes.items
        if item.kind is ItemKind.CENTRE
        for begun in item.begun
    ]
    noted = set()
    for note in minutes.notes:
        now_s = note.at.at_s
        on = [
            since
            for since, until in runs
            if since.at_s <= now_s and (until is None or now_s <= until.at_s)
        ]
        if on:
            noted.add(max(on, key=lambda since: since.at_s))
    return noted


def _blank(label: str) -> Paragraph:
    return labelled(Style.BODY, label, BLANK)
