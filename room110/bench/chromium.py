"""Chromium: Debian's own, driven by Playwright, with a camera and a microphone that are files.

Playwright is a tool of development; without it, or without the browser, ``chromium`` says how to get
it.  Nothing is downloaded: Playwright's own browsers are not Debian's.

Each page carries ``probe.js``, put in over the debugger's protocol, which the pages' policy does not
reach.  For the same reason nothing here uses ``wait_for_function``: it compiles text inside the
page, which trusted types forbid.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from room110.cli.exits import Exit, Failure

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Page

EXECUTABLE: Final = Path("/usr/bin/chromium")
PROBE: Final = Path(__file__).with_name("probe.js")
SIZE: Final = (1600, 900)
LOOK_S: Final = 0.05
PATIENCE_S: Final = 30.0
"""A fact that has not come true by then does not; on a free machine most do in one."""

T = TypeVar("T")


@asynccontextmanager
async def chromium(
    *, sound: Path | None = None, picture: Path | None = None, trusts: str = ""
) -> AsyncIterator[Browser]:
    """A browser whose every microphone is the WAV *sound* and every camera the Y4M *picture*;
    Chromium's own beeping fakes without them.  *trusts* a certificate with this key, whoever signed
    it: the SHA-256 of its SubjectPublicKeyInfo, base64."""
    try:
        from playwright.async_api import async_playwright  # noqa: PLC0415 - a tool of development
    except ImportError:
        raise Failure(
            Exit.FAILED, "Playwright is not installed; in a checkout: make install"
        ) from None
    if not EXECUTABLE.exists():
        raise Failure(Exit.FAILED, f"there is no {EXECUTABLE}; as root: apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=EXECUTABLE, args=_arguments(sound, picture, trusts)
        )
        try:
            yield browser
        finally:
            await browser.close()


def _arguments(sound: Path | None, picture: Path | None, trusts: str) -> list[str]:
    arguments = [
        "--disable-gpu",
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        "--autoplay-policy=no-user-gesture-required",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        # Three pages at once, of which one is in front: the others must not be put to sleep.
        "--disable-background-timer-throttling",
        "--disable-backgrounding-occluded-windows",
        "--disable-renderer-backgrounding",
    ]
    if sound is not None:
        arguments.append(f"--use-file-for-fake-audio-capture={sound}")
    if picture is not None:
        arguments.append(f"--use-file-for-fake-video-capture={picture}")
    if trusts:
        arguments.append(f"--ignore-certificate-errors-spki-list={trusts}")
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    return arguments


async def context(browser: Browser) -> BrowserContext:
    """A person's own browser profile, with the probe in every page."""
    width, height = SIZE
    made = await browser.new_context(
        viewport={"width": width, "height": height}, permissions=["camera", "microphone"]
    )
    await made.add_init_script(path=PROBE)
    return made


async def probe(page: Page, name: str, *arguments: Any) -> Any:
    """What the function *name* of probe.js says."""
    return await page.evaluate(
        "([name, args]) => globalThis.room110Probe[name](...args)", [name, list(arguments)]
    )


async def until(
    ask: Callable[[], Awaitable[T]],
    holds: Callable[[T], bool] = bool,
    *,
    timeout_s: float = PATIENCE_S,
    what: str = "",
) -> T:
    """The first answer that holds.  Raises TimeoutError with the last one."""
    loop = asyncio.get_running_loop()
    deadline_s = loop.time() + timeout_s
    while True:
        answer = await ask()
        if holds(answer):
            return answer
        if loop.time() > deadline_s:
            raise TimeoutError(f"{what or ask} in {timeout_s} s; the last answer was {answer!r}")
        await asyncio.sleep(LOOK_S)
