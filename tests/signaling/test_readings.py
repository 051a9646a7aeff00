"""What is read, and what of it by whom."""

from __future__ import annotations

from typing import Any

import pytest

from signaling.readings import late
from tests.signaling.conftest import Service

V1 = "/api/v1"


async def read(service: Service, path: str, *roles: str, site: str | None = None) -> Any:
    status, body = await service.rest("GET", V1 + path, service.token(*roles, site=site))
    assert status == 200
    return body


async def test_the_conference_is_read(service: Service) -> None:
    body = await read(service, "/conference", "viewer")
    assert (body["rev"], body["phase"], body["boot"], body["now"]) == (
        412,
        "open",
        "boot-1",
        2467.125,
    )
    assert "description" not in body
    desk = await read(service, "/conference", "technician")
    assert desk["description"] == {"chair": "Bộ trưởng"}


async def test_what_is_read_carries_its_revision(service: Service) -> None:
    token = service.token("chair")
    for path in ("conference", "floor", "agenda", "rollcall", "chair", "policy", "notes", "sites"):
        url = service.server.make_url(f"{V1}/{path}")
        headers = {"Authorization": f"Bearer {token}"}
        async with service.http.get(url, headers=headers) as response:
            assert (path, response.headers["ETag"]) == (path, '"412"')
            assert response.headers["Cache-Control"] == "no-store"


async def test_the_floor_is_read_as_far_as_one_may(service: Service) -> None:
    desk = await read(service, "/floor", "secretary")
    assert (desk["holders"], desk["queue"], desk["next"]) == ([9], [12], "14")
    site = await read(service, "/floor", "site", site="14")
    assert set(site) == {"rev", "now", "speakers", "own"}
    assert site["own"]["site"] == "14"


async def test_the_agenda_is_read_with_how_late_it_is(service: Service) -> None:
    body = await read(service, "/agenda", "viewer")
    assert (body["order"], body["current"], body["opened_s"]) == ([1, 2], 2, 1500.0)
    # 967.125 s since the opening; 600 were planned for what is done, 67.125 of the report are due.
    assert body["late_s"] == 300.0


AGENDA: dict[str, Any] = {"items": {}, "order": [], "due_s": 0.0}
CURRENT = {"status": "current", "minutes": 7, "took_s": 60.0, "started_s": 100.0}


@pytest.mark.parametrize(
    ("view", "now_s", "late_s"),
    [
        ({"agenda": AGENDA, "opened_s": 0.0}, 100.0, None),
        ({"agenda": {**AGENDA, "items": {"1": CURRENT}}}, 100.0, None),
        ({"agenda": {**AGENDA, "items": {"1": CURRENT}}, "opened_s": 40.0}, 200.0, 0.0),
        ({"agenda": {**AGENDA, "items": {"1": CURRENT}}, "opened_s": 40.0}, 520.0, 60.0),
        (
            {"agenda": {**AGENDA, "items": {"1": {"status": "done"}}, "due_s": 600}, "opened_s": 0},
            500.0,
            -100.0,
        ),
    ],
)
def test_how_late_the_session_is(view: dict[str, Any], now_s: float, late_s: float | None) -> None:
    assert late(view, now_s=now_s) == late_s


async def test_the_roll_is_the_desk_s_and_a_site_reads_its_own_mark(service: Service) -> None:
    desk = await read(service, "/rollcall", "secretary")
    assert desk["open"] is True
    assert desk["marks"]["11"]["mark"] == "present"
    site = await read(service, "/rollcall", "site", site="14")
    assert set(site) == {"rev", "now", "open", "attendance"}


async def test_notes_are_the_desk_s_and_a_site_reads_its_own(service: Service) -> None:
    desk = await read(service, "/notes", "technician")
    assert [note["text"] for note in desk["notes"]] == ["Nghe rõ"]
    site = await read(service, "/notes", "site", site="11")
    assert [note["text"] for note in site["notes"]] == ["Đề nghị bật mic"]


async def test_chair_and_policy_are_read(service: Service) -> None:
    chair = await read(service, "/chair", "deputy")
    assert chair["chair"]["away_since_s"] == 2400.0
    assert chair["consoles"] == {"thu.ky": ["secretary"]}
    assert (await read(service, "/policy", "chair"))["limit_s"] == 300


async def test_sites_are_read(service: Service) -> None:
    body = await read(service, "/sites", "technician")
    assert [site["code"] for site in body["sites"]] == ["11", "110"]
    # with the flags that the conference knows, and not another word of the snapshot
    assert (body["sites"][0]["cut"], body["sites"][0]["help"]) == (True, "raised")
    assert "link" not in body["sites"][0]
    assert (await read(service, "/sites/110", "technician"))["title"] == "Phòng 110"
    token = service.token("technician")
    status, problem = await service.rest("GET", f"{V1}/sites/99", token)
    assert (status, problem["code"]) == (404, "site_not_found")


async def test_media_is_read(service: Service) -> None:
    assert await read(service, "/media", "metrics") == {"packets_in": 7}
