"""Server: one Janus of our own: own configuration, own secrets, gone with its parent.

The configuration of Debian's package is never used: it listens on every address without a secret,
with sample rooms whose passwords are printed in it.  Here Janus is given a temporary directory with
two folders of links: the plugin and the transport that are used.  Everything else is not loaded.

``event_loops`` is its best setting for this shape: with the default each handle has a thread of its
own, which costs twice as much per packet (research/scale.md 4).
"""

from __future__ import annotations

import asyncio
import ctypes
import secrets
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp

from room110.children import end
from room110.sockets import free_port

EXECUTABLE: Final = Path("/usr/bin/janus")
START_S: Final = 10.0

_PR_SET_PDEATHSIG: Final = 1
_LIBRARIES: Final = "usr/lib/*/janus"


@dataclass(frozen=True, slots=True, kw_only=True)
class Janus:
    pid: int
    url: str
    """Of the WebSocket."""
    secret: str
    version: str


@asynccontextmanager
async def janus(folder: Path, *, address: str, event_loops: int) -> AsyncIterator[Janus]:
    """A Janus that offers *address* for media and speaks its API on loopback, while inside."""
    secret = secrets.token_hex(16)
    port = free_port()
    configure(folder, address=address, event_loops=event_loops, port=port, secret=secret)
    process = await asyncio.create_subprocess_exec(
        str(EXECUTABLE),
        "--configs-folder",
        str(folder),
        stdout=(folder / "log").open("wb"),
        stderr=asyncio.subprocess.STDOUT,
        preexec_fn=_die_with_parent,
        process_group=0,
    )
    try:
        url = f"ws://127.0.0.1:{port}"
        version = await _answering(url, process, folder / "log")
        yield Janus(pid=process.pid, url=url, secret=secret, version=version)
    finally:
        await end(process)


async def _answering(url: str, process: asyncio.subprocess.Process, log: Path) -> str:
    """Its version, once it answers."""
    loop = asyncio.get_running_loop()
    end_s = loop.time() + START_S
    while True:
        try:
            async with (
                aiohttp.ClientSession() as http,
                http.ws_connect(url, protocols=["janus-protocol"]) as ws,
            ):
                await ws.send_json({"janus": "info", "transaction": "info"})
                return str((await ws.receive_json())["version_string"])
        except aiohttp.ClientError:
            if process.returncode is not None or loop.time() > end_s:
                raise RuntimeError(f"Janus did not start:\n{_said(log)}") from None
            await asyncio.sleep(0.05)


def _said(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-2000:]


def library() -> Path:
    """Where the package has its plugins."""
    return next(Path("/").glob(_LIBRARIES))


def configure(folder: Path, *, address: str, event_loops: int, port: int, secret: str) -> None:
    """Write its configuration into *folder*."""
    found = library()
    for kind, name in (("plugins", "videoroom"), ("transports", "websockets")):
        (folder / kind).mkdir()
        file = f"libjanus_{name}.so"
        (folder / kind / file).symlink_to(found / kind / file)
    (folder / "nothing").mkdir()
    files = {
        "janus": f"""
            general: {{
                configs_folder = "{folder}"
                plugins_folder = "{folder}/plugins"
                transports_folder = "{folder}/transports"
                events_folder = "{folder}/nothing"
                loggers_folder = "{folder}/nothing"
                api_secret = "{secret}"
                admin_secret = "{secrets.token_hex(16)}"
                debug_level = 2
                session_timeout = 0
                event_loops = {event_loops}
            }}
            nat: {{ ice_enforce_list = "{address}" }}
            media: {{ ipv6 = false }}
            events: {{ broadcast = false }}
        """,
        "transport.websockets": f"""
            general: {{
                json = "compact"
                ws = true
                ws_ip = "127.0.0.1"
                ws_port = {port}
                wss = false
            }}
            admin: {{ admin_ws = false }}
        """,
        "plugin.videoroom": "general: { }\n",
    }
    for name, text in files.items():
        full = name if name == "janus" else f"janus.{name}"
        (folder / f"{full}.jcfg").write_text(text, encoding="utf-8")


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
