from __future__ import annotations

import jsonschema  # type: ignore[import-untyped]  # it ships no types

from signaling import schema

VALIDATOR = jsonschema.Draft202012Validator(schema.schema())


def test_the_schema_is_the_models() -> None:
    assert schema.PATH.read_text(encoding="utf-8") == schema.text(), (
        "run: python -m signaling.schema"
    )


def test_the_schema_refuses_what_the_models_refuse() -> None:
    for wrong in (
        {"type": "chair.call", "id": "a", "site": "11", "on_ful": "reject"},
        {"type": "chair.call", "id": "a", "site": 11},
        {"type": "chair.cal", "id": "a", "site": "11"},
    ):
        assert not VALIDATOR.is_valid(wrong)
