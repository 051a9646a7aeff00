from __future__ import annotations

import sys

import pytest

from room110.bench import chromium as module
from room110.bench.chromium import chromium, until
from room110.cli.exits import Failure


async def test_without_playwright_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "playwright.async_api", None)

    with pytest.raises(Failure, match="make install"):
        async with chromium():
            pass


async def test_without_chromium_it_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "EXECUTABLE", tmp_path / "chromium")

    with pytest.raises(Failure, match="apt-get install chromium"):
        async with chromium():
            pass


async def test_until_gives_the_first_answer_that_holds():
    answers = iter([1, 2, 3])

    async def ask():
        return next(answers)

    assert await until(ask, lambda answer: answer > 1) == 2


async def test_until_ends_with_the_last_answer_and_what_was_waited_for():
    async def ask():
        return "not yet"

    with pytest.raises(TimeoutError, match=r"the picture in 0\.0 s; the last answer was 'not yet'"):
        await until(ask, lambda _: False, timeout_s=0.0, what="the picture")
