from __future__ import annotations

import aiohttp
from aiohttp import web

from room110.listening import listening
from room110.sockets import listener


async def test_whoever_connects_before_anybody_answers_is_answered_later():
    async def hello(_: web.Request) -> web.Response:
        return web.Response(text="hello")

    app = web.Application()
    app.router.add_get("/", hello)
    with listener("127.0.0.1", 0, setting="HTTP_PORT") as door:
        port = door.getsockname()[1]
        async with aiohttp.ClientSession() as http:
            async with listening(app, door.dup()) as address:
                assert address == f"http://127.0.0.1:{port}"
                async with http.get(address) as answer:
                    assert await answer.text() == "hello"
            # The place is kept: who asks now waits for the next to answer.
            asking = http.get(address)
            next_app = web.Application()
            next_app.router.add_get("/", hello)
            async with listening(next_app, door.dup()), asking as answer:
                assert await answer.text() == "hello"
