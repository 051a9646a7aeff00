from __future__ import annotations

import asyncio
import threading

import pytest

from signaling.app import make_app
from signaling.papers import FORMATS, MOST_WAITING, SHEETS
from signaling.ports import NoPaper, Paper
from tests.signaling.conftest import Service
from tests.support.fake_bridge import FakeMinutes

PATH = "/api/v1/minutes"


async def test_the_facts_are_json(service: Service) -> None:
    status, body = await service.rest("GET", PATH, service.token("secretary"))
    assert (status, body) == (200, {"title": "Hội nghị"})
    assert service.minutes.asked[0][:2] == ("c-1", "json")


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "json"])
async def test_a_document_is_a_file_with_its_name(service: Service, form: str) -> None:
    url = service.server.make_url(f"{PATH}?format={form}")
    headers = {"Authorization": f"Bearer {service.token('secretary')}"}
    async with service.http.get(url, headers=headers) as response:
        assert response.status == 200
        assert (await response.read()).decode() == f"biên bản {form}"
        assert response.headers["Content-Type"] == "text/plain"
        assert response.headers["Content-Disposition"] == (
            f"attachment; filename*=UTF-8''Bi%C3%AAn%20b%E1%BA%A3n.{form}"
        )
        assert response.headers["Cache-Control"] == "no-store"
    # never in the loop
    (asked,) = service.minutes.asked
    assert asked[2] != threading.main_thread().name


@pytest.mark.parametrize("form", SHEETS)
async def test_the_sheet_is_read_by_the_desk(service: Service, form: str) -> None:
    url = service.server.make_url(f"/api/v1/check/sheet?format={form}")
    headers = {"Authorization": f"Bearer {service.token('technician')}"}
    async with service.http.get(url, headers=headers) as response:
        assert response.status == 200
        assert (await response.read()).decode() == f"biên bản sheet.{form}"
        assert ("Content-Disposition" in response.headers) is (form == "csv")
        assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert response.headers["Cache-Control"] == "no-store"
    assert [asked[:2] for asked in service.minutes.asked] == [("c-1", f"sheet.{form}")]


async def test_the_sheet_is_html_unless_said_and_no_other_form(service: Service) -> None:
    url = service.server.make_url("/api/v1/check/sheet")
    headers = {"Authorization": f"Bearer {service.token('technician')}"}
    async with service.http.get(url, headers=headers) as response:
        assert (await response.read()).decode() == "biên bản sheet.html"
    for role, code in (("technician", "malformed"), ("site", "not_authorized")):
        token = service.token(role, site="11")
        _, problem = await service.rest("GET", "/api/v1/check/sheet?format=pdf", token)
        assert problem["code"] == code


async def test_an_unknown_form_is_named_to_those_who_may_read(service: Service) -> None:
    for role, code in (("secretary", "malformed"), ("site", "not_authorized")):
        token = service.token(role, site="11")
        _, problem = await service.rest("GET", f"{PATH}?format=pdf", token)
        assert problem["code"] == code
    assert service.minutes.asked == []


class Torn(FakeMinutes):
    def paper(self, conference: str, form: str) -> Paper:
        raise NoPaper("record 7 is damaged")


async def test_a_journal_that_cannot_be_read_is_named(service: Service) -> None:
    await service.stop()
    service.minutes = Torn()
    await service.start()
    status, problem = await service.rest("GET", PATH, service.token("secretary"))
    assert (status, problem["code"]) == (503, "journal_failed")
    assert problem["detail"] == "record 7 is damaged"


class Slow(FakeMinutes):
    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()
        self.at_once = 0

    def paper(self, conference: str, form: str) -> Paper:
        self.at_once += 1
        assert self.at_once == 1
        self.go.wait(5)
        self.at_once -= 1
        return super().paper(conference, form)


async def test_documents_are_made_one_at_a_time_and_few_wait(service: Service) -> None:
    await service.stop()
    slow = service.minutes = Slow()
    await service.start()
    token = service.token("secretary")
    asking = [
        asyncio.create_task(service.rest("GET", PATH, token)) for _ in range(MOST_WAITING + 1)
    ]
    done, _ = await asyncio.wait(asking, timeout=5, return_when=asyncio.FIRST_COMPLETED)
    assert [task.result()[1]["code"] for task in done] == ["busy"]
    # and all else goes on
    assert (await service.rest("GET", "/api/v1/floor", token))[0] == 200
    slow.go.set()
    statuses = [(await task)[0] for task in asking]
    assert sorted(statuses) == [200] * MOST_WAITING + [503]


def test_without_minutes_there_is_no_such_address(service: Service) -> None:
    app = make_app(service.bridge, service.keyring)
    paths = {resource.canonical for resource in app.router.resources()}
    assert PATH not in paths
