from __future__ import annotations

import pytest

from bridge.answers import RoomError, RoomNotDurable
from bridge.conference.words import Refusal, RefusalCode
from signaling.problem import STATUS
from tests.signaling.conftest import Service


@pytest.mark.parametrize("code", list(RefusalCode))
async def test_a_refusal_becomes_a_problem(service: Service, code: RefusalCode) -> None:
    service.bridge.answer = Refusal(code=code, text="because", detail={"holders": [8]})
    status, problem = await service.rest(
        "POST", "/api/v1/floor/grants", service.token("chair"), json={"request": 9}
    )
    assert status == STATUS[code]
    assert problem == {
        "holders": [8],
        "type": "about:blank",
        "title": STATUS[code].phrase,
        "status": status,
        "code": code,
        "detail": "because",
    }


async def test_a_journal_that_cannot_write_is_a_503(service: Service) -> None:
    service.bridge.answer = RoomNotDurable("disk full")
    status, problem = await service.rest("DELETE", "/api/v1/floor/grants", service.token("chair"))
    assert (status, problem["code"], problem["detail"]) == (503, "journal_failed", "disk full")


def test_every_no_has_a_status() -> None:
    assert set(RefusalCode) <= set(STATUS)
    assert {error.code for error in RoomError.__subclasses__()} <= set(STATUS)
