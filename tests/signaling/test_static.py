from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from signaling.static import FOLDER, PAGES, POLICY, page_routes


@pytest.fixture
async def pages(tmp_path: Path):
    (tmp_path / "js").mkdir()
    (tmp_path / "site.html").write_text("<!doctype html><title>Phòng</title>", encoding="utf-8")
    (tmp_path / "js" / "a.js").write_text("export const a = 1;\n", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not a page", encoding="utf-8")
    (tmp_path.parent / "secret.js").write_text("no", encoding="utf-8")
    app = web.Application()
    app.router.add_routes(page_routes(tmp_path))
    async with TestClient(TestServer(app)) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/site", "text/html"), ("/pages/js/a.js", "text/javascript")],
)
async def test_every_answer_has_its_type_and_the_strict_policy(pages, path, kind):
    answer = await pages.get(path)

    assert answer.status == 200
    assert answer.content_type == kind
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/desk",
        "/pages/notes.txt",
        "/pages/js",
        "/pages/js/b.js",
        "/pages/../secret.js",
        "/pages/%2e%2e/secret.js",
        "/pages//etc/passwd",
    ],
)
async def test_what_is_not_on_the_list_is_not_there(pages, path):
    assert (await pages.get(path)).status == 404


async def test_a_page_that_has_not_changed_is_not_sent_again(pages):
    first = await pages.get("/site")

    again = await pages.get("/site", headers={"If-None-Match": first.headers["ETag"]})

    assert again.status == 304


def test_nothing_inline_and_nobody_else_is_allowed():
    allowed = " ".join(POLICY.values())

    assert POLICY["default-src"] == "'none'"
    for loophole in ("unsafe-inline", "unsafe-eval", "http", "*"):
        assert loophole not in allowed


def test_the_pages_are_all_there_and_name_nobody_elses_script():
    for page in PAGES:
        text = (FOLDER / f"{page}.html").read_text(encoding="utf-8")
        assert "://" not in text
        assert "style=" not in text
        assert "<script>" not in text
