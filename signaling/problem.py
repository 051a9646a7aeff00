"""Problem: every no of the doors, with its HTTP status (RFC 9457).

One table: a code that is not here cannot be answered, and docs/protocol.md lists the same ones.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from bridge.conference.words import Refusal, RefusalCode

STATUS: Final[Mapping[str, HTTPStatus]] = {
    # the message
    "malformed": HTTPStatus.UNPROCESSABLE_ENTITY,
    "unknown_type": HTTPStatus.UNPROCESSABLE_ENTITY,
    "unknown_field": HTTPStatus.UNPROCESSABLE_ENTITY,
    "unsupported_version": HTTPStatus.UNPROCESSABLE_ENTITY,
    "too_long": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    # the turn
    "out_of_turn": HTTPStatus.CONFLICT,
    "rate_limited": HTTPStatus.TOO_MANY_REQUESTS,
    # the bearer
    "token_invalid": HTTPStatus.UNAUTHORIZED,
    "token_expired": HTTPStatus.UNAUTHORIZED,
    "token_wrong_conference": HTTPStatus.UNAUTHORIZED,
    RefusalCode.NOT_AUTHORIZED: HTTPStatus.FORBIDDEN,
    # the conference
    # 409 and not 412: what is compared is what the command stands on, not the whole that was read.
    RefusalCode.STALE: HTTPStatus.CONFLICT,
    RefusalCode.SITE_NOT_FOUND: HTTPStatus.NOT_FOUND,
    RefusalCode.FLOOR_NOT_FOUND: HTTPStatus.NOT_FOUND,
    RefusalCode.REQUEST_NOT_FOUND: HTTPStatus.NOT_FOUND,
    RefusalCode.ITEM_NOT_FOUND: HTTPStatus.NOT_FOUND,
    RefusalCode.USER_NOT_FOUND: HTTPStatus.NOT_FOUND,
    RefusalCode.BAD_STATE: HTTPStatus.CONFLICT,
    RefusalCode.HANDS_CLOSED: HTTPStatus.CONFLICT,
    RefusalCode.CHAIR_SEAT_NEEDS_NO_FLOOR: HTTPStatus.CONFLICT,
    RefusalCode.SITE_OFFLINE: HTTPStatus.CONFLICT,
    RefusalCode.REQUEST_LIMIT: HTTPStatus.CONFLICT,
    RefusalCode.FLOOR_FULL: HTTPStatus.CONFLICT,
    "locked": HTTPStatus.CONFLICT,
    "media_rejected": HTTPStatus.CONFLICT,
    # the service itself (bridge.answers.RoomError)
    "busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "command_id_reused": HTTPStatus.CONFLICT,
    "journal_failed": HTTPStatus.SERVICE_UNAVAILABLE,
    "room_closed": HTTPStatus.SERVICE_UNAVAILABLE,
    "room_failed": HTTPStatus.INTERNAL_SERVER_ERROR,
    # REST only
    "not_found": HTTPStatus.NOT_FOUND,
    "method_not_allowed": HTTPStatus.METHOD_NOT_ALLOWED,
    "host_not_allowed": HTTPStatus.FORBIDDEN,
    "origin_not_allowed": HTTPStatus.FORBIDDEN,
    "bad_handshake": HTTPStatus.BAD_REQUEST,
}


class Problem(Exception):
    """The request is answered with this and changes nothing."""

    def __init__(self, code: str, text: str, detail: Mapping[str, Any] | None = None) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text
        self.detail = detail or {}

    @classmethod
    def refused(cls, refusal: Refusal) -> Problem:
        return cls(refusal.code, refusal.text, refusal.detail)

    def response(self) -> web.Response:
        status = STATUS[self.code]
        body = {
            **self.detail,
            "type": "about:blank",
            "title": status.phrase,
            "status": status,
            "code": self.code,
            "detail": self.text,
        }
        headers = {}
        if status is HTTPStatus.UNAUTHORIZED:
            headers["WWW-Authenticate"] = "Bearer"
        if status is HTTPStatus.TOO_MANY_REQUESTS:
            headers["Retry-After"] = "1"
        return web.Response(
            status=status,
            headers=headers,
            body=json.dumps(body, ensure_ascii=False).encode(),
            content_type="application/problem+json",
        )
