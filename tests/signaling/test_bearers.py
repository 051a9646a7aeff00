"""Who asks, and who may read what."""

from __future__ import annotations

import pytest

from bridge.conference.words import Role
from bridge.identity import Identity
from signaling.allowance import Rate
from signaling.bearers import READERS
from signaling.conversation import Limits
from tests.signaling.conftest import Service

V1 = "/api/v1"
ALL = {role.value for role in Role} - {"metrics"}
DESK = {"chair", "deputy", "secretary", "technician"}
READERS_OF: dict[str, set[str]] = {
    "/conference": ALL,
    "/floor": ALL,
    "/agenda": ALL,
    "/rollcall": DESK | {"site"},
    "/notes": DESK | {"site"},
    "/chair": DESK,
    "/policy": DESK,
    "/sites": DESK | {"metrics"},
    "/sites/11": DESK | {"metrics", "site"},
    "/sites/110": DESK | {"metrics"},
    "/check": DESK,
    "/check/sheet": DESK,
    "/media": {"chair", "technician", "metrics"},
    "/minutes": DESK - {"technician"},
    "/minutes?format=docx": DESK - {"technician"},
    "/minutes?format=xlsx": DESK - {"technician"},
    "/minutes?format=technical": DESK,
}


@pytest.mark.parametrize("role", [role.value for role in Role])
async def test_who_may_read_what(service: Service, role: str) -> None:
    token = service.token(role, site="11")
    for path, readers in READERS_OF.items():
        url = service.server.make_url(V1 + path)
        headers = {"Authorization": f"Bearer {token}"}
        async with service.http.get(url, headers=headers) as response:
            assert (path, response.status) == (path, 200 if role in readers else 403)
            if role not in readers:
                assert (await response.json(content_type=None))["code"] == "not_authorized"


@pytest.mark.parametrize("role", [role.value for role in Role])
async def test_who_may_listen(service: Service, role: str) -> None:
    url = service.server.make_url(f"{V1}/events")
    headers = {"Authorization": f"Bearer {service.token(role, site='11')}"}
    async with service.http.get(url, headers=headers) as response:
        assert response.status == (200 if role in ALL else 403)


def test_everything_that_is_read_has_its_readers() -> None:
    # `metrics` is read at /metrics, which is a window and no door.
    tried = {path.strip("/").split("/")[0].split("?")[0] for path in READERS_OF}
    assert tried | {"events", "technical", "metrics"} == set(READERS)


@pytest.mark.parametrize("header", ["", "Basic abc", "Bearer", "Bearer nonsense", "Bearer \xff"])
async def test_without_a_good_token_nothing_is_told(service: Service, header: str) -> None:
    for method, path in (
        ("GET", "/conference"),
        ("DELETE", "/floor/grants"),
        ("GET", "/events"),
        ("GET", "/minutes"),
    ):
        headers = {"Authorization": header}
        status, problem = await service.rest(method, V1 + path, headers=headers)
        assert (status, problem["code"]) == (401, "token_invalid")
    assert service.bridge.told == []


async def test_an_expired_token_says_so(service: Service) -> None:
    identity = Identity(user="x", roles=frozenset({Role.CHAIR}), conference="c-1")
    token = service.keyring.mint(identity, valid_for_s=0)
    status, problem = await service.rest("GET", f"{V1}/conference", token)
    assert (status, problem["code"]) == (401, "token_expired")


async def test_too_many_requests_are_refused_per_user(service: Service) -> None:
    await service.stop()
    await service.start(Limits(messages=Rate(per_s=50, burst=2)))
    chair, viewer = service.token("chair"), service.token("viewer")
    statuses = [(await service.rest("GET", f"{V1}/floor", chair))[0] for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert (await service.rest("GET", f"{V1}/floor", viewer))[0] == 200
