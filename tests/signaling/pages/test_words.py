"""Words: both languages say the same things, every key the pages use exists, and none is left over.

Keys stand in the pages in three ways: as they are, in HTML (`data-t`, `data-t-label`) and scripts;
as a template literal, which may mean any key of its form; and as a family with a word of the
protocol (`words.word("line", ...)`).
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args

import pytest

from bridge.check import wording
from bridge.conference.check_words import Reason, Verdict, WalkPicture, WalkSound
from bridge.conference.codec import TYPES
from bridge.conference.words import (
    FloorWord,
    Hold,
    ItemKind,
    ItemStatus,
    Mark,
    Phase,
    RefusalCode,
    RequestHandling,
    Role,
)
from bridge.hearing import Unheard
from bridge.line import LineWord
from signaling import problem
from signaling.messages import EndpointReport
from signaling.routes import COMMAND_TYPES

PAGES = Path(__file__).parents[3] / "signaling" / "pages"
WORDS = {lang: json.loads((PAGES / f"{lang}.json").read_text()) for lang in ("vi", "en")}
KEYS = frozenset(WORDS["vi"])
FAMILIES = frozenset(key.partition(".")[0] for key in KEYS)

PART = r"[a-z0-9_]+"
IN_HTML = re.compile(r'data-t(?:-label)?="([^"]*)"')
LITERAL = re.compile(rf'"({PART}(?:\.{PART})+)"')
TEMPLATE = re.compile(r"`((?:[a-z0-9_.]|\$\{[^{}`]*\})*)`")
FAMILY = re.compile(rf'\bword\(\s*"({PART}(?:\.{PART})*)"')


def scripts() -> dict[str, str]:
    # i18n.js makes keys of what it is given; it uses none of its own but `error.*`.
    files = sorted((PAGES / "js").glob("*.js"))
    return {file.name: file.read_text() for file in files if file.name != "i18n.js"}


def named() -> dict[str, str]:
    """Key -> where it stands, of all keys that are written out."""
    found = {
        key: page.name for page in PAGES.glob("*.html") for key in IN_HTML.findall(page.read_text())
    }
    for name, script in scripts().items():
        not_keys = COMMAND_TYPES | set(FAMILY.findall(script))
        for text in LITERAL.findall(script):
            if text.partition(".")[0] in FAMILIES and text not in not_keys:
                found[text] = name
    return found


def formed() -> dict[str, str]:
    """Pattern of keys -> where it stands, of all keys that are put together."""
    found = {r"error\..+": "i18n.js"}
    for name, script in scripts().items():
        for family in FAMILY.findall(script):
            found[rf"{re.escape(family)}\.{PART}"] = name
        for template in TEMPLATE.findall(script):
            holes = re.split(r"\$\{[^}]*\}", template)
            known = holes[0] == "" or holes[0].partition(".")[0] in FAMILIES
            if len(holes) > 1 and "." in "".join(holes) and known:
                found["[a-z0-9_.]*".join(map(re.escape, holes))] = name
    return found


def test_both_languages_have_the_same_keys():
    assert set(WORDS["en"]) == KEYS


@pytest.mark.parametrize("lang", WORDS)
def test_no_words_are_empty_and_keys_stand_in_order(lang):
    assert all(text.strip() == text != "" for text in WORDS[lang].values())
    assert list(WORDS[lang]) == sorted(WORDS[lang])


def test_both_languages_take_the_same_values():
    def values(text):
        return sorted(re.findall(r"\{(\w+)\}", text))

    differ = [key for key in KEYS if values(WORDS["vi"][key]) != values(WORDS["en"][key])]
    assert differ == []


def test_every_key_that_is_written_out_exists():
    assert {key: where for key, where in named().items() if key not in KEYS} == {}


def test_every_form_of_keys_has_one():
    dead = {
        form: where
        for form, where in formed().items()
        if not any(re.fullmatch(form, key) for key in KEYS)
    }
    assert dead == {}


def test_no_key_is_left_over():
    whole, forms = named(), formed()
    unused = [
        key
        for key in sorted(KEYS)
        if key not in whole and not any(re.fullmatch(form, key) for form in forms)
    ]
    assert unused == []


@pytest.mark.parametrize(
    ("family", "words"),
    [
        ("line", set(LineWord)),
        ("board.reason", set(LineWord)),
        ("floor", set(FloorWord)),
        ("phase", set(Phase)),
        ("mic", set(get_args(EndpointReport.model_fields["mic"].annotation))),
        ("desk.mic", set(get_args(EndpointReport.model_fields["mic"].annotation))),
        ("desk.held", set(Hold)),
        ("desk.hands", set(RequestHandling)),
        ("agenda.kind", set(ItemKind)),
        ("agenda.status", set(ItemStatus) | {"deferred"}),
        ("mark", set(Mark) | {"none"}),
        ("role", set(Role)),
        ("desk.unheard", set(Unheard)),
        ("verdict", set(Verdict)),
        ("check.reason", set(Reason)),
        ("walk.sound", set(WalkSound)),
        ("walk.picture", set(WalkPicture)),
    ],
)
def test_every_word_of_the_protocol_has_its_translation_and_no_other_has(family, words):
    form = re.compile(rf"{re.escape(family)}\.({PART})")
    assert {match[1] for key in KEYS if (match := form.fullmatch(key))} == words


@pytest.mark.parametrize(
    ("family", "table"),
    [
        ("verdict", wording.VERDICTS),
        ("check.reason", wording.REASONS),
        ("walk.sound", wording.SOUNDS),
        ("walk.picture", wording.PICTURES),
    ],
)
def test_a_check_is_told_in_the_words_of_its_sheet(family, table):
    said = {
        word: (WORDS["vi"][f"{family}.{word}"], WORDS["en"][f"{family}.{word}"]) for word in table
    }

    assert said == {word: (words.vi, words.en) for word, words in table.items()}


def test_every_refusal_of_the_conference_is_said_in_words():
    missing = [code for code in RefusalCode if f"error.{code}" not in KEYS]
    assert missing == ["floor_not_found"]  # no page names a floor


SEVERAL = {
    "block_changed": {"block_on", "block_off"},
    "next_chosen": {"next_chosen", "next_chosen_none"},
    "broadcast_chosen": {"broadcast_chosen", "broadcast_chosen_none"},
    "request_ended": {f"ended_{s}" for s in ("cancelled", "denied", "released", "revoked")},
    "phase_changed": {f"phase_{phase}" for phase in Phase},
    "chair_passed": {"chair_passed", "chair_back"},
}
"""Events that mean one of several things, as desk-clash.js tells them apart."""


def test_what_another_desk_has_changed_is_an_event_of_the_journal():
    told = {key.removeprefix("change.") for key in KEYS if key.startswith("change.")}
    split = set().union(*SEVERAL.values())

    assert split <= told
    assert SEVERAL.keys() <= TYPES.keys()
    assert told - split - {"other", "somebody"} <= TYPES.keys()


def test_no_error_is_translated_that_does_not_exist():
    known = {f"error.{code}" for code in problem.STATUS} | {"error.other"}
    assert {key for key in KEYS if key.startswith("error.")} <= known
