"""One conference for the whole folder: the service, ten synthetic sites, and three people's pages.

The pages are opened once, as on the day itself; every test begins with an open session in which
nobody has the floor, is next or is blocked, and ends with pages in which nothing went wrong.  They
are drawn until the last test has ended, which takes most of two cores, so tests that have a
conference of their own come before it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from bridge.conference.words import CENTRE, Role
from config.roster import load_roster
from room110.bench.chromium import chromium, until
from room110.premises import Premises, premises
from tests.support.browser import CARDS, Screen, screen, write_card, write_tone

SITES = 10
"""Each is a picture on the desk that a machine without a graphics card decodes and draws: with twenty
everything together took 1.6 of two cores, with eight 1.15."""
SYNTHETIC = tuple(site.code for site in load_roster().sites[:SITES])
HERE = Path(__file__).parent
CAMERA = "640x360@15"
SCREEN = "640x360@10"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """The conference and who looks at it."""

    premises: Premises
    desk: Screen
    cantho: Screen
    """Site 92; its browser's camera and microphone are the card and the tone of 92."""
    camau: Screen
    """Site 96, in the same browser."""

    @property
    def screens(self) -> tuple[Screen, ...]:
        return (self.desk, self.cantho, self.camau)

    async def site(self, code: str) -> dict[str, Any]:
        return (await self.premises.sites())[code]

    async def does(
        self,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        role: Role = Role.CHAIR,
        site: str = CENTRE,
        method: str = "POST",
    ) -> dict[str, Any]:
        """What somebody else does, not at these pages, over REST."""
        local = self.premises.local
        token = local.token(f"{role}.tests", role, site=site)
        said = None if method == "DELETE" else (body or {})
        return await local._ask(method, path, said, token=token)

    async def seen(self, *consoles: Screen) -> None:
        """Until the desk, or another console, knows all that has happened: what it sends is not
        stale."""
        rev = (await self.premises.local.get("/conference"))["rev"]
        for console in consoles or (self.desk,):
            body = console.find("body")
            await until(
                partial(body.get_attribute, "data-rev"),
                lambda now: now is not None and int(now) >= rev,
                what=f"{console.name} is at revision {rev}",
            )

    async def gate_drops(self) -> int:
        """Packets that met a shut gate since the service began."""
        return int((await self.premises.local.get("/media"))["drops"].get("gate", 0))

    async def choose(self, code: str) -> None:
        """The chair finds a site by its code; its buttons are those of the desk's panel."""
        await self.desk.find("#find").fill(code)
        await self.desk.find("#find").press("Enter")
        await self.desk.waits_for(f"desk-site[data-site='{code}']")

    async def give(self, code: str) -> None:
        """The chair gives the floor, and agrees that who has it now must end."""
        await self.choose(code)
        speaking = await self.desk.find("desk-stage li[data-request]").count()
        await self.desk.click("desk-site button[data-act='give']")
        if speaking:
            await self.desk.click("desk-dialog button[data-answer='yes']")

    async def end(self) -> None:
        await self.desk.click("desk-stage button[data-act='end']")
        await self.desk.click("desk-dialog button[data-answer='yes']")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = [place for place, item in enumerate(items) if item.path.parent == HERE]
    in_order = sorted((items[place] for place in here), key=_needs_the_hall)
    for place, item in zip(here, in_order, strict=True):
        items[place] = item


def _needs_the_hall(item: pytest.Item) -> bool:
    return "whole_hall" in getattr(item, "fixturenames", ())


@pytest.fixture(scope="package")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("room")
    return {
        "picture": write_card(folder / "92.y4m", CARDS["92"]),
        "tone": write_tone(folder / "92.wav", CARDS["92"].tone_hz),
        "centre": write_tone(folder / "110.wav", CARDS["110"].tone_hz),
    }


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def browser(files) -> AsyncIterator[Browser]:
    async with chromium(sound=files["tone"], picture=files["picture"]) as running:
        yield running


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def whole_hall(browser, tmp_path_factory) -> AsyncIterator[Hall]:
    async with AsyncExitStack() as stack:
        state = tmp_path_factory.mktemp("state")
        running = await stack.enter_async_context(premises(state, sites=SITES))

        async def opened(name: str, page: str, role: Role, site: str, **query: str) -> Screen:
            address = running.link(page, role=role, site=site, **query)
            return await stack.enter_async_context(screen(browser, name, address))

        hall = Hall(
            premises=running,
            desk=await opened("desk", "desk", Role.CHAIR, "110"),
            cantho=await opened("92", "site", Role.SITE, "92", camera=CAMERA),
            camau=await opened("96", "site", Role.SITE, "96", camera=CAMERA, screen=SCREEN),
        )
        for shown in (hall.cantho, hall.camau):
            await shown.waits_for("body[data-media='up']")
        await hall.desk.click("#sound")
        await hall.desk.click("desk-phase button[data-to='open']")
        await hall.desk.click("desk-dialog button[data-answer='yes']")
        for shown in hall.screens:
            await shown.waits_for("[data-phase='open']")
        yield hall


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def blank(browser, whole_hall) -> AsyncIterator[Page]:
    """A page of the service's own address without any script, to run modules of the pages in."""
    address = f"{whole_hall.premises.local.http}/pages/vi.json"
    async with screen(browser, "blank", address) as shown:
        yield shown.page


@pytest_asyncio.fixture(loop_scope="package")
async def hall(whole_hall: Hall) -> AsyncIterator[Hall]:
    await _begin_anew(whole_hall)
    yield whole_hall
    assert [fault for shown in whole_hall.screens for fault in await shown.faults()] == []


POLICY = {"max_floor_users": 1, "request_handling": "queue", "limit_s": 300, "chair_grace_s": 30}


SHUT = "mic => { if (mic.getAttribute('aria-checked') === 'true') mic.click(); }"
"""Looked at and pressed in one step: the service itself shuts the microphone of whom it takes the
floor from, and a click that came after that would open it."""


async def _begin_anew(hall: Hall) -> None:
    """The chair has the chair; nobody speaks, is next, waits or is blocked; over REST, for it is no
    part of a test."""
    await hall.does("/chair/assume")
    floor = await hall.premises.local.get("/floor")
    for request, asked in floor["requests"].items():
        kind = "grants" if asked["status"] == "granted" else "requests"
        await hall.does(f"/floor/{kind}/{request}", method="DELETE")
    if floor.get("next"):
        await hall.does("/floor/next", {"site": None})
    await hall.does("/mute", {"on": False, "but": []})
    await hall.does("/sites/110/mute", {"on": False})
    await hall.does("/policy", POLICY)
    for shown in (hall.cantho, hall.camau):
        await shown.find("#mic").evaluate(SHUT)
    await until(
        lambda: hall.premises.local.get("/floor"),
        lambda now: not now["holders"] and not now["queue"],
    )
    await hall.seen()
