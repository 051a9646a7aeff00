"""Listening: an application of aiohttp on a socket, while inside."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web

SHUTDOWN_S: Final = 5.0


@asynccontextmanager
async def listening(app: web.Application, listener: socket.socket) -> AsyncIterator[str]:
    """Its address: ``http://127.0.0.1:8110``."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_S)
    await runner.setup()
    try:
        await web.SockSite(runner, listener).start()
        host, port = listener.getsockname()[:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()
