"""Answer: what a request over HTTP is told when it is not told no.

Nothing is kept by caches on the way.  What stands on a revision of the conference carries it as
its ``ETag``, which a command may give back as ``If-Match``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

BASE: Final = "/api/v1"
NO_STORE: Final = {"Cache-Control": "no-store"}


def answer(value: Mapping[str, Any], status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    """A JSON object."""
    headers = dict(NO_STORE)
    if "rev" in value:
        headers["ETag"] = f'"{value["rev"]}"'
    return web.Response(
        status=status,
        body=json.dumps(value, ensure_ascii=False).encode(),
        content_type="application/json",
        headers=headers,
    )
