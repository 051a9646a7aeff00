"""Decoding: text becomes a message here, or a ProtocolError with a stable code.

Order of the checks: size, JSON, type, version, fields.  Whatever comes first names the error, and
any text at all gives one or the other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final, Never, TypeVar

from pydantic import BaseModel, ValidationError

from signaling.messages import (
    CLIENT_MESSAGES,
    VERSION,
    ChairMuteAll,
    ChairMuteSite,
    Hello,
    Message,
    type_of,
)
from signaling.notices import SERVER_MESSAGES

MAX_MESSAGE_BYTES: Final = 64 * 1024
MAX_OFFER_BYTES: Final = 512 * 1024
"""Chromium's offer for 64 pictures is 315 KB unless its codecs are cut down (measured)."""
LONG: Final = ("media.offer", "agenda.load")
"""These may be as long as an offer, of one who has joined: 500 items are some 100 KB."""

M = TypeVar("M", bound=BaseModel)


class ProtocolError(Exception):
    """The peer's message is not of the protocol; nothing has changed."""

    def __init__(self, code: str, text: str, *, re: str | None = None) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text
        self.re = re
        """``id`` of the message, when it could be read."""


# Two models share chair.mute; `site` says which (see `_model`).
_BY_TYPE: Final = {type_of(m): m for m in CLIENT_MESSAGES if m is not ChairMuteAll}
_FROM_SERVER: Final = {type_of(m): m for m in SERVER_MESSAGES}
_ID: Final = re.compile(r"[!-~]{1,64}")
_QUOTE_CHARS: Final = 64


def decode(text: str, *, joined: bool) -> Message:
    """The client's message.  Raises ProtocolError; long ones are taken once *joined*."""
    size = _octets(text)
    if size > (MAX_OFFER_BYTES if joined else MAX_MESSAGE_BYTES):
        raise ProtocolError("too_long", f"{size} octets")
    fields = parse_object(text)
    if size > MAX_MESSAGE_BYTES and fields.get("type") not in LONG:
        raise ProtocolError("too_long", f"{size} octets", re=_id(fields))
    return validated(_model(fields), fields, re=_id(fields))


def decode_server(text: str) -> Message:
    """The service's message, for clients.  Raises ProtocolError."""
    fields = parse_object(text)
    model = _FROM_SERVER.get(str(fields.get("type")))
    if model is None:
        raise ProtocolError("unknown_type", _quote(fields.get("type")))
    return validated(model, fields)


def validated(model: type[M], fields: Mapping[str, Any], *, re: str | None = None) -> M:
    """The fields as a message of this model.  Raises ProtocolError that names the field."""
    try:
        return model.model_validate(dict(fields))
    except ValidationError as invalid:
        _refuse(invalid, re)


def _model(fields: dict[str, Any]) -> type[Message]:
    if "type" not in fields:
        raise ProtocolError("malformed", "type: missing", re=_id(fields))
    word = fields["type"]
    model = _BY_TYPE.get(word) if isinstance(word, str) else None
    if model is None:
        raise ProtocolError("unknown_type", _quote(word), re=_id(fields))
    if model is Hello:
        # Before the fields: those of a later version may be others.
        version = fields.get("v")
        if isinstance(version, int) and version != VERSION:
            text = f"this service speaks version {VERSION}"
            raise ProtocolError("unsupported_version", text, re=_id(fields))
    if model is ChairMuteSite and fields.get("site") == "all":
        return ChairMuteAll
    return model


def parse_object(text: str) -> dict[str, Any]:
    """The JSON object of a text.  Raises ProtocolError."""
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        # Deep nesting and numbers of thousands of digits are refused by the parser like bad JSON.
        raise ProtocolError("malformed", "not JSON") from None
    if not isinstance(fields, dict):
        raise ProtocolError("malformed", "not an object")
    try:
        # An escape can spell half a surrogate pair, which no encoder takes afterwards.
        if "\\u" in text:
            json.dumps(fields, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ProtocolError("malformed", "half a surrogate pair") from None
    return fields


def _octets(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def _id(fields: Mapping[str, Any]) -> str | None:
    value = fields.get("id")
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


def _refuse(invalid: ValidationError, re: str | None) -> Never:
    errors = invalid.errors(include_url=False, include_context=False, include_input=False)
    unknown = [error for error in errors if error["type"] == "extra_forbidden"]
    first = (unknown or errors)[0]
    field = _quote(".".join(str(part) for part in first["loc"]))
    if unknown:
        raise ProtocolError("unknown_field", field, re=re) from None
    what = first["msg"].removeprefix("Value error, ")
    # What is wrong with the message as a whole is in no field.
    text = f"{field}: {what}" if field else what
    raise ProtocolError("malformed", text, re=re) from None


def _quote(value: object) -> str:
    """Foreign text in an error of ours: short, and without anything a terminal obeys."""
    text = value if isinstance(value, str) else json.dumps(value)
    return "".join(c if c.isprintable() else "?" for c in text[:_QUOTE_CHARS])
