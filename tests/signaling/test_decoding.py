from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.decoding import MAX_MESSAGE_BYTES, MAX_OFFER_BYTES, ProtocolError, decode
from signaling.messages import CLIENT_MESSAGES, Message, type_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
FIELDS = sorted({name for model in CLIENT_MESSAGES for name in model.model_fields})


def error_of(text: str, *, joined: bool = True) -> ProtocolError:
    with pytest.raises(ProtocolError) as refused:
        decode(text, joined=joined)
    return refused.value


def padded(fields: dict[str, Any], size: int) -> str:
    """JSON of exactly this many octets."""
    text = json.dumps(fields)
    return text + " " * (size - len(text))


@given(st.text())
def test_any_text_is_a_message_or_an_error(text: str) -> None:
    assert error_of(text).code == "malformed"


@given(st.sampled_from(CLIENT_MESSAGES), st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_any_fields_are_a_message_or_an_error(model: type[Message], fields: dict[str, Any]) -> None:
    try:
        message = decode(json.dumps({**fields, "type": type_of(model)}), joined=True)
    except ProtocolError as error:
        assert error.code in {"malformed", "unknown_field", "unsupported_version"}
        error.text.encode()
        assert error.text.isprintable()
    else:
        assert type_of(type(message)) == type_of(model)


@pytest.mark.parametrize(
    ("size", "word", "joined", "code"),
    [
        (MAX_MESSAGE_BYTES, "bye", False, None),
        (MAX_MESSAGE_BYTES + 1, "bye", False, "too_long"),
        (MAX_MESSAGE_BYTES + 1, "bye", True, "too_long"),
        (MAX_MESSAGE_BYTES + 1, "media.offer", False, "too_long"),
        (MAX_OFFER_BYTES, "media.offer", True, None),
        (MAX_OFFER_BYTES + 1, "media.offer", True, "too_long"),
        (MAX_OFFER_BYTES, "agenda.load", True, None),
        (MAX_MESSAGE_BYTES + 1, "agenda.load", False, "too_long"),
        (MAX_MESSAGE_BYTES + 1, ["agenda.load"], True, "too_long"),
    ],
)
def test_only_an_offer_or_an_agenda_of_one_who_joined_may_be_long(
    size: int, word: Any, joined: bool, code: str | None
) -> None:
    more: dict[str, Any] = {}
    if word == "media.offer":
        more = {"id": "m", "sdp": "", "slots": {}}
    elif word == "agenda.load":
        more = {"id": "a", "items": []}
    text = padded({"type": word, **more}, size)
    if code is None:
        assert type_of(type(decode(text, joined=joined))) == word
    else:
        assert error_of(text, joined=joined).code == code


def test_octets_are_counted_and_not_characters() -> None:
    text = json.dumps({"type": "bye", "x": "ề" * 30_000}, ensure_ascii=False)
    assert len(text) < MAX_MESSAGE_BYTES
    assert error_of(text).code == "too_long"


def test_the_first_thing_that_is_wrong_names_the_error() -> None:
    fields = {"type": "hello", "id": "h", "v": 2, "tokn": "x"}
    assert error_of(json.dumps(fields)).code == "unsupported_version"
    assert error_of(json.dumps({**fields, "v": 1})).code == "unknown_field"
    assert error_of(json.dumps({**fields, "v": 1, "tokn": 1, "type": "helo"})).code == (
        "unknown_type"
    )
    del fields["tokn"]
    assert error_of(json.dumps({**fields, "v": 1})).code == "malformed"


def test_an_error_repeats_nothing_a_terminal_obeys() -> None:
    text = error_of(json.dumps({"type": "bye", "\x1b[2J" + "x" * 100: 1})).text
    assert text == ("?[2J" + "x" * 100)[:64]
