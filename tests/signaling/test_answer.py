from __future__ import annotations

import json

from signaling.answer import answer


def test_an_answer_is_utf_8_json_that_nobody_keeps() -> None:
    response = answer({"title": "Hội nghị"})
    assert isinstance(response.body, bytes)
    assert json.loads(response.body) == {"title": "Hội nghị"}
    assert "Hội nghị".encode() in response.body
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers


def test_what_has_a_revision_has_it_as_its_tag() -> None:
    assert answer({"rev": 412}).headers["ETag"] == '"412"'
